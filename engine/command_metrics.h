#ifndef RT_ENGINE_COMMAND_METRICS_H
#define RT_ENGINE_COMMAND_METRICS_H
/*
 * Metrics of a command that knows nothing of Retrial, as its study says where
 * to find them:
 *
 *   {"file": path}            a JSON object
 *   {"csv": path}             the last row; the first one has the names
 *   {"regex": {name: ERE}}    the last match in stdout, its first group if it has one
 *
 * Paths start at the working directory. Texts that are numbers, "nan" or
 * "inf" are numbers.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

/* `output` is what the command printed, or its end. *out is a value, yours. RT_EUSAGE: why not. */
int rt_command_metrics(const struct rt_json *how, struct rt_span output, struct rt_json **out,
                       struct rt_err *err);

/* Whether a pattern is one: RT_EUSAGE. */
int rt_command_check_pattern(const char *pattern, struct rt_err *err);

#endif
