#ifndef RT_ENGINE_EARLIER_PLAN_H
#define RT_ENGINE_EARLIER_PLAN_H
/* Goes back to what a study was before a plan under which nothing could be run. */
#include "store/store.h"

/* Records the plan before the current one as another revision, so that its trials count again. 1 if
 * there is one, which is then durable; else 0. Reads all that was recorded. */
int rt_earlier_plan_restore(struct rt_store *store, uint32_t study, struct rt_err *err);

#endif
