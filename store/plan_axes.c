#include "store/plan_axes.h"

#include "base/alloc.h"

#include <stdlib.h>

#define GROUPS_MAX 1000000

/* Which axis is the first of those that change together with this one. */
static int find_leader(const struct rt_plan_axes *axes, const struct rt_json *json, size_t axis,
                       size_t *leaders, struct rt_err *err)
{
    const struct rt_json *group = rt_json_get(json, "zip");
    const char *key = axes->items[axis].key;
    int64_t number = group ? rt_json_int(group) : 0;
    size_t leader;

    if (!group)
        return 0;
    if (rt_json_kind(group) != RT_JSON_INT || number < 0 || number >= GROUPS_MAX)
        return rt_err_set(err, RT_EDAMAGED, "axis \"%s\" of the plan has no usable \"zip\"", key);
    if (!leaders[number])
        leaders[number] = axis + 1;
    leader = leaders[number] - 1;
    if (axes->items[leader].count != axes->items[axis].count)
        return rt_err_set(
            err, RT_EDAMAGED, "\"%s\" and \"%s\" change together, but have %llu and %llu levels",
            axes->items[leader].key, key, (unsigned long long)axes->items[leader].count,
            (unsigned long long)axes->items[axis].count);
    axes->strides[axis] = leader;
    return 0;
}

/* One more than the largest number of a group, of those that are usable. */
static size_t count_groups(const struct rt_json *json)
{
    int64_t count = 0;

    for (size_t i = 0; i < rt_json_count(json); i++) {
        int64_t number = rt_json_get_int(rt_json_at(json, i), "zip", -1);

        if (number >= count && number < GROUPS_MAX)
            count = number + 1;
    }
    return (size_t)count;
}

/* strides[] holds the leader of each axis before it holds the stride. */
static int find_leaders(struct rt_plan_axes *axes, const struct rt_json *json, struct rt_err *err)
{
    size_t *leaders = rt_calloc(count_groups(json), sizeof *leaders); /* plus 1; 0: none yet */
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < axes->count; i++) {
        axes->strides[i] = i;
        rc = find_leader(axes, rt_json_at(json, i), i, leaders, err);
    }
    free(leaders);
    return rc;
}

/* The last axis changes fastest, so that a leader comes after what it leads. */
static void set_strides(struct rt_plan_axes *axes)
{
    uint64_t *strides = rt_calloc(axes->count, sizeof *strides);

    axes->levels = 1;
    for (size_t i = axes->count; i-- > 0;) {
        if (axes->strides[i] != i)
            continue;
        strides[i] = axes->levels;
        if (__builtin_mul_overflow(axes->levels, axes->items[i].count, &axes->levels))
            axes->levels = UINT64_MAX;
    }
    for (size_t i = 0; i < axes->count; i++)
        strides[i] = strides[axes->strides[i]];
    free(axes->strides);
    axes->strides = strides;
}

int rt_plan_axes_init(struct rt_plan_axes *axes, const struct rt_json *json, uint64_t seed,
                      struct rt_err *err)
{
    size_t count = rt_json_count(json);
    int rc = 0;

    memset(axes, 0, sizeof *axes);
    if (!json || rt_json_kind(json) != RT_JSON_ARRAY)
        return rt_err_set(err, RT_EDAMAGED, "member \"axes\" of the plan is not a list");
    axes->items = rt_calloc(count, sizeof *axes->items);
    axes->strides = rt_calloc(count, sizeof *axes->strides);
    for (size_t i = 0; i < count; i++) {
        if ((rc = rt_plan_axis_init(&axes->items[i], rt_json_at(json, i), seed, err)) < 0)
            return rc;
        axes->count++;
    }
    if ((rc = find_leaders(axes, json, err)) == 0)
        set_strides(axes);
    return rc;
}

void rt_plan_axes_clear(struct rt_plan_axes *axes)
{
    for (size_t i = 0; i < axes->count; i++)
        rt_plan_axis_clear(&axes->items[i]);
    free(axes->items);
    free(axes->strides);
    memset(axes, 0, sizeof *axes);
}
