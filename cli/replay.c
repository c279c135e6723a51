/* Recorded trials, run again, as they were or otherwise. */
#include "cli/driver_only.h"
#include "cli/output.h"
#include "cli/replaying.h"
#include "cli/selecting.h"
#include "cli/verdicts.h"

#include <stdint.h>

static struct rt_execute_options execute;
static struct rt_selecting selecting = RT_SELECTING_INIT;
static char **settings;
static char **unset;
static char *code;
static char *inputs;
static char *python;
static char *seed;
static char *told;
static char *name;
static char **tolerances;
static char **equivalences;
static long long replicates = 1;
static struct rt_replaying_options replaying;
static int driver_only;

static const struct poptOption options[] = {
    RT_SELECTING_OPTIONS(selecting),
    {"set", 'S', POPT_ARG_ARGV, &settings, 0,
     "Change a parameter: key=value, key=a,b,c, key=0:0.5:0.05 (each trial with each), key+=x, "
     "key*=x, key~normal(0,0.01) (plus a draw)",
     "KEY=VALUE"},
    {"unset", 0, POPT_ARG_ARGV, &unset, 0, "Leave a parameter out", "KEY"},
    {"replicates", 'r', POPT_ARG_LONGLONG, &replicates, 0, "How often to run each trial", "N"},
    {"seed", 0, POPT_ARG_STRING, &seed, 0,
     "The recorded seeds (if not given), or new ones: other ones for each replicate", "same|fresh"},
    {"told", 0, POPT_ARG_STRING, &told, 0,
     "While they run, trials are told what their originals were, at the same calls (if not given), "
     "or nothing: none is stopped early",
     "recorded|nothing"},
    {"code", 0, POPT_ARG_STRING, &code, 0,
     "The recorded code (if not given), the code as it is now, a commit, branch or tag of its "
     "repositories, or the beginning of a code state",
     "recorded|current|REV"},
    {"inputs", 0, POPT_ARG_STRING, &inputs, 0,
     "Inputs must be what they were (if not given), or may be what they are now",
     "recorded|current"},
    {"python", 0, POPT_ARG_STRING, &python, 0, "Another interpreter", "INTERPRETER"},
    {"name", 0, POPT_ARG_STRING, &name, 0, "Name of the new study (NAME_replay if not given)",
     "NAME"},
    {"tol", 0, POPT_ARG_ARGV, &tolerances, 0,
     "What counts as no difference: METRIC=ABSOLUTE[,RELATIVE], without METRIC for all, or floor",
     "TOLERANCE"},
    {"equiv", 0, POPT_ARG_ARGV, &equivalences, 0,
     "Test whether the mean difference is within so much of zero", "METRIC=DELTA"},
    RT_REPLAYING_OPTIONS(replaying),
    {"driver-only", 0, POPT_ARG_NONE, &driver_only, 0,
     "Run just the decisions of the driver of a study against its recorded results", NULL},
    RT_OUTPUT_OPTIONS,
    RT_EXECUTE_OPTIONS(execute),
    POPT_TABLEEND,
};

static int read_changes(struct rt_wish *wish, struct rt_err *err)
{
    int rc = 0;

    for (char **at = settings; rc == 0 && at && *at; at++)
        rc = rt_changes_add(&wish->changes, *at, err);
    for (char **at = unset; rc == 0 && at && *at; at++)
        rc = rt_changes_unset(&wish->changes, *at, err);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_wish wish = {.kind = "replay",
                           .name = name,
                           .code = code,
                           .inputs = inputs,
                           .python = python,
                           .seed = seed,
                           .told = told,
                           .repeats = (uint32_t)replicates};
    int rc;

    if (driver_only && (settings || unset || code || inputs || python || seed || told || name))
        return rt_err_set(
            err, RT_EUSAGE,
            "--driver-only runs no trial: options that change trials do not go with it");
    if (driver_only)
        return rt_driver_only(context, argc, argv, err);
    if (replicates < 1 || replicates > UINT32_MAX)
        return rt_err_set(err, RT_EUSAGE, "--replicates takes 1 or more, not %lld", replicates);
    if ((rc = rt_selecting_read(&selecting, argv, &wish.selection, err)) == 0 &&
        (rc = read_changes(&wish, err)) == 0 &&
        (rc = rt_verdict_tolerances(tolerances, equivalences, &wish.tolerances, err)) == 0)
        rc = rt_replaying(context, &execute, &replaying, &wish, err);
    rt_changes_clear(&wish.changes);
    rt_tolerances_clear(&wish.tolerances);
    return rc;
}

const struct rt_cmd rt_cmd_replay = {
    .name = "replay",
    .summary = "Run recorded trials again, as they were or otherwise",
    .usage = "[STUDY|TRIAL...]",
    .description =
        "Makes a new study whose trials are derived from recorded ones, each paired with\n"
        "its original, runs it, and compares. What is not changed stays as it was\n"
        "recorded: code byte for byte, parameters, seed, inputs, threads. Trials are\n"
        "executed, never answered from the past.\n"
        "\n"
        "  retrial replay noise --where \"label_noise > 0.2\" -S \"epochs*=0.5\"\n"
        "  retrial replay noise --best 5 --seed fresh --replicates 10\n"
        "  retrial replay k3f9ab.17 --code HEAD~3\n"
        "\n"
        "With --driver-only no trial runs: the driver of STUDY is started from its\n"
        "beginning and answered from the journal, a test for drivers that were changed.\n"
        "Where it first asks for something else than it did, both requests are shown,\n"
        "and the command ends with status 3.\n"
        "\n"
        "After an interruption the same command goes on with what it began; --fresh begins\n"
        "anew. retrial verdict compares again, with other tolerances. docs/replay.md",
    .args_min = 0,
    .args_max = RT_ARGS_ANY,
    .needs = RT_NEEDS_NOTHING,
    .executes = true,
    .options = options,
    .run = run,
};
