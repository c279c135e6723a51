#include "cli/cmd.h"
#include "cli/execute.h"

#include "base/escape.h"
#include "base/json.h"
#include "engine/run.h"
#include "engine/study.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_MAX  16
#define NOT_GIVEN LLONG_MIN

static struct rt_execute_options execute;
static char *code;
static char **settings;
static char *name;
static char *maximize;
static char *minimize;
static char *timeout;
static char *save;
static long long replicates = NOT_GIVEN;
static long long samples = NOT_GIVEN;
static char *retries;
static char *memory;
static char *threads;
static char *gpus;
static char *isolation;
static char *seed;
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
    {"memory", 0, POPT_ARG_STRING, &memory, 0, "Without a file: a limit, such as 2GiB", "SIZE"},
    {"retries", 0, POPT_ARG_STRING, &retries, 0, "Without a file: how often to try again", "N"},
    {"threads", 0, POPT_ARG_STRING, &threads, 0, "Without a file: threads of each trial", "N"},
    {"gpus", 0, POPT_ARG_STRING, &gpus, 0, "Without a file: GPUs of each trial, such as 1 or 0.5",
     "N"},
    {"isolation", 0, POPT_ARG_STRING, &isolation, 0,
     "Without a file: fresh gives each trial a process of its own", "warm|fresh"},
    {"seed", 0, POPT_ARG_STRING, &seed, 0, "Without a file: other seeds than with 0", "N"},
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

static void print_json(struct rt_buf *json)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_escape_json_text(&text, rt_buf_span(json));
    printf("%s\n", rt_buf_text(&text));
    rt_buf_clear(&text);
    rt_buf_reset(json);
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
    print_json(&text);
    if (rt_plan_driven(made)) {
        printf("the driver proposes the trials\n");
        goto out;
    }
    printf("%llu trials; the first and the last:\n", (unsigned long long)rt_plan_count(made));
    rt_plan_params(made, 0, &text);
    print_json(&text);
    rt_plan_params(made, rt_plan_count(made) - 1, &text);
    print_json(&text);
out:
    rt_buf_clear(&text);
    rt_plan_free(made);
    rt_json_free(plan);
    return rc;
}

/* The keys of a study file that options stand for. */
static void fill_keys(struct rt_study_option *keys)
{
    const struct rt_study_option all[] = {
        {"--name", "name", name, true},
        {"--maximize", "objective.maximize", maximize, true},
        {"--minimize", "objective.minimize", minimize, true},
        {"--timeout", "limits.timeout", timeout, false},
        {"--retries", "limits.retries", retries, false},
        {"--memory", "limits.memory", memory, false},
        {"--threads", "each.threads", threads, false},
        {"--gpus", "each.gpus", gpus, false},
        {"--isolation", "isolation", isolation, true},
        {"--seed", "seed", seed, false},
        {NULL, NULL, NULL, false},
    };

    memcpy(keys, all, sizeof all);
}

/* What the file says is changed in the file; -S and --replicates vary it. */
static int refuse_keys(const struct rt_study_option *keys, const char *file, struct rt_err *err)
{
    for (; keys->option; keys++) {
        if (keys->value)
            return rt_err_set(err, RT_EUSAGE,
                              "option \"%s\" is for studies without a file; write %s into \"%s\"",
                              keys->option, keys->key, file);
    }
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

/* What is neither a study file nor an entry, as it is often typed. */
static int refuse_words(int argc, char **argv, struct rt_err *err)
{
    if (ends_with(argv[0], ".so"))
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is no study file; name its function: %s:FUNCTION",
                          argv[0], argv[0]);
    if (ends_with(argv[0], ".py"))
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is no study file; name its function: %s:FUNCTION; or run it as a "
                          "program: retrial run [-S ...] -- python3 %s ...",
                          argv[0], argv[0], argv[0]);
    if (argc > 1 && !is_study_file(argv[0]))
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is too much; values stand with commas and without blanks (-S "
                          "lr=0.1,0.2), and each parameter has an -S of its own",
                          argv[1]);
    if (argc > 1)
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is too much; a command comes behind --: retrial run [-S ...] "
                          "-- %s %s ...",
                          argv[1], argv[0], argv[1]);
    if (strchr(argv[0], ' ') && access(argv[0], F_OK) < 0)
        return rt_err_set(err, RT_EUSAGE,
                          "there is no study file \"%s\"; a command comes behind --: retrial run "
                          "[-S ...] -- %s",
                          argv[0], argv[0]);
    return 0;
}

/* A file, or the words of an entry or a command with the keys that go with them. */
static int choose_study(const struct rt_cmd_context *context, int argc, char **argv,
                        const struct rt_study_option *keys, struct rt_run_options *run_options,
                        struct rt_err *err)
{
    int rc;

    if (maximize && minimize)
        return rt_err_set(err, RT_EUSAGE, "--maximize and --minimize: a study has one objective");
    if (after_dashes(context) || (argc == 1 && !is_study_file(argv[0]))) {
        run_options->words = argv;
        run_options->options = keys;
        return 0;
    }
    if ((rc = refuse_words(argc, argv, err)) < 0)
        return rc;
    run_options->study_path = argv[0];
    return refuse_keys(keys, argv[0], err);
}

/* What is run then is the file. */
static int save_study(struct rt_run_options *run_options, struct rt_err *err)
{
    int rc;

    if (!ends_with(save, ".yaml") && !ends_with(save, ".yml"))
        return rt_err_set(err, RT_EUSAGE,
                          "--save takes the name of a file such as study.yaml, not \"%s\"", save);
    if ((rc = rt_run_save(run_options, save, err)) < 0)
        return rc;
    run_options->study_path = save;
    run_options->words = NULL;
    run_options->settings = NULL;
    run_options->replicates = 0;
    run_options->samples = 0;
    return 0;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_run_options run_options = {.settings = settings,
                                         .replicates = replicates > 0 ? (uint64_t)replicates : 0,
                                         .samples = samples > 0 ? (uint64_t)samples : 0};
    struct rt_study_option keys[KEYS_MAX];
    int rc;

    if (samples < 1 && samples != NOT_GIVEN)
        return rt_err_set(err, RT_EUSAGE, "--samples takes 1 or more, not %lld", samples);
    if (replicates < 1 && replicates != NOT_GIVEN)
        return rt_err_set(err, RT_EUSAGE, "--replicates takes 1 or more, not %lld", replicates);
    fill_keys(keys);
    /* Whoever edits the code while it runs has not asked for another revision. */
    if (execute.restarted)
        run_options.code = RT_CODE_RECORDED;
    if ((rc = choose_study(context, argc, argv, keys, &run_options, err)) == 0 &&
        (execute.restarted || (rc = choose_code(&run_options.code, err)) == 0) && save)
        rc = save_study(&run_options, err);
    if (rc < 0)
        return rc;
    return dry_run ? print_plan(&run_options, err)
                   : rt_execute(context, &execute, &run_options, err);
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
                   "What else a study can say needs a file; --save makes one to start with.\n"
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
