#include "replay/steered.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

static const char unknown[] = "the record does not say at which of its calls it came to know";
static const char untold[] = "the replay was not told";
static const char incomplete[] = "not all that it heard while it ran is in the record";
static const char loose[] =
    "it was told something while it ran, and a command looks for that when it likes";

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

/* Whether a replay of this plan is told at this point all that the original heard. */
static bool is_told(const struct rt_plan *plan, uint64_t point, const struct rt_measure *original)
{
    return rt_measure_heard(original) == (int64_t)rt_json_count(rt_plan_told(plan, point));
}

static const char *why_untold(const struct rt_plan *plan, const struct rt_measure *original)
{
    if (rt_measure_heard(original) < 0)
        return unknown;
    if (rt_json_bool(rt_json_get(rt_json_get(rt_plan_json(plan), "replay"), "untold")))
        return untold;
    return incomplete;
}

static void note(struct rt_measure *original, const char *untold_why, struct rt_stmt *row)
{
    const char *stop = rt_stmt_get_text(row, STOP);
    const char *params = rt_stmt_get_text(row, PARAMS);
    struct rt_err why;

    if (original->is.missing)
        return;
    if (stop)
        rt_err_set(&why, RT_ENOTFOUND,
                   "the driver of the original stopped it while it ran (%.200s); %s", stop,
                   untold_why);
    else
        rt_err_set(&why, RT_ENOTFOUND,
                   "the driver of the original gave it new parameters while it ran (%.200s); %s",
                   params ? params : "", untold_why);
    rt_measure_miss(original, why.text);
}

/* Both are in the same order; an original may be there several times. */
static int walk(struct rt_stmt *stmt, const struct rt_plan *plan, struct rt_measure *originals,
                struct rt_measure **order, size_t count, struct rt_err *err)
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
            if (!is_told(plan, (uint64_t)(order[i] - originals), order[i]))
                note(order[i], why_untold(plan, order[i]), stmt);
    }
    return rc;
}

/* Of what they heard something is missing: their agent was cut off when they did. */
static void note_incomplete(const struct rt_plan *plan, struct rt_measure *originals, size_t count)
{
    const struct rt_json *replay = rt_json_get(rt_plan_json(plan), "replay");

    for (size_t i = 0; i < count && !rt_json_bool(rt_json_get(replay, "untold")); i++) {
        if (rt_measure_heard(&originals[i]) > 0 && !originals[i].is.missing &&
            !is_told(plan, i, &originals[i]))
            rt_measure_miss(&originals[i], incomplete);
    }
}

/* What commands are told. */
static void loosen(const struct rt_plan *plan, struct rt_measure *originals, size_t count)
{
    const struct rt_json *told = rt_json_get(rt_json_get(rt_plan_json(plan), "replay"), "told");
    const struct rt_json *entry = rt_json_get(rt_plan_json(plan), "entry");

    if (strcmp(rt_json_get_text(entry, "kind", ""), "command") != 0)
        return;
    for (size_t i = 0; i < rt_json_count(told); i++) {
        uint64_t point = (uint64_t)rt_json_int(rt_json_at(rt_json_at(told, i), 0));

        if (point < count)
            originals[point].is.loose = loose;
    }
}

int rt_steered_note(struct rt_db *index, const struct rt_plan *plan, struct rt_measure *originals,
                    size_t count, struct rt_err *err)
{
    struct rt_measure **order = rt_calloc(count, sizeof(struct rt_measure *));
    struct rt_stmt *stmt = NULL;
    int rc;

    for (size_t i = 0; i < count; i++)
        order[i] = &originals[i];
    rt_sort(order, count, sizeof(struct rt_measure *), by_attempt);
    if ((rc = rt_db_prepare(index, rt_sql_ask_steered, &stmt, NULL, err)) == 0)
        rc = walk(stmt, plan, originals, order, count, err);
    note_incomplete(plan, originals, count);
    loosen(plan, originals, count);
    rt_stmt_free(stmt);
    free(order);
    return rc;
}
