#ifndef RT_CLI_REPLAYING_H
#define RT_CLI_REPLAYING_H
/* What commands that make and run replays share. */
#include "cli/execute.h"
#include "replay/wish.h"

struct rt_replaying_options {
    int dry_run; /* the pairs are printed, and nothing is run */
    int fresh;
    char *batch;
};

/* Goes into the option table of a command. */
#define RT_REPLAYING_OPTIONS(replaying)                                                            \
    {"dry-run", 'n', POPT_ARG_NONE, &(replaying).dry_run, 0, "Print the pairs and run nothing",    \
     NULL},                                                                                        \
        {"fresh",                                                                                  \
         0,                                                                                        \
         POPT_ARG_NONE,                                                                            \
         &(replaying).fresh,                                                                       \
         0,                                                                                        \
         "Begin anew, even if the same command was interrupted and could go on",                   \
         NULL},                                                                                    \
    {                                                                                              \
        "batch", 0, POPT_ARG_STRING, &(replaying).batch, 0,                                        \
            "Said by --supervise: what its launches belong to", "ID"                               \
    }

/* Runs what somebody wishes, or goes on with it. */
int rt_replaying(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                 const struct rt_replaying_options *options, struct rt_wish *wish,
                 struct rt_err *err);

#endif
