#include "engine/pace.h"

#define MEMORY 1000.0 /* trials after which old durations weigh half */

void rt_pace_add(struct rt_pace *pace, uint64_t duration_us)
{
    pace->total_us += duration_us ? (double)duration_us : 1.0;
    pace->count += 1.0;
    if (pace->count >= 2 * MEMORY) {
        pace->total_us /= 2;
        pace->count /= 2;
    }
}

double rt_pace_mean_us(const struct rt_pace *pace)
{
    return pace->count > 0 ? pace->total_us / pace->count : -1.0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t rt_pace_allowed(const struct rt_pace *pace, uint32_t slots, uint64_t all_slots,
                         uint64_t waiting)
{
    double mean = rt_pace_mean_us(pace);
    double ahead = mean > 0 ? slots * (double)RT_PACE_AHEAD_US / mean : 0;
    uint64_t queued = ahead > RT_PACE_AHEAD_MAX ? RT_PACE_AHEAD_MAX : (uint64_t)ahead;
    uint64_t share = all_slots ? waiting / 2 * slots / all_slots : 0;

    /* Near the end half of what is left is kept back, so that nobody queues while others idle. */
    return slots + least(queued, share);
}

uint64_t rt_pace_lasts_us(const struct rt_pace *pace, uint64_t outstanding, uint32_t slots)
{
    double mean = rt_pace_mean_us(pace);
    uint64_t each; /* waits for every worker at least */

    if (slots == 0 || outstanding < slots || mean < 0)
        return 0;
    each = (outstanding - slots) / slots;
    return (uint64_t)((double)each * mean);
}

int rt_pace_worthwhile(uint64_t allowed, uint64_t outstanding, uint32_t slots)
{
    if (outstanding >= allowed)
        return 0;
    return outstanding <= slots || (allowed - outstanding) * 4 >= allowed;
}
