#ifndef RT_REPLAY_ATTRIBUTION_H
#define RT_REPLAY_ATTRIBUTION_H
/*
 * Which part of the difference of one metric is due to what. Pure.
 *
 * Known are the metric of A and of B as recorded, of either run again unchanged (several times, or
 * once), of A with one component of B at a time, and of A with all of them together. The difference
 * is then taken apart without a remainder:
 *
 *   B - A = again + part + part + ... + interaction + rest
 *
 *   again        A run again less A: what is other here and now, or chance
 *   part         A with one component less A run again
 *   interaction  together less A run again less all parts: what components do to each other
 *   rest         B less together: what could not be swapped, or chance
 */
#include <stdbool.h>
#include <stddef.h>

/* NaN stands for a value that is not there: the trial failed, or has no such metric. */
struct rt_attribution_data {
    double a;
    double b;
    const double *repeats; /* of A, unchanged */
    size_t repeat_count;
    const double *others; /* of B, likewise */
    size_t other_count;
    const double *swapped; /* A with one component of B each */
    size_t count;
    double together; /* with all components; NaN and one component: that one */
    double floor;    /* recorded for the metric; NaN: none was */
};

struct rt_attribution {
    double whole; /* B - A */
    double again;
    double *parts; /* yours; as many as there are components */
    size_t count;
    double interaction;
    double rest;
    double floor; /* differences up to it are none: the recorded one, or the spread of the repeats
                     of A or of B, whichever is most; NaN: unknown */
    size_t known[2]; /* repeats of A and of B that have the metric */
};

void rt_attribution_init(struct rt_attribution *out, const struct rt_attribution_data *data);
void rt_attribution_clear(struct rt_attribution *attribution);

/* Whether a difference is more than the floor. NaN is not. */
bool rt_attribution_counts(const struct rt_attribution *attribution, double difference);

#endif
