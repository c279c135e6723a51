#ifndef RT_ENGINE_SKIP_H
#define RT_ENGINE_SKIP_H
/* Trials of a replay that cannot be run, as its plan says ("replay.cannot", docs/plan.md). */
#include "store/store.h"

/* Records them as attempts of this launch that were skipped, with the reason, as far as they wait.
 * The store is open for writing, and the launch the last that was appended. */
int rt_skip_cannot(struct rt_store *store, uint32_t launch, uint32_t study, struct rt_err *err);

#endif
