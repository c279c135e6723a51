#ifndef RT_STORE_PLAN_NEEDS_H
#define RT_STORE_PLAN_NEEDS_H
/* What a plan says since format 3 of what trials need, and what they are held to. */
#include "store/plan.h"

struct rt_plan_needs {
    uint64_t memory_limit; /* bytes; 0: none */
    uint64_t memory;       /* likewise */
    uint32_t gpus_permille;
    bool fresh;
};

/* Reads the members of a plan object, and checks those that others read: "inputs" and
 * "code_ignore". RT_EDAMAGED. */
int rt_plan_needs_read(struct rt_plan_needs *needs, const struct rt_json *plan, struct rt_err *err);

#endif
