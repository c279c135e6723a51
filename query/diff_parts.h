#ifndef RT_QUERY_DIFF_PARTS_H
#define RT_QUERY_DIFF_PARTS_H
/* What differences of trials and of studies have in common (query/diff.h). */
#include "store/db.h"
#include "store/store.h"

/* Adds the section "code" of two code states, hexadecimal or NULL. */
int rt_diff_code(struct rt_store *store, const char *a, const char *b, struct rt_json *diff,
                 struct rt_err *err);

/* Adds the section "inputs" of two lists of a plan, either may be NULL. */
void rt_diff_inputs(const struct rt_json *a, const struct rt_json *b, struct rt_json *diff);

/* Adds the section "environment" of two agents. A launch of 0: nothing ran there. */
struct rt_diff_agent {
    int64_t launch;
    int64_t rank;
};
int rt_diff_environment(struct rt_db *db, const struct rt_diff_agent agent[2], struct rt_json *diff,
                        struct rt_err *err);

#endif
