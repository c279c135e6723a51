#ifndef RT_STORE_PLAN_AXIS_H
#define RT_STORE_PLAN_AXIS_H
/* One axis of a plan: a list of values, or a range whose values are derived. */
#include "base/between.h"
#include "store/plan.h"

struct rt_plan_axis {
    const char *key; /* borrowed from the plan object */
    enum rt_axis_kind kind;
    uint64_t count;
    /* a list */
    const struct rt_json *values; /* borrowed */
    struct rt_buf texts;          /* canonical values one after the other, each ended by NUL */
    size_t *starts;               /* of each value in texts, and their end */
    bool *absent;                 /* which levels lack the key; NULL: none does */
    /* an even range: (from + level * step) * 10^exponent */
    int64_t from;
    int64_t step;
    int32_t exponent;
    bool real;
    struct rt_between between; /* a range by factors */
};

/* Reads a member of "axes". RT_EDAMAGED. */
int rt_plan_axis_init(struct rt_plan_axis *axis, const struct rt_json *json, struct rt_err *err);
void rt_plan_axis_clear(struct rt_plan_axis *axis);

void rt_plan_axis_get(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value);
void rt_plan_axis_put(const struct rt_plan_axis *axis, uint64_t level, struct rt_buf *out);

static inline bool rt_plan_axis_absent(const struct rt_plan_axis *axis, uint64_t level)
{
    return axis->absent && axis->absent[level];
}

#endif
