#include "engine/bound.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GENERATIONS 16 /* a guard, shells and wrappers stand between */

/* The start of the names by which launchers of Open MPI and MPICH start ranks; "mpiexec" is the
 * one that starts those of its own node. slurmstepd is none: its own cores are not the job's. */
static const char *const launchers[] = {"mpiexec", "mpirun", "orterun",         "orted",
                                        "prterun", "prted",  "hydra_pmi_proxy", "hydra"};

/* Name and parent of a process: "PID (NAME) STATE PARENT ..." */
static bool look_at(long pid, char name[32], long *parent)
{
    char *path = rt_printf("/proc/%ld/stat", pid);
    struct rt_buf stat = RT_BUF_INIT;
    const char *open = NULL;
    const char *close = NULL;
    bool found;

    if (rt_fs_read(path, &stat, NULL) == 0) {
        open = strchr(rt_buf_text(&stat), '(');
        close = strrchr(rt_buf_text(&stat), ')'); /* the name may hold anything */
    }
    found = open && close && close > open && sscanf(close, ") %*c %ld", parent) == 1;
    if (found)
        snprintf(name, 32, "%.*s", (int)(close - open - 1), open + 1);
    rt_buf_clear(&stat);
    free(path);
    return found;
}

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
    long pid = getppid();

    for (int i = 0; i < GENERATIONS && pid > 1; i++) {
        char name[32];
        long parent;

        if (!look_at(pid, name, &parent))
            return 0;
        if (is_launcher(name))
            return rt_host_cores_of((pid_t)pid);
        pid = parent;
    }
    return 0;
}

bool rt_bound_matters(unsigned own, unsigned launcher, unsigned ranks, uint64_t asked,
                      uint64_t threads)
{
    return launcher / (ranks ? ranks : 1) > own && (asked == 0 || asked * threads > own);
}
