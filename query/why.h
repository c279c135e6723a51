#ifndef RT_QUERY_WHY_H
#define RT_QUERY_WHY_H
/*
 * Why a trial ran, ran again, or did not.
 *
 * A trial is a point of a study's plan. A later plan of the study keeps it if entry, code, params,
 * replicate, inputs, seed and threads are what they were; if one of them differs it is another
 * trial, which runs. So the reasons are found among the trials that were planned before with the
 * same params and replicate, component by component of their keys, and in the attempts.
 *
 * {"trial", "study", "status", "outcome", "planned": {"revision", "accepted"},
 *  "kept": [revisions that have it, too], "retired": the revision that has it no more,
 *  "predecessors": [{"trial", "study", "revision", "accepted", "status", "outcome", "same_study":
 *  bool, "differs": [components], "code": {..} as in query/diff.h, without the patch}],
 *  "more_predecessors": n, "retries", "attempts": [..] as in query/about.h,
 *  "replay": {"kind", "origin": trial, "study", "changes"} of a trial that was made from another,
 *  "components": {..}, "later_launches": [numbers],
 *  "because": [sentences]}
 */
#include "store/db.h"
#include "store/store.h"

int rt_why(struct rt_store *store, struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
           struct rt_json **out, struct rt_err *err);

/* The sentences of the other members; yours. */
struct rt_json *rt_why_words(const struct rt_json *why);

#endif
