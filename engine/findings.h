#ifndef RT_ENGINE_FINDINGS_H
#define RT_ENGINE_FINDINGS_H
/*
 * Findings: parameters of a study that do not seem to matter, in words.
 *
 * Two detectors, reported apart: params that the model never asks for, and
 * swept ones that make no difference. docs/parameters-that-matter.md.
 */
#include <stdbool.h>
#include "store/store.h"

struct rt_findings {
    struct rt_store *store;
    uint32_t study;
    char **told; /* names of findings that were told */
    size_t count;
    size_t capacity;
};

typedef void rt_finding_fn(void *context, const char *text);

void rt_findings_init(struct rt_findings *findings, struct rt_store *store, uint32_t study);
void rt_findings_clear(struct rt_findings *findings);

/* Tells what is new and certain enough while trials run. */
void rt_findings_look(struct rt_findings *findings, rt_finding_fn *tell, void *context);
/* Tells all that holds now, whatever was told before. */
void rt_findings_sum_up(struct rt_findings *findings, rt_finding_fn *tell, void *context);

#endif
