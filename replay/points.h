#ifndef RT_REPLAY_POINTS_H
#define RT_REPLAY_POINTS_H
/* Listed points of a plan: from a list of params to columns. */
#include "base/err.h"
#include "base/json.h"
#include "store/plan.h"

/* Sets "params" and "axes" of a plan to what has these objects as its points, in order: what is
 * equal in all of them is fixed, all else a listed axis. RT_EUSAGE if no plan can say it. */
int rt_points_set(struct rt_json *plan, struct rt_json *const *params, size_t count,
                  struct rt_err *err);

/* The same for these points of another plan, without a driver, as they are: from column to column.
 */
void rt_points_take(struct rt_json *plan, const struct rt_plan *from, const uint64_t *points,
                    size_t count);

#endif
