#include "replay/steered.h"

#include "base/alloc.h"
#include "sql.h"

#include <stdlib.h>

enum { STUDY, ORDINAL, ATTEMPT, STOP, PARAMS };

static int compare(const struct rt_origin *origin, int64_t study, int64_t ordinal, int64_t attempt)
{
    int64_t number = origin->study ? origin->study->number : 0;

    if (number != study)
        return number < study ? -1 : 1;
    if ((int64_t)origin->ordinal != ordinal)
        return (int64_t)origin->ordinal < ordinal ? -1 : 1;
    return (int64_t)origin->attempt < attempt ? -1 : (int64_t)origin->attempt > attempt;
}

static int by_attempt(const void *a, const void *b)
{
    const struct rt_origin *y = &(*(struct rt_measure *const *)b)->of;

    return compare(&(*(struct rt_measure *const *)a)->of, y->study ? y->study->number : 0,
                   (int64_t)y->ordinal, y->attempt);
}

static void note(struct rt_measure *original, struct rt_stmt *row)
{
    const char *stop = rt_stmt_get_text(row, STOP);
    const char *params = rt_stmt_get_text(row, PARAMS);
    struct rt_err why;

    if (original->is.missing)
        return;
    if (stop)
        rt_err_set(&why, RT_ENOTFOUND,
                   "the driver of the original stopped it while it ran (%.200s); a replay has no "
                   "driver",
                   stop);
    else
        rt_err_set(&why, RT_ENOTFOUND,
                   "the driver of the original gave it new parameters while it ran (%.200s); a "
                   "replay has no driver",
                   params ? params : "");
    rt_measure_miss(original, why.text);
}

/* Both are in the same order; an original may be there several times. */
static int walk(struct rt_stmt *stmt, struct rt_measure **order, size_t count, struct rt_err *err)
{
    size_t at = 0;
    int rc;

    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        int64_t study = rt_stmt_get_int(stmt, STUDY);
        int64_t ordinal = rt_stmt_get_int(stmt, ORDINAL);
        int64_t attempt = rt_stmt_get_int(stmt, ATTEMPT);

        while (at < count && compare(&order[at]->of, study, ordinal, attempt) < 0)
            at++;
        for (size_t i = at; i < count && compare(&order[i]->of, study, ordinal, attempt) == 0; i++)
            note(order[i], stmt);
    }
    return rc;
}

int rt_steered_note(struct rt_db *index, struct rt_measure *originals, size_t count,
                    struct rt_err *err)
{
    struct rt_measure **order = rt_calloc(count, sizeof(struct rt_measure *));
    struct rt_stmt *stmt = NULL;
    int rc;

    for (size_t i = 0; i < count; i++)
        order[i] = &originals[i];
    qsort(order, count, sizeof(struct rt_measure *), by_attempt);
    if ((rc = rt_db_prepare(index, rt_sql_ask_steered, &stmt, NULL, err)) == 0)
        rc = walk(stmt, order, count, err);
    rt_stmt_free(stmt);
    free(order);
    return rc;
}
