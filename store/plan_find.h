#ifndef RT_STORE_PLAN_FIND_H
#define RT_STORE_PLAN_FIND_H
/* Which point of a plan has given params. */
#include "store/plan.h"

/* The first point with these params, an object, and this replicate; UINT64_MAX if there is none.
 * Levels are looked for axis by axis: a plan of many points costs no more than its axes. */
uint64_t rt_plan_find(const struct rt_plan *plan, const struct rt_json *params, uint32_t replicate);

#endif
