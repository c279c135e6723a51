#include "cli/walltime.h"

#include "base/clock.h"
#include "base/quantity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define END_US 60000000u /* after the grace: to make all durable, level the index, and leave */

static int duration(const char *option, const char *text, uint64_t *us, struct rt_err *err)
{
    int64_t value;

    if (!rt_quantity_parse(text, rt_durations, &value) || value <= 0)
        return rt_err_set(err, RT_EUSAGE,
                          "%s takes a duration such as 90s, 5min, 1.5h (units: ms, s, min, h, d), "
                          "not \"%s\"",
                          option, text);
    *us = (uint64_t)value;
    return 0;
}

/* Slurm 22.05 and later tell a job when it will end, in seconds since 1970. */
static bool job_left_us(uint64_t *left)
{
    const char *text = getenv("SLURM_JOB_END_TIME");
    uint64_t now = rt_wall_us();
    unsigned long long end;
    char *rest;

    if (!text || !text[0])
        return false;
    errno = 0;
    end = strtoull(text, &rest, 10);
    if (errno || *rest || end == 0 || end > UINT64_MAX / 1000000u)
        return false;
    *left = end * 1000000u > now ? end * 1000000u - now : 0;
    return true;
}

int rt_walltime(const char *walltime, const char *margin, uint64_t grace_us, uint64_t *stop_us,
                struct rt_err *err)
{
    uint64_t margin_us = grace_us + END_US;
    uint64_t left = 0;
    int rc;

    *stop_us = 0;
    if ((walltime && (rc = duration("--walltime", walltime, &left, err)) < 0) ||
        (margin && (rc = duration("--margin", margin, &margin_us, err)) < 0))
        return rc;
    if (!walltime && !job_left_us(&left)) {
        if (margin)
            return rt_err_set(err, RT_EUSAGE,
                              "--margin is kept from --walltime, or from the end of a Slurm job; "
                              "there is neither");
        return 0;
    }
    if (walltime && margin && margin_us >= left)
        return rt_err_set(err, RT_EUSAGE, "--margin %s leaves nothing of --walltime %s", margin,
                          walltime);
    if (!margin && margin_us > left / 2)
        margin_us = left / 2;
    *stop_us = rt_mono_us() + (left > margin_us ? left - margin_us : 1);
    return 0;
}
