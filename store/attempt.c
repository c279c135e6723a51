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

/* Writing goes through a pointer into room that was made before. */
static unsigned char *put_varint(unsigned char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (unsigned char)(value | 0x80);
    *at++ = (unsigned char)value;
    return at;
}

static unsigned char *put_signed(unsigned char *at, int64_t value)
{
    uint64_t doubled = (uint64_t)value << 1;

    return put_varint(at, value < 0 ? ~doubled : doubled);
}

static unsigned char *put_bytes(unsigned char *at, const void *bytes, size_t size)
{
    if (size)
        memcpy(at, bytes, size);
    return at + size;
}

static unsigned char *put_payload(unsigned char *at, const struct rt_payload *payload)
{
    if (payload->by_hash) {
        at = put_varint(at, payload->size << 1 | BY_HASH);
        return put_bytes(at, payload->hash.bytes, RT_HASH_SIZE);
    }
    at = put_varint(at, (uint64_t)payload->data.size << 1);
    return put_bytes(at, payload->data.data, payload->data.size);
}

static void get_payload(struct rt_reader *reader, struct rt_payload *payload)
{
    uint64_t first = rt_read_varint(reader);
    uint64_t size = first >> 1;

    if (first == 0) {
        payload->by_hash = false;
        payload->size = 0;
        payload->data = rt_span(NULL, 0);
        return;
    }
    payload->by_hash = first & BY_HASH;
    payload->size = size;
    if (payload->by_hash) {
        payload->data = rt_span(NULL, 0);
        rt_read_raw(reader, payload->hash.bytes, RT_HASH_SIZE);
        return;
    }
    if (size > rt_reader_left(reader))
        reader->bad = true;
    payload->data = rt_read_bytes(reader, (size_t)size);
    payload->size = payload->data.size;
}

static unsigned char *put_output(unsigned char *at, const struct rt_output *output)
{
    at = put_payload(at, &output->kept);
    at = put_varint(at, output->head);
    return put_varint(at, output->total);
}

static void get_output(struct rt_reader *reader, struct rt_output *output)
{
    static const unsigned char nothing[3]; /* nearly all trials of the shortest print nothing */

    if (rt_reader_left(reader) >= sizeof nothing &&
        memcmp(reader->at, nothing, sizeof nothing) == 0) {
        *output = (struct rt_output){.head = 0};
        reader->at += sizeof nothing;
        return;
    }
    get_payload(reader, &output->kept);
    output->head = rt_read_varint(reader);
    output->total = rt_read_varint(reader);
    if (output->head > output->kept.size || output->kept.size > output->total)
        reader->bad = true;
}

/* The most that numbers and hashes of an attempt take. */
#define FIXED_MAX (13 * 10 + 8 + 4 + 1 + 10 + 4 * (10 + RT_HASH_SIZE) + 4 * 10)

static size_t room_for(const struct rt_attempt *attempt)
{
    return FIXED_MAX + attempt->result.data.size + attempt->reason.data.size +
           attempt->out.kept.data.size + attempt->err.kept.data.size;
}

void rt_attempt_put(struct rt_buf *buf, const struct rt_attempt *attempt)
{
    uint64_t start = htole64(attempt->start_us);
    uint32_t seed = htole32(attempt->seed);
    unsigned char *at;

    rt_buf_reserve(buf, room_for(attempt));
    at = buf->data + buf->size;
    at = put_varint(at, attempt->study);
    at = put_varint(at, attempt->ordinal);
    at = put_varint(at, attempt->attempt);
    at = put_varint(at, attempt->launch);
    at = put_varint(at, attempt->rank);
    at = put_varint(at, attempt->worker);
    at = put_varint(at, attempt->position);
    at = put_signed(at, attempt->pid);
    at = put_bytes(at, &start, sizeof start);
    at = put_varint(at, attempt->duration_us);
    at = put_varint(at, attempt->user_us);
    at = put_varint(at, attempt->sys_us);
    at = put_varint(at, attempt->max_rss_kib);
    at = put_bytes(at, &seed, sizeof seed);
    *at++ = (unsigned char)attempt->outcome;
    at = put_signed(at, attempt->status);
    at = put_varint(at, attempt->flags);
    at = put_payload(at, &attempt->result);
    at = put_payload(at, &attempt->reason);
    at = put_output(at, &attempt->out);
    at = put_output(at, &attempt->err);
    buf->size = (size_t)(at - buf->data);
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
    const unsigned char *start;

    if (attempts->left == 0)
        return rt_reader_done(&attempts->reader, "a batch of attempts", err);
    start = attempts->reader.at;
    rt_attempt_get(&attempts->reader, attempt);
    if (attempts->reader.bad)
        return rt_reader_done(&attempts->reader, "a batch of attempts", err);
    attempts->row = rt_span(start, (size_t)(attempts->reader.at - start));
    attempts->left--;
    return 1;
}
