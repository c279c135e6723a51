#ifndef RT_ENGINE_WORKER_H
#define RT_ENGINE_WORKER_H
/*
 * A worker: a process that runs trials, one after another, as its agent hands
 * them over through the ring. It never returns.
 */
#include <stdint.h>
#include <sys/types.h>
#include "engine/entry.h"
#include "store/plan.h"

struct rt_worker_task {
    struct rt_entry *entry;
    struct rt_plan *plan;
    const char *study_id;
    const char *root;              /* the code root in the checkout */
    const char *folder;            /* of this worker alone; made anew */
    uint64_t nonce;                /* of its frames */
    const struct rt_json *devices; /* of all workers of its pool, or NULL: see engine/fit.h */
    uint32_t number;               /* of this worker among them */
    pid_t parent;                  /* the template: without it, no worker */
    int ring;
    int wake;   /* eventfd: the agent has something */
    int bell;   /* eventfd: the worker has something */
    int output; /* files that stdout and stderr go to */
    int errors;
};

/* Exit status of a worker that could not go on; the reason is the end of its stderr. */
#define RT_WORKER_BROKEN 70

_Noreturn void rt_worker_main(const struct rt_worker_task *task);

#endif
