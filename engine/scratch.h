#ifndef RT_ENGINE_SCRATCH_H
#define RT_ENGINE_SCRATCH_H
/*
 * Scratch: a folder of one agent on a local disk, for unpacked code and working folders.
 *
 * It is made below $TMPDIR (or /tmp), mode 0700, and held by a lock for as long as the agent lives;
 * what agents that were killed left there is removed when the next one starts.
 */
#include "base/err.h"

struct rt_scratch;

int rt_scratch_make(int rank, struct rt_scratch **out, struct rt_err *err);
const char *rt_scratch_path(const struct rt_scratch *scratch);
/* Removes the folder with all in it. Accepts NULL. */
void rt_scratch_remove(struct rt_scratch *scratch);

#endif
