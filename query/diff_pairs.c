#include "query/diff_pairs.h"

#include "base/alloc.h"
#include "query/columns.h"
#include "query/diff_rows.h"
#include "store/index_ddl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_AXIS SIZE_MAX

/* A param by which trials are paired: an axis, or the text of a fixed value. */
struct part {
    char *name;
    size_t axis[2];
    char *fixed[2];
};

struct trial {
    uint64_t key[2]; /* first bytes of a SHA-256 over what they are paired by */
    size_t row;
};

/* The trials of a study that are ok. */
struct side {
    const struct rt_study *study;
    struct trial *trials;
    double *values; /* row by row, a number for each metric; NaN: none */
    size_t count;
    size_t trial_capacity;
    size_t value_capacity;
};

struct pairing {
    struct side sides[2];
    struct part *parts;
    size_t part_count;
    size_t part_capacity;
    char **metrics; /* that both have, ended by NULL */
    size_t metric_count;
};

struct tally {
    uint64_t pairs;
    uint64_t identical;
    double a; /* sums */
    double b;
};

static size_t axis_of(const struct rt_plan *plan, const char *name)
{
    for (size_t i = 0; i < rt_plan_axes(plan); i++) {
        if (strcmp(rt_plan_axis_key(plan, i), name) == 0)
            return i;
    }
    return NO_AXIS;
}

/* A param that both have, and that at least one of them sweeps. */
static void add_part(struct pairing *pairing, const char *name, struct rt_json *const fixed[2])
{
    struct part part = {.name = NULL};
    bool axes = false;

    for (size_t i = 0; i < 2; i++) {
        const struct rt_json *value = rt_json_get(fixed[i], name);

        part.axis[i] = axis_of(pairing->sides[i].study->plan, name);
        axes = axes || part.axis[i] != NO_AXIS;
        if (part.axis[i] == NO_AXIS && !value)
            return;
    }
    if (!axes)
        return;
    for (size_t i = 0; i < 2; i++) {
        if (part.axis[i] == NO_AXIS)
            part.fixed[i] = rt_json_text(rt_json_get(fixed[i], name));
    }
    part.name = rt_strdup(name);
    pairing->parts = rt_grow(pairing->parts, &pairing->part_capacity, pairing->part_count + 1,
                             sizeof *pairing->parts);
    pairing->parts[pairing->part_count++] = part;
}

/* Every axis of either; each name once, and in the order of the first study's. */
static void find_parts(struct pairing *pairing)
{
    struct rt_json *fixed[2];

    for (size_t i = 0; i < 2; i++)
        fixed[i] = rt_diff_flat(rt_json_get(rt_plan_json(pairing->sides[i].study->plan), "params"));
    for (size_t i = 0; i < 2; i++) {
        const struct rt_plan *plan = pairing->sides[i].study->plan;

        for (size_t k = 0; k < rt_plan_axes(plan); k++) {
            const char *name = rt_plan_axis_key(plan, k);

            if (i == 0 || axis_of(pairing->sides[0].study->plan, name) == NO_AXIS)
                add_part(pairing, name, fixed);
        }
    }
    rt_json_free(fixed[0]);
    rt_json_free(fixed[1]);
}

static void put_value(struct rt_buf *text, const struct rt_plan *plan, uint64_t index, size_t axis)
{
    uint64_t level = rt_plan_level(plan, index, axis);
    struct rt_value value;

    if (rt_plan_axis_lacks(plan, axis, level))
        return;
    rt_plan_axis_value(plan, axis, level, &value);
    if (value.kind == RT_JSON_INT || value.kind == RT_JSON_REAL)
        rt_buf_add(text, value.text);
    else
        rt_buf_add(text, value.json);
}

static void key_of(const struct pairing *pairing, size_t side, uint64_t index, uint64_t key[2])
{
    const struct rt_plan *plan = pairing->sides[side].study->plan;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;

    rt_buf_printf(&text, "%u", (unsigned)rt_plan_replicate(plan, index));
    for (size_t i = 0; i < pairing->part_count; i++) {
        const struct part *part = &pairing->parts[i];

        rt_buf_put_u8(&text, 0);
        if (part->axis[side] != NO_AXIS)
            put_value(&text, plan, index, part->axis[side]);
        else
            rt_buf_add(&text, part->fixed[side]);
    }
    hash = rt_hash(rt_buf_span(&text));
    memcpy(key, hash.bytes, 2 * sizeof key[0]);
    rt_buf_clear(&text);
}

static void add_trial(struct pairing *pairing, size_t number, struct rt_stmt *stmt)
{
    struct side *side = &pairing->sides[number];
    uint64_t index = rt_study_index(side->study, (uint64_t)rt_stmt_get_int(stmt, 0));
    size_t width = pairing->metric_count;
    struct trial *trial;

    if (index == UINT64_MAX)
        return;
    side->trials =
        rt_grow(side->trials, &side->trial_capacity, side->count + 1, sizeof *side->trials);
    side->values = rt_grow(side->values, &side->value_capacity, (side->count + 1) * width,
                           sizeof *side->values);
    for (size_t i = 0; i < width; i++) {
        enum rt_cell_kind kind = rt_stmt_kind(stmt, (int)i + 1);

        side->values[side->count * width + i] =
            kind == RT_CELL_INT || kind == RT_CELL_REAL ? rt_stmt_get_real(stmt, (int)i + 1) : NAN;
    }
    trial = &side->trials[side->count];
    trial->row = side->count++;
    key_of(pairing, number, index, trial->key);
}

static int read_side(struct pairing *pairing, struct rt_db *db, size_t number, struct rt_err *err)
{
    const struct rt_study *study = pairing->sides[number].study;
    struct rt_buf sql = RT_BUF_INIT;
    struct rt_stmt *stmt = NULL;
    char *view = NULL;
    int rc = rt_columns_view(db, study, &view, err);

    rt_buf_add(&sql, "SELECT ordinal");
    for (size_t i = 0; rc == 0 && i < pairing->metric_count; i++) {
        char *column = NULL;

        rc = rt_columns_find(db, study, RT_COLUMN_METRIC, pairing->metrics[i], &column, err);
        rt_buf_add(&sql, ", ");
        rt_ddl_name(&sql, column ? column : "");
        free(column);
    }
    if (rc == 0 && view) {
        rt_buf_add(&sql, " FROM ");
        rt_ddl_name(&sql, view);
        rt_buf_add(&sql, " WHERE outcome = 'ok'");
        if ((rc = rt_db_prepare(db, rt_buf_text(&sql), &stmt, NULL, err)) == 0) {
            while ((rc = rt_stmt_step(stmt, err)) > 0)
                add_trial(pairing, number, stmt);
        }
    }
    rt_stmt_free(stmt);
    rt_buf_clear(&sql);
    free(view);
    return rc;
}

static int find_metrics(struct pairing *pairing, struct rt_db *db, struct rt_err *err)
{
    char **names[2] = {NULL, NULL};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = rt_columns_names(db, pairing->sides[i].study, RT_COLUMN_METRIC, &names[i], err);
    pairing->metrics = rt_calloc(1, sizeof *pairing->metrics);
    for (size_t i = 0; rc == 0 && names[0][i]; i++) {
        for (size_t k = 0; names[1][k]; k++) {
            if (strcmp(names[0][i], names[1][k]) != 0)
                continue;
            pairing->metrics = rt_realloc(pairing->metrics,
                                          (pairing->metric_count + 2) * sizeof *pairing->metrics);
            pairing->metrics[pairing->metric_count++] = rt_strdup(names[0][i]);
            pairing->metrics[pairing->metric_count] = NULL;
        }
    }
    rt_columns_free(names[0]);
    rt_columns_free(names[1]);
    return rc;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(((const struct trial *)a)->key, ((const struct trial *)b)->key,
                  sizeof((const struct trial *)a)->key);
}

/* How many trials from `at` on are alike. */
static size_t run_of(const struct side *side, size_t at)
{
    size_t count = 1;

    while (at + count < side->count &&
           compare_keys(&side->trials[at], &side->trials[at + count]) == 0)
        count++;
    return count;
}

static double mean_of(const struct side *side, size_t at, size_t count, size_t width, size_t metric)
{
    double sum = side->values[side->trials[at].row * width + metric];

    for (size_t i = 1; i < count; i++)
        sum += side->values[side->trials[at + i].row * width + metric];
    return count == 1 ? sum : sum / (double)count;
}

static bool same_bits(double a, double b)
{
    uint64_t bits[2];

    memcpy(&bits[0], &a, sizeof a);
    memcpy(&bits[1], &b, sizeof b);
    return bits[0] == bits[1];
}

static void tally_pair(const struct pairing *pairing, const size_t at[2], const size_t runs[2],
                       struct tally *tallies)
{
    for (size_t i = 0; i < pairing->metric_count; i++) {
        double value[2];

        for (size_t k = 0; k < 2; k++)
            value[k] = mean_of(&pairing->sides[k], at[k], runs[k], pairing->metric_count, i);
        if (isnan(value[0]) || isnan(value[1]))
            continue;
        tallies[i].pairs++;
        tallies[i].identical += same_bits(value[0], value[1]);
        tallies[i].a += value[0];
        tallies[i].b += value[1];
    }
}

/* Walks both sides in the order of their keys; returns how many keys both have. */
static uint64_t walk(struct pairing *pairing, struct tally *tallies)
{
    struct side *sides = pairing->sides;
    size_t at[2] = {0, 0};
    uint64_t pairs = 0;

    for (size_t i = 0; i < 2; i++) {
        if (sides[i].count)
            qsort(sides[i].trials, sides[i].count, sizeof *sides[i].trials, compare_keys);
    }
    while (at[0] < sides[0].count && at[1] < sides[1].count) {
        int order = compare_keys(&sides[0].trials[at[0]], &sides[1].trials[at[1]]);
        const size_t runs[2] = {run_of(&sides[0], at[0]), run_of(&sides[1], at[1])};

        if (order == 0) {
            tally_pair(pairing, at, runs, tallies);
            pairs++;
        }
        at[0] += order <= 0 ? runs[0] : 0;
        at[1] += order >= 0 ? runs[1] : 0;
    }
    return pairs;
}

static void put_rows(const struct pairing *pairing, const struct tally *tallies, uint64_t pairs,
                     struct rt_json *diff)
{
    struct rt_json *rows = rt_json_new_array();

    for (size_t i = 0; i < pairing->metric_count; i++) {
        const struct tally *tally = &tallies[i];
        struct rt_json *row;

        if (tally->pairs == tally->identical)
            continue;
        row = rt_json_new_object();
        rt_json_set_text(row, "name", pairing->metrics[i]);
        rt_json_set(row, "a", rt_json_new_real(tally->a / (double)tally->pairs));
        rt_json_set(row, "b", rt_json_new_real(tally->b / (double)tally->pairs));
        rt_json_set(row, "difference",
                    rt_json_new_real((tally->b - tally->a) / (double)tally->pairs));
        rt_json_set_int(row, "pairs", (int64_t)tally->pairs);
        rt_json_set_int(row, "identical", (int64_t)tally->identical);
        rt_json_append(rows, row);
    }
    if (pairs)
        rt_diff_section(diff, "metrics", rows);
    else
        rt_json_free(rows);
}

static void clear(struct pairing *pairing)
{
    for (size_t i = 0; i < 2; i++) {
        free(pairing->sides[i].trials);
        free(pairing->sides[i].values);
    }
    for (size_t i = 0; i < pairing->part_count; i++) {
        free(pairing->parts[i].name);
        free(pairing->parts[i].fixed[0]);
        free(pairing->parts[i].fixed[1]);
    }
    free(pairing->parts);
    rt_columns_free(pairing->metrics);
}

/* With nothing swept in common there must be nothing swept at all. */
static bool comparable(const struct pairing *pairing)
{
    return pairing->part_count || (rt_plan_axes(pairing->sides[0].study->plan) == 0 &&
                                   rt_plan_axes(pairing->sides[1].study->plan) == 0);
}

int rt_diff_pairs(struct rt_db *db, const struct rt_study *const study[2], struct rt_json *diff,
                  struct rt_err *err)
{
    struct pairing pairing = {.sides = {{.study = study[0]}, {.study = study[1]}}};
    struct rt_json *paired = rt_json_new_object();
    struct rt_json *by = rt_json_new_array();
    struct tally *tallies = NULL;
    uint64_t pairs = 0;
    int rc;

    if ((rc = find_metrics(&pairing, db, err)) == 0) {
        find_parts(&pairing);
        if ((rc = read_side(&pairing, db, 0, err)) == 0 &&
            (rc = read_side(&pairing, db, 1, err)) == 0) {
            tallies = rt_calloc(pairing.metric_count + 1, sizeof *tallies);
            pairs = comparable(&pairing) ? walk(&pairing, tallies) : 0;
            put_rows(&pairing, tallies, pairs, diff);
        }
    }
    for (size_t i = 0; i < pairing.part_count; i++)
        rt_json_append(by, rt_json_new_string(pairing.parts[i].name));
    rt_json_set(paired, "by", by);
    rt_json_set_int(paired, "pairs", (int64_t)pairs);
    rt_json_set(diff, "paired", paired);
    free(tallies);
    clear(&pairing);
    return rc;
}
