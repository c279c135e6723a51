#include "cli/selecting.h"

#include <string.h>

static int check(const char *option, long long number, struct rt_err *err)
{
    if (number >= 0)
        return 0;
    return rt_err_set(err, RT_EUSAGE, "%s takes 1 or more, not %lld", option, number);
}

int rt_selecting_read(const struct rt_selecting *selecting, char **argv, struct rt_selection *out,
                      struct rt_err *err)
{
    int rc;

    if ((rc = check("--best", selecting->best, err)) < 0 ||
        (rc = check("--sample", selecting->sample, err)) < 0)
        return rc;
    if (selecting->where && !selecting->where[strspn(selecting->where, " \t\n")])
        return rt_err_set(
            err, RT_EUSAGE,
            "--where is empty; it takes SQL over the study's view, such as \"lr > 0.2\"");
    if (selecting->code && !selecting->code[0])
        return rt_err_set(
            err, RT_EUSAGE,
            "--from-code is empty; it takes the beginning of a commit or of a code state");
    *out = (struct rt_selection){.names = argv,
                                 .where = selecting->where,
                                 .outcome = selecting->outcome,
                                 .code = selecting->code,
                                 .best = (uint64_t)selecting->best,
                                 .sample = (uint64_t)selecting->sample};
    return 0;
}
