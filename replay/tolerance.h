#ifndef RT_REPLAY_TOLERANCE_H
#define RT_REPLAY_TOLERANCE_H
/*
 * What counts as no difference:
 *
 *   val_acc=0.01         up to 0.01
 *   val_acc=0.01,0.05    up to 0.01, or 5 % of the original, whichever is more
 *   1e-9,1e-6            the same for all metrics that have none of their own
 *   floor, loss=floor    up to what the metric was seen to vary by itself
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

struct rt_tolerance {
    char *text;   /* as typed */
    char *metric; /* NULL: all that have none of their own */
    double absolute;
    double relative;
    bool floor;
};

/* How much a metric of a study varies by itself. */
struct rt_floor {
    char *study; /* id */
    char *metric;
    double value;
};

struct rt_tolerances {
    struct rt_tolerance *items;
    size_t count;
    size_t capacity;
    struct rt_tolerance *equivalences; /* `metric` and `absolute`: val_acc=0.01 */
    size_t equivalence_count;
    size_t equivalence_capacity;
    struct rt_floor *floors;
    size_t floor_count;
    size_t floor_capacity;
};

/* RT_EUSAGE says what is wrong in it. */
int rt_tolerances_add(struct rt_tolerances *tolerances, const char *text, struct rt_err *err);
int rt_tolerances_add_equivalence(struct rt_tolerances *tolerances, const char *text,
                                  struct rt_err *err);
void rt_tolerances_add_floor(struct rt_tolerances *tolerances, const char *study,
                             const char *metric, double value);
void rt_tolerances_clear(struct rt_tolerances *tolerances);

/* Up to where a difference from this original counts for nothing; negative: nowhere, not even
 * 1 and 1.0 are alike. *named (may be NULL): the metric itself was named. */
double rt_tolerances_allow(const struct rt_tolerances *tolerances, const char *study,
                           struct rt_span metric, double original, bool *named);
/* The floor of a metric; NaN if none is known. */
double rt_tolerances_floor(const struct rt_tolerances *tolerances, const char *study,
                           struct rt_span metric);
/* The bound of the equivalence that was asked for; NaN if none was. */
double rt_tolerances_bound(const struct rt_tolerances *tolerances, struct rt_span metric);

/* {"tolerances": [texts], "equivalences": [texts]}, yours; and back: adds them. */
struct rt_json *rt_tolerances_json(const struct rt_tolerances *tolerances);
int rt_tolerances_take(struct rt_tolerances *tolerances, const struct rt_json *json,
                       struct rt_err *err);

#endif
