#ifndef RT_STORE_PUBLISHER_H
#define RT_STORE_PUBLISHER_H
/*
 * The publisher: the thread that brings a home level with its hot store at
 * every interval. The store never waits for it; when the home cannot be
 * written, that is told, and tried again at the next interval. What it costs
 * is in proportion to what is new.
 */
#include <stdbool.h>
#include "store/claim.h"
#include "store/store.h"

struct rt_publisher;

struct rt_publisher_status {
    uint64_t seq;          /* the home has all events up to this one */
    uint64_t bytes;        /* of frames that this publisher wrote */
    struct rt_err failing; /* why the last try failed; code 0 if it did not */
    bool lost;             /* somebody else has taken the home over: nothing more is published */
};

/* Starts the thread. Store and claim outlive it; the claim has begun. */
int rt_publisher_start(struct rt_claim *claim, struct rt_store *store, struct rt_publisher **out,
                       struct rt_err *err);
void rt_publisher_status(struct rt_publisher *publisher, struct rt_publisher_status *status);

/* Publishes what is durable by now, and ends the thread. Returns what kept it from that. Accepts
 * NULL. */
int rt_publisher_stop(struct rt_publisher *publisher, struct rt_err *err);

#endif
