#ifndef RT_ENGINE_DEPOT_H
#define RT_ENGINE_DEPOT_H
/*
 * The depot: checkpoints on rank 0, between agents and the store.
 *
 * Pieces come and go one at a time, each asked for by the other side, so that
 * a checkpoint of any size needs the memory of one piece. What has come whole
 * is synced before its event is appended, and what it replaces is removed
 * once that is durable.
 */
#include "base/buf.h"
#include "engine/conductor.h"
#include "engine/wire.h"
#include "store/store.h"

struct rt_depot;

#define RT_DEPOT_PIECE (1u << 20) /* bytes */

/* Knows what the journal says was kept, and removes what it does not. */
int rt_depot_new(struct rt_store *store, uint32_t study, struct rt_depot **out, struct rt_err *err);
void rt_depot_free(struct rt_depot *depot);

/* Takes a KEEP or a WANT of a rank. 1: *input is to be told to the conductor, borrowed until the
 * next call. An answer to the rank, if there is one, is appended to *answer. Errors are those of
 * the disk. */
int rt_depot_take(struct rt_depot *depot, int rank, const struct rt_wire *wire,
                  struct rt_input *input, struct rt_buf *answer, struct rt_err *err);

/* A CHECKPOINT event was appended; events up to a number are durable. */
int rt_depot_appended(struct rt_depot *depot, uint64_t seq, struct rt_span body,
                      struct rt_err *err);
void rt_depot_durable(struct rt_depot *depot, uint64_t seq);

#endif
