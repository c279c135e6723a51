#ifndef RT_STORE_PLAN_OWN_H
#define RT_STORE_PLAN_OWN_H
/* What store/plan.c, store/plan_read.c and store/plan_key.c share. */
#include "store/plan.h"
#include "store/plan_needs.h"
#include "store/plan_params.h"
#include "store/plan_points.h"
#include "store/proposals.h"

struct rt_plan {
    struct rt_json *json;
    struct rt_plan_axes axes;
    struct rt_plan_pieces pieces;
    struct rt_plan_points points;
    uint64_t replicates;
    uint64_t seed;
    bool seed_per_trial;
    uint32_t *shared_seeds; /* of the first replicates, unless there is one per trial */
    uint32_t retries;
    uint64_t timeout_us;
    uint64_t output_bytes;
    uint32_t threads;
    struct rt_plan_needs needs;
    bool driven;
    struct rt_proposals proposals;                /* if driven: its points */
    struct rt_hash components[RT_KEY_COMPONENTS]; /* those that all points share */
};

/* plan_read.c: fills what the object says, and checks what others read of it. RT_EDAMAGED,
 * RT_ENEWER. */
int rt_plan_read(struct rt_plan *plan, struct rt_err *err);

/* plan_key.c: what seeds and keys of all points have in common. */
void rt_plan_read_components(struct rt_plan *plan);
void rt_plan_keep_seeds(struct rt_plan *plan);

#endif
