#ifndef RT_CLI_LS_H
#define RT_CLI_LS_H
/* The list of studies, for others. */
#include "cli/ask.h"

/* Lists all studies of the context's store to stdout. */
int rt_ls_studies(struct rt_cmd_context *context, struct rt_db *db, struct rt_err *err);

#endif
