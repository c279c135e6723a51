#ifndef RT_ENGINE_COMMAND_RESULT_H
#define RT_ENGINE_COMMAND_RESULT_H
/* What a command that ended says: its status, its result file, or its last line. */
#include "engine/entry.h"

/* `status` is as wait(2) gives it. A bare number is stored under the name `metric`. */
void rt_command_result(const struct rt_call *call, int status, const char *result_file,
                       const char *metric, struct rt_ended *ended);

#endif
