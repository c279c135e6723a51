#include "replay/points.h"

#include "base/alloc.h"
#include "store/plan_params.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX   64
#define DECIMAL_END INT64_C(1000000000000000000) /* ranges have 18 digits */

struct columns {
    size_t count; /* points */
    struct rt_json *axes;
};

static bool is_mapping(const struct rt_json *value)
{
    double special;

    return value && rt_json_kind(value) == RT_JSON_OBJECT && !rt_json_special(value, &special);
}

static bool all_mappings(struct rt_json *const *values, size_t count)
{
    size_t members = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_mapping(values[i]))
            return false;
        members += rt_json_count(values[i]);
    }
    return members > 0;
}

static bool all_equal(struct rt_json *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!values[i] || !rt_json_equal(values[i], values[0]))
            return false;
    }
    return true;
}

/* Every key that one of the mappings has, in order of appearance. */
static struct rt_json *keys_of(struct rt_json *const *objects, size_t count)
{
    struct rt_json *keys = rt_json_new_object();

    for (size_t i = 0; i < count; i++) {
        for (void *at = rt_json_first(objects[i]); at; at = rt_json_next(objects[i], at)) {
            if (!rt_json_get(keys, rt_json_iter_key(at)))
                rt_json_set(keys, rt_json_iter_key(at), rt_json_new_null());
        }
    }
    return keys;
}

static bool is_decimal(int64_t value)
{
    return value > -DECIMAL_END && value < DECIMAL_END;
}

static bool is_even(const int64_t *values, size_t count)
{
    if (count < 2 || values[0] == values[1])
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_decimal(values[i]) || (i > 1 && values[i] - values[i - 1] != values[1] - values[0]))
            return false;
    }
    return is_decimal(values[1] - values[0]);
}

/* Integers at even distances are a range; NULL if they are not. */
static struct rt_json *range_of(const int64_t *values, size_t count)
{
    struct rt_json *range;
    char *first;
    char *step;

    if (!is_even(values, count))
        return NULL;
    first = rt_printf("%lld", (long long)values[0]);
    step = rt_printf("%lld", (long long)(values[1] - values[0]));
    range = rt_json_new_object();
    rt_json_set_text(range, "from", first);
    rt_json_set_text(range, "step", step);
    rt_json_set_int(range, "count", (int64_t)count);
    rt_json_set_text(range, "kind", "int");
    free(first);
    free(step);
    return range;
}

/* NULL if some are absent, or no integers, too. */
static struct rt_json *range_of_json(struct rt_json *const *values, size_t count)
{
    int64_t *integers = rt_calloc(count, sizeof *integers);
    struct rt_json *range = NULL;
    bool all = true;

    for (size_t i = 0; all && i < count; i++) {
        all = values[i] && rt_json_kind(values[i]) == RT_JSON_INT;
        integers[i] = all ? rt_json_int(values[i]) : 0;
    }
    if (all)
        range = range_of(integers, count);
    free(integers);
    return range;
}

static struct rt_json *list_of_json(struct rt_json *const *values, size_t count)
{
    struct rt_json *listed = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();
    struct rt_json *absent = rt_json_new_array();

    for (size_t i = 0; i < count; i++) {
        rt_json_append(list, values[i] ? rt_json_keep(values[i]) : rt_json_new_null());
        if (!values[i])
            rt_json_append(absent, rt_json_new_int((int64_t)i));
    }
    rt_json_set(listed, "values", list);
    if (rt_json_count(absent))
        rt_json_set(listed, "absent", rt_json_keep(absent));
    rt_json_free(absent);
    return listed;
}

static void put_axis(struct rt_json *axes, const char *key, struct rt_json *axis)
{
    rt_json_set_text(axis, "key", key);
    rt_json_set_int(axis, "zip", 0);
    rt_json_append(axes, axis);
}

static void add_axis(struct columns *columns, const char *key, struct rt_json *const *values)
{
    struct rt_json *range = range_of_json(values, columns->count);

    put_axis(columns->axes, key, range ? range : list_of_json(values, columns->count));
}

static int split(struct columns *columns, struct rt_json *const *objects, const char *prefix,
                 int depth, struct rt_json **fixed, struct rt_err *err);

static int split_key(struct columns *columns, struct rt_json *const *values, const char *key,
                     const char *path, int depth, struct rt_json *fixed, struct rt_err *err)
{
    struct rt_json *below = NULL;
    char *prefix;
    int rc;

    if (all_equal(values, columns->count)) {
        rt_json_set(fixed, key, rt_json_keep(values[0]));
        return 0;
    }
    if (strchr(key, '.'))
        return rt_err_set(err, RT_EUSAGE,
                          "parameter \"%s\" differs among the trials, and has a dot in its name",
                          key);
    if (depth >= DEPTH_MAX || !all_mappings(values, columns->count)) {
        add_axis(columns, path, values);
        return 0;
    }
    prefix = rt_printf("%s.", path);
    rc = split(columns, values, prefix, depth + 1, &below, err);
    free(prefix);
    if (rc == 0)
        rt_json_set(fixed, key, below);
    return rc;
}

static int split(struct columns *columns, struct rt_json *const *objects, const char *prefix,
                 int depth, struct rt_json **fixed, struct rt_err *err)
{
    struct rt_json **values = rt_calloc(columns->count, sizeof(struct rt_json *));
    struct rt_json *keys = keys_of(objects, columns->count);
    int rc = 0;

    *fixed = rt_json_new_object();
    for (void *at = rt_json_first(keys); rc == 0 && at; at = rt_json_next(keys, at)) {
        const char *key = rt_json_iter_key(at);
        char *path = rt_printf("%s%s", prefix, key);

        for (size_t i = 0; i < columns->count; i++)
            values[i] = rt_json_get(objects[i], key);
        rc = split_key(columns, values, key, path, depth, *fixed, err);
        free(path);
    }
    rt_json_free(keys);
    free(values);
    if (rc < 0) {
        rt_json_free(*fixed);
        *fixed = NULL;
    }
    return rc;
}

int rt_points_set(struct rt_json *plan, struct rt_json *const *params, size_t count,
                  struct rt_err *err)
{
    struct columns columns = {count, rt_json_new_array()};
    struct rt_json *fixed;
    int rc = split(&columns, params, "", 0, &fixed, err);

    if (rc < 0) {
        rt_json_free(columns.axes);
        return rc;
    }
    rt_json_set(plan, "params", fixed);
    rt_json_set(plan, "axes", columns.axes);
    return 0;
}

static struct rt_json *value_json(const struct rt_value *value)
{
    struct rt_json *json = NULL;

    if (value->kind == RT_JSON_INT)
        return rt_json_new_int(value->integer);
    if (value->kind == RT_JSON_REAL)
        return rt_json_new_real(value->real);
    if (value->kind == RT_JSON_BOOL)
        return rt_json_new_bool(value->integer != 0);
    if (value->kind == RT_JSON_STRING)
        return rt_json_new_string(value->string);
    rt_json_parse(rt_span_text(value->json), &json, NULL); /* a plan has been made from it */
    return json;
}

static struct rt_json *range_axis(const struct rt_plan *from, size_t axis, const uint64_t *points,
                                  size_t count)
{
    int64_t *values = rt_calloc(count, sizeof *values);
    struct rt_json *range = NULL;
    bool all = true;

    for (size_t i = 0; all && i < count; i++) {
        uint64_t level = rt_plan_level(from, points[i], axis);
        struct rt_value value;

        rt_plan_axis_value(from, axis, level, &value);
        all = value.kind == RT_JSON_INT && !rt_plan_axis_lacks(from, axis, level);
        values[i] = value.integer;
    }
    if (all)
        range = range_of(values, count);
    free(values);
    return range;
}

static struct rt_json *listed_axis(const struct rt_plan *from, size_t axis, const uint64_t *points,
                                   size_t count)
{
    struct rt_json *listed = rt_json_new_object();
    struct rt_json *values = rt_json_new_array();
    struct rt_json *absent = rt_json_new_array();

    for (size_t i = 0; i < count; i++) {
        uint64_t level = rt_plan_level(from, points[i], axis);
        struct rt_value value;

        rt_plan_axis_value(from, axis, level, &value);
        rt_json_append(values, value_json(&value));
        if (rt_plan_axis_lacks(from, axis, level))
            rt_json_append(absent, rt_json_new_int((int64_t)i));
    }
    rt_json_set(listed, "values", values);
    if (rt_json_count(absent))
        rt_json_set(listed, "absent", rt_json_keep(absent));
    rt_json_free(absent);
    return listed;
}

/* What is alike everywhere is no axis. */
static bool is_fixed(const struct rt_json *axis)
{
    const struct rt_json *values = rt_json_get(axis, "values");
    bool alike = values && !rt_json_get(axis, "absent");

    for (size_t i = 1; alike && i < rt_json_count(values); i++)
        alike = rt_json_equal(rt_json_at(values, i), rt_json_at(values, 0));
    return alike;
}

static void add_taken(const char *key, struct rt_json *axis, struct rt_json *params,
                      struct rt_json *axes)
{
    const char *last = key;
    struct rt_json *object;

    if (is_fixed(axis) && (object = rt_plan_descend(params, &last)) != NULL) {
        rt_json_set(object, last, rt_json_keep(rt_json_at(rt_json_get(axis, "values"), 0)));
        rt_json_free(axis);
        return;
    }
    put_axis(axes, key, axis);
}

void rt_points_take(struct rt_json *plan, const struct rt_plan *from, const uint64_t *points,
                    size_t count)
{
    struct rt_json *params = rt_json_copy(rt_json_get(rt_plan_json(from), "params"));
    struct rt_json *axes = rt_json_new_array();

    for (size_t i = 0; i < rt_plan_axes(from); i++) {
        struct rt_json *axis = range_axis(from, i, points, count);

        add_taken(rt_plan_axis_key(from, i), axis ? axis : listed_axis(from, i, points, count),
                  params, axes);
    }
    rt_json_set(plan, "params", params);
    rt_json_set(plan, "axes", axes);
}

struct rt_pattern {
    const struct rt_plan *plan; /* of the point before */
    struct rt_json *params;     /* of one of its points that has all keys; NULL: none was met */
    struct rt_buf text;
};

struct rt_pattern *rt_pattern_new(void)
{
    return rt_calloc(1, sizeof(struct rt_pattern));
}

void rt_pattern_free(struct rt_pattern *pattern)
{
    if (!pattern)
        return;
    rt_json_free(pattern->params);
    rt_buf_clear(&pattern->text);
    free(pattern);
}

/* Members in their order, with the same leaves. */
static struct rt_json *copy_objects(const struct rt_json *object)
{
    struct rt_json *copy = rt_json_new_object();

    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at)) {
        struct rt_json *value = rt_json_iter_value(at);

        rt_json_set(copy, rt_json_iter_key(at),
                    rt_json_kind(value) == RT_JSON_OBJECT ? copy_objects(value)
                                                          : rt_json_keep(value));
    }
    return copy;
}

static bool has_all_keys(const struct rt_plan *plan, uint64_t point)
{
    bool all = true;

    for (size_t i = 0; all && i < rt_plan_axes(plan); i++)
        all = !rt_plan_axis_lacks(plan, i, rt_plan_level(plan, point, i));
    return all;
}

/* The pattern with the point's own values in it. */
static struct rt_json *fill(const struct rt_pattern *pattern, uint64_t point)
{
    const struct rt_plan *plan = pattern->plan;
    struct rt_json *params = copy_objects(pattern->params);

    for (size_t i = 0; i < rt_plan_axes(plan); i++) {
        const char *last = rt_plan_axis_key(plan, i);
        struct rt_json *object = rt_plan_descend(params, &last);
        struct rt_value value;

        if (!rt_plan_axis_varies(plan, i))
            continue;
        rt_plan_axis_value(plan, i, rt_plan_level(plan, point, i), &value);
        rt_json_set(object, last, value_json(&value));
    }
    return params;
}

int rt_pattern_params(struct rt_pattern *pattern, const struct rt_plan *plan, uint64_t point,
                      struct rt_json **params, struct rt_err *err)
{
    bool regular = !rt_plan_driven(plan) && has_all_keys(plan, point);
    int rc;

    if (pattern->plan != plan) {
        rt_json_free(pattern->params);
        pattern->params = NULL;
        pattern->plan = plan;
    }
    if (regular && pattern->params) {
        *params = fill(pattern, point);
        return 0;
    }
    rt_buf_reset(&pattern->text);
    rt_plan_params(plan, point, &pattern->text);
    rc = rt_json_parse(rt_buf_span(&pattern->text), params, err);
    if (rc == 0 && regular)
        pattern->params = copy_objects(*params);
    return rc;
}
