#include "store/event.h"

#include "base/alloc.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/*
 * A record: version, kind, two zeros, body size, number, time, store, body,
 * check. In every version the first byte is the version and the last 16 are
 * the check, so that "newer" is never said of bytes that are merely damaged.
 */
#define RECORD_VERSION 1
#define HEADER_SIZE    40
#define CHECK_SIZE     16 /* first bytes of the SHA-256 of all bytes before */

static void put_check(struct rt_buf *record, size_t start)
{
    struct rt_hash hash = rt_hash(rt_span(record->data + start, record->size - start));

    rt_buf_put(record, hash.bytes, CHECK_SIZE);
}

void rt_event_put(struct rt_buf *record, const struct rt_event *event, const uint8_t store[16])
{
    size_t start = record->size;

    rt_buf_reserve(record, HEADER_SIZE + event->body.size + CHECK_SIZE);
    rt_buf_put_u8(record, RECORD_VERSION);
    rt_buf_put_u8(record, (uint8_t)event->kind);
    rt_buf_put_u16(record, 0);
    rt_buf_put_u32(record, (uint32_t)event->body.size);
    rt_buf_put_u64(record, event->seq);
    rt_buf_put_u64(record, event->time_us);
    rt_buf_put(record, store, 16);
    rt_buf_put(record, event->body.data, event->body.size);
    put_check(record, start);
}

static int check_record(struct rt_span record, struct rt_err *err)
{
    const unsigned char *bytes = record.data;
    struct rt_hash hash;

    if (record.size < 1 + CHECK_SIZE)
        return rt_err_set(err, RT_EDAMAGED, "a record of %zu bytes is cut short", record.size);
    hash = rt_hash(rt_span(bytes, record.size - CHECK_SIZE));
    if (memcmp(hash.bytes, bytes + record.size - CHECK_SIZE, CHECK_SIZE) != 0)
        return rt_err_set(err, RT_EDAMAGED, "the checksum of a record does not match its bytes");
    if (bytes[0] > RECORD_VERSION)
        return rt_err_set(err, RT_ENEWER,
                          "a record has version %u, and this program knows up to %u", bytes[0],
                          RECORD_VERSION);
    return 0;
}

static bool is_known(unsigned kind)
{
    return kind <= RT_EVENT_RESTORE || kind == RT_EVENT_VERDICT || kind == RT_EVENT_FLOOR;
}

static int check_kind(unsigned kind, uint64_t seq, struct rt_err *err)
{
    if (kind == 0)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " has no kind", seq);
    if (!is_known(kind))
        return rt_err_set(err, RT_ENEWER,
                          "event %" PRIu64 " is of kind %u, which this program does not know", seq,
                          kind);
    return 0;
}

unsigned rt_event_peek(struct rt_span record)
{
    return record.size > 1 ? ((const uint8_t *)record.data)[1] : 0;
}

int rt_event_get(struct rt_span record, struct rt_event *event, uint8_t store[16],
                 struct rt_err *err)
{
    struct rt_reader reader;
    struct rt_span uuid;
    unsigned version;
    unsigned kind;
    uint32_t size;
    int rc;

    if ((rc = check_record(record, err)) < 0)
        return rc;
    reader = rt_reader(rt_span(record.data, record.size - CHECK_SIZE));
    version = rt_read_u8(&reader);
    kind = rt_read_u8(&reader);
    if (rt_read_u16(&reader) != 0 || version != RECORD_VERSION)
        reader.bad = true;
    size = rt_read_u32(&reader);
    event->seq = rt_read_u64(&reader);
    event->time_us = rt_read_u64(&reader);
    uuid = rt_read_bytes(&reader, 16);
    event->body = rt_read_bytes(&reader, size);
    if (event->seq == 0)
        reader.bad = true;
    if ((rc = rt_reader_done(&reader, "a record", err)) < 0)
        return rc;
    if ((rc = check_kind(kind, event->seq, err)) < 0)
        return rc;
    event->kind = (enum rt_event_kind)kind;
    assert(uuid.data); /* as the reader is not bad */
    memcpy(store, uuid.data, 16);
    return 0;
}

void rt_lease_put(struct rt_buf *body, const struct rt_lease *lease)
{
    rt_buf_put_varint(body, lease->launch);
    rt_buf_put_varint(body, lease->study);
    rt_buf_put_varint(body, lease->rank);
    rt_buf_put_varint(body, lease->count);
    for (size_t i = 0; i < lease->count; i++) {
        rt_buf_put_varint(body, lease->ranges[i].ordinal);
        rt_buf_put_varint(body, lease->ranges[i].count);
        rt_buf_put_varint(body, lease->ranges[i].attempt);
    }
}

#define RANGE_MIN 3 /* bytes of the shortest range */

static void get_range(struct rt_reader *reader, struct rt_lease_range *range)
{
    range->ordinal = rt_read_varint(reader);
    range->count = rt_read_varint(reader);
    range->attempt = rt_read_varint32(reader);
    if (range->ordinal == 0 || range->count == 0 || range->attempt == 0 ||
        range->count > UINT64_MAX - range->ordinal)
        reader->bad = true;
}

int rt_lease_get(struct rt_span body, struct rt_lease *lease, struct rt_err *err)
{
    struct rt_reader reader = rt_reader(body);
    uint64_t count;
    int rc;

    lease->launch = rt_read_varint32(&reader);
    lease->study = rt_read_varint32(&reader);
    lease->rank = rt_read_varint32(&reader);
    count = rt_read_varint(&reader);
    lease->ranges = NULL;
    lease->count = 0;
    if (lease->launch == 0 || lease->study == 0 || count > rt_reader_left(&reader) / RANGE_MIN)
        reader.bad = true;
    if (!reader.bad && count) {
        lease->ranges = rt_calloc((size_t)count, sizeof *lease->ranges);
        lease->count = (size_t)count;
        for (size_t i = 0; i < lease->count; i++)
            get_range(&reader, &lease->ranges[i]);
    }
    if ((rc = rt_reader_done(&reader, "a lease", err)) < 0) {
        free(lease->ranges);
        lease->ranges = NULL;
        lease->count = 0;
    }
    return rc;
}
