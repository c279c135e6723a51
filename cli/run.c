#include "cli/cmd.h"
#include "cli/execute.h"

#include "base/fs.h"
#include "base/json.h"
#include "engine/run.h"
#include "engine/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rt_execute_options execute;
static char *code;
static char **settings;
static char *name;
static char *maximize;
static char *minimize;
static char *timeout;
static char *save;
static long long replicates;
static long long samples;
static int retries = -1;
static int dry_run;

static const struct poptOption options[] = {
    {"set", 'S', POPT_ARG_ARGV, &settings, 0,
     "Set a parameter, sweep it or draw it: key=value, key=a,b,c, key=0:0.5:0.05, "
     "key=uniform(0,1)",
     "KEY=VALUE"},
    {"samples", 0, POPT_ARG_LONGLONG, &samples, 0, "How often to draw what is drawn", "N"},
    {"replicates", 'r', POPT_ARG_LONGLONG, &replicates, 0, "How often to run each level", "N"},
    {"code", 0, POPT_ARG_STRING, &code, 0,
     "If the code changed under an unfinished study: go on with the recorded code, or start anew "
     "with the current one",
     "recorded|current"},
    {"name", 0, POPT_ARG_STRING, &name, 0, "Without a file: the study's name", "NAME"},
    {"maximize", 0, POPT_ARG_STRING, &maximize, 0, "Without a file: the objective", "METRIC"},
    {"minimize", 0, POPT_ARG_STRING, &minimize, 0, "Without a file: the objective", "METRIC"},
    {"timeout", 0, POPT_ARG_STRING, &timeout, 0, "Without a file: a limit, such as 60s", "TIME"},
    {"retries", 0, POPT_ARG_INT, &retries, 0, "Without a file: how often to try again", "N"},
    {"save", 0, POPT_ARG_STRING, &save, 0, "Write the study file that says all this, and run it",
     "FILE"},
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

/* A text as YAML: canonical JSON is. */
static void put_key(struct rt_buf *more, const char *before, const char *text, const char *after)
{
    struct rt_json *json = rt_json_new_string(text);

    rt_buf_add(more, before);
    rt_json_canonical(json, more);
    rt_buf_add(more, after);
    rt_json_free(json);
}

/* The keys of a study file that options stand for. */
static int more_keys(struct rt_buf *more, struct rt_err *err)
{
    if (maximize && minimize)
        return rt_err_set(err, RT_EUSAGE, "--maximize and --minimize: a study has one objective");
    if (name)
        put_key(more, "name: ", name, "\n");
    if (maximize)
        put_key(more, "objective: {maximize: ", maximize, "}\n");
    if (minimize)
        put_key(more, "objective: {minimize: ", minimize, "}\n");
    if (timeout || retries >= 0)
        rt_buf_printf(more, "limits: {retries: %d", retries >= 0 ? retries : 0);
    if (timeout)
        put_key(more, ", timeout: ", timeout, "");
    if (timeout || retries >= 0)
        rt_buf_add(more, "}\n");
    return 0;
}

static bool after_dashes(const struct rt_cmd_context *context)
{
    for (int i = 1; i < context->argc; i++) {
        if (strcmp(context->argv[i], "--") == 0)
            return true;
    }
    return false;
}

static bool ends_with(const char *word, const char *ending)
{
    size_t length = strlen(word);
    size_t size = strlen(ending);

    return length > size && strcmp(word + length - size, ending) == 0;
}

static bool is_study_file(const char *word)
{
    return ends_with(word, ".yaml") || ends_with(word, ".yml") || ends_with(word, ".json") ||
           !strchr(word, ':');
}

/* A file, or the words of an entry or a command with the keys that go with them. */
static int choose_study(const struct rt_cmd_context *context, int argc, char **argv,
                        struct rt_run_options *run_options, struct rt_buf *more, struct rt_err *err)
{
    int rc = more_keys(more, err);

    if (rc < 0)
        return rc;
    if (after_dashes(context) || (argc == 1 && !is_study_file(argv[0]))) {
        run_options->words = argv;
        run_options->more = rt_buf_text(more);
        return 0;
    }
    if (ends_with(argv[0], ".py") || ends_with(argv[0], ".so"))
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is no study file; name its function: %s:FUNCTION",
                          argv[0], argv[0]);
    if (argc > 1)
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is too much; a command comes behind --: retrial run [-S ...] "
                          "-- %s %s ...",
                          argv[1], argv[0], argv[1]);
    if (more->size)
        return rt_err_set(err, RT_EUSAGE,
                          "name, objective and limits of a study file are written in the file");
    run_options->study_path = argv[0];
    return 0;
}

static int save_study(const struct rt_run_options *run_options, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *plan = NULL;
    int rc;

    if (access(save, F_OK) == 0)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" exists; --save does not overwrite", save);
    if ((rc = rt_run_plan(run_options, &plan, err)) == 0) {
        rt_study_write(plan, &text);
        rc = rt_fs_replace(save, rt_buf_span(&text), 0666, err);
    }
    rt_buf_clear(&text);
    rt_json_free(plan);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_run_options run_options = {
        .settings = settings, .replicates = (uint64_t)replicates, .samples = (uint64_t)samples};
    struct rt_buf more = RT_BUF_INIT;
    int rc;

    if (samples < 0)
        return rt_err_set(err, RT_EUSAGE, "--samples takes 1 or more, not %lld", samples);
    if (replicates < 0)
        return rt_err_set(err, RT_EUSAGE, "--replicates takes 1 or more, not %lld", replicates);
    if ((rc = choose_study(context, argc, argv, &run_options, &more, err)) == 0 &&
        (rc = choose_code(&run_options.code, err)) == 0 && save)
        rc = save_study(&run_options, err);
    if (rc == 0)
        rc = dry_run ? print_plan(&run_options, err)
                     : rt_execute(context, &execute, &run_options, err);
    rt_buf_clear(&more);
    return rc;
}

const struct rt_cmd rt_cmd_run = {
    .name = "run",
    .summary = "Complete a study: run what is planned and not recorded yet",
    .usage = "FILE | ENTRY | -- COMMAND...",
    .description = "FILE is a study file in YAML or JSON (docs/study-file.md). What was recorded\n"
                   "before is not run again: running the same file again resumes an interrupted\n"
                   "study, and a file with more levels or replicates adds only the new trials.\n"
                   "\n"
                   "Everything goes into the store, the folder .retrial: the nearest one above\n"
                   "the study file, else one is made beside it.\n"
                   "\n"
                   "Without a file, ENTRY names a Python function or a C function, and what\n"
                   "stands behind -- is a command with {key} for parameters:\n"
                   "\n"
                   "  retrial run train.py:train -S lr=1e-4,1e-3 --replicates 3\n"
                   "  retrial run -S lr=1e-4,1e-3 -- python3 train.py --lr {lr}\n"
                   "\n"
                   "Under MPI, start one rank per node:\n"
                   "\n"
                   "  mpiexec -n 16 retrial run noise.yaml",
    .args_min = 1,
    .args_max = RT_ARGS_ANY,
    .needs = RT_NEEDS_NOTHING,
    .executes = true,
    .options = options,
    .run = run,
};
