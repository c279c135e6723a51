#ifndef RT_REPLAY_THEN_H
#define RT_REPLAY_THEN_H
/* What surrounded the originals, and what surrounds their replay: in what the two differ. */
#include "engine/comm.h"
#include "replay/wish.h"

/* Appends "host n1 -> n2; MPI openmpi 4.1.4 -> none"; nothing if nothing is known to differ. */
int rt_then_tell(struct rt_db *index, const struct rt_granted *granted, const struct rt_comm *comm,
                 struct rt_buf *out, struct rt_err *err);

#endif
