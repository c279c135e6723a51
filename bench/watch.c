/*
 * Watches a journal that another process writes, and prints for each attempt that becomes durable
 * how many microseconds ago it had ended; until an event says that the launch is over.
 *
 *     watch STORE
 */
#include "base/clock.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_NS 200000

struct watch {
    uint64_t next; /* event */
    bool over;
};

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "watch: %s\n", err->text);
    exit(1);
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
    if (event->kind != RT_EVENT_ATTEMPTS || (rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0)
        printf("%lld\n", (long long)(now - attempt.start_us - attempt.duration_us));
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
    return rt_store_close(store, &err) < 0;
}
