#ifndef RT_REPLAY_VERDICT_H
#define RT_REPLAY_VERDICT_H
/*
 * Verdicts: is what was run again what it was?
 *
 * A verdict is a pure function of two recorded attempts and the tolerances.
 * What it compares are outcome and result, the result value by value and bit
 * by bit: 1 and 1.0 differ, 0.0 and -0.0 differ, NaN equals NaN.
 */
#include "replay/replay.h"

enum rt_verdict {
    RT_VERDICT_NONE,      /* the replay of this trial has not ended */
    RT_VERDICT_IDENTICAL, /* bit for bit */
    RT_VERDICT_WITHIN,    /* of the tolerances */
    RT_VERDICT_DIFFERENT,
    RT_VERDICT_OUTCOME,        /* one succeeded, the other did not, or they failed otherwise */
    RT_VERDICT_NOT_COMPARABLE, /* with the reason */
};
#define RT_VERDICTS 6
const char *rt_verdict_name(enum rt_verdict verdict); /* "IDENTICAL", "OUTCOME CHANGED", ... */

/* Differences up to the larger of absolute and relative (to the original) count for nothing. */
struct rt_tolerance {
    const char *metric; /* NULL: all that have none of their own */
    double absolute;
    double relative;
    bool floor; /* what the metric was seen to vary by itself, if that is more */
};

/* An attempt as a verdict looks at it. */
struct rt_measured {
    enum rt_outcome outcome;
    const struct rt_json *result; /* object of metrics; NULL: it gave none */
    const char *missing;          /* why the result cannot be had; NULL: it can */
};

/* *reason (may be NULL) gets words for all but IDENTICAL. */
enum rt_verdict rt_verdict_of(const struct rt_measured *original,
                              const struct rt_measured *replayed,
                              const struct rt_tolerance *tolerances, size_t count,
                              struct rt_buf *reason);

/* What is asked of a study's verdict. */
struct rt_verdict_options {
    const struct rt_tolerance *tolerances;
    size_t tolerance_count;
    const struct rt_tolerance *equivalences; /* metric and absolute: --equiv val_acc=0.01 */
    size_t equivalence_count;
};

struct rt_pair {
    uint64_t ordinal; /* of the replay's trial */
    struct rt_replay_origin origin;
    enum rt_verdict verdict;
    char *reason; /* or NULL */
};

/* Paired differences of one metric, replayed less original, over pairs where both have it. */
struct rt_difference {
    char *metric;
    uint64_t n;
    double mean;
    double sd;  /* NaN for one pair; the interval likewise */
    double low; /* of the 95 % interval of the mean */
    double high;
    double largest; /* by size, with its sign */
    uint64_t largest_ordinal;
    double floor;    /* recorded for this metric; NaN: none was */
    double bound;    /* of the equivalence that was asked for; NaN: none was */
    double p;        /* of the two one-sided tests */
    bool equivalent; /* at 5 % */
};

struct rt_verdicts {
    const struct rt_study *study;
    struct rt_pair *pairs; /* by ordinal */
    size_t count;
    uint64_t counts[RT_VERDICTS];
    struct rt_difference *differences; /* by name */
    size_t difference_count;
};

/* Judges a replay as it stands, finished or not. RT_EUSAGE if the study is no replay. Clear it in
 * any case. */
int rt_verdicts_make(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                     const struct rt_verdict_options *options, struct rt_verdicts *out,
                     struct rt_err *err);
void rt_verdicts_clear(struct rt_verdicts *verdicts);

/* The metrics of one pair as numbers: what explain compares. NaN where there is none. */
int rt_verdicts_metric(struct rt_store *store, struct rt_db *index, const struct rt_pick *trial,
                       const char *metric, double *value, struct rt_err *err);

#endif
