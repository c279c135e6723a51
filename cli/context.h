#ifndef RT_CLI_CONTEXT_H
#define RT_CLI_CONTEXT_H
/* What a command needs, opened before it runs and closed after it. */
#include "cli/cmd.h"

int rt_context_open(struct rt_cmd_context *context, struct rt_err *err);

/* Closes what was opened. Returns rc, or the failure to close if rc was no failure. */
int rt_context_close(struct rt_cmd_context *context, int rc, struct rt_err *err);

#endif
