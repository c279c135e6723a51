#ifndef RT_REPLAY_DEPENDS_H
#define RT_REPLAY_DEPENDS_H
/*
 * On which params the metrics of a study's trials depend: trials that differ in one param alone,
 * with the same seed, are compared bit for bit. A param on which nothing depends is inert.
 */
#include "store/db.h"
#include "store/store.h"

/* {param: {metric: true or false}} for the params in `keys` (array of texts, "opt.lr") of which at
 * least two such trials are there, both ok; metrics that are times are left out. Yours. */
int rt_depends(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
               const struct rt_json *keys, struct rt_json **out, struct rt_err *err);

#endif
