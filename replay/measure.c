#include "replay/measure.h"

#include "base/alloc.h"
#include "base/sort.h"

#include <stdlib.h>

#define NEAR 16 /* events: to pass over fewer costs less than to begin to read anew */

/* Where an attempt is in the journal, and for whom. */
struct place {
    uint64_t event;
    uint64_t row;
    struct rt_measure *measure;
};

struct reading {
    struct rt_store *store;
    struct place *places; /* in the order of the journal */
    size_t count;
    size_t at; /* the first that was not read yet */
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;

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

/* True if there is another one in this event. */
static bool wants(const struct reading *reading, uint64_t event)
{
    return reading->at < reading->count && reading->places[reading->at].event == event;
}

static int take_rows(struct reading *reading, const struct rt_event *event, struct rt_err *err)
{
    struct rt_attempts_reader rows;
    struct rt_attempt attempt;
    int rc = rt_attempts_open(&rows, event->body, err);

    for (uint64_t row = 0; rc >= 0 && wants(reading, event->seq); row++) {
        if ((rc = rt_attempts_next(&rows, &attempt, err)) <= 0)
            break;
        for (; wants(reading, event->seq) && reading->places[reading->at].row == row; reading->at++)
            take(reading->store, &attempt, reading->places[reading->at].measure);
    }
    return rc < 0 ? rc : 0;
}

/* Goes on while the next one is near. */
static int read_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct reading *reading = context;
    int rc = 0;

    if (wants(reading, event->seq) && event->kind == RT_EVENT_ATTEMPTS &&
        (rc = take_rows(reading, event, err)) < 0)
        return rc;
    while (wants(reading, event->seq))
        reading->at++; /* what the event does not have */
    return reading->at == reading->count || reading->places[reading->at].event - event->seq > NEAR;
}

static int read_places(struct reading *reading, struct rt_err *err)
{
    int rc = 0;

    while (rc >= 0 && reading->at < reading->count) {
        size_t before = reading->at;

        rc = rt_store_read(reading->store, reading->places[before].event, read_event, reading, err);
        if (reading->at == before)
            break; /* the journal ends before it */
    }
    return rc < 0 ? rc : 0;
}

int rt_measures_read(struct rt_store *store, struct rt_measure *measures, size_t count,
                     struct rt_err *err)
{
    struct reading reading = {.store = store, .places = rt_calloc(count, sizeof(struct place))};
    int rc;

    for (size_t i = 0; i < count; i++) {
        const struct rt_origin *of = &measures[i].of;

        measures[i].is.outcome = of->outcome;
        if (of->event && !measures[i].is.missing && of->outcome != RT_OUTCOME_LOST)
            reading.places[reading.count++] = (struct place){of->event, of->row, &measures[i]};
    }
    rt_sort(reading.places, reading.count, sizeof *reading.places, by_place);
    rc = read_places(&reading, err);
    free(reading.places);
    return rc;
}

void rt_measures_free(struct rt_measure *measures, size_t count)
{
    for (size_t i = 0; measures && i < count; i++) {
        rt_buf_clear(&measures[i].result);
        free(measures[i].why);
    }
    free(measures);
}
