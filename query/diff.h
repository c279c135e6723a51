#ifndef RT_QUERY_DIFF_H
#define RT_QUERY_DIFF_H
/*
 * In what two trials, or two studies, differ. What is alike is named and not shown.
 *
 * Both give an object: "a" and "b" say what is compared; then, where there is a difference, a list
 * of rows for each section, {"name", "a", "b"} and, of numbers, "difference" (b less a); a side
 * that lacks it has null. "code" is {"a": hex, "b": hex, "files": [{"change": "M"|"A"|"D", "path",
 * "added", "removed"}], "patch": text} or, if the code cannot be read, has a "reason". "same" lists
 * the sections without a difference.
 */
#include "store/db.h"
#include "store/store.h"

/* Sections: entry (and threads), params, seed, inputs, code, environment, outcome, metrics, times.
 */
int rt_diff_trials(struct rt_store *store, struct rt_db *db, const struct rt_study *const study[2],
                   const uint64_t ordinal[2], struct rt_json **out, struct rt_err *err);

/* Sections: plan, params (fixed ones and axes), code, inputs, environment, outcomes (trials by how
 * they ended), metrics (of trials whose params agree: rows have "pairs", "identical", and means).
 */
int rt_diff_studies(struct rt_store *store, struct rt_db *db, const struct rt_study *const study[2],
                    struct rt_json **out, struct rt_err *err);

#endif
