#ifndef RT_CLI_DRIVER_ONLY_H
#define RT_CLI_DRIVER_ONLY_H
/* Runs just the decisions of a study's driver against what was recorded. */
#include "cli/cmd.h"

/* argv is the name or id of one study. RT_ECONFLICT where the driver decides otherwise. */
int rt_driver_only(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err);

#endif
