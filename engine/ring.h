#ifndef RT_ENGINE_RING_H
#define RT_ENGINE_RING_H
/*
 * The ring: memory that an agent shares with one worker.
 *
 * It holds two one-way streams of bytes (trials to the worker, results to the
 * agent) and a gate. The worker passes the gate with each trial's number just
 * before it runs it, so that its death ends that trial only; the agent may
 * close the gate behind the running trial and take back all that follow.
 * Users' code runs beside the worker's end and may scribble over all of it:
 * every end keeps its own positions, copies first and checks afterwards.
 * Layout: docs/processes.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct rt_ring; /* one end */

#define RT_RING_LANE (1u << 18) /* bytes under way in one direction at most */

/* Makes a ring, and is the agent's end of it; *fd is for the worker, and yours to close. */
int rt_ring_new(struct rt_ring **out, int *fd, struct rt_err *err);
/* The worker's end. fd may be closed afterwards. */
int rt_ring_open(int fd, struct rt_ring **out, struct rt_err *err);
void rt_ring_free(struct rt_ring *ring);

/* How many bytes a write takes now; RT_EPEER if the peer's position cannot be. */
int64_t rt_ring_room(const struct rt_ring *ring, struct rt_err *err);
/* Writes as much as there is room for; returns how many bytes, or RT_EPEER. */
int64_t rt_ring_write(struct rt_ring *ring, struct rt_span bytes, struct rt_err *err);
/* Appends all that has come to *bytes; returns how many, or RT_EPEER. */
int64_t rt_ring_read(struct rt_ring *ring, struct rt_buf *bytes, struct rt_err *err);

/* What an end that goes to sleep wants to be woken for. */
enum rt_ring_want {
    RT_RING_NOTHING = 0,
    RT_RING_INPUT = 1,
    RT_RING_ROOM = 2,
};

/* Says that this end is about to sleep. False: what it wants is there already, do not sleep. */
bool rt_ring_sleep(struct rt_ring *ring, enum rt_ring_want want);
void rt_ring_awake(struct rt_ring *ring);
/* True once if the peer sleeps and wanted this: it is to be woken now. */
bool rt_ring_must_wake(struct rt_ring *ring, enum rt_ring_want done);

/* Worker: starts the trial of this number. False: it was taken back, drop it. */
bool rt_ring_start(struct rt_ring *ring, uint32_t number, uint64_t mono_us);
/* Agent: the last number started, and since when (as the worker says). */
uint32_t rt_ring_started(const struct rt_ring *ring, uint64_t *since_us);
/* Agent: takes back all numbers up to `last` that have not been started; returns the last one
 * that has. RT_EPEER if the gate was tampered with. */
int64_t rt_ring_revoke(struct rt_ring *ring, uint32_t last, struct rt_err *err);

/* Where the output of the running trial starts in the files of stdout (0) and stderr (1). */
void rt_ring_set_base(struct rt_ring *ring, int stream, uint64_t offset);
uint64_t rt_ring_base(const struct rt_ring *ring, int stream);

#endif
