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
    const struct rt_plan *plan; /* borrowed from the state */
    uint64_t index;             /* the trial's point in it */
    uint32_t attempt;           /* that stands for the trial; 0: none has ended */
    enum rt_outcome outcome;
    uint32_t launch; /* and rank: where it ran, if that was asked for */
    uint32_t rank;
    uint32_t seed;  /* by the plan */
    uint64_t event; /* of the journal, that has the attempt */
    uint64_t row;   /* in that event */
};

/* What the plan alone says: of no attempt. RT_ENOTFOUND if no plan has the trial. */
int rt_origin_planned(const struct rt_study *study, uint64_t ordinal, struct rt_origin *out,
                      struct rt_err *err);

/* Finds origins, fastest in the order of their studies. Until it is freed, the index shows what it
 * showed at first. */
struct rt_origins;

enum rt_origins_what {
    RT_ORIGINS_ATTEMPTS,
    RT_ORIGINS_PLACES, /* with launch and rank */
};
int rt_origins_new(struct rt_db *index, enum rt_origins_what what, struct rt_origins **out);
void rt_origins_free(struct rt_origins *origins); /* accepts NULL */
/* RT_ENOTFOUND if no plan has the trial. */
int rt_origins_find(struct rt_origins *origins, const struct rt_study *study, uint64_t ordinal,
                    struct rt_origin *out, struct rt_err *err);
/* The same with that attempt of it, whether it stands for the trial or not. RT_ENOTFOUND. */
int rt_origins_attempt(struct rt_origins *origins, const struct rt_study *study, uint64_t ordinal,
                       uint32_t attempt, struct rt_origin *out, struct rt_err *err);

#endif
