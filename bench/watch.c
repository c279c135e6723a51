/*
 * Watches a journal that another process writes, until an event says that the launch is over.
 * Prints for each attempt that becomes durable, in microseconds: how long ago it had ended, and how
 * long after its lease had been written it had begun; and its rank.
 *
 *     watch STORE
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_NS 200000

struct watch {
    uint64_t next;       /* event */
    uint64_t *leased_us; /* by ordinal */
    size_t capacity;
    bool over;
};

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "watch: %s\n", err->text);
    exit(1);
}

static int see_lease(struct watch *watch, const struct rt_event *event, struct rt_err *err)
{
    struct rt_lease lease;
    int rc;

    if ((rc = rt_lease_get(event->body, &lease, err)) < 0)
        return rc;
    for (size_t i = 0; i < lease.count; i++) {
        uint64_t end = lease.ranges[i].ordinal + lease.ranges[i].count;

        watch->leased_us =
            rt_grow(watch->leased_us, &watch->capacity, end, sizeof *watch->leased_us);
        for (uint64_t ordinal = lease.ranges[i].ordinal; ordinal < end; ordinal++)
            watch->leased_us[ordinal] = event->time_us;
    }
    free(lease.ranges);
    return 0;
}

static int see(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct watch *watch = context;
    uint64_t now = rt_wall_us();
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc = 0;

    watch->next = event->seq + 1;
    watch->over |= event->kind == RT_EVENT_LAUNCH_END;
    if (event->kind == RT_EVENT_LEASE)
        return see_lease(watch, event, err);
    if (event->kind != RT_EVENT_ATTEMPTS || (rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0)
        printf("%lld %lld %u\n", (long long)(now - attempt.start_us - attempt.duration_us),
               (long long)(attempt.start_us - watch->leased_us[attempt.ordinal]),
               (unsigned)attempt.rank);
    return rc;
}

int main(int argc, char **argv)
{
    struct watch watch = {.next = 1};
    struct rt_store *store;
    struct rt_err err;

    if (argc != 2) {
        fprintf(stderr, "usage: watch STORE\n");
        return 2;
    }
    while (rt_store_open(argv[1], RT_STORE_READ, &store, &err) < 0)
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL); /* it is being made */
    while (!watch.over) {
        check(rt_store_read(store, watch.next, see, &watch, &err), &err);
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
    }
    free(watch.leased_us);
    return rt_store_close(store, &err) < 0;
}
