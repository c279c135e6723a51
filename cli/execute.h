#ifndef RT_CLI_EXECUTE_H
#define RT_CLI_EXECUTE_H
/* What commands that execute trials share: options, signals, progress, and the end. */
#include "cli/cmd.h"
#include "engine/run.h"

struct rt_execute_options {
    int workers; /* 0: one per core */
    int grace;   /* seconds; 0: the default */
    int quiet;
};

/* Goes into the option table of a command. */
#define RT_EXECUTE_OPTIONS(execute)                                                                \
    {"workers",                                                                                    \
     'j',                                                                                          \
     POPT_ARG_INT,                                                                                 \
     &(execute).workers,                                                                           \
     0,                                                                                            \
     "Workers of each rank; as many as it has cores if not given",                                 \
     "N"},                                                                                         \
        {"grace",                                                                                  \
         0,                                                                                        \
         POPT_ARG_INT,                                                                             \
         &(execute).grace,                                                                         \
         0,                                                                                        \
         "When stopped, let running trials go on for so long (30 if not given)",                   \
         "SECONDS"},                                                                               \
    {                                                                                              \
        "quiet", 'q', POPT_ARG_NONE, &(execute).quiet, 0, "Show no progress", NULL                 \
    }

/* Fills in what is common to all, runs, and says how it ended. */
int rt_execute(struct rt_cmd_context *context, const struct rt_execute_options *execute,
               struct rt_run_options *options, struct rt_err *err);

#endif
