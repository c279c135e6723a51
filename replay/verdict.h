#ifndef RT_REPLAY_VERDICT_H
#define RT_REPLAY_VERDICT_H
/* The verdict on a replay: of every pair, and of all together. */
#include "replay/judge.h"
#include "replay/replay.h"

struct rt_pair {
    uint64_t ordinal; /* of the replay's trial */
    enum rt_verdict verdict;
    char *reason; /* or NULL */
};

/* Paired differences of one metric, replayed less original, over pairs where both have it as a
 * number. NaN stands for what is not known. */
struct rt_difference {
    char *metric;
    uint64_t n; /* originals: what several repeats of one differ by is averaged first */
    double mean;
    double sd;  /* NaN for one pair; so is the interval */
    double low; /* of the 95 % interval of the mean, by Student's t */
    double high;
    double largest; /* by size, with its sign */
    uint64_t largest_ordinal;
    double floor;    /* recorded for this metric of the original's study */
    double bound;    /* of the equivalence that was asked for */
    double p;        /* of the two one-sided tests against it */
    bool equivalent; /* at 5 % */
};

struct rt_verdicts {
    const struct rt_study *study;
    uint64_t trials;       /* of the replay */
    struct rt_pair *pairs; /* by ordinal; recalled ones only as many as were asked for */
    size_t count;
    size_t pair_capacity;
    uint64_t counts[RT_VERDICTS];
    struct rt_difference *differences; /* by name */
    size_t difference_count;
    size_t difference_capacity;
    struct rt_json *asked; /* the tolerances: rt_tolerances_json() */
};

/* Judges a replay as it stands, finished or not. Tolerances without any are those that it was made
 * with; floors are looked up. RT_EUSAGE if the study is no replay. Clear it in any case. */
int rt_verdicts_make(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                     const struct rt_tolerances *tolerances, struct rt_verdicts *out,
                     struct rt_err *err);
/* What the original of a pair is. */
struct rt_replay_origin rt_pair_origin(const struct rt_verdicts *verdicts,
                                       const struct rt_pair *pair);
void rt_verdicts_clear(struct rt_verdicts *verdicts);

/* 1: what was recorded, if that is of all trials as they stand now, with the first pairs that are
 * not what they should be, so many at most. 0: it is not. Clear it in any case. */
int rt_verdicts_recall(struct rt_db *index, const struct rt_study *study, size_t examples,
                       struct rt_verdicts *out, struct rt_err *err);
/* Of how many trials the recorded verdict is one on how they stand now. */
int rt_verdicts_standing(struct rt_db *index, const struct rt_study *study, uint64_t *count,
                         struct rt_err *err);

/* Appends the VERDICT event to a store that is open for writing. */
int rt_verdicts_record(struct rt_store *store, const struct rt_verdicts *verdicts,
                       struct rt_err *err);

/* How much metrics vary by themselves, from a replay that changes nothing (kind "verify"), and its
 * originals: appends a FLOOR event for each study of theirs. Nothing if no trial was run twice. */
int rt_floors_record(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                     struct rt_err *err);

/* A metric of the attempt that stands for a trial, as a number; NaN if it has none. */
int rt_verdict_metric(struct rt_store *store, struct rt_db *index, const struct rt_pick *trial,
                      const char *metric, double *value, struct rt_err *err);

#endif
