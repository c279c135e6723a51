#ifndef RT_TESTS_ENGINE_RIG_H
#define RT_TESTS_ENGINE_RIG_H
/* A pool with one study, and the attempts that come of it. */
#include <stdbool.h>
#include "engine/pool.h"

struct rig_ended {
    struct rt_attempt attempt; /* its spans are to be ignored: */
    char *result;
    char *reason;
    char *out;
    char *err;
};

struct rig {
    struct rt_nursery *nursery;
    struct rt_pool *pool;
    struct rt_plan *plan;
    char scratch[64];
    struct rig_ended *ended; /* by ordinal - 1 */
    size_t count;
};

struct rig_study {
    const char *entry;  /* JSON */
    const char *axes;   /* JSON; NULL: none */
    const char *params; /* JSON; NULL: none */
    const char *metric; /* or NULL */
    const char *checkout;
    uint64_t timeout_us;
    uint64_t output_bytes; /* 0: 65536 */
    uint32_t slots;        /* 0: 1 */
};

void rig_open(struct rig *rig, struct rt_nursery *nursery, const struct rig_study *study);
void rig_close(struct rig *rig);
/* Steps until the study is up; returns what rt_pool_ready() says. */
int rig_ready(struct rig *rig, struct rt_err *err);
/* Submits all points and steps until every one has an attempt. */
void rig_run(struct rig *rig);
/* Submits one point and waits for its attempt, kept at its ordinal. */
const struct rig_ended *rig_run_one(struct rig *rig, uint64_t index);
/* One step after waiting for something to happen. Returns how many attempts came. */
size_t rig_step(struct rig *rig);

#endif
