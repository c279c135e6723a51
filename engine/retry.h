#ifndef RT_ENGINE_RETRY_H
#define RT_ENGINE_RETRY_H
/*
 * Retrying: trials that are done without success and get further attempts in this launch.
 *
 * Each has as many as a new trial would: one, and the plan's retries. Attempts that were made
 * before, and lost ones, do not count. Pure: it looks at the state and keeps a queue.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "store/state.h"

struct rt_retried {
    uint64_t ordinal;
    uint64_t left; /* attempts that may still fail, whoever leases them */
};

struct rt_retry {
    struct rt_retried *chosen; /* by ordinal */
    size_t count;
    size_t capacity;
    uint64_t *queue; /* ordinals, in turn; some may need no attempt any more */
    size_t first;
    size_t queued;
    size_t queue_capacity;
};

/* "failed,timeout", "all": failed, crashed, timeout and lost. *outcomes has a bit for each. */
int rt_retry_parse(const char *text, unsigned *outcomes, struct rt_err *err);
/* Trials of the current plan that would be retried. */
uint64_t rt_retry_count(const struct rt_study *study, unsigned outcomes);

void rt_retry_init(struct rt_retry *retry, const struct rt_study *study, unsigned outcomes);
void rt_retry_clear(struct rt_retry *retry);

/* The trial whose turn it is, or 0. What has been leased or has succeeded meanwhile is dropped. */
uint64_t rt_retry_next(struct rt_retry *retry, const struct rt_study *study);
void rt_retry_leased(struct rt_retry *retry);                     /* the one of next() */
void rt_retry_failed(struct rt_retry *retry, uint64_t ordinal);   /* an attempt of it did */
void rt_retry_returned(struct rt_retry *retry, uint64_t ordinal); /* leased, and not started */
size_t rt_retry_waiting(const struct rt_retry *retry);            /* at most so many */

#endif
