#ifndef RT_STORE_PLAN_AXIS_H
#define RT_STORE_PLAN_AXIS_H
/* One axis of a plan: a list of values, or a range whose values are derived. */
#include "store/plan.h"

struct rt_plan_axis {
    const char *key; /* borrowed from the plan object */
    uint64_t count;
    /* a list */
    const struct rt_json *values; /* borrowed; NULL for a range */
    struct rt_buf texts;          /* canonical values one after the other, each ended by NUL */
    size_t *starts;               /* of each value in texts, and their end */
    /* a range: (from + level * step) * 10^exponent */
    int64_t from;
    int64_t step;
    int32_t exponent;
    bool real;
};

/* Reads {"key": .., "values": ..} or {"key": .., "from": .., ...}. RT_EDAMAGED. */
int rt_plan_axis_init(struct rt_plan_axis *axis, const struct rt_json *json, struct rt_err *err);
void rt_plan_axis_clear(struct rt_plan_axis *axis);

void rt_plan_axis_get(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value);
void rt_plan_axis_put(const struct rt_plan_axis *axis, uint64_t level, struct rt_buf *out);

#endif
