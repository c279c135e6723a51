#ifndef RT_TESTS_ENGINE_RIG_H
#define RT_TESTS_ENGINE_RIG_H
/* A pool with one study, and the attempts that come of it. */
#include <stdbool.h>
#include <sys/types.h>
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
    uint64_t memory_bytes; /* 0: no limit */
    bool fresh;            /* a process for each trial */
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

/* Opens it for behave.py, whose "do" takes these values (a JSON list) in turn; of `study` only
 * limits and slots count. */
void rig_open_behaviours(struct rig *rig, struct rt_nursery *nursery, const char *values,
                         struct rig_study study);

/* The attempt must have this outcome and result, and a reason that contains this. */
void rig_expect(const struct rig_ended *ended, enum rt_outcome outcome, const char *result,
                const char *reason);

/* The processes below one, up to `room`. */
size_t rig_descendants(pid_t of, pid_t *pids, size_t room);

#endif
