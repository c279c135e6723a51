#ifndef RT_STORE_STORE_H
#define RT_STORE_STORE_H
/*
 * A store: the folder `.retrial/` with journal, objects, index and code.
 *
 *   format   "retrial store 1" and the store's UUID
 *   lock     who writes: host, pid, boot id, start, heartbeat, fencing number
 *   control  socket of the live writer, mode 0600
 *   journal/ LMDB: events by number, checkpoints of state
 *   objects/ large payloads, ab/cdef... by SHA-256
 *   index.sqlite, code.git/, work/
 *
 * One process opens it for writing. Appended events are durable once
 * rt_store_commit() has returned; nobody may be told of them before. The
 * first I/O error is latched: every later call returns it.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "store/event.h"
#include "store/index.h"
#include "store/state.h"

struct rt_store;

enum rt_store_mode {
    RT_STORE_READ,   /* no lock; the journal may be written by another process meanwhile */
    RT_STORE_WRITE,  /* takes the lock; RT_ELOCKED names who has it */
    RT_STORE_CREATE, /* as WRITE, and makes the store if there is none */
};

/* RT_ENOTFOUND; RT_ELOCKED; RT_ENEWER; RT_EDAMAGED; RT_EIO. Open it after all forks: neither a
 * store nor what it has open may be used in a child. A process opens a store once at a time. */
int rt_store_open(const char *path, enum rt_store_mode mode, struct rt_store **out,
                  struct rt_err *err);
/* Writers: commits, waits until the index is level, checkpoints, gives the lock back. */
int rt_store_close(struct rt_store *store, struct rt_err *err);
/* As close, but without the index and the checkpoint: for an orderly exit in a hurry. */
void rt_store_abandon(struct rt_store *store);

/* The nearest .retrial folder upwards from `start`; yours; NULL if there is none. */
char *rt_store_find(const char *start);

const char *rt_store_path(const struct rt_store *store);
/* Whether the last writer that recorded something, before this one, died or failed before it had
 * closed the store. */
bool rt_store_left_open(const struct rt_store *store);
const uint8_t *rt_store_uuid(const struct rt_store *store); /* 16 bytes */

/* The state as of the last event appended (writers) or read (readers: at open). */
const struct rt_state *rt_store_state(const struct rt_store *store);

/* Appends an event, applies it to the state and gives it its number. Durable later. */
int rt_store_append(struct rt_store *store, enum rt_event_kind kind, struct rt_span body,
                    uint64_t *seq, struct rt_err *err);
/* Appends an event of the same store as it is: its number must be the next, its objects here. */
int rt_store_import(struct rt_store *store, const struct rt_event *event, struct rt_err *err);
/* Writes and syncs all that was appended. */
int rt_store_commit(struct rt_store *store, struct rt_err *err);
uint64_t rt_store_durable(const struct rt_store *store); /* number of the last durable event */

/* Shows others that this writer lives; commit does it, too. Call it every few seconds; cheap. */
void rt_store_beat(struct rt_store *store);

/* A state of your own, as it was after event `seq`. */
int rt_store_state_at(struct rt_store *store, uint64_t seq, struct rt_state **out,
                      struct rt_err *err);

/* Reads durable events from..: calls each() until it returns non-zero (which is then returned) or
 * the end. No snapshot is held while each() runs. */
typedef int rt_store_event_fn(void *context, const struct rt_event *event, struct rt_err *err);
int rt_store_read(struct rt_store *store, uint64_t from, rt_store_event_fn *each, void *context,
                  struct rt_err *err);

/* Likewise of all events those of one kind, without a look at what is in the others. */
int rt_store_read_kind(struct rt_store *store, enum rt_event_kind kind, rt_store_event_fn *each,
                       void *context, struct rt_err *err);

/* Objects: bytes by SHA-256. Synced when put returns; a present one is not written again.
 * The bytes that get returns were checked against the hash. */
int rt_store_put_object(struct rt_store *store, struct rt_span data, struct rt_hash *hash,
                        struct rt_err *err);
int rt_store_get_object(struct rt_store *store, const struct rt_hash *hash, struct rt_buf *out,
                        struct rt_err *err);
/* The bytes of a payload, wherever they are; appended to *out. */
int rt_store_payload(struct rt_store *store, const struct rt_payload *payload, struct rt_buf *out,
                     struct rt_err *err);

/* Replaces payloads over RT_PAYLOAD_INLINE_MAX by objects, synced, in place. */
int rt_store_externalize(struct rt_store *store, struct rt_attempt *attempt, struct rt_err *err);

/* The index follows the journal in a thread of its own, from open on (writers only). */
struct rt_index_status {
    uint64_t indexed;   /* number of the last event in the index */
    uint64_t lag_us;    /* age of the oldest durable event that is not in it yet; 0 if level */
    char pinned_by[64]; /* a reader that keeps the WAL from being reset, or "" */
    bool renewed;       /* an older version wrote it: it was made anew when it was opened */
};
void rt_store_index_status(struct rt_store *store, struct rt_index_status *status);

/* What the index has found of swept parameters so far; each() must not call the store. */
void rt_store_axis_checks(struct rt_store *store, rt_axis_check_fn *each, void *context);
/* Waits until the index has followed all that is durable, at most so long, and not while another
 * program holds it; false if it has not. */
bool rt_store_index_wait(struct rt_store *store, uint64_t us);
/* The same for a minute, for who cannot go on without: why it has not, or else RT_EIO. */
int rt_store_index_level(struct rt_store *store, struct rt_err *err);

#endif
