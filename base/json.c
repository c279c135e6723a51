#include "base/json.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_KEY "$float"

static json_t *inner(const struct rt_json *json)
{
    return (json_t *)(uintptr_t)json;
}

static struct rt_json *outer(json_t *json)
{
    if (!json)
        abort(); /* jansson only fails here when memory is out */
    return (struct rt_json *)json;
}

int rt_json_parse(struct rt_span text, struct rt_json **out, struct rt_err *err)
{
    json_error_t why;
    json_t *json = json_loadb(text.size ? text.data : "", text.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

    *out = NULL;
    if (!json)
        return rt_err_set(err, RT_EUSAGE, "line %d, column %d: %s", why.line, why.column, why.text);
    *out = outer(json);
    return 0;
}

int rt_json_parse_file(const char *path, struct rt_json **out, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    *out = NULL;
    if ((rc = rt_fs_read(path, &text, err)) == 0 &&
        (rc = rt_json_parse(rt_buf_span(&text), out, err)) < 0)
        rc = rt_err_while(err, "%s", path);
    rt_buf_clear(&text);
    return rc;
}

void rt_json_free(struct rt_json *json)
{
    json_decref(inner(json));
}

struct rt_json *rt_json_keep(struct rt_json *json)
{
    json_incref(inner(json));
    return json;
}

struct rt_json *rt_json_copy(const struct rt_json *json)
{
    return outer(json_deep_copy(inner(json)));
}

struct rt_json *rt_json_new_null(void)
{
    return outer(json_null());
}

struct rt_json *rt_json_new_bool(bool value)
{
    return outer(json_boolean(value));
}

struct rt_json *rt_json_new_int(int64_t value)
{
    return outer(json_integer(value));
}

struct rt_json *rt_json_new_real(double value)
{
    const char *name = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    struct rt_json *special;

    if (isfinite(value))
        return outer(json_real(value));
    special = rt_json_new_object();
    rt_json_set(special, FLOAT_KEY, outer(json_string(name)));
    return special;
}

struct rt_json *rt_json_new_string_span(struct rt_span text)
{
    struct rt_buf clean = RT_BUF_INIT;
    const unsigned char *at = text.data;
    size_t left = text.size;
    json_t *json;

    while (left) {
        uint32_t character;
        size_t size = rt_utf8_next(rt_span(at, left), &character);

        if (size && character)
            rt_buf_put(&clean, at, size);
        else
            rt_buf_add(&clean, "\xEF\xBF\xBD");
        size = size ? size : 1;
        at += size;
        left -= size;
    }
    json = json_stringn_nocheck(rt_buf_text(&clean), clean.size);
    rt_buf_clear(&clean);
    return outer(json);
}

struct rt_json *rt_json_new_string(const char *text)
{
    return rt_json_new_string_span(rt_span_text(text));
}

struct rt_json *rt_json_new_array(void)
{
    return outer(json_array());
}

struct rt_json *rt_json_new_object(void)
{
    return outer(json_object());
}

enum rt_json_kind rt_json_kind(const struct rt_json *json)
{
    switch (json_typeof(inner(json))) {
    case JSON_OBJECT:
        return RT_JSON_OBJECT;
    case JSON_ARRAY:
        return RT_JSON_ARRAY;
    case JSON_STRING:
        return RT_JSON_STRING;
    case JSON_INTEGER:
        return RT_JSON_INT;
    case JSON_REAL:
        return RT_JSON_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return RT_JSON_BOOL;
    default:
        return RT_JSON_NULL;
    }
}

const char *rt_json_kind_name(enum rt_json_kind kind)
{
    static const char *const names[] = {
        [RT_JSON_NULL] = "null",        [RT_JSON_BOOL] = "true or false",
        [RT_JSON_INT] = "an integer",   [RT_JSON_REAL] = "a real number",
        [RT_JSON_STRING] = "a text",    [RT_JSON_ARRAY] = "a list",
        [RT_JSON_OBJECT] = "a mapping",
    };

    return names[kind];
}

bool rt_json_bool(const struct rt_json *json)
{
    return json_is_true(inner(json));
}

int64_t rt_json_int(const struct rt_json *json)
{
    return json_integer_value(inner(json));
}

double rt_json_number(const struct rt_json *json)
{
    return json_number_value(inner(json));
}

const char *rt_json_string(const struct rt_json *json)
{
    return json_string_value(inner(json));
}

bool rt_json_special(const struct rt_json *json, double *value)
{
    const char *name;

    if (!json_is_object(inner(json)) || json_object_size(inner(json)) != 1)
        return false;
    name = json_string_value(json_object_get(inner(json), FLOAT_KEY));
    if (!name)
        return false;
    if (strcmp(name, "nan") == 0)
        *value = NAN;
    else if (strcmp(name, "inf") == 0)
        *value = INFINITY;
    else if (strcmp(name, "-inf") == 0)
        *value = -INFINITY;
    else
        return false;
    return true;
}

size_t rt_json_count(const struct rt_json *json)
{
    return json_is_array(inner(json)) ? json_array_size(inner(json))
                                      : json_object_size(inner(json));
}

struct rt_json *rt_json_at(const struct rt_json *json, size_t index)
{
    return (struct rt_json *)json_array_get(inner(json), index);
}

struct rt_json *rt_json_get(const struct rt_json *json, const char *key)
{
    return (struct rt_json *)json_object_get(inner(json), key);
}

void rt_json_append(struct rt_json *array, struct rt_json *value)
{
    if (json_array_append_new(inner(array), inner(value)) < 0)
        abort();
}

void rt_json_set(struct rt_json *object, const char *key, struct rt_json *value)
{
    if (json_object_set_new_nocheck(inner(object), key, inner(value)) < 0)
        abort();
}

void rt_json_remove(struct rt_json *object, const char *key)
{
    json_object_del(inner(object), key);
}

void rt_json_set_text(struct rt_json *object, const char *key, const char *text)
{
    rt_json_set(object, key, text ? rt_json_new_string(text) : rt_json_new_null());
}

void rt_json_set_int(struct rt_json *object, const char *key, int64_t value)
{
    rt_json_set(object, key, rt_json_new_int(value));
}

const char *rt_json_get_text(const struct rt_json *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(inner(object), key));

    return text ? text : fallback;
}

int64_t rt_json_get_int(const struct rt_json *object, const char *key, int64_t fallback)
{
    json_t *value = json_object_get(inner(object), key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

void *rt_json_first(const struct rt_json *object)
{
    return json_object_iter(inner(object));
}

void *rt_json_next(const struct rt_json *object, void *iterator)
{
    return json_object_iter_next(inner(object), iterator);
}

const char *rt_json_iter_key(void *iterator)
{
    return json_object_iter_key(iterator);
}

struct rt_json *rt_json_iter_value(void *iterator)
{
    return (struct rt_json *)json_object_iter_value(iterator);
}

bool rt_json_equal(const struct rt_json *a, const struct rt_json *b)
{
    return json_equal(inner(a), inner(b));
}

static void put_string(struct rt_buf *out, const char *text, size_t size)
{
    static const char short_escapes[] = "btn\0fr"; /* of U+0008 and on */
    size_t plain = 0; /* characters before i that are put as they are */

    rt_buf_put_u8(out, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        rt_buf_put(out, text + plain, i - plain);
        plain = i + 1;
        if (c >= 0x20)
            rt_buf_printf(out, "\\%c", c);
        else if (c >= 8 && c <= 13 && c != 11)
            rt_buf_printf(out, "\\%c", short_escapes[c - 8]);
        else
            rt_buf_printf(out, "\\u%04x", c);
    }
    rt_buf_put(out, text + plain, size - plain);
    rt_buf_put_u8(out, '"');
}

struct named {
    const char *key;
    json_t *value;
};

static int by_bytes(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->key, ((const struct named *)b)->key);
}

/* True if they came in the order of their keys, as most that we read did. */
static bool list_members(json_t *object, struct named *members)
{
    bool sorted = true;
    const char *key;
    json_t *value;
    size_t used = 0;

    json_object_foreach(object, key, value)
    {
        members[used++] = (struct named){key, value};
        sorted = sorted && (used == 1 || strcmp(members[used - 2].key, key) < 0);
    }
    return sorted;
}

static void put_object(struct rt_buf *out, json_t *object)
{
    size_t count = json_object_size(object);
    struct named few[16];
    struct named *members =
        count <= sizeof few / sizeof few[0] ? few : rt_alloc(count * sizeof *members);

    if (!list_members(object, members))
        qsort(members, count, sizeof *members, by_bytes);
    rt_buf_put_u8(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            rt_buf_put_u8(out, ',');
        put_string(out, members[i].key, strlen(members[i].key));
        rt_buf_put_u8(out, ':');
        rt_json_canonical(outer(members[i].value), out);
    }
    rt_buf_put_u8(out, '}');
    if (members != few)
        free(members);
}

static void put_array(struct rt_buf *out, json_t *array)
{
    rt_buf_put_u8(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            rt_buf_put_u8(out, ',');
        rt_json_canonical((struct rt_json *)json_array_get(array, i), out);
    }
    rt_buf_put_u8(out, ']');
}

void rt_json_canonical(const struct rt_json *json, struct rt_buf *out)
{
    char real[RT_REAL_TEXT];
    json_t *value = inner(json);

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(out, value);
        break;
    case JSON_ARRAY:
        put_array(out, value);
        break;
    case JSON_STRING:
        put_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        rt_buf_printf(out, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        rt_buf_add(out, rt_real_text(json_real_value(value), real));
        break;
    case JSON_TRUE:
        rt_buf_add(out, "true");
        break;
    case JSON_FALSE:
        rt_buf_add(out, "false");
        break;
    default:
        rt_buf_add(out, "null");
    }
}

char *rt_json_text(const struct rt_json *json)
{
    struct rt_buf out = RT_BUF_INIT;

    rt_json_canonical(json, &out);
    return rt_buf_take(&out);
}

void rt_json_pretty(const struct rt_json *json, struct rt_buf *out)
{
    char *text =
        json_dumps(inner(json), JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));

    if (!text)
        abort();
    rt_buf_add(out, text);
    free(text);
}
