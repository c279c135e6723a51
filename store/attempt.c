/* The packed form of attempts; layout in docs/store-format.md. */
#include "store/event.h"

static const char *const outcome_names[RT_OUTCOMES] = {
    "none", "ok", "failed", "crashed", "timeout", "pruned", "skipped", "lost",
};

const char *rt_outcome_name(enum rt_outcome outcome)
{
    return (unsigned)outcome < RT_OUTCOMES ? outcome_names[outcome] : "unknown";
}

int rt_outcome_from_name(const char *name, enum rt_outcome *outcome)
{
    for (int i = 0; i < RT_OUTCOMES; i++) {
        if (strcmp(name, outcome_names[i]) == 0) {
            *outcome = (enum rt_outcome)i;
            return 0;
        }
    }
    return -1;
}

#define BY_HASH 1u /* lowest bit of a payload's first number; the others are its size */

static void put_payload(struct rt_buf *buf, const struct rt_payload *payload)
{
    if (payload->by_hash) {
        rt_buf_put_varint(buf, payload->size << 1 | BY_HASH);
        rt_buf_put(buf, payload->hash.bytes, RT_HASH_SIZE);
        return;
    }
    rt_buf_put_varint(buf, (uint64_t)payload->data.size << 1);
    rt_buf_put(buf, payload->data.data, payload->data.size);
}

static void get_payload(struct rt_reader *reader, struct rt_payload *payload)
{
    uint64_t first = rt_read_varint(reader);
    uint64_t size = first >> 1;
    struct rt_span bytes;

    *payload = (struct rt_payload){.by_hash = first & BY_HASH, .size = size};
    if (payload->by_hash) {
        bytes = rt_read_bytes(reader, RT_HASH_SIZE);
        if (bytes.size)
            memcpy(payload->hash.bytes, bytes.data, RT_HASH_SIZE);
        return;
    }
    if (size > rt_reader_left(reader))
        reader->bad = true;
    payload->data = rt_read_bytes(reader, (size_t)size);
    payload->size = payload->data.size;
}

static void put_output(struct rt_buf *buf, const struct rt_output *output)
{
    put_payload(buf, &output->kept);
    rt_buf_put_varint(buf, output->head);
    rt_buf_put_varint(buf, output->total);
}

static void get_output(struct rt_reader *reader, struct rt_output *output)
{
    get_payload(reader, &output->kept);
    output->head = rt_read_varint(reader);
    output->total = rt_read_varint(reader);
    if (output->head > output->kept.size || output->kept.size > output->total)
        reader->bad = true;
}

void rt_attempt_put(struct rt_buf *buf, const struct rt_attempt *attempt)
{
    rt_buf_put_varint(buf, attempt->study);
    rt_buf_put_varint(buf, attempt->ordinal);
    rt_buf_put_varint(buf, attempt->attempt);
    rt_buf_put_varint(buf, attempt->launch);
    rt_buf_put_varint(buf, attempt->rank);
    rt_buf_put_varint(buf, attempt->worker);
    rt_buf_put_varint(buf, attempt->position);
    rt_buf_put_signed(buf, attempt->pid);
    rt_buf_put_u64(buf, attempt->start_us);
    rt_buf_put_varint(buf, attempt->duration_us);
    rt_buf_put_varint(buf, attempt->user_us);
    rt_buf_put_varint(buf, attempt->sys_us);
    rt_buf_put_varint(buf, attempt->max_rss_kib);
    rt_buf_put_u32(buf, attempt->seed);
    rt_buf_put_u8(buf, (uint8_t)attempt->outcome);
    rt_buf_put_signed(buf, attempt->status);
    rt_buf_put_varint(buf, attempt->flags);
    put_payload(buf, &attempt->result);
    put_payload(buf, &attempt->reason);
    put_output(buf, &attempt->out);
    put_output(buf, &attempt->err);
}

static int32_t read_signed32(struct rt_reader *reader)
{
    int64_t value = rt_read_signed(reader);

    if (value < INT32_MIN || value > INT32_MAX) {
        reader->bad = true;
        return 0;
    }
    return (int32_t)value;
}

/* An attempt that is told of has ended somehow. */
static enum rt_outcome read_outcome(struct rt_reader *reader)
{
    uint8_t outcome = rt_read_u8(reader);

    if (outcome == RT_OUTCOME_NONE || outcome >= RT_OUTCOMES) {
        reader->bad = true;
        return RT_OUTCOME_NONE;
    }
    return (enum rt_outcome)outcome;
}

void rt_attempt_get(struct rt_reader *reader, struct rt_attempt *attempt)
{
    attempt->study = rt_read_varint32(reader);
    attempt->ordinal = rt_read_varint(reader);
    attempt->attempt = rt_read_varint32(reader);
    attempt->launch = rt_read_varint32(reader);
    attempt->rank = rt_read_varint32(reader);
    attempt->worker = rt_read_varint32(reader);
    attempt->position = rt_read_varint32(reader);
    attempt->pid = read_signed32(reader);
    attempt->start_us = rt_read_u64(reader);
    attempt->duration_us = rt_read_varint(reader);
    attempt->user_us = rt_read_varint(reader);
    attempt->sys_us = rt_read_varint(reader);
    attempt->max_rss_kib = rt_read_varint(reader);
    attempt->seed = rt_read_u32(reader);
    attempt->outcome = read_outcome(reader);
    attempt->status = read_signed32(reader);
    attempt->flags = rt_read_varint32(reader);
    get_payload(reader, &attempt->result);
    get_payload(reader, &attempt->reason);
    get_output(reader, &attempt->out);
    get_output(reader, &attempt->err);
    if (attempt->study == 0 || attempt->ordinal == 0 || attempt->attempt == 0)
        reader->bad = true;
}

void rt_attempts_put(struct rt_buf *body, const struct rt_attempt *attempts, size_t count)
{
    rt_buf_put_varint(body, count);
    for (size_t i = 0; i < count; i++)
        rt_attempt_put(body, &attempts[i]);
}

#define ATTEMPT_MIN 35 /* bytes of the shortest packed attempt */

int rt_attempts_open(struct rt_attempts_reader *attempts, struct rt_span body, struct rt_err *err)
{
    attempts->reader = rt_reader(body);
    attempts->left = rt_read_varint(&attempts->reader);
    if (attempts->reader.bad || attempts->left > rt_reader_left(&attempts->reader) / ATTEMPT_MIN)
        return rt_err_set(err, RT_EDAMAGED, "a batch of attempts is cut short or malformed");
    return 0;
}

int rt_attempts_next(struct rt_attempts_reader *attempts, struct rt_attempt *attempt,
                     struct rt_err *err)
{
    if (attempts->left == 0)
        return rt_reader_done(&attempts->reader, "a batch of attempts", err);
    rt_attempt_get(&attempts->reader, attempt);
    if (attempts->reader.bad)
        return rt_reader_done(&attempts->reader, "a batch of attempts", err);
    attempts->left--;
    return 1;
}
