#include "cli/replaying.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/batching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_TRIALS 3 /* that cannot be replayed, of each reason */
#define REASONS_MAX  10

static void tell_line(void *context, const char *text)
{
    char *shown = rt_escaped(text);

    (void)context;
    fprintf(stderr, "%s\n", shown);
    free(shown);
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
    if (granted->picks.retired) {
        text = rt_printf("left out: %llu of earlier plans; their ids name them, and --from-code "
                         "alone chooses them",
                         (unsigned long long)granted->picks.retired);
        tell(context, text);
        free(text);
    }
    if (granted->unknown)
        tell(context, granted->unknown);
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

/* What it says is told at once. Fits rt_batching.derive. */
static int derive_wish(struct rt_wish *wish, struct rt_store *store, struct rt_db *index,
                       const struct rt_run_options *options, struct rt_replay_plans *plans,
                       struct rt_err *err)
{
    struct rt_granted granted;
    int rc = rt_wish_grant(store, index, wish, &granted, err);

    if (rc == 0) {
        tell_all(&granted, options->notice, options->context);
        rc = check_any(&granted, err);
    }
    if (rc == 0) {
        *plans = granted.plans;
        granted.plans = (struct rt_replay_plans){NULL, 0};
    }
    rt_granted_clear(&granted);
    return rc;
}

static int list_plan(const struct rt_granted *granted, const struct rt_replay_plan *replay,
                     struct rt_listing *listing, struct rt_err *err)
{
    struct rt_buf params = RT_BUF_INIT;
    struct rt_plan *plan = NULL;
    int rc = rt_plan_new(replay->plan, &plan, err);

    for (uint64_t k = 0; rc == 0 && k < rt_plan_count(plan); k++) {
        const char *cannot = granted->items[replay->items[k % rt_plan_levels(plan)]].cannot;
        struct rt_replay_origin origin = {0};
        char *trial;

        rt_replay_origin(plan, k, &origin);
        trial = rt_printf("%s.%llu", origin.study, (unsigned long long)origin.ordinal);
        rt_buf_reset(&params);
        rt_plan_params(plan, k, &params);
        rc = rt_listing_row(
            listing,
            (const struct rt_cell[]){rt_cell_text(rt_plan_name(plan)), rt_cell_int((int64_t)k + 1),
                                     rt_cell_int(rt_plan_repeat(plan, k)), rt_cell_text(trial),
                                     rt_cell_int(rt_plan_seed(plan, k)),
                                     rt_cell_text(rt_buf_text(&params)), rt_cell_text(cannot)},
            err);
        free(trial);
    }
    rt_plan_free(plan);
    rt_buf_clear(&params);
    return rc;
}

static int list_pairs(const struct rt_granted *granted, struct rt_err *err)
{
    static const char *const names[] = {"study", "ordinal", "repeat", "origin",
                                        "seed",  "params",  "cannot"};
    struct rt_listing *listing = rt_ask_listing(names, granted->cannot_count ? 7 : 6);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < granted->plans.count; i++)
        rc = list_plan(granted, &granted->plans.items[i], listing, err);
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
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

int rt_replaying(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                 const struct rt_replaying_options *options, struct rt_wish *wish,
                 struct rt_err *err)
{
    const struct rt_batching batching = {wish, derive_wish, options->batch, options->fresh};

    if (options->dry_run)
        return show_pairs(context, wish, err);
    return rt_batching_run(context, execute, &batching, err);
}
