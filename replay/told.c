#include "replay/told.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "replay/measure.h"
#include "sql.h"

#include <stdlib.h>

#define FORMAT 8 /* of plans that say what trials are told */

enum { ORDINAL, ATTEMPT, CALL, REPORTS, STOP, PARAMS };

/* One original that heard something. */
struct one {
    size_t point;
    struct rt_json *heard; /* yours until it is put in a plan */
};

struct telling {
    struct rt_db *index;
    const struct rt_origin *origins;
    const struct rt_origin **order; /* by study, ordinal and attempt */
    size_t count;
    struct one *ones;
    size_t one_count;
    size_t capacity;
};

static int compare(const struct rt_origin *origin, uint64_t ordinal, uint32_t attempt)
{
    if (origin->ordinal != ordinal)
        return origin->ordinal < ordinal ? -1 : 1;
    return origin->attempt < attempt ? -1 : origin->attempt > attempt;
}

static int by_attempt(const void *a, const void *b)
{
    const struct rt_origin *x = *(const struct rt_origin *const *)a;
    const struct rt_origin *y = *(const struct rt_origin *const *)b;

    if (x->study != y->study)
        return x->study->number < y->study->number ? -1 : 1;
    return compare(x, y->ordinal, y->attempt);
}

static int by_point(const void *a, const void *b)
{
    const struct one *x = a;
    const struct one *y = b;

    return x->point < y->point ? -1 : x->point > y->point;
}

static struct rt_json *read_row(struct rt_stmt *row)
{
    struct rt_json *one = rt_json_new_object();
    const char *stop = rt_stmt_get_text(row, STOP);
    const char *params = rt_stmt_get_text(row, PARAMS);
    struct rt_json *json = NULL;

    rt_json_set_int(one, "call", rt_stmt_get_int(row, CALL));
    rt_json_set_int(one, "reports", rt_stmt_get_int(row, REPORTS));
    if (stop)
        rt_json_set_text(one, "stop", stop);
    if (params && rt_json_parse(rt_span_text(params), &json, NULL) == 0)
        rt_json_set(one, "params", json);
    return one;
}

static void add_row(struct telling *telling, size_t point, struct rt_stmt *row)
{
    const struct rt_origin *origin = &telling->origins[point];
    struct one *one;

    for (size_t i = telling->one_count; i-- > 0;) {
        one = &telling->ones[i];
        if (one->point == point) {
            rt_json_append(one->heard, read_row(row));
            return;
        }
        if (compare(&telling->origins[one->point], origin->ordinal, origin->attempt) != 0)
            break;
    }
    telling->ones =
        rt_grow(telling->ones, &telling->capacity, telling->one_count + 1, sizeof *telling->ones);
    one = &telling->ones[telling->one_count++];
    *one = (struct one){point, rt_json_new_array()};
    rt_json_append(one->heard, read_row(row));
}

/* Rows and originals of one study, in the same order. An original that is there twice, with other
 * params say, has the rows twice: they are few. */
static int take_study(struct telling *telling, size_t first, size_t end, struct rt_err *err)
{
    struct rt_stmt *rows;
    int rc = rt_db_prepare(telling->index, rt_sql_ask_heard_in, &rows, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_int(rows, ":study", telling->order[first]->study->number);
    while (first < end && (rc = rt_stmt_step(rows, err)) > 0) {
        uint64_t ordinal = (uint64_t)rt_stmt_get_int(rows, ORDINAL);
        uint32_t attempt = (uint32_t)rt_stmt_get_int(rows, ATTEMPT);

        while (first < end && compare(telling->order[first], ordinal, attempt) < 0)
            first++;
        for (size_t i = first; i < end && compare(telling->order[i], ordinal, attempt) == 0; i++)
            add_row(telling, (size_t)(telling->order[i] - telling->origins), rows);
    }
    rt_stmt_free(rows);
    return rc < 0 ? rc : 0;
}

static int take_all(struct telling *telling, struct rt_err *err)
{
    int rc = 0;

    for (size_t from = 0, to; rc == 0 && from < telling->count; from = to) {
        for (to = from + 1;
             to < telling->count && telling->order[to]->study == telling->order[from]->study; to++)
            continue;
        rc = take_study(telling, from, to, err);
    }
    return rc;
}

/* What is complete is told; takes all of it. */
static int put_complete(struct telling *telling, struct rt_store *store, struct rt_json **out,
                        struct rt_err *err)
{
    struct rt_measure *measures = rt_calloc(telling->one_count, sizeof *measures);
    int rc;

    for (size_t i = 0; i < telling->one_count; i++)
        measures[i].of = telling->origins[telling->ones[i].point];
    rc = rt_measures_read(store, measures, telling->one_count, err);
    for (size_t i = 0; i < telling->one_count; i++) {
        struct one *one = &telling->ones[i];
        struct rt_json *pair;

        if (rc < 0 || rt_measure_heard(&measures[i]) != (int64_t)rt_json_count(one->heard)) {
            rt_json_free(one->heard);
            continue;
        }
        if (!*out)
            *out = rt_json_new_array();
        pair = rt_json_new_array();
        rt_json_append(pair, rt_json_new_int((int64_t)one->point));
        rt_json_append(pair, one->heard);
        rt_json_append(*out, pair);
    }
    rt_measures_free(measures, telling->one_count);
    return rc;
}

int rt_told_of(struct rt_store *store, struct rt_db *index, const struct rt_origin *origins,
               size_t count, struct rt_json **out, struct rt_err *err)
{
    struct telling telling = {.index = index, .origins = origins, .count = count};
    int rc;

    *out = NULL;
    telling.order = rt_calloc(count, sizeof(struct rt_origin *));
    for (size_t i = 0; i < count; i++)
        telling.order[i] = &origins[i];
    rt_sort(telling.order, count, sizeof(struct rt_origin *), by_attempt);
    rc = take_all(&telling, err);
    if (telling.one_count)
        qsort(telling.ones, telling.one_count, sizeof *telling.ones, by_point);
    if (rc == 0) {
        rc = put_complete(&telling, store, out, err);
    } else {
        for (size_t i = 0; i < telling.one_count; i++)
            rt_json_free(telling.ones[i].heard);
    }
    free(telling.ones);
    free(telling.order);
    return rc;
}

int rt_told_set(struct rt_store *store, struct rt_db *index, const struct rt_origin *origins,
                size_t count, struct rt_json *plan, struct rt_err *err)
{
    struct rt_json *told = NULL;
    int rc = rt_told_of(store, index, origins, count, &told, err);

    if (rc < 0 || !told)
        return rc;
    rt_json_set(rt_json_get(plan, "replay"), "told", told);
    rt_json_set_int(plan, "format", FORMAT);
    return 0;
}
