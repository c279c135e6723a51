#ifndef RT_STORE_FOLLOWER_H
#define RT_STORE_FOLLOWER_H
/*
 * The follower: the thread that keeps the index level with the journal.
 *
 * It reads durable events from the journal under a snapshot of its own,
 * applies them to a state of its own and to the index, and commits in large
 * batches. The journal never waits for it. When the index cannot be opened
 * or written, that is latched and reported; recording goes on.
 */
#include <stdbool.h>
#include "base/err.h"
#include "store/index.h"
#include "store/store.h"

struct rt_follower;

/* Starts the thread. `store` outlives it. */
int rt_follower_start(struct rt_store *store, const char *index_path, struct rt_follower **out,
                      struct rt_err *err);
void rt_follower_wake(struct rt_follower *follower); /* events became durable; cheap */
void rt_follower_status(struct rt_follower *follower, struct rt_index_status *status);

/* What was found of swept parameters; each() must not call the follower. */
void rt_follower_checks(struct rt_follower *follower, rt_axis_check_fn *each, void *context);
/* Waits until the index is level with the last durable event, at most so long, and not while
 * another program holds the index; false if it is not level. */
bool rt_follower_wait(struct rt_follower *follower, uint64_t us);

/* The latched error: 0 if there is none. */
int rt_follower_failure(struct rt_follower *follower, struct rt_err *err);

/* Waits until the index is level with the last durable event if `level`, then ends the thread.
 * Returns the latched error, if any. Accepts NULL. */
int rt_follower_stop(struct rt_follower *follower, bool level, struct rt_err *err);

#endif
