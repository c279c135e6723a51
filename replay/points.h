#ifndef RT_REPLAY_POINTS_H
#define RT_REPLAY_POINTS_H
/* Listed points of a plan: from a list of params to columns. */
#include "base/err.h"
#include "base/json.h"

/* Sets "params" and "axes" of a plan to what has these objects as its points, in order: what is
 * equal in all of them is fixed, all else a listed axis. RT_EUSAGE if no plan can say it. */
int rt_points_set(struct rt_json *plan, struct rt_json *const *params, size_t count,
                  struct rt_err *err);

#endif
