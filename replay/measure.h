#ifndef RT_REPLAY_MEASURE_H
#define RT_REPLAY_MEASURE_H
/* Attempts of many trials as verdicts look at them, read from the journal in its order. */
#include "replay/judge.h"
#include "replay/origin.h"

struct rt_measure {
    struct rt_origin of; /* with event and row */
    struct rt_measured is;
    uint32_t flags;       /* of the attempt */
    size_t study;         /* of an original: its number in the replay's plan */
    struct rt_buf result; /* is.result borrows from it */
    char *why;            /* is.missing may borrow from it; NULL: it does not */
};

/* Why nothing is to be compared with it; copied. */
void rt_measure_miss(struct rt_measure *measure, const char *why);

/* How much the attempt heard while it ran; -1: that was not counted. */
int64_t rt_measure_heard(const struct rt_measure *measure);

/* Fills `is` of all of them; those whose attempt is lost, or that have `missing` set already, have
 * nothing to be read. A payload that is gone makes its attempt missing, and so does that it was
 * skipped; anything else ends. */
int rt_measures_read(struct rt_store *store, struct rt_measure *measures, size_t count,
                     struct rt_err *err);
void rt_measures_free(struct rt_measure *measures, size_t count);

#endif
