#ifndef RT_ENGINE_SAME_STUDY_H
#define RT_ENGINE_SAME_STUDY_H
/*
 * Whether a study file means the recorded study of that name.
 *
 * A study is known by its name, so that another one of the same name would
 * take its place and retire its trials. It is another one if the command line
 * or another file names something else to run, or if it is in another folder
 * and what it was is still there; else it has moved.
 */
#include "engine/study.h"
#include "store/store.h"

/* RT_ECONFLICT, which tells how to give the new one a name of its own. `words`: it comes from the
 * command line, where names are given by default. Reads all that was recorded. */
int rt_same_study(struct rt_store *store, const struct rt_study *study,
                  const struct rt_study_file *file, bool words, struct rt_err *err);

/* The study file of the current plan, yours; NULL if none was recorded. */
int rt_same_study_source(struct rt_store *store, const struct rt_study *study, char **path,
                         struct rt_err *err);

#endif
