#include "cli/selecting.h"

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
    *out = (struct rt_selection){.names = argv,
                                 .where = selecting->where,
                                 .outcome = selecting->outcome,
                                 .code = selecting->code,
                                 .best = (uint64_t)selecting->best,
                                 .sample = (uint64_t)selecting->sample};
    return 0;
}
