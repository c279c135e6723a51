/* How much of the difference of two trials each of their differences accounts for. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/child.h"
#include "cli/render.h"
#include "query/resolve.h"
#include "replay/explain.h"
#include "replay/obstacle.h"
#include "store/store.h"

#define REPEATS     2
#define REPEATS_MAX 1000

static struct rt_child_options child;
static char *launcher;
static int repeats = REPEATS;
static int dry_run;
static int json;

static const struct poptOption options[] = {
    {"repeats", 'k', POPT_ARG_INT, &repeats, 0,
     "How often to run A, and B, unchanged, to see how much they vary by themselves (2 if not "
     "given)",
     "N"},
    {"dry-run", 'n', POPT_ARG_NONE, &dry_run, 0, "Print what would be swapped, and run nothing",
     NULL},
    {"workers", 'j', POPT_ARG_INT, &child.workers, 0,
     "Workers at most; as many as fit if not given", "N"},
    {"launcher", 0, POPT_ARG_STRING, &launcher, 0,
     "Run the trials under these words, such as \"mpiexec -n 16\"", "WORDS"},
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

/* Everything between the command line and the answer. */
struct explaining {
    struct rt_store *store;
    struct rt_db *index;
    struct rt_pick picks[2];
    struct rt_swaps swaps;
    struct rt_replay_plans plans;
    char (*studies)[16]; /* ids of the replays, one for each plan */
    struct rt_pick *ran; /* for each item the trial that it became */
    size_t count;
};

static int find_picks(struct explaining *explaining, char **argv, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = rt_resolve_trial(rt_store_state(explaining->store), argv[i],
                              &explaining->picks[i].study, &explaining->picks[i].ordinal, err);
    return rc;
}

static int open_index(struct explaining *explaining, struct rt_err *err)
{
    char *path = rt_printf("%s/index.sqlite", rt_store_path(explaining->store));
    int rc = rt_db_open(path, RT_DB_READ, &explaining->index, err);

    free(path);
    return rc;
}

static void print_swaps(const struct rt_swaps *swaps)
{
    struct rt_buf text = RT_BUF_INIT;

    for (size_t i = 0; i < swaps->count; i++) {
        rt_escape_line(&text, rt_span_text(swaps->items[i].label));
        rt_buf_add(&text, "\n");
    }
    for (size_t i = 0; i < rt_json_count(swaps->left); i++) {
        rt_buf_add(&text, "not swapped: ");
        rt_escape_line(&text, rt_span_text(rt_json_string(rt_json_at(swaps->left, i))));
        rt_buf_add(&text, "\n");
    }
    fwrite(text.data, 1, text.size, stdout);
    rt_buf_clear(&text);
}

/* What was asked for, for the record. */
static struct rt_json *changes_of(const struct rt_swaps *swaps)
{
    struct rt_json *changes = rt_json_new_array();

    for (size_t i = 0; i < swaps->count; i++)
        rt_json_append(changes, rt_json_new_string(swaps->items[i].label));
    return changes;
}

/* The store is closed while they run. */
static void note_studies(struct explaining *explaining)
{
    const struct rt_state *state = rt_store_state(explaining->store);

    explaining->studies = rt_calloc(explaining->plans.count + 1, sizeof *explaining->studies);
    for (size_t i = 0; i < explaining->plans.count; i++)
        snprintf(explaining->studies[i], sizeof explaining->studies[i], "%s",
                 rt_state_study(state, explaining->plans.items[i].study)->id);
}

/* What stands in the way of a plan is why its items cannot be run; without A there is nothing to
 * be told. *reasons has room for each plan. */
static int find_obstacles(const struct explaining *explaining, struct rt_replay_item *items,
                          char **reasons, struct rt_err *err)
{
    for (size_t i = 0; i < explaining->plans.count; i++) {
        const struct rt_replay_plan *plan = &explaining->plans.items[i];

        reasons[i] = rt_obstacle_find(explaining->store, explaining->index, plan);
        for (size_t k = 0; reasons[i] && k < plan->count; k++) {
            if (plan->items[k] < (size_t)repeats)
                return rt_err_set(err, RT_ECONFLICT, "%s cannot be run again: %s",
                                  rt_json_get_text(explaining->swaps.about[0], "trial", "A"),
                                  reasons[i]);
            items[plan->items[k]].cannot = reasons[i];
        }
    }
    return 0;
}

/* Plans what can be run; the rest goes along, to be skipped with its reason. */
static int plan(struct explaining *explaining, struct rt_replay_request *request,
                struct rt_err *err)
{
    char **reasons = rt_calloc(request->count, sizeof *reasons);
    bool some = false;
    int rc;

    if ((rc = rt_replay_plans_make(explaining->store, explaining->index, request,
                                   &explaining->plans, err)) == 0)
        rc = find_obstacles(explaining, request->items, reasons, err);
    for (size_t i = 0; i < request->count; i++)
        some |= reasons[i] != NULL;
    if (rc == 0 && some) {
        rt_replay_plans_clear(&explaining->plans);
        rc = rt_replay_plans_make(explaining->store, explaining->index, request, &explaining->plans,
                                  err);
    }
    for (size_t i = 0; i < request->count; i++)
        free(reasons[i]);
    free(reasons);
    return rc;
}

/* Records the replays; nothing runs yet. */
static int record(struct explaining *explaining, struct rt_err *err)
{
    struct rt_replay_request request = {.kind = "explain", .repeats = 1};
    int rc;

    request.items =
        rt_swaps_items(&explaining->swaps, explaining->picks, (size_t)repeats, &request.count);
    request.changes = changes_of(&explaining->swaps);
    explaining->count = request.count;
    explaining->ran = rt_calloc(request.count, sizeof *explaining->ran);
    if ((rc = plan(explaining, &request, err)) == 0)
        rc = rt_replay_plans_record(explaining->store, &explaining->plans, err);
    if (rc == 0)
        note_studies(explaining);
    for (size_t i = 0; i < request.count; i++)
        rt_json_free(request.items[i].params);
    free(request.items);
    rt_json_free(request.changes);
    return rc;
}

static int prepare(struct explaining *explaining, const char *path, char **argv, struct rt_err *err)
{
    struct rt_err closing = {0};
    int closed;
    int rc;

    if ((rc = rt_store_open(path, dry_run ? RT_STORE_READ : RT_STORE_WRITE, &explaining->store,
                            err)) < 0)
        return rc;
    if ((rc = dry_run ? 0 : rt_store_index_level(explaining->store, err)) == 0 &&
        (rc = find_picks(explaining, argv, err)) == 0 && (rc = open_index(explaining, err)) == 0 &&
        (rc = rt_swaps_make(explaining->store, explaining->index, explaining->picks,
                            &explaining->swaps, err)) == 0)
        rc = dry_run ? 0 : record(explaining, err);
    rt_db_close(explaining->index);
    explaining->index = NULL;
    closed = rt_store_close(explaining->store, &closing);
    explaining->store = NULL;
    if (rc == 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
    return rc;
}

/* What cannot be started leaves its parts unknown, and its reason has been told. */
static int run_all(const struct explaining *explaining, const char *path, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < explaining->plans.count; i++) {
        rc = rt_child_resume(path, explaining->studies[i], &child, err);
        if (rc == RT_EUSAGE)
            rc = 0;
    }
    return rc;
}

/* The trials that the items became. */
static void find_ran(struct explaining *explaining)
{
    const struct rt_state *state = rt_store_state(explaining->store);

    for (size_t i = 0; i < explaining->plans.count; i++) {
        const struct rt_replay_plan *plan = &explaining->plans.items[i];
        const struct rt_study *study = rt_state_study(state, plan->study);

        for (size_t k = 0; study && k < plan->count; k++)
            explaining->ran[plan->items[k]] = (struct rt_pick){study, rt_study_ordinal(study, k)};
    }
}

static int tell(struct explaining *explaining, char **argv, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *explained = NULL;
    int rc;

    if ((rc = find_picks(explaining, argv, err)) < 0 || (rc = open_index(explaining, err)) < 0)
        return rc;
    find_ran(explaining);
    rc = rt_explain_make(explaining->store, explaining->index, explaining->picks,
                         &explaining->swaps, explaining->ran, (size_t)repeats, &explained, err);
    if (rc == 0) {
        if (json)
            rt_render_json(&text, explained);
        else
            rt_explain_words(explained, &text);
        fwrite(text.data, 1, text.size, stdout);
    }
    rt_buf_clear(&text);
    rt_json_free(explained);
    return rc;
}

static void clear(struct explaining *explaining)
{
    rt_db_close(explaining->index);
    rt_swaps_clear(&explaining->swaps);
    rt_replay_plans_clear(&explaining->plans);
    free(explaining->studies);
    free(explaining->ran);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct explaining explaining = {.store = NULL};
    const char *path;
    int rc;

    (void)argc;
    if (repeats < 1 || repeats > REPEATS_MAX)
        return rt_err_set(err, RT_EUSAGE, "--repeats takes 1 to %d, not %d", REPEATS_MAX, repeats);
    child.launcher = launcher;
    if ((rc = rt_child_check("explain", &child, err)) < 0 ||
        (rc = rt_cmd_store_path(context, &path, err)) < 0)
        return rc;
    rc = prepare(&explaining, path, argv, err);
    if (rc == 0 && dry_run)
        print_swaps(&explaining.swaps);
    else if (rc == 0 && (rc = run_all(&explaining, path, err)) == 0 &&
             (rc = rt_ask_open(context, err)) == 0) {
        explaining.store = context->store;
        rc = tell(&explaining, argv, err);
    }
    clear(&explaining);
    return rc;
}

const struct rt_cmd rt_cmd_explain = {
    .name = "explain",
    .summary = "Find out which differences of two trials make the difference",
    .usage = "A B",
    .description =
        "Runs trial A again with one component of trial B at a time: the seed, each\n"
        "param that differs, the code, the inputs, the interpreter; and says how much of\n"
        "the difference of each metric that accounts for:\n"
        "\n"
        "  val_acc 0.871 against 0.902: seed -0.002 (below the floor), epochs 40 -> 80\n"
        "  +0.021, code 4 files +0.011, floor 0.003 (2 and 2 runs); not swapped: host\n"
        "\n"
        "The floor is how much the metric varies by itself, as it was recorded, or as A\n"
        "and B show that are run unchanged, so often each. \"together\" is what components\n"
        "do to each other, \"A again\" what is other here and now. What runs is recorded as\n"
        "replays.",
    .args_min = 2,
    .args_max = 2,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
