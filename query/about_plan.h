#ifndef RT_QUERY_ABOUT_PLAN_H
#define RT_QUERY_ABOUT_PLAN_H
/* Plans that studies have had, and the code states that they ran. */
#include "store/db.h"
#include "store/store.h"

/* The latest plan that has a trial: the current one for all that are not retired. */
struct rt_about_plan {
    uint32_t revision;
    uint64_t index; /* point of the trial */
    const struct rt_plan *plan;
    struct rt_plan *own; /* NULL if the plan is the state's */
};

/* RT_ENOTFOUND if no plan in the index has it. */
int rt_about_plan_find(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                       uint64_t ordinal, struct rt_about_plan *found, struct rt_err *err);
void rt_about_plan_clear(struct rt_about_plan *found);

/* {"code": hex, "roots": [..]}; yours. */
int rt_about_code(struct rt_db *db, const char *code, struct rt_json **about, struct rt_err *err);

#endif
