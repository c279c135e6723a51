#include "replay/change.h"

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "engine/study.h"
#include "store/plan_axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMBINATIONS_MAX UINT64_C(1000000000)

enum operation { SET, ADD, TIMES, SHAKE, UNSET };

struct rt_change {
    char *text; /* as typed */
    char *key;
    enum operation operation;
    struct rt_json *axis;      /* of what is swept or drawn; NULL: `value` */
    struct rt_plan_axis level; /* the same, ready */
    struct rt_json *value;
    bool drawn;
    double first; /* SHAKE: mean, or lower bound */
    double second;
    bool normal;
    bool seen; /* params have the key */
};

static void clear(struct rt_change *change)
{
    free(change->text);
    free(change->key);
    if (change->axis)
        rt_plan_axis_clear(&change->level);
    rt_json_free(change->axis);
    rt_json_free(change->value);
}

void rt_changes_clear(struct rt_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        clear(&changes->items[i]);
    free(changes->items);
    memset(changes, 0, sizeof *changes);
}

static uint64_t levels_of(const struct rt_change *change)
{
    return change->axis && !change->drawn ? change->level.count : 1;
}

uint64_t rt_changes_combinations(const struct rt_changes *changes)
{
    uint64_t all = 1;

    for (size_t i = 0; i < changes->count; i++)
        all *= levels_of(&changes->items[i]);
    return all;
}

static bool is_number(const struct rt_json *value)
{
    return rt_json_kind(value) == RT_JSON_INT || rt_json_kind(value) == RT_JSON_REAL;
}

/* "+=" and "*=" take numbers. */
static int check_numbers(const struct rt_change *change, struct rt_err *err)
{
    bool good = !change->value || is_number(change->value);

    for (uint64_t i = 0; good && change->axis && i < change->level.count; i++) {
        struct rt_value value;

        rt_plan_axis_get(&change->level, i, &value);
        good = value.kind == RT_JSON_INT || value.kind == RT_JSON_REAL;
    }
    if (good && !change->drawn)
        return 0;
    return rt_err_set(err, RT_EUSAGE, "\"%s=\" takes numbers%s",
                      change->operation == ADD ? "+" : "*",
                      change->drawn ? "; to add a draw, write KEY~normal(0,0.1)" : "");
}

/* "normal(0,0.01)". */
static int read_shake(struct rt_change *change, const char *text, struct rt_err *err)
{
    static const char *const forms[] = {"normal(%lf,%lf)%n", "uniform(%lf,%lf)%n"};
    struct rt_buf packed = RT_BUF_INIT;
    bool good = false;

    for (; *text; text++) {
        if (*text != ' ')
            rt_buf_put_u8(&packed, (uint8_t)*text);
    }
    for (size_t i = 0; i < 2 && !good; i++) {
        const char *packed_text = rt_buf_text(&packed);
        int end = 0;

        good = sscanf(packed_text, forms[i], &change->first, &change->second, &end) == 2 && end &&
               !packed_text[end] && isfinite(change->first) && isfinite(change->second);
        change->normal = i == 0;
    }
    rt_buf_clear(&packed);
    if (!good)
        return rt_err_set(err, RT_EUSAGE,
                          "\"~\" adds a draw: KEY~normal(0,0.01) with mean and "
                          "standard deviation, or KEY~uniform(-1,1)");
    if (change->normal ? change->second < 0 : change->second < change->first)
        return rt_err_set(err, RT_EUSAGE,
                          change->normal ? "a standard deviation is not negative"
                                         : "write the lower bound first");
    return 0;
}

static int read_values(struct rt_change *change, const char *text, struct rt_err *err)
{
    struct rt_json *axis;
    int rc = rt_study_setting_values(text, &axis, &change->value, err);

    if (rc < 0 || !axis)
        return rc;
    change->axis = axis;
    change->drawn = rt_json_get(axis, "sample") != NULL;
    rt_json_set_text(axis, "key", change->key);
    if (change->drawn)
        rt_json_set_int(axis, "count", 2); /* draws are functions of any number */
    return rt_plan_axis_init(&change->level, axis, 0, err);
}

/* Where the key ends, and what is to be done. */
static const char *find_operator(const char *setting, enum operation *operation, size_t *key,
                                 struct rt_err *err)
{
    size_t at = strcspn(setting, "=~");

    *operation = setting[at] == '~' ? SHAKE : SET;
    *key = at;
    if (!setting[at]) {
        rt_err_set(err, RT_EUSAGE,
                   "there is no \"=\"; write KEY=VALUE, KEY+=VALUE, KEY*=VALUE or "
                   "KEY~normal(0,0.01)");
        return NULL;
    }
    if (setting[at] == '=' && at > 0 && strchr("+*", setting[at - 1])) {
        *operation = setting[at - 1] == '+' ? ADD : TIMES;
        *key = at - 1;
    }
    return setting + at + 1;
}

static int read_change(struct rt_change *change, const char *setting, struct rt_err *err)
{
    const char *values;
    size_t key = 0;
    int rc;

    if (!rt_utf8_valid(rt_span_text(setting), NULL))
        return rt_err_set(err, RT_EUSAGE, "it is not UTF-8");
    if (!(values = find_operator(setting, &change->operation, &key, err)))
        return RT_EUSAGE;
    while (key > 0 && setting[key - 1] == ' ')
        key--;
    change->key = rt_strndup(setting, key);
    change->text = rt_strdup(setting);
    if ((rc = rt_study_setting_key(change->key, err)) < 0)
        return rc;
    if (change->operation == SHAKE)
        return read_shake(change, values, err);
    if ((rc = read_values(change, values, err)) == 0 && change->operation != SET)
        rc = check_numbers(change, err);
    return rc;
}

static int check_others(const struct rt_changes *changes, const struct rt_change *change,
                        struct rt_err *err)
{
    uint64_t all = rt_changes_combinations(changes);

    for (size_t i = 0; i < changes->count; i++) {
        const char *other = changes->items[i].key;
        size_t size = strlen(other) < strlen(change->key) ? strlen(other) : strlen(change->key);

        if (strncmp(other, change->key, size) == 0 && (!other[size] || other[size] == '.') &&
            (!change->key[size] || change->key[size] == '.'))
            return rt_err_set(err, RT_EUSAGE,
                              "\"%s\" is changed already; several values stand "
                              "with commas: %s=1,2",
                              other, other);
    }
    if (__builtin_mul_overflow(all, levels_of(change), &all) || all > COMBINATIONS_MAX)
        return rt_err_set(err, RT_EUSAGE, "that makes too many trials of each original");
    return 0;
}

static int add(struct rt_changes *changes, struct rt_change *change, int rc, const char *text,
               struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    if (rc == 0)
        rc = check_others(changes, change, err);
    if (rc < 0) {
        clear(change);
        return rt_err_while(err, "changing \"%s\"", rt_utf8_clip(text, clip));
    }
    changes->items =
        rt_grow(changes->items, &changes->capacity, changes->count + 1, sizeof *changes->items);
    changes->items[changes->count++] = *change;
    return 0;
}

int rt_changes_add(struct rt_changes *changes, const char *setting, struct rt_err *err)
{
    struct rt_change change = {0};

    return add(changes, &change, read_change(&change, setting, err), setting, err);
}

int rt_changes_unset(struct rt_changes *changes, const char *key, struct rt_err *err)
{
    struct rt_change change = {
        .text = rt_printf("unset %s", key), .key = rt_strdup(key), .operation = UNSET};

    return add(changes, &change, rt_study_setting_key(key, err), key, err);
}

struct rt_json *rt_changes_texts(const struct rt_changes *changes)
{
    struct rt_json *texts = rt_json_new_array();

    for (size_t i = 0; i < changes->count; i++)
        rt_json_append(texts, rt_json_new_string(changes->items[i].text));
    return texts;
}

/* The object that holds what a dotted key names, and the last part of the key; NULL if there is
 * none. */
static struct rt_json *holder(struct rt_json *params, const char *key, const char **last)
{
    for (const char *dot; params && (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        char *name = rt_strndup(key, (size_t)(dot - key));

        params = rt_json_get(params, name);
        free(name);
    }
    *last = key;
    return params && rt_json_kind(params) == RT_JSON_OBJECT && rt_json_get(params, key) ? params
                                                                                        : NULL;
}

void rt_changes_see(struct rt_changes *changes, const struct rt_json *params)
{
    for (size_t i = 0; i < changes->count; i++) {
        struct rt_change *change = &changes->items[i];
        const char *last;

        if (!change->seen)
            change->seen = holder((struct rt_json *)params, change->key, &last) != NULL;
    }
}

char *rt_changes_unseen(const struct rt_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct rt_change *change = &changes->items[i];

        if (change->operation == SET && !change->seen)
            return rt_printf("none of the trials had a parameter \"%s\"; they all get it",
                             change->key);
        if (change->operation == UNSET && !change->seen)
            return rt_printf("none of the trials had a parameter \"%s\": --unset changes nothing",
                             change->key);
    }
    return NULL;
}

static struct rt_json *json_of(const struct rt_value *value)
{
    struct rt_json *json = NULL;

    if (value->kind == RT_JSON_INT)
        return rt_json_new_int(value->integer);
    if (value->kind == RT_JSON_REAL)
        return rt_json_new_real(value->real);
    if (rt_json_parse(rt_span_text(value->json), &json, NULL) < 0)
        json = rt_json_new_null();
    return json;
}

/* A uniform number above 0 and up to 1 that belongs to the original and the change. */
static double draw(const struct rt_change *change, const struct rt_pick *origin, unsigned number)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;
    uint64_t bits = 0;

    rt_buf_add(&text, "retrial replay");
    rt_buf_put_u8(&text, 0);
    rt_buf_add(&text, change->text);
    rt_buf_put_u8(&text, 0);
    rt_buf_add(&text, origin->study->id);
    rt_buf_put_u8(&text, 0);
    rt_buf_put_u64(&text, origin->ordinal);
    rt_buf_put_u64(&text, number);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    for (int i = 8; i-- > 0;)
        bits = bits << 8 | hash.bytes[i];
    return ((double)(bits >> 11) + 1) * 0x1p-53;
}

/* Normal numbers by the method of Box and Muller. */
static double shake(const struct rt_change *change, const struct rt_pick *origin)
{
    double u = draw(change, origin, 0);

    if (!change->normal)
        return change->first + (change->second - change->first) * u;
    return change->first +
           change->second * sqrt(-2 * log(u)) * cos(2 * M_PI * draw(change, origin, 1));
}

static bool decimal_of(const struct rt_json *number, struct rt_decimal *out)
{
    char text[RT_REAL_TEXT];

    if (rt_json_kind(number) == RT_JSON_INT) {
        *out = rt_decimal_int(rt_json_int(number));
        return true;
    }
    return rt_decimal_parse(rt_real_text(rt_json_number(number), text), out, NULL) == 0;
}

static bool multiply(struct rt_decimal a, struct rt_decimal b, struct rt_decimal *out)
{
    if (__builtin_mul_overflow(a.coefficient, b.coefficient, &out->coefficient) ||
        out->coefficient == INT64_MIN)
        return false;
    out->exponent = a.exponent + b.exponent;
    *out = rt_decimal_reduce(*out);
    return true;
}

/* Exactly, in decimals, where these fit; else in doubles. Two integers make one; so do an integer
 * and a real, where the result is one: half of 40 epochs are 20. */
static struct rt_json *compute(enum operation operation, const struct rt_json *a,
                               const struct rt_json *b)
{
    struct rt_decimal x;
    struct rt_decimal y;
    struct rt_decimal exact;
    int64_t integer;
    double near = operation == ADD ? rt_json_number(a) + rt_json_number(b)
                                   : rt_json_number(a) * rt_json_number(b);

    if (!decimal_of(a, &x) || !decimal_of(b, &y) ||
        (operation == ADD ? rt_decimal_add(x, y, &exact, NULL) < 0 : !multiply(x, y, &exact)))
        return rt_json_new_real(near);
    if (rt_json_kind(a) == RT_JSON_INT && rt_decimal_to_int(exact, &integer))
        return rt_json_new_int(integer);
    return rt_json_new_real(rt_decimal_real(exact));
}

static struct rt_json *operand(const struct rt_change *change, uint64_t level)
{
    struct rt_value value;

    if (!change->axis)
        return rt_json_copy(change->value);
    rt_plan_axis_get(&change->level, level, &value);
    return json_of(&value);
}

/* For draws: a number of the original's own. */
static uint64_t draw_number(const struct rt_change *change, const struct rt_pick *origin)
{
    return (uint64_t)((draw(change, origin, 0) - 0x1p-53) * INT32_MAX) % INT32_MAX;
}

static int apply_one(const struct rt_change *change, const struct rt_pick *origin, uint64_t level,
                     struct rt_json *params, struct rt_err *err)
{
    const char *last;
    struct rt_json *object = holder(params, change->key, &last);
    struct rt_json *value;
    struct rt_json *old = object ? rt_json_get(object, last) : NULL;
    int rc = 0;

    if (change->operation == UNSET) {
        if (object)
            rt_json_remove(object, last);
        return 0;
    }
    if (change->operation != SET && !old)
        return rt_err_set(err, RT_EUSAGE, "it has no parameter \"%s\"", change->key);
    if (change->operation != SET && !is_number(old))
        return rt_err_set(err, RT_EUSAGE, "its parameter \"%s\" is %s, not a number", change->key,
                          rt_json_kind_name(rt_json_kind(old)));
    if (change->operation == SHAKE) {
        value = rt_json_new_real(rt_json_number(old) + shake(change, origin));
    } else {
        struct rt_json *by = operand(change, change->drawn ? draw_number(change, origin) : level);

        value = change->operation == SET ? rt_json_keep(by) : compute(change->operation, old, by);
        rt_json_free(by);
    }
    if (rt_json_kind(value) == RT_JSON_OBJECT && rt_json_special(value, &(double){0}))
        rc = rt_err_set(err, RT_EUSAGE, "its parameter \"%s\" would be infinite", change->key);
    if (rc == 0)
        rc = rt_study_put_param(params, change->key, value, err);
    rt_json_free(value);
    return rc;
}

int rt_changes_apply(const struct rt_changes *changes, const struct rt_pick *origin,
                     uint64_t combination, struct rt_json *params, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = changes->count; rc == 0 && i-- > 0;) {
        uint64_t levels = levels_of(&changes->items[i]);

        rc = apply_one(&changes->items[i], origin, combination % levels, params, err);
        combination /= levels;
    }
    return rc;
}
