#ifndef RT_ENGINE_BOUND_H
#define RT_ENGINE_BOUND_H
/*
 * Whether a launcher bound this process to fewer cores than it may use itself. What the batch
 * system or a control group allows holds for the launcher, too, so that this is told from it.
 */
#include <stdbool.h>
#include <stdint.h>

/* Cores that the mpiexec, or the daemon of it, may run on which started this process; 0 if none
 * did. */
unsigned rt_bound_launcher_cores(void);

/* A rank with `own` cores is bound, to the harm of its workers, each with so many threads, if its
 * launcher has more than that for each of its ranks here. `asked`: so many workers were asked for;
 * 0: as many as there are cores. */
bool rt_bound_matters(unsigned own, unsigned launcher, unsigned ranks, uint64_t asked,
                      uint64_t threads);

#endif
