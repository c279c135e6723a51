/* Changes the axes of a plan as the command line says. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "store/plan.h"

#include <stdlib.h>

#define NEW_GROUP 999999 /* until groups are numbered again */

static bool holds(const char *outer, const char *inner)
{
    size_t size = strlen(outer);

    return strncmp(outer, inner, size) == 0 && inner[size] == '.';
}

static bool is_drawn(const struct rt_json *axis)
{
    return rt_json_get(axis, "sample") != NULL;
}

/* Drawn parameters are drawn together: they share how often, and come first. */
static int join_drawn(const struct rt_json *axes, struct rt_json *axis, uint64_t samples,
                      struct rt_err *err)
{
    const struct rt_json *first = rt_json_at(axes, 0);
    int64_t group = NEW_GROUP;

    if (is_drawn(first)) {
        group = rt_json_get_int(first, "zip", NEW_GROUP);
        samples = (uint64_t)rt_json_get_int(first, "count", 1);
    }
    if (!samples)
        return rt_err_set(err, RT_EUSAGE, "add --samples N: how often to draw");
    rt_json_set_int(axis, "count", (int64_t)samples);
    rt_json_set_int(axis, "zip", group);
    return 0;
}

static int check_place(const struct rt_json *item, const char *key, const struct rt_json *axis,
                       struct rt_err *err)
{
    const char *swept = rt_json_get_text(item, "key", "");

    if (holds(swept, key))
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is swept as a whole", swept);
    if (axis && strcmp(swept, key) == 0 && rt_json_get(item, "zip") && !is_drawn(item))
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" changes together with other parameters; give it one value, or "
                          "change the study file",
                          key);
    if (axis && is_drawn(axis) && strcmp(swept, key) == 0 && rt_json_get(item, "when"))
        return rt_err_set(err, RT_EUSAGE, "\"%s\" has a condition, and cannot be drawn", key);
    return 0;
}

/* A key that is swept otherwise is there under the same condition, unless it has another one. */
static void keep_condition(struct rt_json *axis, const struct rt_json *item)
{
    if (rt_json_get(item, "when") && !rt_json_get(axis, "when"))
        rt_json_set(axis, "when", rt_json_copy(rt_json_get(item, "when")));
}

int rt_study_change_axes(const struct rt_json *old, const char *key, const struct rt_json *axis,
                         uint64_t samples, struct rt_json *axes, struct rt_err *err)
{
    struct rt_json *own = axis ? rt_json_copy(axis) : NULL; /* until it has its place */
    bool drawn = axis && is_drawn(axis);
    int rc = drawn ? join_drawn(old, own, samples, err) : 0;

    if (own)
        rt_json_set_text(own, "key", key);
    for (size_t i = 0; rc == 0 && i < rt_json_count(old); i++) {
        const struct rt_json *item = rt_json_at(old, i);
        bool same = strcmp(rt_json_get_text(item, "key", ""), key) == 0;

        if ((rc = check_place(item, key, axis, err)) < 0)
            break;
        if (own && (same ? is_drawn(item) == drawn : drawn && !is_drawn(item))) {
            if (same)
                keep_condition(own, item);
            rt_json_append(axes, own);
            own = NULL;
        }
        if (!same)
            rt_json_append(axes, rt_json_copy(item));
    }
    if (rc == 0 && own)
        rt_json_append(axes, own);
    else
        rt_json_free(own);
    return rc;
}

int rt_study_set_samples(struct rt_json *plan, uint64_t samples, struct rt_err *err)
{
    struct rt_json *axes = rt_json_get(plan, "axes");
    struct rt_json *before;
    int rc;

    if (!is_drawn(rt_json_at(axes, 0)))
        return rt_err_set(err, RT_EUSAGE,
                          "--samples says how often to draw, and nothing is drawn; write "
                          "KEY=uniform(0,1), or --replicates");
    before = rt_json_copy(axes);
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        if (is_drawn(rt_json_at(axes, i)))
            rt_json_set_int(rt_json_at(axes, i), "count", (int64_t)samples);
    }
    if ((rc = rt_study_check_plan(plan, err)) < 0)
        rt_json_set(plan, "axes", before);
    else
        rt_json_free(before);
    return rc;
}
