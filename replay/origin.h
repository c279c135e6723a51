#ifndef RT_REPLAY_ORIGIN_H
#define RT_REPLAY_ORIGIN_H
/*
 * What was recorded of a trial: the plan that it was a point of (the current
 * one, or for a retired trial the last that had it), and the attempt that
 * stands for it.
 */
#include "replay/select.h"

struct rt_origin {
    const struct rt_study *study;
    uint64_t ordinal;
    const struct rt_plan *plan; /* borrowed from the reader */
    uint64_t index;             /* the trial's point in it */
    uint32_t attempt;           /* that stands for the trial; 0: none has ended */
    enum rt_outcome outcome;
    uint32_t launch;
    uint32_t rank;
    uint32_t seed;  /* that the attempt was given */
    uint64_t event; /* of the journal, that has the attempt */
    uint64_t row;   /* in that event */
};

/* Finds origins; keeps the plans of retired trials. */
struct rt_origins;

int rt_origins_new(struct rt_store *store, struct rt_db *index, struct rt_origins **out,
                   struct rt_err *err);
void rt_origins_free(struct rt_origins *origins);
/* RT_ENOTFOUND if no plan has the trial. Asking in the order of ordinals is fastest. */
int rt_origins_find(struct rt_origins *origins, const struct rt_study *study, uint64_t ordinal,
                    struct rt_origin *out, struct rt_err *err);

#endif
