#ifndef RT_ENGINE_PACE_H
#define RT_ENGINE_PACE_H
/*
 * Pace: how long trials take, and so how many an agent is given ahead.
 *
 * Long trials are never queued behind one another; of short ones an agent
 * holds what its workers finish in RT_PACE_AHEAD_US, which hides the time
 * that a lease takes to the disk and over the network.
 */
#include <stdint.h>

#define RT_PACE_AHEAD_US  100000u /* ten times a slow sync */
#define RT_PACE_AHEAD_MAX 32768u  /* trials queued with one agent */

struct rt_pace {
    double total_us; /* decaying sum of durations */
    double count;    /* decaying number of them */
};

void rt_pace_add(struct rt_pace *pace, uint64_t duration_us);
double rt_pace_mean_us(const struct rt_pace *pace); /* negative while nothing has ended */

/* Trials that an agent may hold in all: running and queued. `waiting` trials are still to be
 * given out, to `all_slots` workers of which the agent has `slots`. */
uint64_t rt_pace_allowed(const struct rt_pace *pace, uint32_t slots, uint64_t all_slots,
                         uint64_t waiting);

/* How long a worker that ends its trial is sure to find another: an agent holds `outstanding`
 * trials. 0 while nothing has ended. */
uint64_t rt_pace_lasts_us(const struct rt_pace *pace, uint64_t outstanding, uint32_t slots);

/* True if giving out `allowed - outstanding` trials now is worth a lease. */
int rt_pace_worthwhile(uint64_t allowed, uint64_t outstanding, uint32_t slots);

#endif
