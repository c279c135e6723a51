#include "engine/findings.h"

#include "base/alloc.h"
#include "base/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS_EARLY 10 /* so many have ended before anything is said of reads while trials run */
#define PAIRS_EARLY  12 /* likewise, of differences */
#define PAIRS_LEAST  3  /* for the summary, or all there are */
#define NAMES_MAX    8  /* in one list */

struct look {
    struct rt_findings *findings;
    const struct rt_study *study;
    bool last;
    rt_finding_fn *tell;
    void *context;
};

void rt_findings_init(struct rt_findings *findings, struct rt_store *store, uint32_t study)
{
    *findings = (struct rt_findings){.store = store, .study = study};
}

void rt_findings_clear(struct rt_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->told[i]);
    free(findings->told);
    *findings = (struct rt_findings){0};
}

/* False if this was told before, and is not to be told again. Takes the name. */
static bool is_news(struct look *look, char *name)
{
    struct rt_findings *findings = look->findings;

    for (size_t i = 0; i < findings->count && !look->last; i++) {
        if (strcmp(findings->told[i], name) == 0) {
            free(name);
            return false;
        }
    }
    findings->told =
        rt_grow(findings->told, &findings->capacity, findings->count + 1, sizeof *findings->told);
    findings->told[findings->count++] = name;
    return true;
}

static void put_name(struct rt_buf *out, const char *name, bool quoted)
{
    char *shown = rt_escaped(name);

    rt_buf_printf(out, quoted ? "\"%s\"" : "%s", shown);
    free(shown);
}

/* "noise_gaussian, epochs" */
static void put_names(struct rt_buf *out, char *const *names, size_t count, bool quoted)
{
    for (size_t i = 0; i < count && i < NAMES_MAX; i++) {
        rt_buf_add(out, i ? ", " : "");
        put_name(out, names[i], quoted);
    }
    if (count > NAMES_MAX)
        rt_buf_printf(out, " and %zu more", count - NAMES_MAX);
}

static void put_what_was_read(struct rt_buf *out, const struct look *look,
                              const struct rt_reads *reads)
{
    uint64_t ended = look->study->done[RT_OUTCOME_OK];

    rt_buf_printf(out, " (%" PRIu64 " %s ended; it read: ", ended,
                  ended == 1 ? "trial has" : "trials have");
    if (reads->count)
        put_names(out, reads->keys, reads->count, false);
    else
        rt_buf_add(out, "nothing, unless by an extension in C");
    rt_buf_add(out, ")");
}

/* In lists of params, "id" names the run (CANDLE's files do so): models need not ask for it. */
static bool names_the_run(const struct rt_plan *plan, size_t axis)
{
    const struct rt_json *json = rt_json_at(rt_json_get(rt_plan_json(plan), "axes"), axis);

    return strcmp(rt_plan_axis_key(plan, axis), "id") == 0 && rt_json_get(json, "values") &&
           rt_json_get(json, "zip");
}

static void tell_unread(struct look *look, const struct rt_reads *reads, const char *key,
                        const char *varies)
{
    struct rt_buf text = RT_BUF_INIT;

    if (rt_reads_verdict(reads, key) != RT_READ_NEVER || !is_news(look, rt_printf("read %s", key)))
        return;
    rt_buf_add(&text, "warning: ");
    put_name(&text, key, true);
    rt_buf_printf(&text, " is %s but the model never reads it", varies);
    put_what_was_read(&text, look, reads);
    look->tell(look->context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static void look_at_axis(struct look *look, const struct rt_reads *reads, size_t axis)
{
    const struct rt_plan *plan = look->study->plan;

    if (rt_plan_axis_varies(plan, axis) && !names_the_run(plan, axis))
        tell_unread(look, reads, rt_plan_axis_key(plan, axis), "swept");
}

/* What a driver searches. A key under a condition may not have been there yet. */
static void look_at_space(struct look *look, const struct rt_reads *reads)
{
    const struct rt_json *space = rt_json_get(rt_plan_json(look->study->plan), "space");

    for (void *at = space ? rt_json_first(space) : NULL; at; at = rt_json_next(space, at)) {
        if (!rt_json_get(rt_json_iter_value(at), "when"))
            tell_unread(look, reads, rt_json_iter_key(at), "in the space");
    }
}

static bool is_swept(const struct rt_plan *plan, const char *key)
{
    size_t size = strlen(key);

    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++) {
        const char *swept = rt_plan_axis_key(plan, axis);

        if (strncmp(swept, key, size) == 0 && (swept[size] == '\0' || swept[size] == '.') &&
            rt_plan_axis_varies(plan, axis))
            return true;
    }
    return false;
}

struct names {
    char **items;
    size_t count;
    size_t capacity;
};

static void add_name(struct names *names, const char *name)
{
    names->items = rt_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
    names->items[names->count++] = rt_strdup(name);
}

static void clear_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

/* Of an object the whole, or else those of its members that were not read. */
static void find_unread_below(const struct look *look, const struct rt_reads *reads,
                              const struct rt_json *object, const char *path, struct names *names)
{
    const struct rt_plan *plan = look->study->plan;

    for (void *at = object ? rt_json_first(object) : NULL; at; at = rt_json_next(object, at)) {
        char *key = rt_printf("%s%s", path, rt_json_iter_key(at));
        const struct rt_json *value = rt_json_iter_value(at);

        if (!is_swept(plan, key) && rt_reads_verdict(reads, key) == RT_READ_NEVER) {
            add_name(names, key);
        } else if (rt_json_kind(value) == RT_JSON_OBJECT) {
            char *below = rt_printf("%s.", key);

            find_unread_below(look, reads, value, below, names);
            free(below);
        }
        free(key);
    }
}

static void find_unread(const struct look *look, const struct rt_reads *reads, struct names *names)
{
    const struct rt_plan *plan = look->study->plan;
    const struct rt_json *params = rt_json_get(rt_plan_json(plan), "params");

    find_unread_below(look, reads, params, "", names);
    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++) {
        const char *key = rt_plan_axis_key(plan, axis);

        if (!rt_plan_axis_varies(plan, axis) && !(params && rt_json_get(params, key)) &&
            rt_reads_verdict(reads, key) == RT_READ_NEVER)
            add_name(names, key);
    }
}

/* The fixed params together, and axes that do not vary: one line for all of them. */
static void look_at_fixed(struct look *look, const struct rt_reads *reads)
{
    struct names names = {NULL, 0, 0};
    struct rt_buf text = RT_BUF_INIT;

    find_unread(look, reads, &names);
    if (names.count && is_news(look, rt_strdup("fixed"))) {
        rt_buf_add(&text, "warning: the model never reads these params, which the study sets: ");
        put_names(&text, names.items, names.count, true);
        look->tell(look->context, rt_buf_text(&text));
    }
    rt_buf_clear(&text);
    clear_names(&names);
}

static void look_at_reads(struct look *look)
{
    const struct rt_reads *reads = rt_study_reads(look->study);

    if (!reads || look->study->done[RT_OUTCOME_OK] < (look->last ? 1 : TRIALS_EARLY))
        return;
    for (size_t axis = 0; axis < rt_plan_axes(look->study->plan); axis++)
        look_at_axis(look, reads, axis);
    look_at_space(look, reads);
    look_at_fixed(look, reads);
}

/* The axes that a check is of; 0 if the plan does not have them (any more). */
static size_t find_axes(const struct rt_plan *plan, const struct rt_axis_check *check,
                        struct names *names, size_t *first)
{
    const char *rest = check->key;

    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++) {
        const char *key = rt_plan_axis_key(plan, axis);
        size_t size = strlen(key);

        if (strncmp(rest, key, size) != 0 || !rt_plan_axis_varies(plan, axis) ||
            (check->members == 1 ? rest[size] != '\0'
                                 : rest[size] && strncmp(rest + size, ", ", 2) != 0))
            continue;
        if (names->count == 0)
            *first = axis;
        add_name(names, key);
        if (!rest[size])
            break;
        rest += size + 2;
    }
    return names->count == check->members ? names->count : 0;
}

/* How many pairs the whole study has: the first of each group with each of the others. Of a
 * parameter that changes together with others, it is not known: many, say. */
static uint64_t all_pairs(const struct rt_plan *plan, size_t axis, size_t members)
{
    size_t together;

    rt_plan_axis_group(plan, axis, &together);
    if (members < together)
        return UINT64_MAX;
    return rt_plan_count(plan) - rt_plan_count(plan) / rt_plan_axis_count(plan, axis);
}

static bool are_enough(const struct look *look, const struct rt_axis_check *check, size_t axis)
{
    uint64_t all = all_pairs(look->study->plan, axis, check->members);
    uint64_t wanted = look->last ? PAIRS_LEAST : PAIRS_EARLY;

    return all > 0 && check->pairs >= (all < wanted ? all : wanted);
}

static void tell_check(struct look *look, const struct rt_axis_check *check,
                       const struct names *names)
{
    bool one = check->members == 1;
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_add(&text, "warning: ");
    put_names(&text, names->items, names->count, true);
    rt_buf_printf(&text, "%s no difference: %" PRIu64 " %s of trials that differ in %s alone %s ",
                  one ? " makes" : ", which change together, make", check->pairs,
                  check->pairs == 1 ? "pair" : "pairs", one ? "it" : "these",
                  check->pairs == 1 ? "has" : "have");
    rt_buf_add(&text, "identical metrics");
    if (check->left_out) {
        rt_buf_add(&text, " (left out: ");
        put_name(&text, check->left_out, false);
        rt_buf_add(&text, ")");
    }
    look->tell(look->context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static void look_at_check(void *context, const struct rt_axis_check *check)
{
    struct look *look = context;
    struct names names = {NULL, 0, 0};
    size_t axis = 0;

    if (check->study == look->study->number && !check->differing &&
        find_axes(look->study->plan, check, &names, &axis) && are_enough(look, check, axis) &&
        is_news(look, rt_printf("check %s", check->key)))
        tell_check(look, check, &names);
    clear_names(&names);
}

static void look_at_all(struct rt_findings *findings, bool last, rt_finding_fn *tell, void *context)
{
    struct look look = {.findings = findings,
                        .study = rt_state_study(rt_store_state(findings->store), findings->study),
                        .last = last,
                        .tell = tell,
                        .context = context};

    if (!tell || !look.study || !look.study->plan)
        return;
    look_at_reads(&look);
    rt_store_axis_checks(findings->store, look_at_check, &look);
}

void rt_findings_look(struct rt_findings *findings, rt_finding_fn *tell, void *context)
{
    look_at_all(findings, false, tell, context);
}

void rt_findings_sum_up(struct rt_findings *findings, rt_finding_fn *tell, void *context)
{
    look_at_all(findings, true, tell, context);
}
