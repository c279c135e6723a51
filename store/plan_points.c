#include "store/plan_points.h"

#include "base/alloc.h"
#include "store/plan.h"

#include <stdlib.h>
#include <string.h>

/* A list of so many integers from `min` on. */
static int read_list(const struct rt_json *points, const char *member, uint64_t count, int64_t min,
                     uint32_t **out, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(points, member);

    if (!list || rt_json_kind(list) != RT_JSON_ARRAY || rt_json_count(list) != count)
        return rt_err_set(err, RT_EDAMAGED,
                          "member \"points.%s\" of the plan is not a list of %llu numbers", member,
                          (unsigned long long)count);
    *out = rt_calloc((size_t)count, sizeof **out);
    for (size_t i = 0; i < count; i++) {
        const struct rt_json *item = rt_json_at(list, i);

        if (rt_json_kind(item) != RT_JSON_INT || rt_json_int(item) < min ||
            rt_json_int(item) > UINT32_MAX)
            return rt_err_set(err, RT_EDAMAGED,
                              "member \"points.%s\" of the plan holds something else than integers "
                              "from %lld to %u",
                              member, (long long)min, UINT32_MAX);
        (*out)[i] = (uint32_t)rt_json_int(item);
    }
    return 0;
}

int rt_plan_points_init(struct rt_plan_points *points, const struct rt_json *json, uint64_t repeats,
                        struct rt_err *err)
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
    points->seed_count = rt_json_count(rt_json_get(json, "seeds"));
    if (points->seed_count != points->count * repeats)
        points->seed_count = points->count;
    if ((rc = read_list(json, "seeds", points->seed_count, 0, &points->seeds, err)) < 0)
        return rc;
    return read_list(json, "replicates", points->count, 1, &points->replicates, err);
}

void rt_plan_points_clear(struct rt_plan_points *points)
{
    free(points->seeds);
    free(points->replicates);
    memset(points, 0, sizeof *points);
}
