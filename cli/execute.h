#ifndef RT_CLI_EXECUTE_H
#define RT_CLI_EXECUTE_H
/* What commands that execute trials share: options, signals, progress, and the end. */
#include "cli/cmd.h"
#include "engine/run.h"

struct rt_execute_options {
    int workers;   /* 0: one per core */
    int grace;     /* seconds; 0: the default */
    int silence;   /* likewise */
    int supervise; /* restarts; -1: no supervisor */
    int restarted;
    int strict;
    char *launcher;
    int quiet;
    char *retry; /* as typed, or NULL; so are these */
    char *walltime;
    char *margin;
    char *home;
    char *publish;
};

/* Goes into the option table of a command. */
#define RT_EXECUTE_OPTIONS(execute)                                                                \
    {"workers",                                                                                    \
     'j',                                                                                          \
     POPT_ARG_INT,                                                                                 \
     &(execute).workers,                                                                           \
     0,                                                                                            \
     "Workers of each rank at most; as many as fit if not given",                                  \
     "N"},                                                                                         \
        {"grace",                                                                                  \
         0,                                                                                        \
         POPT_ARG_INT,                                                                             \
         &(execute).grace,                                                                         \
         0,                                                                                        \
         "When stopped, let running trials go on for so long (30 if not given)",                   \
         "SECONDS"},                                                                               \
        {"silence",                                                                                \
         0,                                                                                        \
         POPT_ARG_INT,                                                                             \
         &(execute).silence,                                                                       \
         0,                                                                                        \
         "Under MPI, give up a rank that was silent for so long (30 if not given)",                \
         "SECONDS"},                                                                               \
        {"retry",                                                                                  \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).retry,                                                                         \
         0,                                                                                        \
         "Try trials again that are done and ended so: failed, crashed, timeout, lost, with "      \
         "commas between, or all",                                                                 \
         "OUTCOMES"},                                                                              \
        {"walltime",                                                                               \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).walltime,                                                                      \
         0,                                                                                        \
         "Stop in good order before so much time is over, such as 2h (in a Slurm job: its end)",   \
         "TIME"},                                                                                  \
        {"margin",                                                                                 \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).margin,                                                                        \
         0,                                                                                        \
         "How long before that no more trials are started (the grace and a minute if not given)",  \
         "TIME"},                                                                                  \
        {"home",                                                                                   \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).home,                                                                          \
         0,                                                                                        \
         "Publish the store to this folder, on any file system, from which other hosts resume",    \
         "FOLDER"},                                                                                \
        {"publish",                                                                                \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).publish,                                                                       \
         0,                                                                                        \
         "How often to publish to the home (5s if not given)",                                     \
         "TIME"},                                                                                  \
        {"supervise",                                                                              \
         0,                                                                                        \
         POPT_ARG_INT,                                                                             \
         &(execute).supervise,                                                                     \
         0,                                                                                        \
         "Start the launch in a process of its own, and again when it died, so often at most",     \
         "N"},                                                                                     \
        {"launcher",                                                                               \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(execute).launcher,                                                                      \
         0,                                                                                        \
         "With --supervise, start it by these words, such as \"mpiexec -n 16\"",                   \
         "WORDS"},                                                                                 \
        {"restarted",                                                                              \
         0,                                                                                        \
         POPT_ARG_NONE,                                                                            \
         &(execute).restarted,                                                                     \
         0,                                                                                        \
         "Said by --supervise: the launch before died, and its host may have with it",             \
         NULL},                                                                                    \
        {"strict",                                                                                 \
         0,                                                                                        \
         POPT_ARG_NONE,                                                                            \
         &(execute).strict,                                                                        \
         0,                                                                                        \
         "End with status 3 when a driver that is run again decides otherwise than before",        \
         NULL},                                                                                    \
    {                                                                                              \
        "quiet", 'q', POPT_ARG_NONE, &(execute).quiet, 0, "Show no progress", NULL                 \
    }

/* Fills in what is common to all, runs, and says how it ended. */
int rt_execute(struct rt_cmd_context *context, const struct rt_execute_options *execute,
               struct rt_run_options *options, struct rt_err *err);

/* Prints the verdict on a replay. What the command ends with then: `rc`, or what a replay that
 * verifies comes to. */
int rt_execute_compare(const char *store, const char *study, int rc, struct rt_err *err);

/* Says the command that goes on where this one ended. */
void rt_execute_say_next(const struct rt_cmd_context *context);

#endif
