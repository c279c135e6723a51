#ifndef RT_BASE_BETWEEN_H
#define RT_BASE_BETWEEN_H
/*
 * Numbers between two decimals, evenly or by equal factors.
 *
 * Computed with twice the digits of a double and rounded once, so that the
 * result is the double nearest to the exact number, on every machine: steps
 * from 1e-5 to 1e-1 are 1e-4, 1e-3 and 1e-2, whatever the C library's pow()
 * makes of them.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/decimal.h"

/* A number as the sum of two doubles, the second at most half a unit in the last place. */
struct rt_twofold {
    double high;
    double low;
};

struct rt_between {
    double ends[2];
    struct rt_twofold from; /* or its logarithm */
    struct rt_twofold span; /* from there to the other end */
    bool factors;           /* by equal factors, not evenly */
};

#define RT_BETWEEN_MIN 1e-250 /* ends of what goes by factors */
#define RT_BETWEEN_MAX 1e250

/* False if the ends cannot be: by factors, from RT_BETWEEN_MIN to RT_BETWEEN_MAX. */
bool rt_between_init(struct rt_between *between, struct rt_decimal from, struct rt_decimal to,
                     bool factors);

/* What lies part/parts of the way from one end to the other; part is at most parts. */
double rt_between_at(const struct rt_between *between, uint64_t part, uint64_t parts);

#endif
