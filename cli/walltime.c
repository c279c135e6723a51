#include "cli/walltime.h"

#include "base/clock.h"
#include "base/quantity.h"
#include "cli/slurm.h"

#include <stdio.h>

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

/* 1: the Slurm job around us ends in *left. 0: there is none, or it has no end, or nobody says. */
static int ask_job(const char *margin, uint64_t *left, struct rt_err *err)
{
    struct rt_err why;
    int rc = rt_slurm_left(left, &why);

    if (rc < 0) {
        fprintf(stderr, "%s; say it with --walltime, or the launch does not stop by itself\n",
                why.text);
        return 0;
    }
    if (rc == 0 && margin)
        return rt_err_set(err, RT_EUSAGE,
                          "--margin is kept from --walltime, or from the end of a Slurm job; "
                          "there is neither");
    return rc;
}

int rt_walltime(const struct rt_walltime *walltime, uint64_t *stop_us, struct rt_err *err)
{
    const char *all = walltime->walltime;
    const char *margin = walltime->margin;
    uint64_t margin_us = walltime->grace_us + END_US;
    uint64_t left = 0;
    int rc;

    *stop_us = 0;
    if ((all && (rc = duration("--walltime", all, &left, err)) < 0) ||
        (margin && (rc = duration("--margin", margin, &margin_us, err)) < 0))
        return rc;
    if (!all && walltime->elsewhere)
        return 0;
    if (!all && (rc = ask_job(margin, &left, err)) <= 0)
        return rc;
    if (all && margin && margin_us >= left)
        return rt_err_set(err, RT_EUSAGE, "--margin %s leaves nothing of --walltime %s", margin,
                          all);
    if (!margin && margin_us > left / 2)
        margin_us = left / 2;
    *stop_us = rt_mono_us() + (left > margin_us ? left - margin_us : 1);
    return 0;
}
