#ifndef RT_ENGINE_DRIVING_H
#define RT_ENGINE_DRIVING_H
/*
 * Driving: the conversation of the engine with the driver of a study.
 *
 * What the driver asks becomes events, and outcomes that are durable are told to it. Both are in
 * the journal in the order in which it can have seen them, so that after an interruption the
 * program can be run again from its start and be answered from there: docs/drivers.md. Nothing
 * here blocks.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "engine/conductor.h"
#include "engine/driver.h"
#include "store/event.h"
#include "store/store.h"

struct rt_driving;

/* How a driver stands. */
struct rt_driving_progress {
    uint64_t asked;      /* trials */
    uint64_t limit;      /* of them; 0: there is none */
    uint64_t open;       /* without an outcome */
    uint64_t repeated;   /* requests of this launch that were as before */
    bool live;           /* it has caught up with what it asked before */
    bool finished;       /* it asks for no more */
    uint64_t memory_kib; /* of its program; 0: not known */
};

struct rt_driving_options {
    struct rt_nursery *nursery;
    struct rt_store *store;
    uint32_t study;
    uint32_t launch;
    const char *folder; /* where the program runs */
    bool strict;        /* a program that decides otherwise than before ends the launch */
    bool check;         /* no more than that is wanted: it ends where the record ends */
    /* Appends an event, and makes all events durable. */
    int (*append)(void *context, enum rt_event_kind kind, struct rt_span body, uint64_t *seq,
                  struct rt_err *err);
    int (*commit)(void *context, struct rt_err *err);
    uint64_t (*workers)(void *context);
    void (*prefer)(void *context, uint64_t ordinal, int32_t priority);
    /* Something is to be said to a trial that runs; may be NULL. */
    int (*tell)(void *context, const struct rt_tell *tell, struct rt_err *err);
    void (*notice)(void *context, const char *text);
    void *context;
};

/* Reads what was asked and told, and starts the program. */
int rt_driving_new(const struct rt_driving_options *options, struct rt_driving **out,
                   struct rt_err *err);
/* Gives the program a moment to end, and ends it. */
void rt_driving_free(struct rt_driving *driving);

size_t rt_driving_fds(const struct rt_driving *driving, struct pollfd fds[RT_DRIVER_FDS]);
uint64_t rt_driving_wait_us(const struct rt_driving *driving, uint64_t mono_us);
/* Takes what it asks and tells what is to be told; 1 if there was something. */
int rt_driving_step(struct rt_driving *driving, uint64_t mono_us, struct rt_err *err);

/* An ATTEMPTS event was appended, with large payloads still in place. */
int rt_driving_attempts(struct rt_driving *driving, uint64_t seq, struct rt_span body,
                        struct rt_err *err);
/* So was a REPORTS event. */
int rt_driving_reports(struct rt_driving *driving, uint64_t seq, struct rt_span body,
                       struct rt_err *err);
/* Events up to this one are on disk. */
void rt_driving_durable(struct rt_driving *driving, uint64_t seq);

/* The launch is stopping: what the program still says counts no more. */
void rt_driving_stop(struct rt_driving *driving);

void rt_driving_progress(const struct rt_driving *driving, struct rt_driving_progress *progress);
/* It has as many trials open as it may have: it proposes no more before it is told of some. */
bool rt_driving_answered(const struct rt_driving *driving);
/* It may propose more trials. */
bool rt_driving_open(const struct rt_driving *driving);
/* Why the study cannot go on, or NULL. */
const struct rt_err *rt_driving_failure(const struct rt_driving *driving);
/* Requests that were as before, and whether all of them were. */
uint64_t rt_driving_repeated(const struct rt_driving *driving, bool *all);

#endif
