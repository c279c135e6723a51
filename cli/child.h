#ifndef RT_CLI_CHILD_H
#define RT_CLI_CHILD_H
/*
 * Completing recorded studies from a command that has more to do afterwards: each by a program of
 * its own, `retrial resume STUDY`, under a launcher if one is given.
 */
#include "cli/cmd.h"

struct rt_child_options {
    const char *launcher; /* words such as "mpiexec -n 16"; NULL: none */
    int workers;          /* 0: one per core */
};

/* RT_EUSAGE if the options cannot be, or if this command itself was started by a launcher, in each
 * rank. */
int rt_child_check(const char *command, const struct rt_child_options *options, struct rt_err *err);

/* Runs it to its end, quietly. Trials that did not succeed are no error; RT_EINTERRUPTED. Signals
 * that ask this process to stop are handed on meanwhile. */
int rt_child_resume(const char *store, const char *study, const struct rt_child_options *options,
                    struct rt_err *err);

#endif
