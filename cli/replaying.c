#include "cli/replaying.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/verdicts.h"
#include "replay/then.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_TRIALS 3 /* that cannot be replayed, of each reason */
#define REASONS_MAX  10

/* One launch on rank 0. */
struct launch {
    const struct rt_replaying *replaying;
    const struct rt_run_options *options;
    uint32_t *studies; /* ended by 0 */
    char **ids;        /* of them, ended by NULL */
};

static void note_studies(struct launch *launch, const struct rt_store *store,
                         const struct rt_replay_plans *plans)
{
    launch->studies = rt_calloc(plans->count + 1, sizeof *launch->studies);
    launch->ids = rt_calloc(plans->count + 1, sizeof(char *));
    for (size_t i = 0; i < plans->count; i++) {
        launch->studies[i] = plans->items[i].study;
        launch->ids[i] =
            rt_strdup(rt_state_study(rt_store_state(store), plans->items[i].study)->id);
    }
}

/* The newest replay of this kind that has something left to be run; 0: there is none. */
static uint32_t find_interrupted(const struct launch *launch, const struct rt_store *store)
{
    const struct rt_state *state = rt_store_state(store);

    for (uint32_t number = (uint32_t)rt_state_studies(state); number > 0; number--) {
        const struct rt_study *study = rt_state_study(state, number);
        const struct rt_json *replay = rt_replay_of(study);

        if (replay && strcmp(rt_json_get_text(replay, "kind", ""), launch->replaying->kind) == 0 &&
            rt_study_next_waiting(study, 1))
            return number;
    }
    return 0;
}

/* Fits rt_run_options.derive. */
static int derive(void *context, struct rt_store *store, uint32_t *study, struct rt_err *err)
{
    struct launch *launch = context;
    struct rt_replay_plans plans = {NULL, 0};
    struct rt_db *index = NULL;
    int rc;

    *study = launch->options->restarted ? find_interrupted(launch, store) : 0;
    if (*study)
        return 0;
    if ((rc = rt_store_index_level(store, err)) == 0 &&
        (rc = rt_verdicts_index(store, &index, err)) == 0 &&
        (rc = launch->replaying->derive(launch->replaying->context, store, index, launch->options,
                                        &plans, err)) == 0 &&
        (rc = rt_replay_plans_record(store, &plans, err)) == 0) {
        note_studies(launch, store, &plans);
        *study = launch->studies[0];
    }
    rt_replay_plans_clear(&plans);
    rt_db_close(index);
    return rc;
}

/* A process can start one MPI once. */
static void say_others(const struct launch *launch)
{
    for (size_t i = 1; launch->ids[i]; i++)
        fprintf(stderr,
                "the trials had different code, inputs or entries, so that there are "
                "several replays; to run this one: retrial resume %s\n",
                launch->ids[i]);
}

static int run_others(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                      const struct launch *launch, bool several_ranks, int rc, struct rt_err *err)
{
    if (several_ranks) {
        say_others(launch);
        return rc;
    }
    for (size_t i = 1; launch->ids[i]; i++) {
        struct rt_run_options options = {.study_name = launch->ids[i]};
        struct rt_err own = {0};
        int next;

        if (rc < 0 && rc != RT_ETRIALS && rc != RT_ECONFLICT)
            break;
        next = rt_execute(context, execute, &options, &own);
        if (next < 0 && (rc != RT_ECONFLICT || next != RT_ETRIALS)) {
            rc = next;
            *err = own;
        }
    }
    return rc;
}

int rt_replaying(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                 const struct rt_replaying *replaying, uint32_t **studies, struct rt_err *err)
{
    struct rt_run_options options = {.derive = derive};
    struct launch launch = {.replaying = replaying, .options = &options};
    bool mpi;
    int rc;

    options.hook_context = &launch;
    rc = rt_execute(context, execute, &options, err);
    mpi = context->guard != NULL; /* a launcher of several ranks */
    if (launch.ids)
        rc = run_others(context, execute, &launch, mpi, rc, err);
    for (size_t i = 0; launch.ids && launch.ids[i]; i++)
        free(launch.ids[i]);
    free(launch.ids);
    *studies = launch.studies;
    return rc;
}

/* Reasons and how often; the trials of each, the first ones. */
static void tell_cannot(const struct rt_granted *granted,
                        void (*tell)(void *context, const char *text), void *context)
{
    bool *told = rt_calloc(granted->cannot_count, sizeof *told);
    size_t reasons = 0;

    for (size_t i = 0; i < granted->cannot_count; i++) {
        struct rt_buf line = RT_BUF_INIT;
        size_t count = 0;

        if (told[i])
            continue;
        for (size_t k = i; k < granted->cannot_count; k++) {
            const struct rt_cannot *cannot = &granted->cannot[k];

            if (told[k] || strcmp(cannot->reason, granted->cannot[i].reason) != 0)
                continue;
            told[k] = true;
            if (count++ < SHOWN_TRIALS)
                rt_buf_printf(&line, "%s%s.%llu", count > 1 ? ", " : "", cannot->trial.study->id,
                              (unsigned long long)cannot->trial.ordinal);
        }
        if (count > SHOWN_TRIALS)
            rt_buf_printf(&line, " and %zu more", count - SHOWN_TRIALS);
        rt_buf_printf(&line, " cannot be replayed: %s", granted->cannot[i].reason);
        if (++reasons <= REASONS_MAX)
            tell(context, rt_buf_text(&line));
        rt_buf_clear(&line);
    }
    free(told);
}

static void tell_line(void *context, const char *text)
{
    char *shown = rt_escaped(text);

    (void)context;
    fprintf(stderr, "%s\n", shown);
    free(shown);
}

static void tell_all(const struct rt_granted *granted,
                     void (*tell)(void *context, const char *text), void *context)
{
    char *text;

    tell_cannot(granted, tell, context);
    if (granted->picks.waiting) {
        text = rt_printf("%llu trials have not ended and are left out",
                         (unsigned long long)granted->picks.waiting);
        tell(context, text);
        free(text);
    }
    if (granted->unknown) {
        text = rt_printf("none of the trials had a parameter \"%s\"; they all get it",
                         granted->unknown);
        tell(context, text);
        free(text);
    }
}

static int check_any(const struct rt_granted *granted, struct rt_err *err)
{
    if (!granted->picks.count)
        return rt_err_set(err, RT_ENOTFOUND, "no trial that has ended is chosen");
    if (!granted->plans.count)
        return rt_err_set(err, RT_ECONFLICT, "none of the %zu trials can be replayed",
                          granted->picks.count);
    return 0;
}

/* The wish is granted where the store can be written to; what it says is told at once. */
static int derive_wish(void *context, struct rt_store *store, struct rt_db *index,
                       const struct rt_run_options *options, struct rt_replay_plans *plans,
                       struct rt_err *err)
{
    struct rt_wish *wish = context;
    struct rt_granted granted;
    struct rt_buf then = RT_BUF_INIT;
    int rc = rt_wish_grant(store, index, wish, &granted, err);

    if (rc == 0) {
        tell_all(&granted, options->notice, options->context);
        rc = check_any(&granted, err);
    }
    if (rc == 0 && (rc = rt_then_tell(index, &granted, options->comm, &then, err)) == 0 &&
        then.size) {
        char *text = rt_printf("then and now: %s", rt_buf_text(&then));

        options->notice(options->context, text);
        free(text);
    }
    if (rc == 0) {
        *plans = granted.plans;
        granted.plans = (struct rt_replay_plans){NULL, 0};
    }
    rt_buf_clear(&then);
    rt_granted_clear(&granted);
    return rc;
}

static int list_pairs(const struct rt_granted *granted, struct rt_err *err)
{
    static const char *const names[] = {"study", "ordinal", "repeat", "origin", "seed", "params"};
    struct rt_listing *listing = rt_ask_listing(names, 6);
    struct rt_buf params = RT_BUF_INIT;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < granted->plans.count; i++) {
        struct rt_plan *plan = NULL;

        rc = rt_plan_new(granted->plans.items[i].plan, &plan, err);
        for (uint64_t k = 0; rc == 0 && k < rt_plan_count(plan); k++) {
            struct rt_replay_origin origin = {0};
            char *trial;

            rt_replay_origin(plan, k, &origin);
            trial = rt_printf("%s.%llu", origin.study, (unsigned long long)origin.ordinal);
            rt_buf_reset(&params);
            rt_plan_params(plan, k, &params);
            rc = rt_listing_row(listing,
                                (const struct rt_cell[]){
                                    rt_cell_text(rt_plan_name(plan)), rt_cell_int((int64_t)k + 1),
                                    rt_cell_int(rt_plan_repeat(plan, k)), rt_cell_text(trial),
                                    rt_cell_int(rt_plan_seed(plan, k)),
                                    rt_cell_text(rt_buf_text(&params))},
                                err);
            free(trial);
        }
        rt_plan_free(plan);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    rt_buf_clear(&params);
    return rc;
}

static int show_pairs(struct rt_cmd_context *context, struct rt_wish *wish, struct rt_err *err)
{
    struct rt_granted granted = {0};
    struct rt_db *index = NULL;
    int rc;

    wish->dry = true;
    if ((rc = rt_ask_open(context, err)) < 0 || (rc = rt_ask_index(context, &index, err)) < 0)
        return rc;
    if ((rc = rt_wish_grant(context->store, index, wish, &granted, err)) == 0) {
        tell_all(&granted, tell_line, NULL);
        rc = check_any(&granted, err);
    }
    if (rc == 0)
        rc = list_pairs(&granted, err);
    rt_granted_clear(&granted);
    rt_db_close(index);
    return rc;
}

int rt_replaying_wish(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                      struct rt_wish *wish, bool dry_run, struct rt_err *err)
{
    const struct rt_replaying replaying = {wish->kind, derive_wish, wish};
    uint32_t *studies = NULL;
    int rc;

    if (dry_run)
        return show_pairs(context, wish, err);
    rc = rt_replaying(context, execute, &replaying, &studies, err);
    free(studies);
    return rc;
}
