#include "query/diff_rows.h"

#include "base/alloc.h"

#include <stdlib.h>

static bool is_none(const struct rt_json *json)
{
    return !json || rt_json_kind(json) == RT_JSON_NULL;
}

static bool is_object(const struct rt_json *json)
{
    double value;

    return json && rt_json_kind(json) == RT_JSON_OBJECT && !rt_json_special(json, &value);
}

static bool is_number(const struct rt_json *json)
{
    return json && (rt_json_kind(json) == RT_JSON_INT || rt_json_kind(json) == RT_JSON_REAL);
}

static struct rt_json *side(const struct rt_json *json)
{
    return json ? rt_json_copy(json) : rt_json_new_null();
}

void rt_diff_value(struct rt_json *rows, const char *name, const struct rt_json *a,
                   const struct rt_json *b)
{
    struct rt_json *row;

    if (is_none(a) ? is_none(b) : b && rt_json_equal(a, b))
        return;
    row = rt_json_new_object();
    rt_json_set_text(row, "name", name);
    rt_json_set(row, "a", side(a));
    rt_json_set(row, "b", side(b));
    if (is_number(a) && is_number(b))
        rt_json_set(row, "difference", rt_json_new_real(rt_json_number(b) - rt_json_number(a)));
    rt_json_append(rows, row);
}

void rt_diff_text(struct rt_json *rows, const char *name, const char *a, const char *b)
{
    struct rt_json *left = a ? rt_json_new_string(a) : NULL;
    struct rt_json *right = b ? rt_json_new_string(b) : NULL;

    rt_diff_value(rows, name, left, right);
    rt_json_free(left);
    rt_json_free(right);
}

static void flatten(struct rt_json *flat, const char *prefix, const struct rt_json *object)
{
    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at)) {
        const struct rt_json *value = rt_json_iter_value(at);
        char *name = rt_printf("%s%s%s", prefix, *prefix ? "." : "", rt_json_iter_key(at));

        if (is_object(value) && rt_json_count(value))
            flatten(flat, name, value);
        else
            rt_json_set(flat, name, rt_json_copy(value));
        free(name);
    }
}

struct rt_json *rt_diff_flat(const struct rt_json *object)
{
    struct rt_json *flat = rt_json_new_object();

    if (is_object(object))
        flatten(flat, "", object);
    return flat;
}

void rt_diff_objects(struct rt_json *rows, const struct rt_json *a, const struct rt_json *b)
{
    struct rt_json *left = rt_diff_flat(a);
    struct rt_json *right = rt_diff_flat(b);

    for (void *at = rt_json_first(left); at; at = rt_json_next(left, at))
        rt_diff_value(rows, rt_json_iter_key(at), rt_json_iter_value(at),
                      rt_json_get(right, rt_json_iter_key(at)));
    for (void *at = rt_json_first(right); at; at = rt_json_next(right, at)) {
        if (!rt_json_get(left, rt_json_iter_key(at)))
            rt_diff_value(rows, rt_json_iter_key(at), NULL, rt_json_iter_value(at));
    }
    rt_json_free(left);
    rt_json_free(right);
}

void rt_diff_section(struct rt_json *diff, const char *name, struct rt_json *rows)
{
    if (rt_json_count(rows)) {
        rt_json_set(diff, name, rows);
        return;
    }
    rt_json_append(rt_json_get(diff, "same"), rt_json_new_string(name));
    rt_json_free(rows);
}
