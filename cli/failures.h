#ifndef RT_CLI_FAILURES_H
#define RT_CLI_FAILURES_H
/* What did not succeed, in brief, for the end of a run. */
#include <stdio.h>
#include "base/err.h"

/* Lists up to 20 trials of a study (id or name) that did not succeed, and how to see more. Nothing
 * if all did. No other part of the process may have the store open. */
int rt_failures_print(const char *store_path, const char *study, FILE *to, struct rt_err *err);

#endif
