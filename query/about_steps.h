#ifndef RT_QUERY_ABOUT_STEPS_H
#define RT_QUERY_ABOUT_STEPS_H
/* What a trial told while it ran, was told, and kept. */
#include "base/json.h"
#include "store/db.h"
#include "store/state.h"

/* Adds to what is said of a trial: "checkpoint", "told" and "heard", and to each of its attempts
 * "reports" and "restored"; each if there is any. */
int rt_about_steps(struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
                   struct rt_json *about, struct rt_json *attempts, struct rt_err *err);

#endif
