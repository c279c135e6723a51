#include "replay/verdict.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "engine/accept.h"
#include "replay/paired.h"
#include "replay/student.h"
#include "store/index_metrics.h"
#include "store/metric_name.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define ALPHA 0.05

/* Adds the differences of one pair. */
static void add_differences(const struct rt_measured *original, const struct rt_measured *replayed,
                            uint64_t trial, struct rt_sample_table *table)
{
    bool same = rt_span_equal(original->result, replayed->result);
    struct rt_metrics before = {0};
    struct rt_metrics after = {0};

    rt_metrics_read(&before, original->result);
    if (!same)
        rt_metrics_read(&after, replayed->result);
    for (size_t i = 0; i < before.count; i++) {
        const struct rt_metric *other =
            rt_metrics_find(same ? &before : &after, i, before.items[i].name);
        double a;
        double b;

        if (other && !rt_metric_is_time(other->name) &&
            rt_datum_number(&before.items[i].value, &a) && rt_datum_number(&other->value, &b))
            rt_sample_add(table, other->name, b - a, trial);
    }
    rt_metrics_clear(&before);
    rt_metrics_clear(&after);
}

static void test_equivalence(struct rt_difference *difference)
{
    double error = difference->sd / sqrt((double)difference->n);
    double freedom = (double)difference->n - 1;

    difference->p = NAN;
    if (isnan(difference->bound) || difference->n < 2)
        return;
    if (error <= 0) {
        difference->p = fabs(difference->mean) < difference->bound ? 0 : 1;
    } else {
        difference->p =
            fmax(rt_student_below(-(difference->mean + difference->bound) / error, freedom),
                 rt_student_below((difference->mean - difference->bound) / error, freedom));
    }
    difference->equivalent = difference->p < ALPHA;
}

/* Which trials have one original: what they differ from it by is no independent news. */
struct units {
    uint64_t *of; /* by point of one repeat */
    uint64_t points;
    uint64_t count;
};

struct origin_at {
    struct rt_plan_origin origin;
    uint64_t point;
};

static int compare_origins(const void *a, const void *b)
{
    const struct rt_plan_origin *x = &((const struct origin_at *)a)->origin;
    const struct rt_plan_origin *y = &((const struct origin_at *)b)->origin;

    if (x->study != y->study)
        return x->study < y->study ? -1 : 1;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

static void find_units(const struct rt_plan *plan, uint64_t points, struct units *units)
{
    struct origin_at *all = rt_calloc((size_t)points + 1, sizeof *all);

    units->of = rt_calloc((size_t)points + 1, sizeof *units->of);
    units->points = points;
    units->count = 0;
    for (uint64_t i = 0; i < points; i++) {
        all[i].point = i;
        rt_plan_origin(plan, i, &all[i].origin);
    }
    rt_sort(all, (size_t)points, sizeof *all, compare_origins);
    for (uint64_t i = 0; i < points; i++) {
        units->count += i == 0 || compare_origins(&all[i - 1], &all[i]) != 0;
        units->of[all[i].point] = units->count - 1;
    }
    free(all);
}

static void find_largest(const struct rt_samples *samples, struct rt_difference *out)
{
    for (size_t i = 0; i < samples->count; i++) {
        if (i == 0 || fabs(samples->values[i]) > fabs(out->largest)) {
            out->largest = samples->values[i];
            out->largest_ordinal = samples->keys[i];
        }
    }
}

/* Means of the samples of each unit, and how many they are. All are divided by 2^exponent. */
static void add_up_units(const struct rt_samples *samples, const struct units *units, int exponent,
                         double *means, uint64_t *counts)
{
    for (size_t i = 0; i < samples->count; i++) {
        uint64_t unit = units->of[samples->keys[i] % units->points];

        means[unit] += ldexp(samples->values[i], -exponent);
        counts[unit]++;
    }
    for (uint64_t unit = 0; unit < units->count; unit++) {
        if (counts[unit])
            means[unit] /= (double)counts[unit];
    }
}

/* Mean and standard deviation by the method of Welford, over the means of units. The largest number
 * is made one of about 1 first: squares of 1e200 would be infinite, and those of 1e-200 nothing. */
static void sum_up(const struct rt_samples *samples, const struct units *units,
                   struct rt_difference *out)
{
    double *means = rt_calloc((size_t)units->count + 1, sizeof *means);
    uint64_t *counts = rt_calloc((size_t)units->count + 1, sizeof *counts);
    double squares = 0;
    double width;
    int exponent = 0;

    find_largest(samples, out);
    if (isfinite(out->largest))
        frexp(out->largest, &exponent);
    add_up_units(samples, units, exponent, means, counts);
    for (uint64_t unit = 0; unit < units->count; unit++) {
        double step = means[unit] - out->mean;

        if (counts[unit] == 0)
            continue;
        out->n++;
        out->mean += step / (double)out->n;
        squares += step * (means[unit] - out->mean);
    }
    free(means);
    free(counts);
    out->mean = ldexp(out->mean, exponent);
    out->sd = out->low = out->high = NAN;
    if (out->n < 2)
        return;
    out->sd = ldexp(sqrt(squares / (double)(out->n - 1)), exponent);
    width = rt_student_quantile(1 - ALPHA / 2, (double)out->n - 1) * out->sd / sqrt((double)out->n);
    out->low = out->mean - width;
    out->high = out->mean + width;
}

/* The largest floor of the studies that the originals are from. */
static double floor_of(const struct rt_tolerances *tolerances, const struct rt_study *study,
                       struct rt_span metric)
{
    const struct rt_json *studies = rt_json_get(rt_replay_of(study), "studies");
    double floor = NAN;

    for (size_t i = 0; i < rt_json_count(studies); i++)
        floor = fmax(floor, rt_tolerances_floor(tolerances,
                                                rt_json_get_text(rt_json_at(studies, i), "id", ""),
                                                metric));
    return floor;
}

static void make_differences(struct rt_verdicts *verdicts, struct rt_sample_table *table,
                             const struct rt_sides *sides, const struct rt_tolerances *tolerances)
{
    struct units units;

    find_units(verdicts->study->plan, sides->points, &units);
    rt_sample_sort(table);
    verdicts->differences = rt_calloc(table->count, sizeof *verdicts->differences);
    for (size_t i = 0; i < table->count; i++) {
        struct rt_difference *difference = &verdicts->differences[verdicts->difference_count++];
        struct rt_span metric = rt_span_text(table->items[i].metric);

        difference->metric = rt_strdup(table->items[i].metric);
        sum_up(&table->items[i], &units, difference);
        difference->largest_ordinal = verdicts->pairs[difference->largest_ordinal].ordinal;
        difference->floor = floor_of(tolerances, verdicts->study, metric);
        difference->bound = rt_tolerances_bound(tolerances, metric);
        test_equivalence(difference);
    }
    free(units.of);
}

static void judge_all(struct rt_verdicts *verdicts, const struct rt_sides *sides,
                      const struct rt_tolerances *tolerances)
{
    struct rt_sample_table table = {0};
    struct rt_buf reason = RT_BUF_INIT;

    verdicts->pairs = rt_calloc((size_t)sides->trials, sizeof *verdicts->pairs);
    for (uint64_t i = 0; i < sides->trials; i++) {
        struct rt_pair *pair = &verdicts->pairs[verdicts->count++];
        const struct rt_measured *original = &sides->originals[i % sides->points].is;
        const struct rt_measured *replayed = &sides->replayed[i].is;

        rt_buf_reset(&reason);
        pair->ordinal = rt_study_ordinal(verdicts->study, i);
        pair->verdict = rt_judge(original, replayed, tolerances,
                                 rt_sides_study(sides, i % sides->points), &reason);
        if (reason.size && pair->verdict != RT_VERDICT_IDENTICAL)
            pair->reason = rt_strdup(rt_buf_text(&reason));
        verdicts->counts[pair->verdict]++;
        if (pair->verdict == RT_VERDICT_IDENTICAL || pair->verdict == RT_VERDICT_WITHIN ||
            pair->verdict == RT_VERDICT_DIFFERENT)
            add_differences(original, replayed, i, &table);
    }
    make_differences(verdicts, &table, sides, tolerances);
    rt_sample_clear(&table);
    rt_buf_clear(&reason);
}

static int read_floors(struct rt_db *index, struct rt_tolerances *tolerances, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(index, rt_sql_ask_floors, &stmt, NULL, err);

    while (rc >= 0 && (rc = rt_stmt_step(stmt, err)) > 0)
        rt_tolerances_add_floor(tolerances, rt_stmt_get_text(stmt, 0), rt_stmt_get_text(stmt, 1),
                                rt_stmt_get_real(stmt, 2));
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static void keep(struct rt_json *asked, const struct rt_json *made_with, const char *key)
{
    const struct rt_json *list = rt_json_get(made_with, key);

    if (list)
        rt_json_set(asked, key, rt_json_copy(list));
}

/* What was given now, else what the replay was made with: of tolerances and of equivalences. */
static int choose_tolerances(struct rt_db *index, const struct rt_study *study,
                             const struct rt_tolerances *given, struct rt_tolerances *out,
                             struct rt_json **asked, struct rt_err *err)
{
    const struct rt_json *made_with = rt_json_get(rt_replay_of(study), "judge");
    int rc;

    *asked = rt_tolerances_json(given ? given : out);
    if (!given || !given->count)
        keep(*asked, made_with, "tolerances");
    if (!given || !given->equivalence_count)
        keep(*asked, made_with, "equivalences");
    if ((rc = rt_tolerances_take(out, *asked, err)) < 0)
        return rc;
    return read_floors(index, out, err);
}

int rt_verdicts_make(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                     const struct rt_tolerances *given, struct rt_verdicts *out, struct rt_err *err)
{
    struct rt_tolerances tolerances = {0};
    struct rt_sides sides;
    int rc;

    *out = (struct rt_verdicts){.study = study, .trials = study->planned};
    if ((rc = rt_sides_read(store, index, study, &sides, err)) == 0 &&
        (rc = choose_tolerances(index, study, given, &tolerances, &out->asked, err)) == 0)
        judge_all(out, &sides, &tolerances);
    rt_tolerances_clear(&tolerances);
    rt_sides_clear(&sides);
    return rc;
}

struct rt_replay_origin rt_pair_origin(const struct rt_verdicts *verdicts,
                                       const struct rt_pair *pair)
{
    struct rt_replay_origin origin = {.study = ""};

    rt_replay_origin(verdicts->study->plan, rt_study_index(verdicts->study, pair->ordinal),
                     &origin);
    return origin;
}

void rt_verdicts_clear(struct rt_verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++)
        free(verdicts->pairs[i].reason);
    for (size_t i = 0; i < verdicts->difference_count; i++)
        free(verdicts->differences[i].metric);
    free(verdicts->pairs);
    free(verdicts->differences);
    rt_json_free(verdicts->asked);
    memset(verdicts, 0, sizeof *verdicts);
}

static struct rt_json *run_of(uint64_t first, uint64_t count, enum rt_verdict verdict)
{
    struct rt_json *run = rt_json_new_array();

    rt_json_append(run, rt_json_new_int((int64_t)first));
    rt_json_append(run, rt_json_new_int((int64_t)count));
    rt_json_append(run, rt_json_new_string(rt_verdict_name(verdict)));
    return run;
}

static struct rt_json *runs_of(const struct rt_verdicts *verdicts)
{
    struct rt_json *runs = rt_json_new_array();

    for (size_t from = 0, to; from < verdicts->count; from = to) {
        const struct rt_pair *pair = &verdicts->pairs[from];

        for (to = from + 1; to < verdicts->count && verdicts->pairs[to].verdict == pair->verdict &&
                            verdicts->pairs[to].ordinal == pair->ordinal + (to - from);)
            to++;
        if (pair->verdict != RT_VERDICT_NONE)
            rt_json_append(runs, run_of(pair->ordinal, to - from, pair->verdict));
    }
    return runs;
}

static struct rt_json *reasons_of(const struct rt_verdicts *verdicts)
{
    struct rt_json *reasons = rt_json_new_array();

    for (size_t i = 0; i < verdicts->count; i++) {
        struct rt_json *reason;

        if (!verdicts->pairs[i].reason)
            continue;
        reason = rt_json_new_array();
        rt_json_append(reason, rt_json_new_int((int64_t)verdicts->pairs[i].ordinal));
        rt_json_append(reason, rt_json_new_string(verdicts->pairs[i].reason));
        rt_json_append(reasons, reason);
    }
    return reasons;
}

/* Null for what is not known. */
static void set_number(struct rt_json *object, const char *key, double value)
{
    rt_json_set(object, key, isfinite(value) ? rt_json_new_real(value) : rt_json_new_null());
}

static struct rt_json *difference_json(const struct rt_difference *difference)
{
    struct rt_json *json = rt_json_new_object();

    rt_json_set_text(json, "metric", difference->metric);
    rt_json_set_int(json, "n", (int64_t)difference->n);
    set_number(json, "mean", difference->mean);
    set_number(json, "sd", difference->sd);
    set_number(json, "low", difference->low);
    set_number(json, "high", difference->high);
    set_number(json, "largest", difference->largest);
    rt_json_set_int(json, "largest_ordinal", (int64_t)difference->largest_ordinal);
    set_number(json, "floor", difference->floor);
    set_number(json, "bound", difference->bound);
    set_number(json, "p", difference->p);
    rt_json_set(json, "equivalent",
                isnan(difference->p) ? rt_json_new_null()
                                     : rt_json_new_bool(difference->equivalent));
    return json;
}

int rt_verdicts_record(struct rt_store *store, const struct rt_verdicts *verdicts,
                       struct rt_err *err)
{
    struct rt_json *body = rt_json_copy(verdicts->asked);
    struct rt_json *differences = rt_json_new_array();
    int rc;

    for (size_t i = 0; i < verdicts->difference_count; i++)
        rt_json_append(differences, difference_json(&verdicts->differences[i]));
    rt_json_set_int(body, "study", verdicts->study->number);
    rt_json_set(body, "runs", runs_of(verdicts));
    rt_json_set(body, "reasons", reasons_of(verdicts));
    rt_json_set(body, "differences", differences);
    rc = rt_accept_json(store, RT_EVENT_VERDICT, body, err);
    rt_json_free(body);
    return rc;
}

int rt_verdict_metric(struct rt_store *store, struct rt_db *index, const struct rt_pick *trial,
                      const char *metric, double *value, struct rt_err *err)
{
    struct rt_measure *measure = rt_calloc(1, sizeof *measure);
    struct rt_metrics metrics = {0};
    const struct rt_metric *found;
    struct rt_origins *origins;
    int rc;

    *value = NAN;
    rt_origins_new(index, RT_ORIGINS_ATTEMPTS, &origins);
    if ((rc = rt_origins_find(origins, trial->study, trial->ordinal, &measure->of, err)) == 0 &&
        (rc = rt_measures_read(store, measure, 1, err)) == 0) {
        rt_metrics_read(&metrics, measure->is.result);
        found = rt_metrics_find(&metrics, 0, rt_span_text(metric));
        if (!found || !rt_datum_number(&found->value, value))
            *value = NAN;
    }
    rt_metrics_clear(&metrics);
    rt_origins_free(origins);
    rt_measures_free(measure, 1);
    return rc;
}
