#include "replay/points.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

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

static void add_axis(struct columns *columns, const char *key, struct rt_json *const *values)
{
    struct rt_json *axis = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();
    struct rt_json *absent = rt_json_new_array();

    for (size_t i = 0; i < columns->count; i++) {
        rt_json_append(list, values[i] ? rt_json_keep(values[i]) : rt_json_new_null());
        if (!values[i])
            rt_json_append(absent, rt_json_new_int((int64_t)i));
    }
    rt_json_set_text(axis, "key", key);
    rt_json_set(axis, "values", list);
    rt_json_set_int(axis, "zip", 0);
    if (rt_json_count(absent))
        rt_json_set(axis, "absent", absent);
    else
        rt_json_free(absent);
    rt_json_append(columns->axes, axis);
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
