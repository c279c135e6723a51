/* Floors: how much metrics vary when nothing is changed. */
#include "replay/verdict.h"

#include "engine/accept.h"
#include "replay/paired.h"
#include "replay/student.h"
#include "store/index_metrics.h"
#include "store/metric_name.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.999 /* of what two repeats of one trial differ by */

/* Values of one trial. Not those of its original: that one may be what has changed since. */
static void add_values(const struct rt_measured *measured, uint64_t point,
                       struct rt_sample_table *table)
{
    struct rt_metrics metrics = {0};

    rt_metrics_read(&metrics, measured->result);
    for (size_t i = 0; i < metrics.count; i++) {
        double value;

        if (rt_datum_number(&metrics.items[i].value, &value) &&
            !rt_metric_is_time(metrics.items[i].name))
            rt_sample_add(table, metrics.items[i].name, value, point);
    }
    rt_metrics_clear(&metrics);
}

/* Sums over the trials of one metric. */
struct spread {
    double squares; /* of distances from the trial's mean */
    double freedom;
    double largest;
    uint64_t trials;
    uint64_t repeats; /* the most that a trial has */
};

static void add_trial(struct spread *spread, const double *values, size_t count)
{
    double mean = 0;
    double squares = 0;
    double low = values[0];
    double high = values[0];

    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++) {
        double step = values[i] - mean;

        mean += step / (double)(i + 1);
        squares += step * (values[i] - mean);
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    spread->squares += squares;
    spread->freedom += (double)(count - 1);
    spread->largest = fmax(spread->largest, high - low);
    spread->trials++;
    spread->repeats = count > spread->repeats ? count : spread->repeats;
}

/*
 * Two repeats of one trial differ by sd * sqrt(2) * t in 99.9 of 100 cases,
 * with t for the degrees of freedom that there were to estimate sd; the floor
 * is that, or what was seen if it is more.
 */
static struct rt_json *floor_json(const struct rt_samples *samples)
{
    struct rt_json *json;
    struct spread spread = {0};
    double sd;
    double most;

    /* Values of one point stand together: they were added so. */
    for (size_t from = 0, to; from < samples->count; from = to) {
        for (to = from; to < samples->count && samples->keys[to] == samples->keys[from];)
            to++;
        add_trial(&spread, samples->values + from, to - from);
    }
    if (spread.freedom < 1)
        return NULL;
    sd = sqrt(spread.squares / spread.freedom);
    most = sd * sqrt(2) * rt_student_quantile((1 + CONFIDENCE) / 2, spread.freedom);
    json = rt_json_new_object();
    rt_json_set_text(json, "metric", samples->metric);
    rt_json_set(json, "floor", rt_json_new_real(fmax(most, spread.largest)));
    rt_json_set(json, "sd", rt_json_new_real(sd));
    rt_json_set(json, "spread", rt_json_new_real(spread.largest));
    rt_json_set_int(json, "trials", (int64_t)spread.trials);
    rt_json_set_int(json, "repeats", (int64_t)spread.repeats);
    return json;
}

static bool is_from(const struct rt_study *study, uint64_t point, const char *id)
{
    struct rt_replay_origin origin;

    return rt_replay_origin(study->plan, point, &origin) && strcmp(origin.study, id) == 0;
}

static int record_floor(struct rt_store *store, const struct rt_study *study,
                        const struct rt_sides *sides, const char *of, struct rt_err *err)
{
    struct rt_json *body = rt_json_new_object();
    struct rt_json *metrics = rt_json_new_array();
    struct rt_sample_table table = {0};
    int rc = 0;

    for (uint64_t point = 0; point < sides->points; point++) {
        if (!is_from(study, point, of))
            continue;
        for (uint64_t i = point; i < sides->trials; i += sides->points) {
            if (sides->replayed[i].is.outcome == RT_OUTCOME_OK)
                add_values(&sides->replayed[i].is, point, &table);
        }
    }
    rt_sample_sort(&table);
    for (size_t i = 0; i < table.count; i++) {
        struct rt_json *floor = floor_json(&table.items[i]);

        if (floor)
            rt_json_append(metrics, floor);
    }
    rt_json_set_int(body, "study", study->number);
    rt_json_set_text(body, "replay", study->id);
    rt_json_set_text(body, "of", of);
    rt_json_set(body, "metrics", metrics);
    if (rt_json_count(metrics))
        rc = rt_accept_json(store, RT_EVENT_FLOOR, body, err);
    rt_json_free(body);
    rt_sample_clear(&table);
    return rc;
}

int rt_floors_record(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                     struct rt_err *err)
{
    const struct rt_json *studies = rt_json_get(rt_replay_of(study), "studies");
    struct rt_sides sides;
    int rc = rt_sides_read(store, index, study, &sides, err);

    for (size_t i = 0; rc == 0 && i < rt_json_count(studies); i++)
        rc = record_floor(store, study, &sides, rt_json_get_text(rt_json_at(studies, i), "id", ""),
                          err);
    rt_sides_clear(&sides);
    return rc;
}
