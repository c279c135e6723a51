#include "query/about_steps.h"

#include "base/alloc.h"
#include "query/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define CURVE_WIDTH 32 /* characters */

enum { ATTEMPT, METRIC, STEP, VALUE, STATE };

/* One curve, as it is read. */
struct curve {
    int64_t attempt;
    char *metric;
    double *values;
    size_t count;
    size_t capacity;
    int64_t step; /* of the last report */
};

/* The mean of the values that fall onto one character; NaN if none is finite. */
static double mean_of(const struct curve *curve, size_t at, size_t width)
{
    size_t from = at * curve->count / width;
    size_t to = (at + 1) * curve->count / width;
    size_t finite = 0;
    double sum = 0;

    for (size_t i = from; i < to; i++) {
        if (isfinite(curve->values[i])) {
            sum += curve->values[i];
            finite++;
        }
    }
    return finite ? sum / (double)finite : NAN;
}

static char *draw(const struct curve *curve, double low, double high)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t width = curve->count < CURVE_WIDTH ? curve->count : CURVE_WIDTH;
    struct rt_buf text = RT_BUF_INIT;

    for (size_t i = 0; i < width; i++) {
        double mean = mean_of(curve, i, width);
        double part = high > low ? (mean - low) / (high - low) : 0;

        rt_buf_add(&text, isnan(mean) ? "·" : bars[part >= 1 ? 7 : (size_t)(part * 8)]);
    }
    return rt_buf_take(&text);
}

static struct rt_json *attempt_of(struct rt_json *about, struct rt_json *attempts, int64_t attempt)
{
    struct rt_json *running = rt_json_get(about, "running");

    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        if (rt_json_get_int(rt_json_at(attempts, i), "attempt", 0) == attempt)
            return rt_json_at(attempts, i);
    }
    return running ? running : about; /* it runs */
}

static void put_number(struct rt_json *into, const char *name, double value)
{
    if (isfinite(value))
        rt_json_set(into, name, rt_json_new_real(value));
    else
        rt_json_set_text(into, name, isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static void put_curve(struct rt_json *into, const struct curve *curve)
{
    struct rt_json *reports = rt_json_get(into, "reports");
    struct rt_json *of = rt_json_new_object();
    double low = INFINITY;
    double high = -INFINITY;
    char *drawn;

    for (size_t i = 0; i < curve->count; i++) {
        if (isfinite(curve->values[i])) {
            low = fmin(low, curve->values[i]);
            high = fmax(high, curve->values[i]);
        }
    }
    drawn = draw(curve, low, high);
    rt_json_set_int(of, "reports", (int64_t)curve->count);
    rt_json_set_int(of, "step", curve->step);
    put_number(of, "last", curve->values[curve->count - 1]);
    if (low <= high) {
        put_number(of, "least", low);
        put_number(of, "most", high);
    }
    rt_json_set_text(of, "curve", drawn);
    if (!reports) {
        reports = rt_json_new_object();
        rt_json_set(into, "reports", reports);
    }
    rt_json_set(reports, curve->metric, of);
    free(drawn);
}

static double value_of(struct rt_stmt *row)
{
    const char *state = rt_stmt_get_text(row, STATE);

    if (rt_stmt_kind(row, VALUE) != RT_CELL_NULL)
        return rt_stmt_get_real(row, VALUE);
    if (!state || strcmp(state, "nan") == 0)
        return NAN;
    return state[0] == '-' ? -INFINITY : INFINITY;
}

static void end_curve(struct curve *curve, struct rt_json *about, struct rt_json *attempts)
{
    if (curve->count)
        put_curve(attempt_of(about, attempts, curve->attempt), curve);
    free(curve->metric);
    curve->metric = NULL;
    curve->count = 0;
}

static void take_row(struct curve *curve, struct rt_stmt *row, struct rt_json *about,
                     struct rt_json *attempts)
{
    const char *metric = rt_stmt_get_text(row, METRIC);

    if (!curve->metric || curve->attempt != rt_stmt_get_int(row, ATTEMPT) ||
        strcmp(curve->metric, metric) != 0) {
        end_curve(curve, about, attempts);
        curve->metric = rt_strdup(metric);
        curve->attempt = rt_stmt_get_int(row, ATTEMPT);
    }
    curve->values =
        rt_grow(curve->values, &curve->capacity, curve->count + 1, sizeof *curve->values);
    curve->values[curve->count++] = value_of(row);
    curve->step = rt_stmt_get_int(row, STEP);
}

static int open_rows(struct rt_db *db, const char *sql, const struct rt_study *study,
                     uint64_t ordinal, struct rt_stmt **rows, struct rt_err *err)
{
    int rc = rt_db_prepare(db, sql, rows, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_int(*rows, ":study", study->number);
    rt_stmt_int(*rows, ":ordinal", (int64_t)ordinal);
    return 0;
}

static int put_reports(struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
                       struct rt_json *about, struct rt_json *attempts, struct rt_err *err)
{
    struct curve curve = {0};
    struct rt_stmt *rows;
    int rc = open_rows(db, rt_sql_ask_steps_of, study, ordinal, &rows, err);

    if (rc < 0)
        return rc;
    while ((rc = rt_stmt_step(rows, err)) > 0)
        take_row(&curve, rows, about, attempts);
    end_curve(&curve, about, attempts);
    free(curve.values);
    rt_stmt_free(rows);
    return rc;
}

/* All rows as a list, if there are any. */
static int put_list(struct rt_db *db, const char *sql, const char *name,
                    const struct rt_study *study, uint64_t ordinal, struct rt_json *about,
                    struct rt_err *err)
{
    struct rt_json *list = rt_json_new_array();
    struct rt_stmt *rows;
    int rc = open_rows(db, sql, study, ordinal, &rows, err);

    if (rc == 0) {
        while ((rc = rt_stmt_step(rows, err)) > 0)
            rt_json_append(list, rt_cell_row(rows));
        rt_stmt_free(rows);
    }
    if (rt_json_count(list))
        rt_json_set(about, name, rt_json_keep(list));
    rt_json_free(list);
    return rc;
}

static int put_thinned(struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
                       struct rt_json *about, struct rt_json *attempts, struct rt_err *err)
{
    struct rt_stmt *rows;
    int rc = open_rows(db, rt_sql_ask_thinned_of, study, ordinal, &rows, err);

    if (rc < 0)
        return rc;
    while ((rc = rt_stmt_step(rows, err)) > 0)
        rt_json_set_int(attempt_of(about, attempts, rt_stmt_get_int(rows, 0)),
                        "reports_thinned_out", rt_stmt_get_int(rows, 1));
    rt_stmt_free(rows);
    return rc;
}

static int put_restored(struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
                        struct rt_json *about, struct rt_json *attempts, struct rt_err *err)
{
    struct rt_stmt *rows;
    int rc = open_rows(db, rt_sql_ask_restored_of, study, ordinal, &rows, err);

    if (rc < 0)
        return rc;
    while ((rc = rt_stmt_step(rows, err)) > 0) {
        struct rt_json *row = rt_cell_row(rows);

        rt_json_set(attempt_of(about, attempts, rt_json_get_int(row, "attempt", 0)), "restored",
                    row);
        rt_json_remove(row, "attempt");
    }
    rt_stmt_free(rows);
    return rc;
}

int rt_about_steps(struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
                   struct rt_json *about, struct rt_json *attempts, struct rt_err *err)
{
    int rc;

    if ((rc = put_reports(db, study, ordinal, about, attempts, err)) < 0 ||
        (rc = put_thinned(db, study, ordinal, about, attempts, err)) < 0 ||
        (rc = put_list(db, rt_sql_ask_told_of, "told", study, ordinal, about, err)) < 0 ||
        (rc = put_list(db, rt_sql_ask_heard_of, "heard", study, ordinal, about, err)) < 0 ||
        (rc = put_list(db, rt_sql_ask_kept_of, "checkpoint", study, ordinal, about, err)) < 0)
        return rc;
    return put_restored(db, study, ordinal, about, attempts, err);
}
