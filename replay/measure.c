#include "replay/measure.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Those that one event has. */
struct reading {
    struct rt_store *store;
    struct rt_measure **wanted; /* by row */
    size_t count;
};

static int by_place(const void *a, const void *b)
{
    const struct rt_origin *x = &(*(struct rt_measure *const *)a)->of;
    const struct rt_origin *y = &(*(struct rt_measure *const *)b)->of;

    if (x->event != y->event)
        return x->event < y->event ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

void rt_measure_miss(struct rt_measure *measure, const char *why)
{
    free(measure->why);
    measure->is.missing = measure->why = rt_strdup(why);
}

int64_t rt_measure_heard(const struct rt_measure *measure)
{
    uint32_t heard = measure->flags >> RT_ATTEMPT_HEARD_AT & RT_ATTEMPT_HEARD_MAX;

    return measure->flags & RT_ATTEMPT_TRACED && heard < RT_ATTEMPT_HEARD_MAX ? (int64_t)heard : -1;
}

/* What was skipped has a reason in place of a result. */
static void take_skipped(struct rt_store *store, const struct rt_attempt *attempt,
                         struct rt_measure *measure)
{
    struct rt_buf reason = RT_BUF_INIT;
    struct rt_err why;

    if (rt_store_payload(store, &attempt->reason, &reason, &why) == 0)
        rt_err_set(&why, RT_ENOTFOUND, "%s", reason.size ? rt_buf_text(&reason) : "it was skipped");
    rt_measure_miss(measure, why.text);
    rt_buf_clear(&reason);
}

static void take(struct rt_store *store, const struct rt_attempt *attempt,
                 struct rt_measure *measure)
{
    struct rt_err why;

    measure->flags = attempt->flags;
    if (attempt->outcome == RT_OUTCOME_SKIPPED) {
        take_skipped(store, attempt, measure);
        return;
    }
    measure->is.outcome = attempt->outcome;
    measure->is.status = attempt->outcome == RT_OUTCOME_OK ? 0 : attempt->status;
    if (rt_store_payload(store, &attempt->result, &measure->result, &why) < 0)
        rt_measure_miss(measure, why.text);
    else
        measure->is.result = rt_buf_span(&measure->result);
}

static int read_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct reading *reading = context;
    struct rt_attempts_reader rows;
    struct rt_attempt attempt;
    size_t at = 0;
    int rc;

    if (event->kind != RT_EVENT_ATTEMPTS)
        return 1;
    if ((rc = rt_attempts_open(&rows, event->body, err)) < 0)
        return rc;
    for (uint64_t row = 0; at < reading->count && (rc = rt_attempts_next(&rows, &attempt, err)) > 0;
         row++) {
        for (; at < reading->count && reading->wanted[at]->of.row == row; at++)
            take(reading->store, &attempt, reading->wanted[at]);
    }
    return rc < 0 ? rc : 1;
}

int rt_measures_read(struct rt_store *store, struct rt_measure *measures, size_t count,
                     struct rt_err *err)
{
    struct rt_measure **order = rt_calloc(count, sizeof(struct rt_measure *));
    size_t wanted = 0;
    int rc = 0;

    for (size_t i = 0; i < count; i++) {
        measures[i].is.outcome = measures[i].of.outcome;
        if (measures[i].of.event && !measures[i].is.missing &&
            measures[i].of.outcome != RT_OUTCOME_LOST)
            order[wanted++] = &measures[i];
    }
    qsort(order, wanted, sizeof(struct rt_measure *), by_place);
    for (size_t from = 0, to; rc >= 0 && from < wanted; from = to) {
        struct reading reading = {store, order + from, 0};

        for (to = from; to < wanted && order[to]->of.event == order[from]->of.event; to++)
            reading.count++;
        rc = rt_store_read(store, order[from]->of.event, read_event, &reading, err);
    }
    free(order);
    return rc < 0 ? rc : 0;
}

void rt_measures_free(struct rt_measure *measures, size_t count)
{
    for (size_t i = 0; measures && i < count; i++) {
        rt_buf_clear(&measures[i].result);
        free(measures[i].why);
    }
    free(measures);
}
