/* The verdict on a replay, given again: of what is recorded now, with other tolerances. */
#include "cli/ask.h"
#include "cli/output.h"
#include "cli/verdicts.h"
#include "store/named_study.h"

#include <stdbool.h>

static char **tolerances;
static char **equivalences;
static int pairs;

static const struct poptOption options[] = {
    {"tol", 0, POPT_ARG_ARGV, &tolerances, 0,
     "What counts as no difference: METRIC=ABSOLUTE[,RELATIVE], without METRIC for all, or floor",
     "TOLERANCE"},
    {"equiv", 0, POPT_ARG_ARGV, &equivalences, 0,
     "Test whether the mean difference is within so much of zero", "METRIC=DELTA"},
    {"pairs", 0, POPT_ARG_NONE, &pairs, 0, "A row for each pair instead of each metric", NULL},
    RT_OUTPUT_OPTIONS,
    POPT_TABLEEND,
};

static int judge(struct rt_cmd_context *context, const char *name,
                 const struct rt_tolerances *asked, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_verdicts verdicts = {0};
    struct rt_db *index = NULL;
    int rc;

    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = rt_named_study(rt_store_state(context->store), name, &study, err)) < 0 ||
        (rc = rt_ask_index(context, &index, err)) < 0)
        return rc;
    if ((rc = rt_verdicts_make(context->store, index, study, asked, &verdicts, err)) == 0)
        rc = rt_verdicts_print(&verdicts, pairs, err);
    if (rc == 0 && rt_verdicts_diverge(&verdicts))
        rc = rt_err_set(err, RT_ECONFLICT, "%llu of %zu pairs differ",
                        (unsigned long long)(verdicts.counts[RT_VERDICT_DIFFERENT] +
                                             verdicts.counts[RT_VERDICT_OUTCOME]),
                        verdicts.count);
    else if (rc == 0 && verdicts.counts[RT_VERDICT_NOT_COMPARABLE])
        rc = rt_err_set(err, RT_ETRIALS, "%llu of %zu pairs cannot be compared",
                        (unsigned long long)verdicts.counts[RT_VERDICT_NOT_COMPARABLE],
                        verdicts.count);
    rt_verdicts_clear(&verdicts);
    rt_db_close(index);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_tolerances asked = {0};
    int rc;

    (void)argc;
    if ((rc = rt_verdict_tolerances(tolerances, equivalences, &asked, err)) == 0)
        rc = judge(context, argv[0], &asked, err);
    rt_tolerances_clear(&asked);
    return rc;
}

const struct rt_cmd rt_cmd_verdict = {
    .name = "verdict",
    .summary = "Compare a replay with its originals, as far as it has come",
    .usage = "STUDY",
    .description =
        "STUDY is one that retrial replay or verify made. Each of its trials is compared\n"
        "with its original: IDENTICAL (bit for bit), WITHIN the tolerances, DIFFERENT,\n"
        "OUTCOME CHANGED or NOT COMPARABLE. For each metric: the mean of the paired\n"
        "differences (replay less original), their standard deviation, the 95 % interval\n"
        "of the mean, and the largest.\n"
        "\n"
        "Without --tol and --equiv those hold that the replay was made with. The exit\n"
        "code is 3 if pairs are DIFFERENT or OUTCOME CHANGED, else 1 if some are NOT\n"
        "COMPARABLE. docs/replay.md",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
