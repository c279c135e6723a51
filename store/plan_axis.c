#include "store/plan_axis.h"

#include "base/alloc.h"
#include "base/decimal.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int damaged(const char *key, const char *what, struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "axis \"%s\" of the plan %s", key, what);
}

#define KEY_DEPTH_MAX 64

/* A dotted key has no empty part, and not so many that recursion over them would hurt. */
static bool is_key(const char *key)
{
    size_t size = strlen(key);
    size_t dots = 0;

    for (const char *at = key; (at = strchr(at, '.')) != NULL; at++)
        dots++;
    return size > 0 && key[0] != '.' && key[size - 1] != '.' && !strstr(key, "..") &&
           dots < KEY_DEPTH_MAX;
}

static int init_list(struct rt_plan_axis *axis, const struct rt_json *values, struct rt_err *err)
{
    size_t count = rt_json_count(values);

    if (!values || rt_json_kind(values) != RT_JSON_ARRAY || count == 0)
        return damaged(axis->key, "has no values", err);
    axis->kind = RT_AXIS_LISTED;
    axis->values = values;
    axis->count = count;
    axis->starts = rt_calloc(count + 1, sizeof *axis->starts);
    for (size_t i = 0; i < count; i++) {
        axis->starts[i] = axis->texts.size;
        rt_json_canonical(rt_json_at(values, i), &axis->texts);
        rt_buf_put_u8(&axis->texts, 0);
    }
    axis->starts[count] = axis->texts.size;
    return 0;
}

/* "absent": the levels of a list whose values stand for nothing. */
static int init_absent(struct rt_plan_axis *axis, const struct rt_json *absent, struct rt_err *err)
{
    if (!absent)
        return 0;
    if (axis->kind != RT_AXIS_LISTED || rt_json_kind(absent) != RT_JSON_ARRAY)
        return damaged(axis->key, "has no usable \"absent\"", err);
    axis->absent = rt_calloc(axis->count, sizeof *axis->absent);
    for (size_t i = 0; i < rt_json_count(absent); i++) {
        const struct rt_json *level = rt_json_at(absent, i);

        if (rt_json_kind(level) != RT_JSON_INT || rt_json_int(level) < 0 ||
            (uint64_t)rt_json_int(level) >= axis->count)
            return damaged(axis->key, "has no usable \"absent\"", err);
        axis->absent[rt_json_int(level)] = true;
    }
    return 0;
}

static struct rt_decimal range_at(const struct rt_plan_axis *axis, uint64_t level)
{
    return (struct rt_decimal){axis->from + (int64_t)level * axis->step, axis->exponent};
}

/* Values run between the first and the last: if these two are good, all are. */
static int check_ends(const struct rt_plan_axis *axis, struct rt_err *err)
{
    int64_t ignored;
    int64_t last;

    if (axis->count > INT64_MAX ||
        __builtin_mul_overflow((int64_t)(axis->count - 1), axis->step, &last) ||
        __builtin_add_overflow(last, axis->from, &last))
        return damaged(axis->key, "has more levels than can be counted", err);
    for (int end = 0; end < 2; end++) {
        struct rt_decimal value = range_at(axis, end ? axis->count - 1 : 0);

        if (axis->real ? !isfinite(rt_decimal_real(value)) : !rt_decimal_to_int(value, &ignored))
            return damaged(axis->key, "has values that do not fit its kind", err);
    }
    return 0;
}

static int init_range(struct rt_plan_axis *axis, const struct rt_json *json, struct rt_err *err)
{
    const char *from_text = rt_json_get_text(json, "from", "");
    const char *step_text = rt_json_get_text(json, "step", "");
    const char *kind = rt_json_get_text(json, "kind", "");
    int64_t count = rt_json_get_int(json, "count", 0);
    struct rt_decimal from;
    struct rt_decimal step;

    if (rt_decimal_parse(from_text, &from, err) < 0 || rt_decimal_parse(step_text, &step, err) < 0)
        return damaged(axis->key, "has no decimal \"from\" and \"step\"", err);
    if (strcmp(kind, "real") != 0 && strcmp(kind, "int") != 0)
        return damaged(axis->key, "has no known \"kind\"", err);
    if (count < 1)
        return damaged(axis->key, "has no \"count\"", err);
    if (step.coefficient == 0 && count > 1)
        return damaged(axis->key, "has a \"step\" of zero", err);
    if (!rt_decimal_align(&from, &step))
        return damaged(axis->key, "has a \"from\" and a \"step\" too far apart", err);
    axis->kind = RT_AXIS_EVEN;
    axis->count = (uint64_t)count;
    axis->from = from.coefficient;
    axis->step = step.coefficient;
    axis->exponent = from.exponent;
    axis->real = kind[0] == 'r';
    return check_ends(axis, err);
}

/* {"from", "to", "count", "scale": "log"}: reals, each a fixed factor from the one before. */
static int init_factors(struct rt_plan_axis *axis, const struct rt_json *json, struct rt_err *err)
{
    int64_t count = rt_json_get_int(json, "count", 0);
    struct rt_decimal from;
    struct rt_decimal to;

    if (strcmp(rt_json_get_text(json, "scale", ""), "log") != 0)
        return damaged(axis->key, "has no known \"scale\"", err);
    if (rt_decimal_parse(rt_json_get_text(json, "from", ""), &from, err) < 0 ||
        rt_decimal_parse(rt_json_get_text(json, "to", ""), &to, err) < 0 ||
        !rt_between_init(&axis->between, from, to, true))
        return damaged(axis->key, "has no decimals \"from\" and \"to\" from 1e-250 to 1e250", err);
    if (count < 2)
        return damaged(axis->key, "has no \"count\" of 2 or more", err);
    axis->kind = RT_AXIS_DERIVED;
    axis->count = (uint64_t)count;
    return 0;
}

static int init_bounds(struct rt_plan_axis *axis, const struct rt_json *json, struct rt_err *err)
{
    bool factors = axis->draw == RT_DRAW_LOGUNIFORM;
    struct rt_decimal from;
    struct rt_decimal to;
    int64_t last;

    if (rt_decimal_parse(rt_json_get_text(json, "from", ""), &from, err) < 0 ||
        rt_decimal_parse(rt_json_get_text(json, "to", ""), &to, err) < 0 ||
        rt_decimal_compare(from, to) > 0)
        return damaged(axis->key, "has no decimals \"from\" and \"to\" in this order", err);
    if (axis->draw != RT_DRAW_INT)
        return rt_between_init(&axis->between, from, to, factors)
                   ? 0
                   : damaged(axis->key, "has a \"from\" and a \"to\" that cannot be", err);
    if (!rt_decimal_to_int(from, &axis->from) || !rt_decimal_to_int(to, &last))
        return damaged(axis->key, "has no integers \"from\" and \"to\"", err);
    axis->choices = (uint64_t)last - (uint64_t)axis->from + 1;
    return 0;
}

/* {"sample": "uniform" | "loguniform" | "int", "from", "to"} or {"sample": "choice", "values"}, and
 * {"count"}. */
static int init_sample(struct rt_plan_axis *axis, const struct rt_json *json, uint64_t seed,
                       struct rt_err *err)
{
    static const char *const names[] = {"", "uniform", "loguniform", "int", "choice"};
    const char *name = rt_json_get_text(json, "sample", "");
    int64_t count = rt_json_get_int(json, "count", 0);
    int rc;

    for (int i = RT_DRAW_UNIFORM; i <= RT_DRAW_CHOICE; i++) {
        if (strcmp(names[i], name) == 0)
            axis->draw = (enum rt_plan_draw)i;
    }
    if (!axis->draw)
        return damaged(axis->key, "has no known \"sample\"", err);
    if (count < 1)
        return damaged(axis->key, "has no \"count\"", err);
    if (axis->draw == RT_DRAW_CHOICE) {
        rc = init_list(axis, rt_json_get(json, "values"), err);
        axis->choices = axis->count;
    } else {
        rc = init_bounds(axis, json, err);
    }
    axis->kind = RT_AXIS_DERIVED;
    axis->count = (uint64_t)count;
    axis->seed = seed;
    return rc;
}

static bool same_level(const struct rt_plan_axis *axis, uint64_t a, uint64_t b)
{
    const char *texts = (const char *)axis->texts.data;

    if (rt_plan_axis_absent(axis, a) || rt_plan_axis_absent(axis, b))
        return rt_plan_axis_absent(axis, a) == rt_plan_axis_absent(axis, b);
    return strcmp(texts + axis->starts[a], texts + axis->starts[b]) == 0;
}

/* A list may have one value only, again and again; other axes have different levels. */
static bool varies(const struct rt_plan_axis *axis)
{
    if (axis->kind != RT_AXIS_LISTED)
        return axis->count > 1;
    for (uint64_t level = 1; level < axis->count; level++) {
        if (!same_level(axis, 0, level))
            return true;
    }
    return false;
}

int rt_plan_axis_init(struct rt_plan_axis *axis, const struct rt_json *json, uint64_t seed,
                      struct rt_err *err)
{
    const struct rt_json *values = rt_json_get(json, "values");
    int rc;

    memset(axis, 0, sizeof *axis);
    axis->key = rt_json_get_text(json, "key", "");
    if (!is_key(axis->key))
        return damaged(axis->key, "has no usable key", err);
    if (rt_json_get(json, "sample"))
        rc = init_sample(axis, json, seed, err);
    else if (values)
        rc = init_list(axis, values, err);
    else if (rt_json_get(json, "scale"))
        rc = init_factors(axis, json, err);
    else
        rc = init_range(axis, json, err);
    if (rc == 0)
        rc = init_absent(axis, rt_json_get(json, "absent"), err);
    if (rc < 0)
        rt_plan_axis_clear(axis);
    else
        axis->varies = varies(axis);
    return rc;
}

void rt_plan_axis_clear(struct rt_plan_axis *axis)
{
    rt_buf_clear(&axis->texts);
    free(axis->starts);
    free(axis->absent);
    axis->starts = NULL;
    axis->absent = NULL;
}

/* In what follows numbers get their `text` only if it is wanted: it costs more than all else. */
static void get_listed(const struct rt_plan_axis *axis, uint64_t level, bool text,
                       struct rt_value *value)
{
    const struct rt_json *json = rt_json_at(axis->values, level);
    const char *canonical = (const char *)axis->texts.data + axis->starts[level];

    if (rt_plan_axis_absent(axis, level)) {
        value->json = "null";
        return;
    }
    value->kind = rt_json_kind(json);
    if (value->kind == RT_JSON_INT || value->kind == RT_JSON_REAL) {
        value->integer = rt_json_int(json);
        value->real = rt_json_number(json);
        if (text)
            snprintf(value->text, sizeof value->text, "%s", canonical);
        return;
    }
    value->integer = rt_json_bool(json);
    value->json = canonical;
    value->string = rt_json_string(json);
}

static void put_integer(int64_t number, char *text)
{
    uint64_t magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number;
    char digits[20];
    size_t first = sizeof digits;

    do
        digits[--first] = (char)('0' + magnitude % 10);
    while (magnitude /= 10);
    if (number < 0)
        *text++ = '-';
    memcpy(text, digits + first, sizeof digits - first);
    text[sizeof digits - first] = '\0';
}

static void get_int(int64_t number, bool text, struct rt_value *value)
{
    value->kind = RT_JSON_INT;
    value->integer = number;
    value->real = (double)number;
    if (text)
        put_integer(number, value->text);
}

static void get_even_real(struct rt_decimal decimal, bool text, struct rt_value *value)
{
    const int64_t digits15 = INT64_C(1000000000000000);

    value->kind = RT_JSON_REAL;
    value->real = rt_decimal_real(decimal);
    if (!text)
        return;
    /* A decimal of up to 15 digits is the shortest text of its double. */
    if (decimal.coefficient > -digits15 && decimal.coefficient < digits15 &&
        fabs(value->real) > DBL_MIN)
        rt_decimal_text(decimal, true, value->text);
    else
        rt_real_text(value->real, value->text);
}

static void get_even(const struct rt_plan_axis *axis, uint64_t level, bool text,
                     struct rt_value *value)
{
    struct rt_decimal decimal = range_at(axis, level);
    int64_t number = decimal.coefficient;

    if (axis->real) {
        get_even_real(decimal, text, value);
        return;
    }
    if (decimal.exponent != 0)
        rt_decimal_to_int(decimal, &number);
    get_int(number, text, value);
}

/* docs/plan.md, "Samples". */
static uint64_t draw(const struct rt_plan_axis *axis, uint64_t level)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;
    uint64_t number = 0;

    rt_buf_add(&text, "retrial sample");
    rt_buf_put_u8(&text, 0);
    rt_buf_put_u64(&text, axis->seed);
    rt_buf_put_u64(&text, level);
    rt_buf_add(&text, axis->key);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    for (int i = 8; i-- > 0;)
        number = number << 8 | hash.bytes[i];
    return number;
}

/* Which of so many choices is drawn. */
static uint64_t draw_choice(const struct rt_plan_axis *axis, uint64_t level)
{
    uint64_t number = draw(axis, level);

    return axis->choices ? (uint64_t)((unsigned __int128)number * axis->choices >> 64) : number;
}

static void get_derived(const struct rt_plan_axis *axis, uint64_t level, bool text,
                        struct rt_value *value)
{
    const int bits = 53; /* of a draw become a real: what a double holds */

    if (axis->draw == RT_DRAW_CHOICE) {
        get_listed(axis, draw_choice(axis, level), text, value);
        return;
    }
    if (axis->draw == RT_DRAW_INT) {
        get_int((int64_t)((uint64_t)axis->from + draw_choice(axis, level)), text, value);
        return;
    }
    value->kind = RT_JSON_REAL;
    value->real = axis->draw ? rt_between_at(&axis->between, draw(axis, level) >> (64 - bits),
                                             UINT64_C(1) << bits)
                             : rt_between_at(&axis->between, level, axis->count - 1);
    if (text)
        rt_real_text(value->real, value->text);
}

uint64_t rt_plan_axis_lists(const struct rt_plan_axis *axis)
{
    return axis->kind == RT_AXIS_LISTED ? axis->count : axis->values ? axis->choices : 0;
}

void rt_plan_axis_get_listed(const struct rt_plan_axis *axis, uint64_t number,
                             struct rt_value *value)
{
    *value = (struct rt_value){.kind = RT_JSON_NULL};
    get_listed(axis, number, true, value);
}

static void get(const struct rt_plan_axis *axis, uint64_t level, bool text, struct rt_value *value)
{
    *value = (struct rt_value){.kind = RT_JSON_NULL};
    if (axis->kind == RT_AXIS_LISTED)
        get_listed(axis, level, text, value);
    else if (axis->kind == RT_AXIS_EVEN)
        get_even(axis, level, text, value);
    else
        get_derived(axis, level, text, value);
}

void rt_plan_axis_get(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value)
{
    get(axis, level, true, value);
}

void rt_plan_axis_get_bare(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value)
{
    get(axis, level, false, value);
}

void rt_plan_axis_put(const struct rt_plan_axis *axis, uint64_t level, struct rt_buf *out)
{
    struct rt_value value;

    if (axis->values) {
        uint64_t number = axis->draw ? draw_choice(axis, level) : level;
        size_t start = axis->starts[number];

        rt_buf_put(out, axis->texts.data + start, axis->starts[number + 1] - start - 1);
        return;
    }
    rt_plan_axis_get(axis, level, &value);
    rt_buf_add(out, value.text);
}
