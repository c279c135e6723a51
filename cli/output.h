#ifndef RT_CLI_OUTPUT_H
#define RT_CLI_OUTPUT_H
/* The options --csv, --json and --md, the same for every command that lists. */
#include "cli/cmd.h"
#include "query/format.h"

extern struct poptOption rt_output_options[];

/* Goes into the option table of a command. */
#define RT_OUTPUT_OPTIONS                                                                          \
    {                                                                                              \
        NULL, 0, POPT_ARG_INCLUDE_TABLE, rt_output_options, 0, NULL, NULL                          \
    }

/* What was asked for; a table if nothing was. */
enum rt_format rt_output_format(void);
void rt_output_set(enum rt_format format);

#endif
