#include "engine/bound.h"

#include "base/host.h"
#include "base/process.h"

#include <string.h>
#include <unistd.h>

#define GENERATIONS 16 /* a guard, shells and wrappers stand between */

/* The start of the names by which launchers of Open MPI and MPICH start ranks; "mpiexec" is the
 * one that starts those of its own node. slurmstepd is none: its own cores are not the job's. */
static const char *const launchers[] = {"mpiexec", "mpirun", "orterun",         "orted",
                                        "prterun", "prted",  "hydra_pmi_proxy", "hydra"};

static bool is_launcher(const char *name)
{
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++) {
        if (strncmp(name, launchers[i], strlen(launchers[i])) == 0)
            return true;
    }
    return false;
}

unsigned rt_bound_launcher_cores(void)
{
    pid_t pid = getppid();

    for (int i = 0; i < GENERATIONS && pid > 1; i++) {
        struct rt_process process;

        if (!rt_process_look(pid, &process))
            return 0;
        if (is_launcher(process.name))
            return rt_host_cores_of(pid);
        pid = process.parent;
    }
    return 0;
}

bool rt_bound_matters(unsigned own, unsigned launcher, unsigned ranks, uint64_t asked,
                      uint64_t threads)
{
    return launcher / (ranks ? ranks : 1) > own && (asked == 0 || asked * threads > own);
}
