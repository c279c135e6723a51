#ifndef RT_ENGINE_INTERPRETER_H
#define RT_ENGINE_INTERPRETER_H
/*
 * Which Python interpreter the user means: the study's `python`, else that
 * of the active virtual or conda environment.
 */
#include "base/err.h"
#include "base/json.h"

/* Sets *path (yours), to NULL if the user has no wish. RT_EUSAGE if what is named is not there. */
int rt_interpreter_wanted(const struct rt_json *entry, char **path, struct rt_err *err);

#endif
