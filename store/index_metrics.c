#include "store/index_metrics.h"

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define NUMBER_MAX 40 /* characters of a number read in place */

static const char *const type_names[] = {
    [RT_COLUMN_NONE] = "none",   [RT_COLUMN_BOOLEAN] = "boolean", [RT_COLUMN_INTEGER] = "integer",
    [RT_COLUMN_REAL] = "real",   [RT_COLUMN_TEXT] = "text",       [RT_COLUMN_JSON] = "json",
    [RT_COLUMN_MIXED] = "mixed",
};

const char *rt_column_type_name(enum rt_column_type type)
{
    return type_names[type];
}

enum rt_column_type rt_column_type_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (strcmp(type_names[i], name) == 0)
            return (enum rt_column_type)i;
    }
    return RT_COLUMN_MIXED;
}

static bool numeric(enum rt_column_type type)
{
    return type == RT_COLUMN_BOOLEAN || type == RT_COLUMN_INTEGER || type == RT_COLUMN_REAL;
}

enum rt_column_type rt_column_type_widen(enum rt_column_type a, enum rt_column_type b)
{
    enum rt_column_type high = a > b ? a : b;

    if (a == b || a == RT_COLUMN_NONE || b == RT_COLUMN_NONE)
        return high;
    if (numeric(a) && numeric(b))
        return high;
    if (high == RT_COLUMN_JSON && !numeric(a) && !numeric(b))
        return RT_COLUMN_TEXT;
    return RT_COLUMN_MIXED;
}

static struct rt_metric *add(struct rt_metrics *metrics, struct rt_span name)
{
    struct rt_metric *metric;

    metrics->items =
        rt_grow(metrics->items, &metrics->capacity, metrics->count + 1, sizeof *metrics->items);
    metric = &metrics->items[metrics->count++];
    *metric = (struct rt_metric){.name = name};
    return metric;
}

static void reset(struct rt_metrics *metrics)
{
    rt_json_free(metrics->json);
    metrics->json = NULL;
    while (metrics->text_count)
        free(metrics->texts[--metrics->text_count]);
    metrics->count = 0;
}

bool rt_datum_number(const struct rt_datum *value, double *number)
{
    if (value->state || (value->type != RT_COLUMN_INTEGER && value->type != RT_COLUMN_REAL))
        return false;
    *number = value->type == RT_COLUMN_INTEGER ? (double)value->integer : value->real;
    return true;
}

const struct rt_metric *rt_metrics_find(const struct rt_metrics *metrics, size_t expected,
                                        struct rt_span name)
{
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rt_metric *metric = &metrics->items[(expected + i) % metrics->count];

        if (metric->name.size == name.size &&
            (!name.size || memcmp(metric->name.data, name.data, name.size) == 0))
            return metric;
    }
    return NULL;
}

void rt_metrics_clear(struct rt_metrics *metrics)
{
    reset(metrics);
    free(metrics->items);
    free(metrics->texts);
    *metrics = (struct rt_metrics){0};
}

struct cursor {
    const char *at;
    const char *end;
};

static bool take(struct cursor *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static bool take_word(struct cursor *in, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(in->end - in->at) < size || memcmp(in->at, word, size) != 0)
        return false;
    in->at += size;
    return true;
}

/* A string without escapes; false leaves the rest to the parser. Most are short: one look at each
 * character costs less than to ask for the quote, for escapes, and for what is no ASCII. */
static bool take_string(struct cursor *in, struct rt_span *text)
{
    const char *start = in->at + 1;
    unsigned char all = 0;
    const char *at;

    if (!take(in, '"'))
        return false;
    for (at = start; at < in->end && *at != '"'; at++) {
        if (*at == '\\' || (unsigned char)*at < 0x20)
            return false;
        all |= (unsigned char)*at;
    }
    if (at == in->end)
        return false;
    *text = rt_span(start, (size_t)(at - start));
    in->at = at + 1;
    return all < 0x80 || rt_utf8_valid(*text, NULL);
}

/* A number as RFC 8259 has it, and its digits as an integer if they are at most WHOLE_DIGITS. */
struct number {
    bool negative;
    bool real;     /* it has a point or an exponent */
    bool exponent; /* it has an exponent */
    int digits;
    int places; /* of the digits, those behind the point */
    int64_t whole;
};
#define WHOLE_DIGITS 18
#define EXACT_DIGITS 15 /* a decimal of so many is one division of doubles */

static int take_digits(struct cursor *in, struct number *number)
{
    const char *start = in->at;

    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
        if (++number->digits <= WHOLE_DIGITS)
            number->whole = number->whole * 10 + (*in->at - '0');
    }
    return (int)(in->at - start);
}

static bool scan_number(struct cursor *in, struct number *number)
{
    bool zero;

    *number = (struct number){.negative = take(in, '-')};
    zero = in->at < in->end && *in->at == '0';
    if (zero ? !take(in, '0') : take_digits(in, number) == 0)
        return false;
    if (take(in, '.')) {
        number->real = true;
        number->places = take_digits(in, number);
        if (number->places == 0)
            return false;
    }
    if (take(in, 'e') || take(in, 'E')) {
        number->real = number->exponent = true;
        if (!take(in, '-'))
            take(in, '+');
        return take_digits(in, number) > 0;
    }
    return true;
}

static double real_of(const struct number *number, const char *text)
{
    struct rt_decimal decimal = {number->whole, -number->places};
    double size;

    if (number->exponent || number->digits > EXACT_DIGITS)
        return rt_real_parse(text);
    size = rt_decimal_real(decimal);
    return number->negative ? -size : size;
}

static bool take_number(struct cursor *in, struct rt_datum *value)
{
    const char *start = in->at;
    char text[NUMBER_MAX + 1];
    struct number number;
    size_t size;

    if (!scan_number(in, &number) || (size = (size_t)(in->at - start)) > NUMBER_MAX)
        return false;
    memcpy(text, start, size);
    text[size] = '\0';
    if (number.real) {
        value->type = RT_COLUMN_REAL;
        value->real = real_of(&number, text);
        return isfinite(value->real);
    }
    value->type = RT_COLUMN_INTEGER;
    value->integer = number.negative ? -number.whole : number.whole;
    if (number.digits <= WHOLE_DIGITS)
        return true;
    errno = 0;
    value->integer = strtoll(text, NULL, 10);
    return errno == 0;
}

static bool take_special(struct cursor *in, struct rt_datum *value)
{
    static const struct {
        const char *text;
        const char *state;
    } specials[] = {
        {"{\"$float\":\"nan\"}", "nan"},
        {"{\"$float\":\"inf\"}", "inf"},
        {"{\"$float\":\"-inf\"}", "-inf"},
    };

    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (take_word(in, specials[i].text)) {
            value->type = RT_COLUMN_REAL;
            value->state = specials[i].state;
            return true;
        }
    }
    return false;
}

static bool take_value(struct cursor *in, struct rt_datum *value)
{
    if (in->at == in->end)
        return false;
    switch (*in->at) {
    case '"':
        value->type = RT_COLUMN_TEXT;
        return take_string(in, &value->text);
    case 't':
        *value = (struct rt_datum){.type = RT_COLUMN_BOOLEAN, .integer = 1};
        return take_word(in, "true");
    case 'f':
        value->type = RT_COLUMN_BOOLEAN;
        return take_word(in, "false");
    case 'n':
        return take_word(in, "null");
    case '{':
        return take_special(in, value);
    default:
        return take_number(in, value);
    }
}

/* Canonical names are sorted, so that none comes twice. */
static bool follows(const struct rt_metrics *metrics, struct rt_span name)
{
    struct rt_span last = metrics->count ? metrics->items[metrics->count - 1].name : name;
    size_t shorter = last.size < name.size ? last.size : name.size;
    int order = shorter ? memcmp(last.data, name.data, shorter) : 0;

    return metrics->count == 0 || order < 0 || (order == 0 && last.size < name.size);
}

/* Reads a canonical object of plain values; false if it is anything else. */
static bool read_flat(struct rt_metrics *metrics, struct rt_span result)
{
    struct cursor in = {result.data, (const char *)result.data + result.size};
    struct rt_span name;

    if (!take(&in, '{'))
        return false;
    if (take(&in, '}'))
        return in.at == in.end;
    do {
        if (!take_string(&in, &name) || !follows(metrics, name) || !take(&in, ':') ||
            !take_value(&in, &add(metrics, name)->value))
            return false;
    } while (take(&in, ','));
    return take(&in, '}') && in.at == in.end;
}

static struct rt_span keep_text(struct rt_metrics *metrics, char *text)
{
    metrics->texts = rt_grow(metrics->texts, &metrics->text_capacity, metrics->text_count + 1,
                             sizeof *metrics->texts);
    metrics->texts[metrics->text_count++] = text;
    return rt_span_text(text);
}

static void put_value(struct rt_metrics *metrics, struct rt_datum *value,
                      const struct rt_json *json)
{
    double special;

    switch (rt_json_kind(json)) {
    case RT_JSON_NULL:
        break;
    case RT_JSON_BOOL:
        *value = (struct rt_datum){.type = RT_COLUMN_BOOLEAN, .integer = rt_json_bool(json)};
        break;
    case RT_JSON_INT:
        *value = (struct rt_datum){.type = RT_COLUMN_INTEGER, .integer = rt_json_int(json)};
        break;
    case RT_JSON_REAL:
        *value = (struct rt_datum){.type = RT_COLUMN_REAL, .real = rt_json_number(json)};
        break;
    case RT_JSON_STRING:
        value->type = RT_COLUMN_TEXT;
        value->text = rt_span_text(rt_json_string(json));
        break;
    default:
        if (rt_json_special(json, &special)) {
            value->type = RT_COLUMN_REAL;
            value->state = special > 0 ? "inf" : special < 0 ? "-inf" : "nan";
        } else {
            value->type = RT_COLUMN_JSON;
            value->text = keep_text(metrics, rt_json_text(json));
        }
    }
}

/* `name` is NULL at the top: the result itself is never a value. */
static void flatten(struct rt_metrics *metrics, const char *name, const struct rt_json *json)
{
    double special;

    if (name && (rt_json_kind(json) != RT_JSON_OBJECT || rt_json_count(json) == 0 ||
                 rt_json_special(json, &special))) {
        struct rt_span kept = keep_text(metrics, rt_strdup(name));

        put_value(metrics, &add(metrics, kept)->value, json);
        return;
    }
    for (void *i = rt_json_first(json); i; i = rt_json_next(json, i)) {
        const char *key = rt_json_iter_key(i);
        char *inner = name ? rt_printf("%s.%s", name, key) : rt_strdup(key);

        flatten(metrics, inner, rt_json_iter_value(i));
        free(inner);
    }
}

void rt_metrics_flatten(struct rt_metrics *metrics, const struct rt_json *object)
{
    flatten(metrics, NULL, object);
}

void rt_metrics_read(struct rt_metrics *metrics, struct rt_span result)
{
    reset(metrics);
    if (result.size == 0 || read_flat(metrics, result))
        return;
    reset(metrics);
    if (rt_json_parse(result, &metrics->json, NULL) == 0 &&
        rt_json_kind(metrics->json) == RT_JSON_OBJECT)
        flatten(metrics, NULL, metrics->json);
}
