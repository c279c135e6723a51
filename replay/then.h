#ifndef RT_REPLAY_THEN_H
#define RT_REPLAY_THEN_H
/*
 * What surrounded the originals of a replay, and what surrounds it now: in what the two differ.
 *
 * Host, processor, memory, GPUs, MPI and version are told before any agent has joined, interpreter
 * and packages once one says what it has, which is before its first trial.
 */
#include "engine/comm.h"
#include "replay/replay.h"

struct rt_then;

/* Looks at where the originals ran. */
int rt_then_read(struct rt_store *store, struct rt_db *index, const struct rt_study *replay,
                 struct rt_then **out, struct rt_err *err);
void rt_then_free(struct rt_then *then); /* accepts NULL */

/* Appends "host n1 -> n2; MPI openmpi 4.1.4 -> none"; nothing if nothing is known to differ. */
void rt_then_start(const struct rt_then *then, const struct rt_comm *comm, struct rt_buf *out);

/* Appends "interpreter 3.11.2 (/usr/bin/python3) -> ...; packages numpy 1.24.2 -> gone" by the body
 * of an AGENT event. What was told of one agent is not told again. */
void rt_then_joined(struct rt_then *then, const struct rt_json *agent, struct rt_buf *out);

#endif
