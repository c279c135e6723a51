#ifndef RT_ENGINE_COMM_LAUNCHER_H
#define RT_ENGINE_COMM_LAUNCHER_H
/*
 * What the environment says about who started this process.
 *
 * docs/mpi.md lists the launchers and their variables.
 */
#include "base/err.h"

struct rt_launcher {
    const char *comm;     /* "local", "mpich", "openmpi"; NULL: a launcher without a known MPI */
    const char *name;     /* for people: "Open MPI's mpiexec" */
    const char *variable; /* the one that told */
    unsigned ranks;       /* how many it started; 1 if it does not say */
};

/* RT_EUSAGE if two launchers both claim to have started several ranks; *out is then the first. */
int rt_launcher_detect(struct rt_launcher *out, struct rt_err *err);

/* The number that the launcher gave this process, or "". */
const char *rt_launcher_rank(void);

#endif
