#ifndef RT_CLI_ENVIRONMENTS_H
#define RT_CLI_ENVIRONMENTS_H
/* That a study's trials ran in several environments, for the end of a run. */
#include <stdio.h>
#include "base/err.h"

/* Prints a line, or nothing. `study` is an id. */
int rt_environments_print(const char *store_path, const char *study, FILE *to, struct rt_err *err);

#endif
