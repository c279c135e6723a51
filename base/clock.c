#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t rt_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

uint64_t rt_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

const char *rt_time_text(uint64_t wall_us, char text[RT_TIME_TEXT])
{
    time_t seconds = (time_t)(wall_us / 1000000u);
    struct tm parts;
    size_t used;

    if (!gmtime_r(&seconds, &parts))
        memset(&parts, 0, sizeof parts);
    used = strftime(text, RT_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + used, RT_TIME_TEXT - used, ".%06uZ", (unsigned)(wall_us % 1000000u));
    return text;
}
