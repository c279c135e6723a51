#include "replay/wish.h"

#include "base/alloc.h"
#include "engine/interpreter.h"
#include "engine/study.h"
#include "replay/code.h"
#include "replay/obstacle.h"
#include "replay/points.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 100000000u

struct granting {
    struct rt_store *store;
    struct rt_db *index;
    struct rt_wish *wish;
    struct rt_granted *out;
    const struct rt_plan *plan; /* of the origin before, and the inputs that it has now */
    const struct rt_json *inputs;
    struct rt_pattern *pattern; /* of params */
};

void rt_granted_clear(struct rt_granted *granted)
{
    for (size_t i = 0; i < granted->count; i++)
        rt_json_free(granted->items[i].params);
    for (size_t i = 0; i < granted->cannot_count; i++)
        free(granted->cannot[i].reason);
    for (size_t i = 0; i < granted->input_count; i++)
        rt_json_free(granted->inputs[i]);
    rt_codes_free(granted->codes);
    rt_replay_plans_clear(&granted->plans);
    rt_picks_clear(&granted->picks);
    free(granted->items);
    free(granted->cannot);
    free(granted->inputs);
    free(granted->unknown);
    memset(granted, 0, sizeof *granted);
}

/* Once for each trial: what makes further copies of it impossible is not said again. */
static void add_cannot(struct rt_granted *out, const struct rt_pick *trial, const char *reason)
{
    if (out->cannot_count && out->cannot[out->cannot_count - 1].trial.study == trial->study &&
        out->cannot[out->cannot_count - 1].trial.ordinal == trial->ordinal)
        return;
    out->cannot =
        rt_grow(out->cannot, &out->cannot_capacity, out->cannot_count + 1, sizeof *out->cannot);
    out->cannot[out->cannot_count++] = (struct rt_cannot){*trial, rt_strdup(reason)};
}

/* The list that trials of a plan get with --inputs current: one list, so that they stay together.
 */
static int find_inputs(struct granting *granting, const struct rt_origin *origin,
                       struct rt_err *err)
{
    struct rt_granted *out = granting->out;
    struct rt_json *now = NULL;
    char *source = NULL;
    int rc;

    if (granting->plan == origin->plan)
        return 0;
    if ((rc = rt_replay_source(granting->index, origin->study, &source, err)) == 0)
        rc = rt_inputs_now(rt_plan_json(origin->plan), source, &now, err);
    free(source);
    if (rc < 0)
        return rc;
    granting->plan = origin->plan;
    granting->inputs = NULL;
    if (!now)
        return 0;
    for (size_t i = 0; i < out->input_count && !granting->inputs; i++) {
        if (rt_json_equal(out->inputs[i], now))
            granting->inputs = out->inputs[i];
    }
    if (granting->inputs) {
        rt_json_free(now);
        return 0;
    }
    out->inputs =
        rt_grow(out->inputs, &out->input_capacity, out->input_count + 1, sizeof(struct rt_json *));
    out->inputs[out->input_count++] = now;
    granting->inputs = now;
    return 0;
}

static int change_params(struct granting *granting, const struct rt_origin *origin,
                         uint64_t combination, struct rt_json **params, struct rt_err *err)
{
    const struct rt_pick pick = {origin->study, origin->ordinal};
    int rc;

    *params = NULL;
    if (!granting->wish->changes.count)
        return 0;
    if ((rc = rt_pattern_params(granting->pattern, origin->plan, origin->index, params, err)) < 0)
        return rc;
    rt_changes_see(&granting->wish->changes, *params);
    if ((rc = rt_changes_apply(&granting->wish->changes, &pick, combination, *params, err)) < 0) {
        rt_json_free(*params);
        *params = NULL;
    }
    return rc;
}

static void add_item(struct rt_granted *out, const struct rt_replay_item *item)
{
    out->items = rt_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
    out->items[out->count++] = *item;
}

/* One original, once for each combination of values. */
static int add_items(struct granting *granting, const struct rt_pick *pick, struct rt_err *err)
{
    const struct rt_wish *wish = granting->wish;
    uint64_t combinations = rt_changes_combinations(&wish->changes);
    struct rt_replay_item item = {.origin = *pick, .python = wish->python};
    bool inputs = wish->inputs && strcmp(wish->inputs, "current") == 0;
    struct rt_origin origin;
    int rc = 0;

    if (granting->out->codes || inputs || wish->changes.count)
        rc = rt_origin_planned(pick->study, pick->ordinal, &origin, err);
    if (rc == 0 && granting->out->codes)
        rc = rt_codes_find(granting->out->codes, &origin, &item.code, err);
    if (rc == 0 && inputs) {
        rc = find_inputs(granting, &origin, err);
        item.inputs = granting->inputs;
    }
    for (uint64_t i = 0; rc == 0 && i < combinations; i++) {
        if ((rc = change_params(granting, &origin, i, &item.params, err)) == 0)
            add_item(granting->out, &item);
    }
    return rc;
}

/* What is wrong for one trial is said of it, and the rest goes on. */
static int add_all(struct granting *granting, struct rt_err *err)
{
    struct rt_granted *out = granting->out;

    for (size_t i = 0; i < out->picks.count; i++) {
        int rc = add_items(granting, &out->picks.items[i], err);

        if (rc == RT_EUSAGE || rc == RT_ENOTFOUND || rc == RT_ECONFLICT)
            add_cannot(out, &out->picks.items[i], err->text);
        else if (rc < 0)
            return rc;
        if (out->count > ITEMS_MAX)
            return rt_err_set(err, RT_EUSAGE, "that makes more than %u trials", ITEMS_MAX);
    }
    return 0;
}

/* Plans that nothing can be done about leave; their trials are said. */
static void drop_impossible(struct granting *granting)
{
    struct rt_granted *out = granting->out;
    size_t kept = 0;

    for (size_t i = 0; i < out->plans.count; i++) {
        struct rt_replay_plan plan = out->plans.items[i];
        char *why = rt_obstacle_find(granting->store, granting->index, &plan);

        if (!why) {
            out->plans.items[kept++] = plan;
            continue;
        }
        for (size_t k = 0; k < plan.count; k++) {
            add_cannot(out, &out->items[plan.items[k]].origin, why);
            out->items[plan.items[k]].cannot = ""; /* it leaves, and comes again with the reason */
        }
        rt_json_free(plan.plan);
        free(plan.items);
        free(plan.source_path);
        free(why);
    }
    out->plans.count = kept;
}

/* What cannot be run goes along with what can, to be skipped with its reason; copies that were to
 * be made of one trial are one then. */
static void take_along(struct rt_granted *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].cannot)
            rt_json_free(out->items[i].params);
        else
            out->items[kept++] = out->items[i];
    }
    out->count = kept;
    for (size_t i = 0; i < out->cannot_count; i++)
        add_item(out, &(struct rt_replay_item){.origin = out->cannot[i].trial,
                                               .cannot = out->cannot[i].reason});
}

static bool is_one_of(const char *text, const char *a, const char *b)
{
    return !text || strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static int check_python(const char *python, struct rt_err *err)
{
    struct rt_json *entry = rt_json_new_object();
    char *path = NULL;
    int rc;

    rt_json_set_text(entry, "python", python);
    rc = rt_interpreter_wanted(entry, &path, NULL);
    rt_json_free(entry);
    free(path);
    return rc < 0 ? rt_err_set(err, RT_EUSAGE, "--python: there is no interpreter \"%s\"", python)
                  : 0;
}

static int check_name(const char *name, struct rt_err *err)
{
    int rc;

    if (!name[0])
        return rt_err_set(err, RT_EUSAGE,
                          "--name is empty: give the new study one, or leave it out");
    rc = rt_study_check_name(name, err);
    return rc < 0 ? rt_err_while(err, "--name") : 0;
}

static int check(const struct rt_wish *wish, struct rt_err *err)
{
    int rc = 0;

    if (!is_one_of(wish->seed, "same", "fresh"))
        return rt_err_set(err, RT_EUSAGE, "--seed takes same or fresh, not \"%s\"", wish->seed);
    if (!is_one_of(wish->told, "recorded", "nothing"))
        return rt_err_set(err, RT_EUSAGE, "--told takes recorded or nothing, not \"%s\"",
                          wish->told);
    if (!is_one_of(wish->inputs, "recorded", "current"))
        return rt_err_set(err, RT_EUSAGE, "--inputs takes recorded or current, not \"%s\"",
                          wish->inputs);
    if (wish->name && (rc = check_name(wish->name, err)) < 0)
        return rc;
    return wish->python && wish->python[0] ? check_python(wish->python, err) : 0;
}

struct rt_json *rt_wish_texts(const struct rt_wish *wish)
{
    const char *const others[][2] = {{"code", wish->code},
                                     {"inputs", wish->inputs},
                                     {"python", wish->python},
                                     {"seed", wish->seed},
                                     {"told", wish->told}};
    struct rt_json *texts = rt_changes_texts(&wish->changes);

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *text;

        if (!others[i][1] || strcmp(others[i][1], "recorded") == 0 ||
            strcmp(others[i][1], "same") == 0)
            continue;
        text = rt_printf("%s %s", others[i][0], others[i][1]);
        rt_json_append(texts, rt_json_new_string(text));
        free(text);
    }
    return texts;
}

static int plan_all(struct granting *granting, struct rt_err *err)
{
    const struct rt_wish *wish = granting->wish;
    struct rt_granted *out = granting->out;
    struct rt_replay_request request = {
        .name = wish->name,
        .kind = wish->kind,
        .items = out->items,
        .count = out->count,
        .repeats = wish->repeats,
        .untold = wish->told && strcmp(wish->told, "nothing") == 0,
        .fresh = wish->seed && strcmp(wish->seed, "fresh") == 0,
        .changes = rt_wish_texts(wish),
        .judge = rt_tolerances_json(&wish->tolerances),
    };
    int rc = rt_replay_plans_make(granting->store, granting->index, &request, &out->plans, err);

    rt_json_free(request.changes);
    rt_json_free(request.judge);
    return rc;
}

/* If some cannot be run, the plans of the others are made anew, with those along. */
static int plan_possible(struct granting *granting, struct rt_err *err)
{
    const uint64_t trials = (uint64_t)granting->out->count * granting->wish->repeats;
    struct rt_granted *out = granting->out;
    int rc;

    if (!out->count)
        return 0;
    out->unknown = rt_changes_unseen(&granting->wish->changes);
    if (trials > RT_ORDINALS_MAX)
        return rt_err_set(err, RT_EUSAGE,
                          "that makes %llu trials, and a study holds %u: choose fewer, or repeat "
                          "them less often",
                          (unsigned long long)trials, (unsigned)RT_ORDINALS_MAX);
    if ((rc = plan_all(granting, err)) < 0)
        return rc;
    drop_impossible(granting);
    if (!out->cannot_count || !out->plans.count)
        return 0;
    rt_replay_plans_clear(&out->plans);
    take_along(out);
    return plan_all(granting, err);
}

/* The index tells of code that was just snapshotted, too. */
static int settle_code(struct granting *granting, struct rt_err *err)
{
    bool wrote = granting->out->codes && !granting->wish->dry;
    int rc = wrote ? rt_store_commit(granting->store, err) : 0;

    if (rc == 0 && wrote)
        rc = rt_store_index_level(granting->store, err);
    return rc;
}

int rt_wish_grant(struct rt_store *store, struct rt_db *index, struct rt_wish *wish,
                  struct rt_granted *granted, struct rt_err *err)
{
    struct granting granting = {.store = store, .index = index, .wish = wish, .out = granted};
    int rc;

    memset(granted, 0, sizeof *granted);
    if ((rc = check(wish, err)) < 0 ||
        (rc = rt_select(store, index, &wish->selection, &granted->picks, err)) < 0)
        return rc;
    granting.pattern = rt_pattern_new();
    if (wish->code)
        granted->codes = rt_codes_new(store, index, wish->code, wish->dry);
    rc = add_all(&granting, err);
    rt_pattern_free(granting.pattern);
    if (rc == 0 && (rc = settle_code(&granting, err)) == 0)
        rc = plan_possible(&granting, err);
    return rc;
}
