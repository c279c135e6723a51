#include "replay/explain.h"

#include "base/alloc.h"
#include "query/about.h"
#include "query/diff_rows.h"
#include "replay/attribution.h"
#include "store/metric_name.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* A trial that ran, and the leaves of its result. */
struct ran {
    char *id;
    char outcome[16];
    struct rt_json *metrics;
};

struct explaining {
    struct rt_store *store;
    struct rt_db *index;
    const struct rt_pick *picks;
    const struct rt_swaps *swaps;
    size_t repeats;  /* of A */
    size_t others;   /* of B */
    struct ran *ran; /* repeats, swaps, and all together if there are several */
    size_t count;
    struct rt_json *recorded[2]; /* metrics of A and of B */
};

static const struct rt_json *standing(const struct rt_json *about)
{
    const struct rt_json *attempts = rt_json_get(about, "attempts");

    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        if (rt_json_bool(rt_json_get(rt_json_at(attempts, i), "decides")))
            return rt_json_at(attempts, i);
    }
    return NULL;
}

static struct rt_json *metrics_of(const struct rt_json *about)
{
    const struct rt_json *attempt = standing(about);

    return rt_diff_flat(attempt ? rt_json_get(attempt, "result") : NULL);
}

static int read_ran(struct explaining *explaining, const struct rt_pick *pick, struct ran *ran,
                    struct rt_err *err)
{
    struct rt_json *about = NULL;
    int rc = rt_about_trial(explaining->store, explaining->index, pick->study, pick->ordinal,
                            &about, err);

    ran->id = rt_printf("%s.%llu", pick->study->id, (unsigned long long)pick->ordinal);
    if (rc == 0) {
        snprintf(ran->outcome, sizeof ran->outcome, "%s",
                 rt_json_get_text(about, "outcome", "none"));
        ran->metrics = metrics_of(about);
    }
    rt_json_free(about);
    return rc;
}

/* NaN if it is not there, or no number. */
static double number_of(const struct rt_json *metrics, const char *name)
{
    const struct rt_json *value = metrics ? rt_json_get(metrics, name) : NULL;
    double special;

    if (!value)
        return NAN;
    if (rt_json_special(value, &special))
        return special;
    if (rt_json_kind(value) == RT_JSON_BOOL)
        return rt_json_bool(value);
    return rt_json_kind(value) == RT_JSON_INT || rt_json_kind(value) == RT_JSON_REAL
               ? rt_json_number(value)
               : NAN;
}

static struct rt_json *json_of(double value)
{
    return isnan(value) ? rt_json_new_null() : rt_json_new_real(value);
}

static int recorded_floor(const struct explaining *explaining, const char *metric, double *floor,
                          struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    *floor = NAN;
    if ((rc = rt_db_prepare(explaining->index, rt_sql_ask_floor_of, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":a", explaining->picks[0].study->id);
    rt_stmt_text(stmt, ":b", explaining->picks[1].study->id);
    rt_stmt_text(stmt, ":metric", metric);
    if ((rc = rt_stmt_step(stmt, err)) > 0 && rt_stmt_kind(stmt, 0) != RT_CELL_NULL)
        *floor = rt_stmt_get_real(stmt, 0);
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static struct rt_json *put_metric(const char *name, const struct rt_attribution_data *data)
{
    struct rt_json *row = rt_json_new_object();
    struct rt_json *parts = rt_json_new_array();
    struct rt_json *known = rt_json_new_array();
    struct rt_attribution made;

    rt_attribution_init(&made, data);
    for (size_t i = 0; i < 2; i++)
        rt_json_append(known, rt_json_new_int((int64_t)made.known[i]));
    for (size_t i = 0; i < made.count; i++)
        rt_json_append(parts, json_of(made.parts[i]));
    rt_json_set_text(row, "metric", name);
    rt_json_set(row, "a", json_of(data->a));
    rt_json_set(row, "b", json_of(data->b));
    rt_json_set(row, "difference", json_of(made.whole));
    rt_json_set(row, "again", json_of(made.again));
    rt_json_set(row, "parts", parts);
    rt_json_set(row, "interaction", json_of(made.interaction));
    rt_json_set(row, "rest", json_of(made.rest));
    rt_json_set(row, "floor", json_of(made.floor));
    rt_json_set(row, "recorded", json_of(data->floor));
    rt_json_set(row, "repeats", known);
    rt_attribution_clear(&made);
    return row;
}

static int explain_metric(const struct explaining *explaining, const char *name,
                          struct rt_json *rows, struct rt_err *err)
{
    double *values = rt_calloc(explaining->count + 1, sizeof *values);
    size_t swaps = explaining->swaps->count;
    struct rt_attribution_data data = {
        .a = number_of(explaining->recorded[0], name),
        .b = number_of(explaining->recorded[1], name),
        .repeats = values,
        .repeat_count = explaining->repeats,
        .others = values + explaining->repeats,
        .other_count = explaining->others,
        .swapped = values + explaining->repeats + explaining->others,
        .count = swaps,
        .together = NAN,
    };
    int rc;

    for (size_t i = 0; i < explaining->count; i++)
        values[i] = number_of(explaining->ran[i].metrics, name);
    if (swaps > 1)
        data.together = values[explaining->count - 1];
    if ((rc = recorded_floor(explaining, name, &data.floor, err)) == 0)
        rt_json_append(rows, put_metric(name, &data));
    free(values);
    return rc;
}

/* Numbers that both have; what is a time by its name says nothing of the model. */
static int explain_metrics(const struct explaining *explaining, struct rt_json *out,
                           struct rt_err *err)
{
    const struct rt_json *a = explaining->recorded[0];
    struct rt_json *rows = rt_json_new_array();
    int rc = 0;

    rt_json_set(out, "metrics", rows);
    for (void *at = rt_json_first(a); rc == 0 && at; at = rt_json_next(a, at)) {
        const char *name = rt_json_iter_key(at);

        if (isnan(number_of(a, name)) || isnan(number_of(explaining->recorded[1], name)) ||
            rt_metric_is_time(rt_span_text(name)))
            continue;
        rc = explain_metric(explaining, name, rows, err);
    }
    return rc;
}

static struct rt_json *put_ran(const struct ran *ran)
{
    struct rt_json *object = rt_json_new_object();

    rt_json_set_text(object, "trial", ran->id);
    rt_json_set_text(object, "outcome", ran->outcome);
    return object;
}

static struct rt_json *put_repeats(const struct ran *ran, size_t count)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < count; i++)
        rt_json_append(list, put_ran(&ran[i]));
    return list;
}

static void put_components(const struct explaining *explaining, struct rt_json *out)
{
    struct rt_json *list = rt_json_new_array();
    const struct ran *others = explaining->ran + explaining->repeats;
    const struct ran *swapped = others + explaining->others;

    for (size_t i = 0; i < explaining->swaps->count; i++) {
        const struct rt_swap *swap = &explaining->swaps->items[i];
        struct rt_json *object = put_ran(&swapped[i]);

        rt_json_set_text(object, "component", swap->component);
        rt_json_set_text(object, "label", swap->label);
        rt_json_append(list, object);
    }
    rt_json_set_text(out, "a", rt_json_get_text(explaining->swaps->about[0], "trial", ""));
    rt_json_set_text(out, "b", rt_json_get_text(explaining->swaps->about[1], "trial", ""));
    rt_json_set(out, "repeats", put_repeats(explaining->ran, explaining->repeats));
    rt_json_set(out, "repeats_b", put_repeats(others, explaining->others));
    rt_json_set(out, "components", list);
    if (explaining->swaps->count > 1)
        rt_json_set(out, "together", put_ran(&explaining->ran[explaining->count - 1]));
    rt_json_set(out, "not_swapped", rt_json_copy(explaining->swaps->left));
}

int rt_explain_make(struct rt_store *store, struct rt_db *index, const struct rt_pick picks[2],
                    const struct rt_swaps *swaps, const struct rt_pick *ran, size_t repeats,
                    struct rt_json **out, struct rt_err *err)
{
    struct explaining explaining = {.store = store,
                                    .index = index,
                                    .picks = picks,
                                    .swaps = swaps,
                                    .repeats = repeats,
                                    .others = swaps->b_runs ? repeats : 0};
    struct rt_json *made = rt_json_new_object();
    int rc = 0;

    explaining.count = repeats + explaining.others + swaps->count + (swaps->count > 1);
    explaining.ran = rt_calloc(explaining.count, sizeof *explaining.ran);
    for (size_t i = 0; rc == 0 && i < explaining.count; i++)
        rc = read_ran(&explaining, &ran[i], &explaining.ran[i], err);
    for (size_t i = 0; i < 2; i++)
        explaining.recorded[i] = metrics_of(swaps->about[i]);
    if (rc == 0) {
        put_components(&explaining, made);
        rc = explain_metrics(&explaining, made, err);
    }
    for (size_t i = 0; i < explaining.count; i++) {
        free(explaining.ran[i].id);
        rt_json_free(explaining.ran[i].metrics);
    }
    free(explaining.ran);
    rt_json_free(explaining.recorded[0]);
    rt_json_free(explaining.recorded[1]);
    if (rc < 0)
        rt_json_free(made);
    else
        *out = made;
    return rc;
}
