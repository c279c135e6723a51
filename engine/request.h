#ifndef RT_ENGINE_REQUEST_H
#define RT_ENGINE_REQUEST_H
/* What a person asks for: a study file or the words of a command line, with settings on top. */
#include "base/err.h"
#include "engine/run.h"
#include "engine/study.h"

/* The study as it is to be planned. Nothing but its file is opened. */
int rt_request_read(const struct rt_run_options *options, struct rt_study_file *file,
                    struct rt_err *err);

/* Where its store is, or is to be made: yours. NULL when a recorded study is asked for and there is
 * no store here. */
char *rt_request_store_path(const struct rt_run_options *options);

#endif
