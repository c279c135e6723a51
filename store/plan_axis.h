#ifndef RT_STORE_PLAN_AXIS_H
#define RT_STORE_PLAN_AXIS_H
/* One axis of a plan: a list of values, or a range whose values are derived. */
#include "base/between.h"
#include "store/plan.h"

enum rt_plan_draw {
    RT_DRAW_NONE,
    RT_DRAW_UNIFORM,
    RT_DRAW_LOGUNIFORM,
    RT_DRAW_INT,
    RT_DRAW_CHOICE,
};

struct rt_plan_axis {
    const char *key; /* borrowed from the plan object */
    enum rt_axis_kind kind;
    uint64_t count;
    bool varies; /* not all levels are alike */
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
    struct rt_between between; /* a range by factors, or what reals are drawn from */
    /* values that are drawn: integers from `from`, so many; or of the values above, so many */
    enum rt_plan_draw draw;
    uint64_t choices; /* 0: 2^64 */
    uint64_t seed;
};

/* Reads a member of "axes". RT_EDAMAGED. */
int rt_plan_axis_init(struct rt_plan_axis *axis, const struct rt_json *json, uint64_t seed,
                      struct rt_err *err);
void rt_plan_axis_clear(struct rt_plan_axis *axis);

/* Values that the plan lists, and one of them. */
uint64_t rt_plan_axis_lists(const struct rt_plan_axis *axis);
void rt_plan_axis_get_listed(const struct rt_plan_axis *axis, uint64_t number,
                             struct rt_value *value);

void rt_plan_axis_get(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value);
void rt_plan_axis_get_bare(const struct rt_plan_axis *axis, uint64_t level, struct rt_value *value);
void rt_plan_axis_put(const struct rt_plan_axis *axis, uint64_t level, struct rt_buf *out);

static inline bool rt_plan_axis_absent(const struct rt_plan_axis *axis, uint64_t level)
{
    return axis->absent && axis->absent[level];
}

#endif
