#include "cli/slurm.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/program.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_US 5000000u /* with squeue */
#define ANSWER_MAX  4096u    /* bytes */

/* Newer ones tell a job when it will end, in seconds since 1970. */
static bool told_left(uint64_t *left_us)
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
    *left_us = end * 1000000u > now ? end * 1000000u - now : 0;
    return true;
}

int rt_slurm_duration(const char *text, uint64_t *us, struct rt_err *err)
{
    static const uint64_t below[] = {60, 60, 24}; /* of which the next unit is made */
    uint64_t parts[4] = {0};                      /* days, hours, minutes, seconds */
    const char *dash = strchr(text, '-');
    const char *at = text;
    int colons = 0;
    int first;

    for (const char *c = text; *c; c++)
        colons += *c == ':';
    first = dash ? 0 : 3 - colons;
    if (colons < 1 || colons > 2 || (dash && colons != 2))
        goto wrong;
    for (int i = first; i < 4; i++) {
        size_t digits = strspn(at, "0123456789");
        char end = i == 3 ? '\0' : i == 0 ? '-' : ':';

        parts[i] = strtoull(at, NULL, 10);
        if (digits < 1 || digits > 6 || at[digits] != end ||
            (i > first && parts[i] >= below[3 - i]))
            goto wrong;
        at += digits + 1;
    }
    *us = (((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60 + parts[3]) * 1000000u;
    return 0;
wrong:
    return rt_err_set(err, RT_EPEER, "\"%s\" is no time left of a job", text);
}

/* Tasks of an array may share the array's number, of which squeue would show all of them. */
static char *job_name(void)
{
    const char *array = getenv("SLURM_ARRAY_JOB_ID");
    const char *task = getenv("SLURM_ARRAY_TASK_ID");
    const char *job = getenv("SLURM_JOB_ID");

    if (array && array[0] && task && task[0])
        return rt_printf("%s_%s", array, task);
    return job && job[0] ? rt_strdup(job) : NULL;
}

/* A line for each part of the job; what ends first ends the launch. 0: none of them ends. */
static int shortest(const char *lines, uint64_t *left_us, struct rt_err *err)
{
    const char *at = lines + strspn(lines, " \n");
    bool any = false;
    int rc = 0;

    if (!*at)
        return rt_err_set(err, RT_EPEER, "squeue says nothing of it");
    while (rc == 0 && *at) {
        size_t size = strcspn(at, " \n");
        char *word = rt_strndup(at, size);
        uint64_t us;

        if (strcmp(word, "UNLIMITED") != 0 && (rc = rt_slurm_duration(word, &us, err)) == 0) {
            *left_us = any && *left_us < us ? *left_us : us;
            any = true;
        }
        free(word);
        at += size;
        at += strspn(at, " \n");
    }
    return rc < 0 ? rc : any;
}

/* Times of day would depend on clocks and zones; how long it may run on does not. */
static int ask_left(const char *job, uint64_t *left_us, struct rt_err *err)
{
    const char *const argv[] = {"squeue", "--noheader", "--jobs", job, "--format", "%L", NULL};
    struct rt_buf out = RT_BUF_INIT;
    int rc = rt_program_ask(argv, PATIENCE_US, ANSWER_MAX, &out, err);

    if (rc == 0)
        rc = shortest(rt_buf_text(&out), left_us, err);
    rt_buf_clear(&out);
    return rc;
}

int rt_slurm_left(uint64_t *left_us, struct rt_err *err)
{
    char *job;
    int rc;

    if (told_left(left_us))
        return 1;
    if (!(job = job_name()))
        return 0;
    if ((rc = ask_left(job, left_us, err)) < 0)
        rt_err_while(err, "asking when the Slurm job %s ends", job);
    free(job);
    return rc;
}
