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

/* How long ago an attempt ended, by clocks that may be those of two hosts. */
static uint64_t age_us(const struct rt_attempt *attempt, uint64_t wall_us)
{
    uint64_t end_us = attempt->start_us + attempt->duration_us;
    uint64_t age = wall_us > end_us ? wall_us - end_us : 0;

    return age < RT_RECORD_LATE_US ? age : RT_RECORD_LATE_US;
}

/* What is about to be appended has been waiting since then. */
static void note_since(struct rt_recorder *recorder, uint64_t mono_us)
{
    if (recorder->last <= recorder->durable || mono_us < recorder->since_us)
        recorder->since_us = mono_us;
}

/* Looks at every attempt; *slim is the body with large payloads replaced, if there were any. */
static int look_through(struct rt_recorder *recorder, struct rt_span body, struct rt_buf *slim,
                        struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    const unsigned char *copied = body.data; /* as it is, up to here */
    uint64_t wall_us = rt_wall_us();
    uint64_t oldest_us = 0;
    int rc;

    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        const unsigned char *row = reader.row.data;
        uint64_t ago_us = age_us(&attempt, wall_us);

        oldest_us = ago_us > oldest_us ? ago_us : oldest_us;
        weigh(recorder, &attempt);
        recorder->running -= recorder->running > 0;
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
    note_since(recorder, rt_mono_us() - oldest_us);
    return rc;
}

int rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
              uint64_t *seq, struct rt_err *err)
{
    struct rt_buf slim = RT_BUF_INIT;
    int rc = 0;

    if (kind == RT_EVENT_ATTEMPTS)
        rc = look_through(recorder, body, &slim, err);
    else
        note_since(recorder, rt_mono_us());
    if (rc == 0)
        rc =
            rt_store_append(recorder->store, kind, slim.size ? rt_buf_span(&slim) : body, seq, err);
    if (rc == 0)
        recorder->last = *seq;
    rt_buf_clear(&slim);
    return rc;
}

/* Of what is under way nothing is left that could come along. */
static bool is_complete(const struct rt_recorder *recorder)
{
    return recorder->running == 0 && recorder->answered;
}

static uint64_t due_us(const struct rt_recorder *recorder)
{
    uint64_t soon_us = recorder->commit_us + RT_RECORD_GROUP_US;
    uint64_t late_us = recorder->since_us + RT_RECORD_LATE_US;

    if (recorder->driven)
        return is_complete(recorder) ? 0 : recorder->commit_us + RT_RECORD_TOLD_US;
    return recorder->urgent || late_us < soon_us ? soon_us : late_us;
}

uint64_t rt_record_wait_us(const struct rt_recorder *recorder, uint64_t mono_us)
{
    uint64_t due = due_us(recorder);

    if (recorder->last <= recorder->durable)
        return UINT64_MAX;
    return due > mono_us ? due - mono_us : 0;
}

bool rt_record_due(const struct rt_recorder *recorder, uint64_t mono_us)
{
    uint64_t slack_us = recorder->driven || recorder->urgent ? 0 : RT_RECORD_SLACK_US;

    return rt_record_wait_us(recorder, mono_us) <= slack_us;
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
    if (recorder->driven)
        recorder->running =
            rt_state_study(rt_store_state(recorder->store), recorder->study)->leased;
    return 0;
}
