#ifndef RT_ENGINE_STUDY_SPACE_FILE_H
#define RT_ENGINE_STUDY_SPACE_FILE_H
/*
 * Spaces that other programs have files for: parameter sets of R's ParamHelpers (mlrMBO), and the
 * JSON of CANDLE's genetic algorithm. They become what "space" of a study file is in its long form
 * (docs/drivers.md): {"lr": {"uniform": [0.0, 0.1]}, ..}.
 */
#include "base/json.h"

/* A file whose name ends in .json is one of the genetic algorithm. `text` ends with NUL. RT_EUSAGE
 * with path, line and column. *space is yours. */
int rt_study_space_of_file(const char *path, const char *text, struct rt_json **space,
                           struct rt_err *err);

/* A range of numbers that has but one becomes a choice of that. */
void rt_study_space_settle(struct rt_json *form);

/* study_space_r.c */
int rt_study_space_of_r(const char *path, const char *text, struct rt_json **space,
                        struct rt_err *err);

#endif
