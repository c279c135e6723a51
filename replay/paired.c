#include "replay/paired.h"

#include "base/alloc.h"
#include "replay/steered.h"
#include "replay/stopped.h"

#include <stdlib.h>
#include <string.h>

/* The studies of the originals. */
static void find_studies(struct rt_store *store, const struct rt_study *study,
                         struct rt_sides *sides)
{
    const struct rt_json *list = rt_json_get(rt_replay_of(study), "studies");

    sides->study_count = rt_json_count(list);
    sides->studies = rt_calloc(sides->study_count + 1, sizeof *sides->studies);
    sides->ids = rt_calloc(sides->study_count + 1, sizeof *sides->ids);
    for (size_t i = 0; i < sides->study_count; i++) {
        sides->ids[i] = rt_json_get_text(rt_json_at(list, i), "id", "");
        sides->studies[i] = rt_state_study_by_id(rt_store_state(store), sides->ids[i]);
    }
}

static int find_original(struct rt_origins *origins, const struct rt_study *study, uint64_t point,
                         struct rt_sides *sides, struct rt_err *err)
{
    struct rt_measure *out = &sides->originals[point];
    struct rt_plan_origin origin = {0};
    const struct rt_study *of = NULL;
    int rc;

    if (rt_plan_origin(study->plan, point, &origin) && origin.study < sides->study_count)
        of = sides->studies[origin.study];
    out->study = origin.study;
    if (!of) {
        out->is.missing = "its original is in another store";
        return 0;
    }
    rc = rt_origins_attempt(origins, of, origin.ordinal, origin.attempt, &out->of, err);
    if (rc == RT_ENOTFOUND) {
        out->is.missing = "its original is not in the index";
        rc = 0;
    }
    return rc;
}

const char *rt_sides_study(const struct rt_sides *sides, uint64_t point)
{
    size_t study = sides->originals[point].study;

    return study < sides->study_count ? sides->ids[study] : "";
}

/* What could not even be started waits, and says why. */
static int note_stopped(struct rt_db *index, const struct rt_study *study, struct rt_sides *sides,
                        struct rt_err *err)
{
    int rc = rt_stopped_why(index, study, &sides->stopped, err);

    for (uint64_t i = 0; sides->stopped && i < sides->trials; i++) {
        if (sides->replayed[i].is.outcome == RT_OUTCOME_NONE)
            sides->replayed[i].is.missing = sides->stopped;
    }
    return rc;
}

int rt_sides_read(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                  struct rt_sides *sides, struct rt_err *err)
{
    struct rt_origins *origins;
    int rc = 0;

    memset(sides, 0, sizeof *sides);
    if (!rt_replay_of(study) || !rt_plan_lists_points(study->plan))
        return rt_err_set(err, RT_EUSAGE, "study \"%s\" is no replay", study->name);
    sides->points = rt_plan_levels(study->plan);
    sides->trials = rt_plan_count(study->plan);
    sides->originals = rt_calloc((size_t)sides->points, sizeof *sides->originals);
    sides->replayed = rt_calloc((size_t)sides->trials, sizeof *sides->replayed);
    find_studies(store, study, sides);
    rt_origins_new(index, RT_ORIGINS_ATTEMPTS, &origins);
    for (uint64_t i = 0; rc == 0 && i < sides->points; i++)
        rc = find_original(origins, study, i, sides, err);
    for (uint64_t i = 0; rc == 0 && i < sides->trials; i++)
        rc = rt_origins_find(origins, study, rt_study_ordinal(study, i), &sides->replayed[i].of,
                             err);
    rt_origins_free(origins);
    if (rc == 0 &&
        (rc = rt_measures_read(store, sides->originals, (size_t)sides->points, err)) == 0 &&
        (rc = rt_steered_note(index, study->plan, sides->originals, (size_t)sides->points, err)) ==
            0)
        rc = rt_measures_read(store, sides->replayed, (size_t)sides->trials, err);
    return rc < 0 ? rc : note_stopped(index, study, sides, err);
}

void rt_sides_clear(struct rt_sides *sides)
{
    rt_measures_free(sides->originals, (size_t)sides->points);
    rt_measures_free(sides->replayed, (size_t)sides->trials);
    free(sides->studies);
    free(sides->ids);
    free(sides->stopped);
    memset(sides, 0, sizeof *sides);
}

static struct rt_samples *find(struct rt_sample_table *table, struct rt_span metric)
{
    struct rt_samples *samples;

    for (size_t i = 0; i < table->count; i++) {
        if (strlen(table->items[i].metric) == metric.size &&
            memcmp(table->items[i].metric, metric.data, metric.size) == 0)
            return &table->items[i];
    }
    table->items = rt_grow(table->items, &table->capacity, table->count + 1, sizeof *table->items);
    samples = &table->items[table->count++];
    *samples = (struct rt_samples){.metric = rt_strndup(metric.data, metric.size)};
    return samples;
}

void rt_sample_add(struct rt_sample_table *table, struct rt_span metric, double value, uint64_t key)
{
    struct rt_samples *samples = find(table, metric);

    samples->values = rt_grow(samples->values, &samples->value_capacity, samples->count + 1,
                              sizeof *samples->values);
    samples->keys =
        rt_grow(samples->keys, &samples->key_capacity, samples->count + 1, sizeof *samples->keys);
    samples->values[samples->count] = value;
    samples->keys[samples->count++] = key;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct rt_samples *)a)->metric, ((const struct rt_samples *)b)->metric);
}

void rt_sample_sort(struct rt_sample_table *table)
{
    if (table->count)
        qsort(table->items, table->count, sizeof *table->items, by_name);
}

void rt_sample_clear(struct rt_sample_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->items[i].metric);
        free(table->items[i].values);
        free(table->items[i].keys);
    }
    free(table->items);
    memset(table, 0, sizeof *table);
}
