#ifndef RT_CLI_SELECTING_H
#define RT_CLI_SELECTING_H
/* Options that choose recorded trials. */
#include "cli/cmd.h"
#include "replay/select.h"

#include <limits.h>

#define RT_SELECTING_ALL LLONG_MIN /* no number was given; 0 is one, and a mistake */

struct rt_selecting {
    char *where;
    char *outcome;
    char *code;
    long long best;
    long long sample;
};

#define RT_SELECTING_INIT                                                                          \
    {                                                                                              \
        .best = RT_SELECTING_ALL, .sample = RT_SELECTING_ALL                                       \
    }

/* Goes into the option table of a command. */
#define RT_SELECTING_OPTIONS(selecting)                                                            \
    {"where",                                                                                      \
     0,                                                                                            \
     POPT_ARG_STRING,                                                                              \
     &(selecting).where,                                                                           \
     0,                                                                                            \
     "Only trials for which this is true: SQL over the study's view, such as \"noise > 0.2\"",     \
     "SQL"},                                                                                       \
        {"outcome",                                                                                \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(selecting).outcome,                                                                     \
         0,                                                                                        \
         "Only trials that ended so: ok, failed, crashed, timeout, ..., with commas between",      \
         "OUTCOMES"},                                                                              \
        {"from-code",                                                                              \
         0,                                                                                        \
         POPT_ARG_STRING,                                                                          \
         &(selecting).code,                                                                        \
         0,                                                                                        \
         "Only trials that ran this code: the beginning of a commit or of a code state",           \
         "CODE"},                                                                                  \
        {"best",                                                                                   \
         0,                                                                                        \
         POPT_ARG_LONGLONG,                                                                        \
         &(selecting).best,                                                                        \
         0,                                                                                        \
         "Of these only the best by the study's objective",                                        \
         "N"},                                                                                     \
    {                                                                                              \
        "sample", 0, POPT_ARG_LONGLONG, &(selecting).sample, 0,                                    \
            "Of these only so many, chosen at random, the same ones each time", "N"                \
    }

/* Fills *out from the options and the arguments. RT_EUSAGE. */
int rt_selecting_read(const struct rt_selecting *selecting, char **argv, struct rt_selection *out,
                      struct rt_err *err);

#endif
