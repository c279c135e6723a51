#ifndef RT_CLI_SLURM_H
#define RT_CLI_SLURM_H
/* The Slurm job that this process is in, if it is in one. */
#include <stdint.h>
#include "base/err.h"

/* 1: the job ends in *left_us. 0: there is no job, or it has no end. Negative: it is not to be
 * known; the sentence says of which job, and why. May take some seconds. */
int rt_slurm_left(uint64_t *left_us, struct rt_err *err);

/* "1-02:03:04", "02:03:04" or "03:04", as squeue(1) says how long a job may run on. */
int rt_slurm_duration(const char *text, uint64_t *us, struct rt_err *err);

#endif
