#include "engine/comm.h"

#include "base/alloc.h"
#include "engine/comm_launcher.h"
#include "engine/module.h"

#include <stdlib.h>
#include <string.h>

static bool is_known(const char *name)
{
    return strcmp(name, "local") == 0 || strcmp(name, "mpich") == 0 || strcmp(name, "openmpi") == 0;
}

/* RETRIAL_COMM decides, but may not make n conductors out of one launch. */
static int chosen(const char *wish, const struct rt_launcher *launcher, const char **name,
                  struct rt_err *err)
{
    if (!is_known(wish))
        return rt_err_set(err, RT_EUSAGE,
                          "RETRIAL_COMM is '%s'; it must be local, mpich or openmpi", wish);
    if (strcmp(wish, "local") == 0 && launcher->ranks > 1)
        return rt_err_set(err, RT_EUSAGE,
                          "RETRIAL_COMM is 'local', but %s started %u ranks, which would all run "
                          "the same study; unset it, or start one rank",
                          launcher->name, launcher->ranks);
    *name = wish;
    return 0;
}

int rt_comm_detect(const char **name, struct rt_err *err)
{
    const char *wish = getenv("RETRIAL_COMM");
    struct rt_launcher launcher;
    struct rt_err two = {0};

    if (rt_launcher_detect(&launcher, &two) < 0 && !(wish && *wish)) {
        if (err)
            *err = two;
        return two.code;
    }
    if (wish && *wish)
        return chosen(wish, &launcher, name, err);
    if (!launcher.comm)
        return rt_err_set(err, RT_EUSAGE,
                          "%s started %u tasks without an MPI; use srun --mpi=pmix, or "
                          "mpiexec, or set RETRIAL_COMM to the MPI (mpich, openmpi)",
                          launcher.name, launcher.ranks);
    *name = launcher.comm;
    return 0;
}

/* Loads a module. It stays for good: an MPI cannot be unloaded. */
static int load(const char *file, const struct rt_comm_module **out, struct rt_err *err)
{
    const void *symbol;
    int rc = rt_module_open(file, "rt_comm_module", &symbol, err);

    if (rc < 0)
        return rc;
    *out = symbol;
    if ((*out)->abi != RT_COMM_ABI)
        return rt_err_set(err, RT_EIO,
                          "'%s' was built for another version of retrial (interface %d, not %d); "
                          "install both from one build",
                          file, (*out)->abi, RT_COMM_ABI);
    return 0;
}

/* The library may not see the launcher's ranks, being of another kind: each would conduct. */
static int check_size(const struct rt_comm *comm, struct rt_err *err)
{
    struct rt_launcher launcher;

    rt_launcher_detect(&launcher, NULL);
    if (launcher.ranks == 1 || comm->size > 1)
        return 0;
    return rt_err_set(err, RT_EUSAGE,
                      "%s started %u ranks, but %s sees only one; set RETRIAL_COMM to the MPI "
                      "of the launcher, or use the launcher of %s",
                      launcher.name, launcher.ranks, comm->version, comm->name);
}

static int open_module(const char *name, struct rt_comm **out, struct rt_err *err)
{
    const struct rt_comm_module *module = NULL;
    struct rt_buf looked = RT_BUF_INIT;
    char *wanted = rt_printf("retrial-comm-%s.so", name);
    char *file = rt_module_find(wanted, &looked);
    int rc;

    if (!file) {
        rc = rt_err_set(err, RT_EUSAGE,
                        "this process was started for %s, but the module %s is not in %s; "
                        "build retrial where %s is installed, or set RETRIAL_MODULES",
                        name, wanted, rt_buf_text(&looked), name);
        goto out;
    }
    if ((rc = load(file, &module, err)) < 0 || (rc = module->open(out, err)) < 0)
        goto out;
    if ((rc = check_size(*out, err)) < 0) {
        (*out)->ops->close(*out, true);
        *out = NULL;
    }
out:
    free(wanted);
    free(file);
    rt_buf_clear(&looked);
    return rc;
}

int rt_comm_open(const char *name, struct rt_comm **out, struct rt_err *err)
{
    if (strcmp(name, "local") != 0)
        return open_module(name, out, err);
    *out = rt_comm_local();
    return 0;
}
