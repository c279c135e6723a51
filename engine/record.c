#include "engine/record.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number at the top level of a result. */
static bool find_metric(struct rt_span result, const char *metric, double *value)
{
    struct rt_json *json;
    struct rt_json *member;
    bool found;

    if (result.size == 0 || rt_json_parse(result, &json, NULL) < 0)
        return false;
    member = rt_json_get(json, metric);
    found = member && (rt_json_kind(member) == RT_JSON_REAL || rt_json_kind(member) == RT_JSON_INT);
    if (found)
        *value = rt_json_number(member);
    rt_json_free(json);
    return found;
}

static void weigh(struct rt_recorder *recorder, const struct rt_attempt *attempt)
{
    struct rt_best *best = &recorder->pending;
    double value;

    if (attempt->outcome == RT_OUTCOME_OK) {
        recorder->succeeded = true;
        recorder->measured = recorder->measured || attempt->result.data.size > strlen("{}");
    }
    if (!recorder->metric || attempt->outcome != RT_OUTCOME_OK ||
        !find_metric(attempt->result.data, recorder->metric, &value))
        return;
    if (best->known && (recorder->maximize ? value <= best->value : value >= best->value))
        return;
    *best = (struct rt_best){true, value, attempt->ordinal};
}

static bool is_large(const struct rt_attempt *attempt)
{
    return attempt->result.data.size > RT_PAYLOAD_INLINE_MAX ||
           attempt->reason.data.size > RT_PAYLOAD_INLINE_MAX ||
           attempt->out.kept.data.size > RT_PAYLOAD_INLINE_MAX ||
           attempt->err.kept.data.size > RT_PAYLOAD_INLINE_MAX;
}

/* Looks at every attempt; *slim is the body with large payloads replaced, if there were any. */
static int look_through(struct rt_recorder *recorder, struct rt_span body, struct rt_buf *slim,
                        struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    const unsigned char *copied = body.data; /* as it is, up to here */
    int rc;

    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        const unsigned char *row = reader.row.data;

        weigh(recorder, &attempt);
        if (!is_large(&attempt))
            continue;
        if ((rc = rt_store_externalize(recorder->store, &attempt, err)) < 0)
            return rc;
        rt_buf_put(slim, copied, (size_t)(row - copied));
        rt_attempt_put(slim, &attempt);
        copied = row + reader.row.size;
    }
    if (rc == 0 && slim->size)
        rt_buf_put(slim, copied, (size_t)(reader.reader.end - copied));
    return rc;
}

int rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
              uint64_t *seq, struct rt_err *err)
{
    struct rt_buf slim = RT_BUF_INIT;
    int rc = 0;

    if (kind == RT_EVENT_ATTEMPTS)
        rc = look_through(recorder, body, &slim, err);
    if (rc == 0)
        rc =
            rt_store_append(recorder->store, kind, slim.size ? rt_buf_span(&slim) : body, seq, err);
    if (rc == 0)
        recorder->last = *seq;
    recorder->urgent |= kind != RT_EVENT_ATTEMPTS;
    rt_buf_clear(&slim);
    return rc;
}

bool rt_record_due(const struct rt_recorder *recorder, uint64_t mono_us)
{
    return rt_record_wait_us(recorder, mono_us) == 0;
}

static uint64_t group_us(const struct rt_recorder *recorder)
{
    if (recorder->driven)
        return RT_RECORD_TOLD_US;
    return recorder->urgent ? RT_RECORD_GROUP_US : RT_RECORD_LATE_US;
}

uint64_t rt_record_wait_us(const struct rt_recorder *recorder, uint64_t mono_us)
{
    uint64_t due = recorder->commit_us + group_us(recorder);

    if (recorder->last <= recorder->durable)
        return UINT64_MAX;
    return due > mono_us ? due - mono_us : 0;
}

int rt_record_commit(struct rt_recorder *recorder, struct rt_err *err)
{
    int rc = rt_store_commit(recorder->store, err);

    if (rc < 0)
        return rc;
    recorder->durable = rt_store_durable(recorder->store);
    recorder->best = recorder->pending;
    recorder->commit_us = rt_mono_us();
    recorder->urgent = false;
    return 0;
}
