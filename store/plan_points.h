#ifndef RT_STORE_PLAN_POINTS_H
#define RT_STORE_PLAN_POINTS_H
/* Points that a plan lists, as replays do: their number, seeds and replicates. docs/plan.md. */
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"

struct rt_plan_points {
    uint64_t count;       /* of one repeat; 0: the plan crosses its axes */
    uint32_t *seeds;      /* of the points in turn */
    uint64_t seed_count;  /* `count`, or as many as there are trials */
    uint32_t *replicates; /* `count` of them, from 1 */
};

/* Reads "points" (NULL: there is none) of a plan with so many repeats. RT_EDAMAGED. */
int rt_plan_points_init(struct rt_plan_points *points, const struct rt_json *json, uint64_t repeats,
                        struct rt_err *err);
void rt_plan_points_clear(struct rt_plan_points *points);

#endif
