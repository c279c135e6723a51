#ifndef RT_STORE_STORE_INNER_H
#define RT_STORE_STORE_INNER_H
/* What a store is made of; for the files of store alone (store*.c). */
#include "store/follower.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/objects.h"
#include "store/store_io.h"
#include "store/uuid.h"

struct rt_store {
    char *path;
    bool write;
    struct rt_io io;
    uint8_t uuid[RT_UUID_SIZE];
    struct rt_lock *lock;
    struct rt_journal *journal;
    struct rt_objects *objects;
    struct rt_state *state;
    struct rt_follower *follower; /* writers only */
    uint64_t saved_seq;           /* of the newest checkpoint */
    uint64_t saved_attempts;      /* that had ended then */
    uint64_t opened_seq;          /* of the last event when it was opened */
    bool left_open;               /* it was not the last one when a writer closed the store */
    struct rt_err latched;        /* the first I/O error */
};

/* 0, or the error that was latched. */
int rt_store_latched(const struct rt_store *store, struct rt_err *err);
/* Latches rc if it is an error, and returns it: after a failed write, only a new start knows what
 * is on the disk. */
int rt_store_latch(struct rt_store *store, int rc, const struct rt_err *err);

/* Attempts that ended, in all studies. */
uint64_t rt_store_attempts(const struct rt_state *state);
/* Loads store->state: the newest checkpoint and the events behind it. */
int rt_store_restore(struct rt_store *store, struct rt_err *err);

#endif
