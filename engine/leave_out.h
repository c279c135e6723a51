#ifndef RT_ENGINE_LEAVE_OUT_H
#define RT_ENGINE_LEAVE_OUT_H
/*
 * Which files of a study's folder are not code: study files, its own and others', and what it
 * ignores.
 *
 * Editing one study file must not make another study's code look changed.
 */
#include <stddef.h>
#include "engine/study.h"

struct rt_leave_out {
    char **paths; /* absolute */
    size_t count;
    size_t capacity;
    const char **patterns; /* of what else is no code; borrowed from the study file */
    size_t pattern_count;
};

/* The study's own file, and every YAML or JSON file at the top of a code root with an `entry`, or
 * that extends such a file. */
void rt_leave_out_find(struct rt_leave_out *leave_out, const struct rt_study_file *file);
void rt_leave_out_clear(struct rt_leave_out *leave_out);

#endif
