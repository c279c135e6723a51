#include "replay/depends.h"

#include "base/alloc.h"
#include "query/attempts.h"
#include "query/diff_rows.h"
#include "store/metric_name.h"

#include <stdlib.h>
#include <string.h>

/* A trial that is ok. */
struct trial {
    struct rt_json *params;  /* leaves by dotted names */
    struct rt_json *metrics; /* likewise */
    uint32_t seed;
};

struct trials {
    struct rt_store *store;
    struct trial *items;
    size_t count;
    size_t capacity;
};

static int take_result(void *context, struct rt_stmt *row, const struct rt_recorded *recorded,
                       struct rt_err *err)
{
    struct rt_json **metrics = ((void **)context)[0];
    struct rt_store *store = ((void **)context)[1];
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *result;
    int rc = 0;

    if (!recorded || !rt_stmt_get_int(row, RT_ATTEMPTS_DECIDES) ||
        recorded->attempt.outcome != RT_OUTCOME_OK)
        return 0;
    if ((rc = rt_store_payload(store, &recorded->attempt.result, &text, err)) == 0 && text.size &&
        (rc = rt_json_parse(rt_buf_span(&text), &result, err)) == 0) {
        *metrics = rt_diff_flat(result);
        rt_json_free(result);
    }
    rt_buf_clear(&text);
    return rc;
}

static int read_trial(struct trials *trials, struct rt_db *index, const struct rt_study *study,
                      uint64_t ordinal, struct rt_err *err)
{
    uint64_t point = rt_study_index(study, ordinal);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *metrics = NULL;
    struct rt_json *params = NULL;
    void *context[2] = {&metrics, trials->store};
    int rc;

    if (point == UINT64_MAX || rt_state_trial(study, ordinal).outcome != RT_OUTCOME_OK)
        return 0;
    rt_plan_params(study->plan, point, &text);
    if ((rc = rt_json_parse(rt_buf_span(&text), &params, err)) == 0 &&
        (rc = rt_attempts_each(trials->store, index, study, ordinal, take_result, context, err)) ==
            0 &&
        metrics) {
        trials->items =
            rt_grow(trials->items, &trials->capacity, trials->count + 1, sizeof *trials->items);
        trials->items[trials->count++] = (struct trial){rt_diff_flat(params), rt_json_keep(metrics),
                                                        rt_plan_seed(study->plan, point)};
    }
    rt_json_free(metrics);
    rt_json_free(params);
    rt_buf_clear(&text);
    return rc;
}

/* What a trial has in common with those that differ from it in `key` alone. */
static char *others_of(const struct trial *trial, const char *key)
{
    struct rt_json *others = rt_json_copy(trial->params);
    char *text;

    rt_json_remove(others, key);
    rt_json_set_int(others, "", trial->seed); /* no param has an empty name */
    text = rt_json_text(others);
    rt_json_free(others);
    return text;
}

static void compare(const struct trial *a, const struct trial *b, struct rt_json *metrics)
{
    for (void *at = rt_json_first(a->metrics); at; at = rt_json_next(a->metrics, at)) {
        const char *name = rt_json_iter_key(at);
        const struct rt_json *other = rt_json_get(b->metrics, name);
        bool differs = !other || !rt_json_equal(rt_json_iter_value(at), other);

        if (!rt_metric_is_time(rt_span_text(name)) && (differs || !rt_json_get(metrics, name)))
            rt_json_set(metrics, name, rt_json_new_bool(differs));
    }
}

struct keyed {
    char *others;
    const struct trial *trial;
};

static int by_others(const void *a, const void *b)
{
    return strcmp(((const struct keyed *)a)->others, ((const struct keyed *)b)->others);
}

/* Each is compared with the first of those that it has all else in common with. */
static void compare_all(const struct trials *trials, const char *key, struct rt_json *out)
{
    struct keyed *keyed = rt_calloc(trials->count + 1, sizeof *keyed);
    struct rt_json *metrics = rt_json_new_object();
    size_t first = 0;

    for (size_t i = 0; i < trials->count; i++)
        keyed[i] = (struct keyed){others_of(&trials->items[i], key), &trials->items[i]};
    if (trials->count)
        qsort(keyed, trials->count, sizeof *keyed, by_others);
    for (size_t i = 1; i < trials->count; i++) {
        const struct rt_json *a = rt_json_get(keyed[first].trial->params, key);
        const struct rt_json *b = rt_json_get(keyed[i].trial->params, key);

        if (by_others(&keyed[first], &keyed[i]) != 0)
            first = i;
        else if (a && b ? !rt_json_equal(a, b) : a != b)
            compare(keyed[first].trial, keyed[i].trial, metrics);
    }
    for (size_t i = 0; i < trials->count; i++)
        free(keyed[i].others);
    free(keyed);
    if (rt_json_count(metrics))
        rt_json_set(out, key, metrics);
    else
        rt_json_free(metrics);
}

int rt_depends(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
               const struct rt_json *keys, struct rt_json **out, struct rt_err *err)
{
    struct trials trials = {.store = store};
    int rc = 0;

    *out = rt_json_new_object();
    for (uint64_t ordinal = 1; rc == 0 && ordinal <= study->ordinals; ordinal++)
        rc = read_trial(&trials, index, study, ordinal, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(keys); i++)
        compare_all(&trials, rt_json_string(rt_json_at(keys, i)), *out);
    for (size_t i = 0; i < trials.count; i++) {
        rt_json_free(trials.items[i].params);
        rt_json_free(trials.items[i].metrics);
    }
    free(trials.items);
    return rc;
}
