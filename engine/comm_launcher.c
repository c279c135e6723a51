#include "engine/comm_launcher.h"

#include "engine/comm.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A sign of a launcher: if `variable` is set, it was there; `count` says how many ranks. */
struct sign {
    const char *variable;
    const char *count;
    const char *comm;
    const char *name;
};

/* The order matters only among signs of the same launcher: the one that counts comes first.
 * SLURM_STEP_NUM_TASKS is set by srun alone; SLURM_PROCID and SLURM_NTASKS are also set in a
 * batch script, where a plain start is right. */
static const struct sign signs[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "openmpi", "Open MPI's mpiexec"},
    {"PMIX_RANK", "SLURM_STEP_NUM_TASKS", "openmpi", "a PMIx launcher"},
    {"PMIX_NAMESPACE", "SLURM_STEP_NUM_TASKS", "openmpi", "a PMIx launcher"},
    {"PMI_SIZE", "PMI_SIZE", "mpich", "a PMI launcher, such as MPICH's mpiexec"},
    {"PMI_FD", "SLURM_STEP_NUM_TASKS", "mpich", "a PMI launcher, such as MPICH's mpiexec"},
    {"PMI_PORT", "SLURM_STEP_NUM_TASKS", "mpich", "a PMI launcher, such as MPICH's mpiexec"},
    {"HYDI_CONTROL_FD", "SLURM_STEP_NUM_TASKS", "mpich", "MPICH's mpiexec"},
    {"SLURM_STEP_NUM_TASKS", "SLURM_STEP_NUM_TASKS", NULL, "srun"},
};

#define SIGNS (sizeof signs / sizeof *signs)

static unsigned count_of(const char *variable)
{
    const char *text = getenv(variable);
    unsigned long count;
    char *end;

    if (!text)
        return 1;
    count = strtoul(text, &end, 10);
    return *end || end == text || count == 0 || count > INT_MAX ? 1 : (unsigned)count;
}

/* Takes a sign in. A launcher of several ranks outweighs one of a single rank, which is what a
 * job around it leaves in the environment. */
static int weigh(struct rt_launcher *found, const struct sign *sign, struct rt_err *err)
{
    struct rt_launcher next = {sign->comm, sign->name, sign->variable, count_of(sign->count)};

    if (!found->variable || (found->ranks == 1 && next.ranks > 1)) {
        *found = next;
        return 0;
    }
    if (next.comm && found->ranks > 1 && next.ranks > 1 && strcmp(next.comm, found->comm) != 0)
        return rt_err_set(err, RT_EUSAGE,
                          "the environment shows two launchers, %s ('%s') and %s ('%s'); set "
                          "RETRIAL_COMM to %s or %s",
                          found->name, found->variable, next.name, next.variable, found->comm,
                          next.comm);
    return 0;
}

int rt_launcher_detect(struct rt_launcher *out, struct rt_err *err)
{
    *out = (struct rt_launcher){.comm = "local", .name = "a plain start", .ranks = 1};
    for (size_t i = 0; i < SIGNS; i++) {
        int rc;

        if (getenv(signs[i].variable) && (rc = weigh(out, &signs[i], err)) < 0)
            return rc;
    }
    if (!out->comm && out->ranks == 1)
        out->comm = "local";
    return 0;
}

const char *rt_launcher_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK",
                                        "SLURM_PROCID"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (getenv(names[i]))
            return getenv(names[i]);
    }
    return "";
}

bool rt_comm_is_launcher_variable(const char *name)
{
    static const char *const prefixes[] = {"OMPI_", "OPAL_", "ORTE_", "PRTE_",  "PMIX_", "PMI_",
                                           "PMI2_", "MPI_",  "MPIR_", "HYDRA_", "HYDI_"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return false;
}
