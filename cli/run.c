#include "cli/cmd.h"
#include "cli/execute.h"

#include "base/json.h"
#include "engine/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rt_execute_options execute;
static char *code;
static char **settings;
static int dry_run;

static const struct poptOption options[] = {
    {"set", 'S', POPT_ARG_ARGV, &settings, 0,
     "Set a parameter, or sweep it: key=value, key=a,b,c, key=0:0.5:0.05", "KEY=VALUE"},
    {"code", 0, POPT_ARG_STRING, &code, 0,
     "If the code changed under an unfinished study: go on with the recorded code, or start anew "
     "with the current one",
     "recorded|current"},
    {"dry-run", 'n', POPT_ARG_NONE, &dry_run, 0, "Print the plan and run nothing", NULL},
    RT_EXECUTE_OPTIONS(execute),
    POPT_TABLEEND,
};

static int choose_code(enum rt_code_choice *choice, struct rt_err *err)
{
    *choice = RT_CODE_ASK;
    if (!code)
        return 0;
    if (strcmp(code, "recorded") == 0)
        *choice = RT_CODE_RECORDED;
    else if (strcmp(code, "current") == 0)
        *choice = RT_CODE_CURRENT;
    else
        return rt_err_set(err, RT_EUSAGE, "--code takes \"recorded\" or \"current\", not \"%s\"",
                          code);
    return 0;
}

static int print_plan(const struct rt_run_options *run_options, struct rt_err *err)
{
    struct rt_json *plan = NULL;
    struct rt_plan *made = NULL;
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if ((rc = rt_run_plan(run_options, &plan, err)) < 0 || (rc = rt_plan_new(plan, &made, err)) < 0)
        goto out;
    rt_json_pretty(plan, &text);
    printf("%s\n", rt_buf_text(&text));
    printf("%llu trials; the first and the last:\n", (unsigned long long)rt_plan_count(made));
    rt_buf_reset(&text);
    rt_plan_params(made, 0, &text);
    printf("%s\n", rt_buf_text(&text));
    rt_buf_reset(&text);
    rt_plan_params(made, rt_plan_count(made) - 1, &text);
    printf("%s\n", rt_buf_text(&text));
out:
    rt_buf_clear(&text);
    rt_plan_free(made);
    rt_json_free(plan);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_run_options run_options = {.study_path = argv[0], .settings = settings};
    int rc;

    (void)argc;
    if ((rc = choose_code(&run_options.code, err)) < 0)
        return rc;
    return dry_run ? print_plan(&run_options, err)
                   : rt_execute(context, &execute, &run_options, err);
}

const struct rt_cmd rt_cmd_run = {
    .name = "run",
    .summary = "Complete a study: run what is planned and not recorded yet",
    .usage = "FILE",
    .description = "FILE is a study file in YAML or JSON (docs/study-file.md). What was recorded\n"
                   "before is not run again: running the same file again resumes an interrupted\n"
                   "study, and a file with more levels or replicates adds only the new trials.\n"
                   "\n"
                   "Everything goes into the store, the folder .retrial: the nearest one above\n"
                   "the study file, else one is made beside it.\n"
                   "\n"
                   "Under MPI, start one rank per node:\n"
                   "\n"
                   "  mpiexec -n 16 retrial run noise.yaml",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_NOTHING,
    .executes = true,
    .options = options,
    .run = run,
};
