#ifndef RT_REPLAY_POINTS_H
#define RT_REPLAY_POINTS_H
/* Points of a plan: from params to columns, and from columns to params. */
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

/* The params of a plan's points as objects, that members may be set in and removed from, in nested
 * objects, too; arrays are shared. Fastest for points of one plan in a row: its text is read once.
 */
struct rt_pattern;
struct rt_pattern *rt_pattern_new(void);
void rt_pattern_free(struct rt_pattern *pattern); /* accepts NULL */
int rt_pattern_params(struct rt_pattern *pattern, const struct rt_plan *plan, uint64_t point,
                      struct rt_json **params, struct rt_err *err);

#endif
