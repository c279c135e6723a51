#ifndef RT_CLI_WALLTIME_H
#define RT_CLI_WALLTIME_H
/* When a launch has to stop by itself: --walltime and --margin, or the end of the Slurm job. */
#include <stdint.h>
#include "base/err.h"

/* *stop_us: monotonic; 0 if there is no end. `walltime` and `margin` as typed, or NULL. */
int rt_walltime(const char *walltime, const char *margin, uint64_t grace_us, uint64_t *stop_us,
                struct rt_err *err);

#endif
