#include "store/plan_points.h"

#include "store/plan.h"

#include <string.h>

/* So many integers, or for each repeat so many. */
static int read_column(const struct rt_json *points, const char *member, uint64_t count,
                       uint64_t repeats, int64_t min, struct rt_plan_column *column,
                       struct rt_err *err)
{
    if (rt_plan_column_read(column, rt_json_get(points, member), min, UINT32_MAX) &&
        (column->count == count || column->count == count * repeats))
        return 0;
    return rt_err_set(
        err, RT_EDAMAGED,
        "member \"points.%s\" of the plan is not a list of %llu integers from %lld to "
        "%u",
        member, (unsigned long long)count, (long long)min, UINT32_MAX);
}

/* Nothing is derived from what the points are from. */
static void read_origin(const struct rt_json *replay, const char *member, uint64_t count,
                        struct rt_plan_column *column)
{
    if (!rt_plan_column_read(column, rt_json_get(replay, member), 0, INT64_MAX) ||
        column->count != count)
        rt_plan_column_clear(column);
}

int rt_plan_points_init(struct rt_plan_points *points, const struct rt_json *json,
                        const struct rt_json *replay, uint64_t repeats, struct rt_err *err)
{
    int64_t count = rt_json_get_int(json, "count", 0);
    int rc;

    memset(points, 0, sizeof *points);
    if (!json)
        return 0;
    if (count < 1 || (uint64_t)count > RT_PLAN_POINTS_MAX / repeats)
        return rt_err_set(err, RT_EDAMAGED,
                          "member \"points.count\" of the plan is not a number "
                          "of points");
    points->count = (uint64_t)count;
    if ((rc = read_column(json, "seeds", points->count, repeats, 0, &points->seeds, err)) < 0 ||
        (rc = read_column(json, "replicates", points->count, 1, 1, &points->replicates, err)) < 0)
        return rc;
    read_origin(replay, "study", points->count, &points->studies);
    read_origin(replay, "ordinals", points->count, &points->ordinals);
    read_origin(replay, "attempts", points->count, &points->attempts);
    points->told = rt_json_get(replay, "told");
    return 0;
}

/* They are in the order of the points. */
const struct rt_json *rt_plan_points_told(const struct rt_plan_points *points, uint64_t index)
{
    size_t low = 0;
    size_t high = rt_json_count(points->told);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct rt_json *pair = rt_json_at(points->told, middle);
        uint64_t point = (uint64_t)rt_json_int(rt_json_at(pair, 0));

        if (point == index)
            return rt_json_at(pair, 1);
        if (point < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void rt_plan_points_clear(struct rt_plan_points *points)
{
    rt_plan_column_clear(&points->seeds);
    rt_plan_column_clear(&points->replicates);
    rt_plan_column_clear(&points->studies);
    rt_plan_column_clear(&points->ordinals);
    rt_plan_column_clear(&points->attempts);
    memset(points, 0, sizeof *points);
}
