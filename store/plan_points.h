#ifndef RT_STORE_PLAN_POINTS_H
#define RT_STORE_PLAN_POINTS_H
/* Points that a plan lists, as replays do: their number, seeds, replicates, and what they are from.
 * docs/plan.md. */
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"
#include "store/plan_column.h"

struct rt_plan_points {
    uint64_t count;                   /* of one repeat; 0: the plan crosses its axes */
    struct rt_plan_column seeds;      /* `count`, or as many as there are trials, in turn */
    struct rt_plan_column replicates; /* `count` of them, from 1; so are these, */
    struct rt_plan_column studies;    /* numbers in "replay.studies"; empty: all are of the first */
    struct rt_plan_column ordinals;   /* and what the originals are; empty: not known */
    struct rt_plan_column attempts;
    const struct rt_json *told; /* borrowed: [[point, [what it is told, ...]], ...]; or NULL */
};

/* Reads "points" (NULL: there is none) and "replay" of a plan with so many repeats. RT_EDAMAGED. */
int rt_plan_points_init(struct rt_plan_points *points, const struct rt_json *json,
                        const struct rt_json *replay, uint64_t repeats, struct rt_err *err);
/* Of a point of one repeat; see rt_plan_told(). */
const struct rt_json *rt_plan_points_told(const struct rt_plan_points *points, uint64_t index);
void rt_plan_points_clear(struct rt_plan_points *points);

#endif
