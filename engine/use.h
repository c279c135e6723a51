#ifndef RT_ENGINE_USE_H
#define RT_ENGINE_USE_H
/* What a worker used of processor and memory between two moments of its life. */
#include <stdint.h>
#include "store/event.h"

/* Totals of a process, or of its children that have ended, as of the last call. */
struct rt_use {
    uint64_t user_us;
    uint64_t sys_us;
    uint64_t max_rss_kib;
};

/* Adds what was used since *before to *attempt, and notes where things stand. `who` is
 * RUSAGE_SELF or RUSAGE_CHILDREN. */
void rt_use_add(int who, struct rt_use *before, struct rt_attempt *attempt);

/* Adds what a short attempt that made no system call will have used, without asking: its duration
 * in user's time. That is noted as used, so that it is not told of the next attempt, too. */
void rt_use_assume(struct rt_use *before, struct rt_attempt *attempt);

/* Starts the peak of this process's memory anew at what it has now, where the kernel lets us. */
void rt_use_forget_peak(void);

#endif
