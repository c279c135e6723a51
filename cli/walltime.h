#ifndef RT_CLI_WALLTIME_H
#define RT_CLI_WALLTIME_H
/* When a launch has to stop by itself: --walltime and --margin, or the end of the Slurm job. */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct rt_walltime {
    const char *walltime; /* as typed, or NULL */
    const char *margin;
    uint64_t grace_us;
    bool elsewhere; /* another process asks Slurm for the end of the job */
};

/* *stop_us: monotonic; 0 if there is no end. May ask Slurm, which may take some seconds; a job
 * whose end is not to be known is told on stderr. */
int rt_walltime(const struct rt_walltime *walltime, uint64_t *stop_us, struct rt_err *err);

#endif
