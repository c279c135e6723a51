#include "cli/cmd.h"
#include "cli/execute.h"

#include "engine/run.h"

static struct rt_execute_options execute;

static const struct poptOption options[] = {
    RT_EXECUTE_OPTIONS(execute),
    POPT_TABLEEND,
};

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_run_options run_options = {.study_name = argv[0]};

    (void)argc;
    return rt_execute(context, &execute, &run_options, err);
}

const struct rt_cmd rt_cmd_resume = {
    .name = "resume",
    .summary = "Complete a recorded study with its recorded code",
    .usage = "STUDY",
    .description =
        "STUDY is a study's name or id. Neither its file nor its code need to be there:\n"
        "plan and code are taken from the store.",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_NOTHING,
    .executes = true,
    .options = options,
    .run = run,
};
