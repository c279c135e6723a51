#ifndef RT_CLI_SUPERVISE_H
#define RT_CLI_SUPERVISE_H
/*
 * The supervisor: starts a launch as a process of its own, perhaps by a
 * launcher such as mpiexec, and again when it died. It goes by what the
 * store says, since launchers' exit codes say little.
 */
#include "cli/cmd.h"
#include "engine/run.h"

struct rt_supervise_options {
    int restarts;         /* at most so many */
    const char *launcher; /* words of a command line; NULL: none */
    const char *walltime; /* as typed, for all launches together; or NULL */
};

/* Returns the negated exit code that the last launch stands for. */
int rt_supervise(const struct rt_cmd_context *context, const struct rt_supervise_options *supervise,
                 const struct rt_run_options *options, struct rt_err *err);

#endif
