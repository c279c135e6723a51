#ifndef RT_STORE_LOCK_H
#define RT_STORE_LOCK_H
/*
 * The lock: a file made with O_EXCL that says who writes to a store.
 *
 * It holds between processes of a host, and between hosts. A lock whose
 * owner is known to be gone is taken over: the process is no more on this
 * host since it booted, or the host has booted since. No clock is asked for
 * that. Where a host has no machine id, signs of life (the file's time, which
 * moves) are watched for. Layout: docs/store-format.md.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "store/io.h"

struct rt_lock;

/* Who holds a lock. */
struct rt_lock_owner {
    char host[65];
    char boot[37];      /* boot id of the host's kernel */
    char machine[33];   /* /etc/machine-id of the host; "" if it has none */
    char namespace[32]; /* of pids: "pid:[4026531836]" */
    int64_t pid;
    uint64_t start;        /* of the process, in clock ticks since boot */
    uint64_t since_us;     /* when it took the lock */
    uint64_t heartbeat_us; /* last sign of life */
    uint64_t fence;        /* its fencing number */
};

/* Takes the lock of the store in `folder`. RT_ELOCKED names who has it, and since when. */
int rt_lock_take(const char *folder, const struct rt_io *io, struct rt_lock **out,
                 struct rt_err *err);
/* Writes the fencing number into the lock. */
int rt_lock_set_fence(struct rt_lock *lock, uint64_t fence, struct rt_err *err);
/* RT_ELOCKED if the lock is no longer ours. One system call. */
int rt_lock_check(const struct rt_lock *lock, struct rt_err *err);
void rt_lock_beat(struct rt_lock *lock); /* cheap: does something every few seconds only */
/* Gives the lock back, and frees it. Accepts NULL. */
void rt_lock_release(struct rt_lock *lock);

/* Lets go of it for who takes it next, this process too; or says why that failed. */
int rt_lock_remove(struct rt_lock *lock, struct rt_err *err);

/* Who holds the lock of a store: 1 and *owner, or 0 if nobody does. A dead owner counts as none. */
int rt_lock_owner(const char *folder, struct rt_lock_owner *owner, struct rt_err *err);

#endif
