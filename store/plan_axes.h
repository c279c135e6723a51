#ifndef RT_STORE_PLAN_AXES_H
#define RT_STORE_PLAN_AXES_H
/*
 * The axes of a plan, and how they are crossed.
 *
 * Axes that change together (they have the same "zip") have the same level at
 * every point: they share a stride, and count as one where levels are crossed.
 */
#include "store/plan_axis.h"

struct rt_plan_axes {
    struct rt_plan_axis *items;
    uint64_t *strides; /* points between one level of an axis and the next */
    size_t count;
    uint64_t levels; /* UINT64_MAX if they are more */
};

/* Reads "axes"; samples are drawn by the seed. RT_EDAMAGED. Clear it also after that. */
int rt_plan_axes_init(struct rt_plan_axes *axes, const struct rt_json *json, uint64_t seed,
                      struct rt_err *err);
void rt_plan_axes_clear(struct rt_plan_axes *axes);

/* The level of an axis at a point of the first replicate. */
static inline uint64_t rt_plan_axes_level(const struct rt_plan_axes *axes, uint64_t point,
                                          size_t axis)
{
    return point / axes->strides[axis] % axes->items[axis].count;
}

#endif
