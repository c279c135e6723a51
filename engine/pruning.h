#ifndef RT_ENGINE_PRUNING_H
#define RT_ENGINE_PRUNING_H
/*
 * Pruning: which trials are not worth going on with.
 *
 * It is a judge without eyes and hands: it is told reports and ends of
 * trials, in the order in which they were recorded, and says which report
 * ends its trial, and why. The same order gives the same verdicts. The rules
 * are those of docs/intermediate-results.md; the plan's member "pruning" has
 * them (docs/plan.md).
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"
#include "store/event.h"
#include "store/report.h"

struct rt_pruning;

/* What was decided of a report. */
struct rt_ruling {
    bool stop;
    const char *rule; /* "median"; borrowed from the rule */
    char text[240];   /* with the numbers that it saw */
};

/* `member` is the plan's "pruning" or NULL; *out is NULL if nothing is to be pruned. RT_EDAMAGED */
int rt_pruning_new(const struct rt_json *member, struct rt_pruning **out, struct rt_err *err);
void rt_pruning_free(struct rt_pruning *pruning);

/* Takes a report. One that came before, or is of an earlier attempt, changes nothing. A trial is
 * told to stop once in each attempt. */
void rt_pruning_report(struct rt_pruning *pruning, const struct rt_report *report,
                       struct rt_ruling *verdict);

/* An attempt of a trial has ended. Others are compared with those that ended well. */
void rt_pruning_ended(struct rt_pruning *pruning, uint64_t ordinal, enum rt_outcome outcome);

struct rt_store;

/* Takes what the store has of a study's trials so far, without any verdict. (pruning_past.c) */
int rt_pruning_recall(struct rt_pruning *pruning, struct rt_store *store, uint32_t study,
                      struct rt_err *err);

#endif
