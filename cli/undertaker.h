#ifndef RT_CLI_UNDERTAKER_H
#define RT_CLI_UNDERTAKER_H
/*
 * The undertaker: ends a launcher that hangs when all it started is dead.
 *
 * Open MPI's mpiexec, and its daemon, may do so for ever when a rank dies while it starts: a thread
 * of the PMIx library waits for a lock that nobody will give back. A batch job would last until its
 * time is over.
 */
#include <sys/types.h>

/* Leaves a process behind that waits for the end of `launcher`, the parent of this one, and kills
 * it once it has had no living child for ten seconds. It has no descriptor that somebody could wait
 * for. Where the parent is not the launcher but who took in the orphans of one, it ends at once. */
void rt_undertaker_leave(pid_t launcher);

#endif
