#ifndef RT_ENGINE_HANDOVER_H
#define RT_ENGINE_HANDOVER_H
/*
 * The handover: ended attempts on their way from an agent to the conductor.
 *
 * Attempts gather in an open batch; a closed batch gets a number and is kept
 * until the conductor has said that it is durable.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "engine/spool.h"
#include "store/event.h"

struct rt_batch {
    uint64_t number;
    struct rt_buf rows; /* body of an ATTEMPTS event */
    bool sent;
    bool harvested; /* of an earlier launch; it lies in a file of its own */
};

struct rt_handover {
    struct rt_buf open; /* packed attempts */
    uint64_t open_count;
    uint64_t begun_us; /* monotonic; when the first one came */
    uint64_t due_us;
    uint64_t number;          /* of the last batch closed */
    struct rt_batch *batches; /* closed, not acknowledged, in order */
    size_t count;
    size_t capacity;
    struct rt_spool *spool;    /* NULL: none */
    struct rt_harvest harvest; /* files to remove once what was in them is durable */
    uint64_t harvested;        /* number of the last batch that came from them */
    struct rt_err trouble;     /* the first with the spool; code 0: none */
};

void rt_handover_init(struct rt_handover *handover);
void rt_handover_clear(struct rt_handover *handover);

/* Opens the spool of this agent, and takes up the batches that agents left behind which are gone;
 * rt_handover_unsent() then has them. */
void rt_handover_open_spool(struct rt_handover *handover, const char *study_id, uint32_t launch,
                            int rank);

/* The first thing that went wrong with the spool, or 0. What it concerned is still handed over. */
int rt_handover_trouble(const struct rt_handover *handover, struct rt_err *err);

void rt_handover_put(struct rt_handover *handover, const struct rt_attempt *attempt,
                     uint64_t mono_us);
/* The same for one that is packed already. */
void rt_handover_put_packed(struct rt_handover *handover, struct rt_span row, uint64_t mono_us);
bool rt_handover_full(const struct rt_handover *handover);
/* True if the open batch should go now; `quiet`: there is little behind it to wait for. */
bool rt_handover_due(const struct rt_handover *handover, uint64_t mono_us, bool quiet);
/* Closes the open batch, into the spool as well, and marks it sent. The rows are borrowed until it
 * is acknowledged. */
struct rt_span rt_handover_close(struct rt_handover *handover, uint64_t *number);
/* The next closed batch that has not been sent, and marks it sent; empty if there is none. */
struct rt_span rt_handover_unsent(struct rt_handover *handover, uint64_t *number);
void rt_handover_ack(struct rt_handover *handover, uint64_t number);
/* True if nothing is open and all has been acknowledged. */
bool rt_handover_empty(const struct rt_handover *handover);
/* True if nothing is open: all there is has at least been sent. */
bool rt_handover_closed(const struct rt_handover *handover);
uint64_t rt_handover_wait_us(const struct rt_handover *handover, uint64_t mono_us);

#endif
