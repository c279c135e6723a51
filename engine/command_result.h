#ifndef RT_ENGINE_COMMAND_RESULT_H
#define RT_ENGINE_COMMAND_RESULT_H
/* What a command that ended says: its status, its result file, or its last line. */
#include <stdbool.h>
#include "engine/entry.h"

/* What a study expects of its command. */
struct rt_command_promise {
    const char *metric;        /* name of a bare number that comes back */
    bool needed;               /* the objective asks for it: no result is a failure */
    const struct rt_json *how; /* where its metrics are (engine/command_metrics.h), or NULL */
};

/* `status` is as wait(2) gives it. */
void rt_command_result(const struct rt_call *call, int status, const char *result_file,
                       const struct rt_command_promise *promise, struct rt_ended *ended);

#endif
