/* Recorded trials, run again unchanged: do they come out the same? */
#include "cli/output.h"
#include "cli/replaying.h"
#include "cli/selecting.h"
#include "cli/verdicts.h"

#include <stdint.h>

static struct rt_execute_options execute;
static struct rt_selecting selecting = RT_SELECTING_INIT;
static char *name;
static char **tolerances;
static char **equivalences;
static long long times = 1;
static struct rt_replaying_options replaying;

static const struct poptOption options[] = {
    RT_SELECTING_OPTIONS(selecting),
    {"times", 'k', POPT_ARG_LONGLONG, &times, 0,
     "How often to run each trial; from 2 on, how much each metric varies by itself is recorded",
     "N"},
    {"name", 0, POPT_ARG_STRING, &name, 0, "Name of the new study (NAME_verify if not given)",
     "NAME"},
    {"tol", 0, POPT_ARG_ARGV, &tolerances, 0,
     "What counts as no difference: METRIC=ABSOLUTE[,RELATIVE], without METRIC for all, or floor",
     "TOLERANCE"},
    {"equiv", 0, POPT_ARG_ARGV, &equivalences, 0,
     "Test whether the mean difference is within so much of zero", "METRIC=DELTA"},
    RT_REPLAYING_OPTIONS(replaying),
    RT_OUTPUT_OPTIONS,
    RT_EXECUTE_OPTIONS(execute),
    POPT_TABLEEND,
};

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_wish wish = {.kind = "verify", .name = name, .repeats = (uint32_t)times};
    int rc;

    (void)argc;
    if (times < 1 || times > UINT32_MAX)
        return rt_err_set(err, RT_EUSAGE, "-k takes 1 or more, not %lld", times);
    if ((rc = rt_selecting_read(&selecting, argv, &wish.selection, err)) == 0 &&
        (rc = rt_verdict_tolerances(tolerances, equivalences, &wish.tolerances, err)) == 0)
        rc = rt_replaying(context, &execute, &replaying, &wish, err);
    rt_tolerances_clear(&wish.tolerances);
    return rc;
}

const struct rt_cmd rt_cmd_verify = {
    .name = "verify",
    .summary = "Run recorded trials again unchanged, and say whether they are the same",
    .usage = "[STUDY|TRIAL...]",
    .description =
        "Every chosen trial is executed again with its recorded code, parameters, seed and\n"
        "inputs, in fresh workers, and compared with its original. The exit code is 3 if\n"
        "one is DIFFERENT or its OUTCOME CHANGED, else 1 if one is NOT COMPARABLE.\n"
        "\n"
        "  retrial verify noise\n"
        "  retrial verify noise --sample 5 -k 10     how much metrics vary by themselves\n"
        "  retrial verify noise --tol floor          what varies so much is not different\n"
        "\n"
        "After an interruption the same command goes on with what it began; --fresh begins\n"
        "anew. docs/replay.md",
    .args_min = 0,
    .args_max = RT_ARGS_ANY,
    .needs = RT_NEEDS_NOTHING,
    .executes = true,
    .options = options,
    .run = run,
};
