#ifndef RT_CLI_GUARD_H
#define RT_CLI_GUARD_H
/*
 * The guard: a process between an MPI launcher and a rank.
 *
 * Both MPIs end the whole launch when a process that they started is gone.
 * The guard is that process, and the rank its child: when the rank dies, the
 * guard keeps still, and the study goes on without its agent, whose silence
 * the conductor notices. It passes signals on, ends as the rank ended if that
 * was on purpose or if it was the conductor's, and ends the rank when the
 * launcher or itself is gone. docs/mpi.md tells more.
 */
#include "base/err.h"

struct rt_guard;

enum rt_guard_stage {
    RT_GUARD_STARTING, /* the others wait for this rank in MPI_Init: without it there is no launch
                        */
    RT_GUARD_JOINED,   /* from here on the others can do without it */
    RT_GUARD_CLOSING,  /* it has said all, and waits for the others */
    RT_GUARD_LEAVING,  /* it ends on purpose */
};

/* Forks under a launcher of several ranks, and returns in the rank alone; *out is NULL where no
 * guard is needed. Comes before all other processes, threads and libraries. */
int rt_guard_fork(struct rt_guard **out, struct rt_err *err);
void rt_guard_free(struct rt_guard *guard); /* accepts NULL, as the next does */

void rt_guard_note(struct rt_guard *guard, enum rt_guard_stage stage);

#endif
