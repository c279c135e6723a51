#ifndef RT_CLI_HELP_H
#define RT_CLI_HELP_H
/* What people read about the program; made from the command table. */
#include "cli/cmd.h"

void rt_help_program(void);                     /* to stdout */
void rt_help_command(const struct rt_cmd *cmd); /* to stdout */

/* The exit codes and what they mean, ended by {0, NULL}. */
struct rt_exit_code {
    int code;
    const char *meaning;
};
extern const struct rt_exit_code rt_exit_codes[];

#endif
