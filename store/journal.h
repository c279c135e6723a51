#ifndef RT_STORE_JOURNAL_H
#define RT_STORE_JOURNAL_H
/*
 * The journal: every event that ever happened in this store, in order.
 *
 * Events are facts: appended, never changed. Appends are grouped: an event is
 * durable once rt_journal_commit() has returned, and nobody may be told of it
 * before. The first I/O error is latched and returned from then on: what a
 * failed sync leaves behind is only known after the next start.
 *
 * One thread appends and commits; any may read.
 */
#include <stdbool.h>
#include "base/buf.h"
#include "store/event.h"
#include "store/io.h"

struct rt_journal;

/* Makes a journal in a folder, with a first event of kind STORE. */
int rt_journal_create(const char *folder, const uint8_t uuid[16], const struct rt_io *io,
                      struct rt_err *err);
/* The same with the first event of another store, of which it is to become a copy; NULL: none. */
int rt_journal_create_as(const char *folder, const uint8_t uuid[16], const struct rt_event *first,
                         const struct rt_io *io, struct rt_err *err);

struct rt_journal_options {
    const char *folder;
    bool write;
    const uint8_t *uuid;      /* 16 bytes: the store that it must belong to, else RT_EDAMAGED */
    uint64_t first_map_bytes; /* 0: as LMDB's door has it */
    const struct rt_io *io;
    bool still; /* nobody writes: nothing at all is changed by reading */
};

int rt_journal_open(const struct rt_journal_options *options, struct rt_journal **out,
                    struct rt_err *err);
void rt_journal_close(struct rt_journal *journal); /* what was not committed is dropped */

/* Takes the journal over: writers with a lower fencing number fail from now on. */
int rt_journal_fence(struct rt_journal *journal, uint64_t *number, struct rt_err *err);

/* Appends an event; sets its number. */
int rt_journal_append(struct rt_journal *journal, struct rt_event *event, struct rt_err *err);
/* Writes and syncs what was appended. RT_ELOCKED if another writer took over. */
int rt_journal_commit(struct rt_journal *journal, struct rt_err *err);
uint64_t rt_journal_durable(const struct rt_journal *journal); /* number of the last event */
/* 0, or the error that was latched. */
int rt_journal_failed(const struct rt_journal *journal, struct rt_err *err);

/* Calls each() for durable events from number `from` on, outside of any transaction, until it
 * returns non-zero, which is then returned. Snapshots are renewed every few MiB. */
typedef int rt_journal_event_fn(void *context, const struct rt_event *event, struct rt_err *err);
int rt_journal_read(struct rt_journal *journal, uint64_t from, rt_journal_event_fn *each,
                    void *context, struct rt_err *err);

/* The same for events of some kinds, a bit for each; others are not even checked. */
int rt_journal_read_kinds(struct rt_journal *journal, uint64_t kinds, uint64_t from,
                          rt_journal_event_fn *each, void *context, struct rt_err *err);

/* Keeps a checkpoint of the state after event `seq`, and the newest one before it. `closed`: it is
 * the last thing that a writer does, and says so. */
int rt_journal_put_checkpoint(struct rt_journal *journal, uint64_t seq, struct rt_span bytes,
                              bool closed, struct rt_err *err);
/* 1 and after which event a writer last said so; 0: none did. */
int rt_journal_closed(struct rt_journal *journal, uint64_t *seq, struct rt_err *err);
/* Keeps this checkpoint alone. */
int rt_journal_replace_checkpoints(struct rt_journal *journal, uint64_t seq, struct rt_span bytes,
                                   struct rt_err *err);
/* Appends the newest checkpoint at or before event *seq: 1 and sets *seq; 0 if there is none. */
int rt_journal_checkpoint(struct rt_journal *journal, uint64_t *seq, struct rt_buf *out,
                          struct rt_err *err);

#endif
