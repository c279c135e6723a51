#include "cli/selecting.h"

#include <string.h>

static int read_number(const char *option, long long number, uint64_t *out, struct rt_err *err)
{
    *out = number == RT_SELECTING_ALL ? 0 : (uint64_t)number;
    if (number == RT_SELECTING_ALL || number > 0)
        return 0;
    return rt_err_set(err, RT_EUSAGE, "%s takes 1 or more, not %lld", option, number);
}

int rt_selecting_read(const struct rt_selecting *selecting, char **argv, struct rt_selection *out,
                      struct rt_err *err)
{
    uint64_t best;
    uint64_t sample;
    int rc;

    if ((rc = read_number("--best", selecting->best, &best, err)) < 0 ||
        (rc = read_number("--sample", selecting->sample, &sample, err)) < 0)
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
                                 .best = best,
                                 .sample = sample};
    return 0;
}
