#ifndef RT_ENGINE_POOL_H
#define RT_ENGINE_POOL_H
/*
 * The pool: the workers of one agent.
 *
 * The agent submits trials and takes ended attempts; the pool keeps workers
 * warm, hands them trials through rings in shared memory, enforces timeouts,
 * captures output, replaces workers that died, and gives each attempt its
 * outcome. Nothing here blocks: fds() and step() fit into a poll() loop.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "engine/nursery.h"
#include "store/event.h"
#include "store/plan.h"
#include "store/reads.h"

struct rt_pool;

struct rt_pool_options {
    uint32_t slots;      /* workers at most */
    const char *scratch; /* folder of this agent alone, local disk; the pool makes what it needs */
    uint32_t launch;     /* stamped on attempts */
    uint32_t rank;
};

int rt_pool_new(struct rt_nursery *nursery, const struct rt_pool_options *options,
                struct rt_pool **out, struct rt_err *err);
/* Kills all workers, waits until they are gone, removes the scratch folder's contents. */
void rt_pool_free(struct rt_pool *pool);

struct rt_task {
    uint32_t study;
    const char *study_id;    /* "k3f9" */
    struct rt_plan *plan;    /* entry, limits, each; must outlive the pool */
    const char *checkout;    /* folder with the unpacked bundle */
    struct rt_json *devices; /* as rt_fit_devices() gives them, or NULL; copied */
};

/* Starts the template of a study. Its being up, or why not, is told by rt_pool_ready(). */
int rt_pool_study(struct rt_pool *pool, const struct rt_task *task, struct rt_err *err);

/* 1: up; 0: not yet; negative: it failed for good (*err has the reason, e.g. the traceback of
 * the import). Trials may be submitted before it is up. */
int rt_pool_ready(struct rt_pool *pool, uint32_t study, struct rt_err *err);

/* Queues a trial. Cheap; params are derived from the plan when a worker takes it. Those that a
 * driver proposed are forgotten when the trial has ended. */
void rt_pool_submit(struct rt_pool *pool, uint32_t study, uint64_t ordinal, uint64_t index,
                    uint32_t attempt);

/* Takes back trials that no worker has started, also from the rings of running workers. Calls
 * each() for every one of them; returns how many. */
typedef void rt_pool_dropped_fn(void *context, uint32_t study, uint64_t ordinal, uint64_t index,
                                uint32_t attempt);
uint64_t rt_pool_drop_queued(struct rt_pool *pool, rt_pool_dropped_fn *each, void *context);

/* Kills what runs: each such attempt ends with the outcome given (usually LOST). */
void rt_pool_kill_running(struct rt_pool *pool, enum rt_outcome outcome, const char *reason);

uint32_t rt_pool_running(const struct rt_pool *pool);
uint64_t rt_pool_queued(const struct rt_pool *pool);

/* Appends what to poll for; returns how many were added (at most `room`). */
size_t rt_pool_fds(const struct rt_pool *pool, struct pollfd *fds, size_t room);
/* Microseconds until step() must be called even if no fd is ready (timeouts); UINT64_MAX: never. */
uint64_t rt_pool_wait_us(const struct rt_pool *pool, uint64_t mono_us);
/* Does all there is to do. Errors are our own or the system's (no more processes), not a trial's.
 */
int rt_pool_step(struct rt_pool *pool, uint64_t mono_us, struct rt_err *err);

/* 1: *row is the next ended attempt, packed (rt_attempt_get()), and valid until the next call of
 * any other function of the pool. 0: none. */
int rt_pool_take(struct rt_pool *pool, struct rt_span *row);

/* Reports of running trials that have come and were not taken: their number, and in how many
 * microseconds they should be. take: appends them, packed (store/report.h), to *rows, and returns
 * how many there were; with `past`, those alone that came before the last attempt that ended. */
uint64_t rt_pool_reports(const struct rt_pool *pool, uint64_t mono_us, uint64_t *wait_us);
uint64_t rt_pool_take_reports(struct rt_pool *pool, bool past, struct rt_buf *rows);
/* Those taken were judged: running trials are told. With `all`, those that were not taken are
 * dropped, and are answered as well. */
void rt_pool_answer_reports(struct rt_pool *pool, bool all);

/* What trials were seen to hear and was not taken: appended to *rows (engine/hearing.h). */
void rt_pool_take_heard(struct rt_pool *pool, struct rt_buf *rows);

/* Tells a running trial something: {"stop": reason} or {"params": {..}}. False: it does not run. */
bool rt_pool_tell(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, struct rt_span text);

/* Checkpoints. keep: a trial has made a copy, which is yours now; rt_pool_kept() once it has been
 * taken over, or is not wanted. restore: a trial asks what an earlier attempt has kept;
 * rt_pool_restored() answers with a path, or NULL. */
struct rt_pool_copy {
    uint64_t ordinal;
    uint32_t attempt;
    int64_t step; /* -1: none was said */
    bool folder;
    const char *path;
    const char *name; /* of the original */
};
typedef void rt_pool_keep_fn(void *context, const struct rt_pool_copy *copy);
typedef void rt_pool_restore_fn(void *context, uint64_t ordinal, uint32_t attempt,
                                const char *folder); /* of the worker, for what is restored */
void rt_pool_set_keeper(struct rt_pool *pool, rt_pool_keep_fn *keep, rt_pool_restore_fn *restore,
                        void *context);
void rt_pool_kept(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt);
void rt_pool_restored(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, const char *path);
/* A sentence for the stderr of a running trial, before the answers that follow. */
void rt_pool_say(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, const char *text);

/* What the trials taken so far, and perhaps some not taken yet, have read of their params; NULL
 * before the first. Borrowed; it only grows. */
const struct rt_reads *rt_pool_reads(const struct rt_pool *pool, uint32_t study);

/* The interpreter that python entries run in, as JSON text (version, prefix, executable);
 * borrowed; NULL before a template with Python is up. */
const char *rt_pool_python(const struct rt_pool *pool);

/* Modules that trials have imported from past the snapshot, and the entry's file had not: see
 * engine/live.h. Borrowed; NULL: none; it only grows. */
const struct rt_json *rt_pool_live(const struct rt_pool *pool);

#endif
