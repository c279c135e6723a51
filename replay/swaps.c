#include "replay/swaps.h"

#include "base/alloc.h"
#include "engine/path.h"
#include "query/about.h"
#include "query/about_plan.h"
#include "query/diff.h"
#include "replay/swaps_left.h"
#include "store/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The keys that lead to a param, the innermost last. */
struct place {
    const struct place *above;
    const char *key;
};

static struct rt_swap *add(struct rt_swaps *swaps, const char *component, char *label)
{
    swaps->items = rt_realloc(swaps->items, (swaps->count + 1) * sizeof *swaps->items);
    swaps->items[swaps->count] = (struct rt_swap){.component = component, .label = label};
    return &swaps->items[swaps->count++];
}

static void put_place(struct rt_buf *out, const struct place *place)
{
    if (place->above) {
        put_place(out, place->above);
        rt_buf_add(out, ".");
    }
    rt_buf_add(out, place->key);
}

/* The object that holds the param, made where it is missing. */
static struct rt_json *holder(struct rt_json *params, const struct place *place)
{
    struct rt_json *above;
    struct rt_json *found;

    if (!place)
        return params;
    above = holder(params, place->above);
    found = rt_json_get(above, place->key);
    if (!found) {
        found = rt_json_new_object();
        rt_json_set(above, place->key, found);
    }
    return found;
}

static void set_param(struct rt_json *params, const struct place *place,
                      const struct rt_json *value)
{
    struct rt_json *object = holder(params, place->above);

    if (value)
        rt_json_set(object, place->key, rt_json_copy(value));
    else
        rt_json_remove(object, place->key);
}

static void add_param(struct rt_swaps *swaps, const struct place *place, const struct rt_json *a,
                      const struct rt_json *b)
{
    struct rt_json *params = rt_json_copy(rt_json_get(swaps->about[0], "params"));
    struct rt_buf label = RT_BUF_INIT;

    put_place(&label, place);
    rt_buf_add(&label, " ");
    rt_swaps_put_value(&label, a);
    rt_buf_add(&label, " -> ");
    rt_swaps_put_value(&label, b);
    set_param(params, place, b);
    add(swaps, "param", rt_buf_take(&label))->item.params = params;
}

static bool is_object(const struct rt_json *json)
{
    double value;

    return json && rt_json_kind(json) == RT_JSON_OBJECT && !rt_json_special(json, &value);
}

/* A swap for each leaf that differs; what only one of them has is one leaf. */
static void add_params(struct rt_swaps *swaps, const struct place *above, const struct rt_json *a,
                       const struct rt_json *b)
{
    for (void *at = rt_json_first(a); at; at = rt_json_next(a, at)) {
        const struct place place = {above, rt_json_iter_key(at)};
        const struct rt_json *mine = rt_json_iter_value(at);
        const struct rt_json *other = rt_json_get(b, place.key);

        if (is_object(mine) && is_object(other))
            add_params(swaps, &place, mine, other);
        else if (!other || !rt_json_equal(mine, other))
            add_param(swaps, &place, mine, other);
    }
    for (void *at = rt_json_first(b); at; at = rt_json_next(b, at)) {
        const struct place place = {above, rt_json_iter_key(at)};

        if (!rt_json_get(a, place.key))
            add_param(swaps, &place, NULL, rt_json_iter_value(at));
    }
}

static void add_seed(struct rt_swaps *swaps)
{
    int64_t a = rt_json_get_int(swaps->about[0], "seed", 0);
    int64_t b = rt_json_get_int(swaps->about[1], "seed", 0);
    struct rt_swap *swap;

    if (a == b)
        return;
    swap = add(swaps, "seed", rt_strdup("seed"));
    swap->item.reseeded = true;
    swap->item.seed = (uint32_t)b;
}

/* Entry and root go with the code. */
static void set_code(const struct rt_swaps *swaps, struct rt_replay_item *item)
{
    item->code = &swaps->code;
    item->entry = swaps->entry;
    item->root = rt_json_get_text(swaps->about[1], "root", "");
}

/* But for the interpreter, which is a component of its own. */
static bool same_entry(const struct rt_swaps *swaps)
{
    struct rt_json *a = rt_json_copy(rt_json_get(swaps->about[0], "entry"));
    struct rt_json *b = rt_json_copy(swaps->entry);
    bool same;

    rt_json_remove(a, "python");
    rt_json_remove(b, "python");
    same = rt_json_equal(a, b) && strcmp(rt_json_get_text(swaps->about[0], "root", ""),
                                         rt_json_get_text(swaps->about[1], "root", "")) == 0;
    rt_json_free(a);
    rt_json_free(b);
    return same;
}

static void add_code(struct rt_swaps *swaps, const struct rt_json *diff)
{
    const struct rt_json *code = rt_json_get(diff, "code");
    bool entry = !same_entry(swaps);
    size_t files = code ? rt_json_count(rt_json_get(code, "files")) : 0;
    char *label;

    if (!code && !entry)
        return;
    if (code)
        label =
            rt_printf("%scode %zu file%s", entry ? "entry and " : "", files, files == 1 ? "" : "s");
    else
        label = rt_strdup("entry");
    set_code(swaps, &add(swaps, code ? "code" : "entry", label)->item);
}

/* Whether all inputs of a side are as they were recorded, or the store keeps them. */
static bool has_inputs(struct rt_store *store, const struct rt_json *about)
{
    const struct rt_json *inputs = rt_json_get(about, "inputs");
    char *folder = rt_input_folder(rt_json_get(about, "code"), rt_json_get_text(about, "root", ""));
    bool has = true;

    for (size_t i = 0; has && i < rt_json_count(inputs); i++) {
        const struct rt_json *input = rt_json_at(inputs, i);
        char *path = rt_path_resolve(folder ? folder : "/", rt_json_get_text(input, "path", ""));
        struct rt_hash wanted;
        struct rt_hash found;
        uint64_t bytes;

        has = rt_input_kept(store, input) ||
              (rt_hash_from_hex(&wanted, rt_json_get_text(input, "sha256", "")) == 0 &&
               rt_input_hash(path, &found, &bytes, NULL) == 0 && rt_hash_equal(&wanted, &found));
        free(path);
    }
    free(folder);
    return has;
}

/* Inputs can be swapped where those of both can be had. Where those of A are gone, all run with
 * B's: the other components can still be told apart. */
static void add_inputs(struct rt_swaps *swaps, struct rt_store *store, const struct rt_json *diff)
{
    const struct rt_json *rows = rt_json_get(diff, "inputs");
    bool a;
    bool b;
    char *label;

    if (!rows)
        return;
    a = has_inputs(store, swaps->about[0]);
    b = has_inputs(store, swaps->about[1]);
    if (rt_json_count(rows) == 1)
        label = rt_printf("input %s", rt_json_get_text(rt_json_at(rows, 0), "name", ""));
    else
        label = rt_printf("%zu inputs", rt_json_count(rows));
    if (a && b) {
        add(swaps, "inputs", label)->item.inputs = swaps->inputs;
        return;
    }
    rt_swaps_leave(swaps, rt_printf("%s (%s is not to be had any more)", label,
                                    a ? "what B read" : "what A read"));
    if (b)
        swaps->for_all = swaps->inputs;
    swaps->b_runs = swaps->b_runs && b;
    free(label);
}

/* Packages go with the interpreter. */
static bool add_interpreter(struct rt_swaps *swaps, const struct rt_json *rows)
{
    const struct rt_json *row = rt_swaps_row(rows, "python_executable");
    const char *path = row ? rt_json_get_text(row, "b", NULL) : NULL;

    if (!path || access(path, X_OK) != 0)
        return false;
    swaps->python = rt_strdup(path);
    add(swaps, "interpreter",
        rt_printf("interpreter %s -> %s", rt_json_get_text(row, "a", "none"), path))
        ->item.python = swaps->python;
    return true;
}

static void make_together(struct rt_swaps *swaps)
{
    struct rt_replay_item *all = &swaps->together;

    for (size_t i = 0; i < swaps->count; i++) {
        const struct rt_replay_item *item = &swaps->items[i].item;

        if (item->params && !all->params)
            all->params = rt_json_copy(rt_json_get(swaps->about[1], "params"));
        if (item->reseeded) {
            all->reseeded = true;
            all->seed = item->seed;
        }
        if (item->code)
            set_code(swaps, all);
        if (item->inputs)
            all->inputs = item->inputs;
        if (item->python)
            all->python = item->python;
    }
}

/* The entry of B goes with the interpreter of A. */
static void set_interpreter(struct rt_swaps *swaps)
{
    const struct rt_json *python = rt_json_get(rt_json_get(swaps->about[0], "entry"), "python");

    if (python)
        rt_json_set(swaps->entry, "python", rt_json_copy(python));
    else
        rt_json_remove(swaps->entry, "python");
}

static bool has_result(const struct rt_json *about)
{
    const struct rt_json *attempts = rt_json_get(about, "attempts");

    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        const struct rt_json *attempt = rt_json_at(attempts, i);

        if (rt_json_bool(rt_json_get(attempt, "decides")) && rt_json_get(attempt, "result"))
            return true;
    }
    return false;
}

static int read_side(struct rt_store *store, struct rt_db *index, const struct rt_pick *pick,
                     size_t side, struct rt_swaps *swaps, struct rt_err *err)
{
    struct rt_about_plan from = {0};
    const struct rt_json *plan;
    int rc;

    if ((rc = rt_about_trial(store, index, pick->study, pick->ordinal, &swaps->about[side], err)) <
            0 ||
        (rc = rt_about_plan_find(store, index, pick->study, pick->ordinal, &from, err)) < 0)
        return rc;
    if (!has_result(swaps->about[side])) {
        rt_about_plan_clear(&from);
        return rt_err_set(err, RT_ECONFLICT,
                          "trial %s.%llu has no result (%s): there is nothing "
                          "to compare",
                          pick->study->id, (unsigned long long)pick->ordinal,
                          rt_json_get_text(swaps->about[side], "outcome", "it has not ended"));
    }
    plan = rt_plan_json(from.plan);
    rt_json_set_text(swaps->about[side], "root", rt_json_get_text(plan, "root", ""));
    if (side == 1) {
        rt_hash_from_hex(&swaps->code, rt_json_get_text(plan, "code", ""));
        swaps->entry = rt_json_copy(rt_json_get(plan, "entry"));
        set_interpreter(swaps);
        swaps->inputs = rt_json_get(plan, "inputs") ? rt_json_copy(rt_json_get(plan, "inputs"))
                                                    : rt_json_new_array();
    }
    rt_about_plan_clear(&from);
    return 0;
}

int rt_swaps_make(struct rt_store *store, struct rt_db *index, const struct rt_pick picks[2],
                  struct rt_swaps *out, struct rt_err *err)
{
    const struct rt_study *const studies[2] = {picks[0].study, picks[1].study};
    const uint64_t ordinals[2] = {picks[0].ordinal, picks[1].ordinal};
    struct rt_json *diff = NULL;
    const struct rt_json *environment;
    bool interpreter;
    int rc = 0;

    memset(out, 0, sizeof *out);
    out->left = rt_json_new_array();
    out->b_runs = studies[0] != studies[1] || ordinals[0] != ordinals[1];
    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = read_side(store, index, &picks[i], i, out, err);
    if (rc < 0 || (rc = rt_diff_trials(store, index, studies, ordinals, &diff, err)) < 0)
        return rc;
    environment = rt_json_get(diff, "environment");
    add_seed(out);
    add_params(out, NULL, rt_json_get(out->about[0], "params"),
               rt_json_get(out->about[1], "params"));
    add_code(out, diff);
    add_inputs(out, store, diff);
    interpreter = add_interpreter(out, environment);
    rt_swaps_leave_environment(out, environment, interpreter);
    rt_swaps_leave_threads(out, rt_json_get(diff, "entry"));
    rt_swaps_leave_told(out);
    make_together(out);
    rt_json_free(diff);
    return 0;
}

void rt_swaps_clear(struct rt_swaps *swaps)
{
    for (size_t i = 0; i < swaps->count; i++) {
        free(swaps->items[i].label);
        rt_json_free(swaps->items[i].item.params);
    }
    free(swaps->items);
    rt_json_free(swaps->together.params);
    rt_json_free(swaps->left);
    rt_json_free(swaps->about[0]);
    rt_json_free(swaps->about[1]);
    rt_json_free(swaps->entry);
    rt_json_free(swaps->inputs);
    free(swaps->python);
    memset(swaps, 0, sizeof *swaps);
}

static void put_item(const struct rt_swaps *swaps, const struct rt_replay_item *item,
                     const struct rt_pick *a, struct rt_replay_item *out)
{
    *out = *item;
    out->origin = *a;
    if (swaps->for_all)
        out->inputs = swaps->for_all;
    if (out->params)
        rt_json_keep(out->params);
}

struct rt_replay_item *rt_swaps_items(const struct rt_swaps *swaps, const struct rt_pick picks[2],
                                      size_t repeats, size_t *count)
{
    const struct rt_replay_item unchanged = {.params = NULL};
    struct rt_replay_item *items = rt_calloc(2 * repeats + swaps->count + 1, sizeof *items);
    const struct rt_pick *a = &picks[0];
    size_t at = 0;

    while (at < repeats)
        put_item(swaps, &unchanged, a, &items[at++]);
    while (swaps->b_runs && at < 2 * repeats)
        put_item(swaps, &unchanged, &picks[1], &items[at++]);
    for (size_t i = 0; i < swaps->count; i++)
        put_item(swaps, &swaps->items[i].item, a, &items[at++]);
    if (swaps->count > 1)
        put_item(swaps, &swaps->together, a, &items[at++]);
    *count = at;
    return items;
}
