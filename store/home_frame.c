#include "store/home_frame.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define MAGIC        "rtframe1"
#define MAGIC_SIZE   8
#define AT_COUNT     16 /* offsets in the header */
#define AT_BYTES     24
#define RECORD_SIZE  4  /* offset of the body's size in a record, u32 */
#define RECORD_FRAME 56 /* bytes of a record around its body */

static void set_u64(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

size_t rt_home_frame_start(struct rt_buf *out, uint64_t first, const uint8_t before[RT_HOME_CHECK])
{
    size_t start = out->size;

    rt_buf_put(out, MAGIC, MAGIC_SIZE);
    rt_buf_put_u64(out, first);
    rt_buf_put_u64(out, 0); /* count and bytes are known at the end */
    rt_buf_put_u64(out, 0);
    rt_buf_put(out, before, RT_HOME_CHECK);
    return start;
}

void rt_home_frame_put(struct rt_buf *out, const struct rt_event *event, const uint8_t uuid[16])
{
    rt_event_put(out, event, uuid);
}

void rt_home_frame_end(struct rt_buf *out, size_t start, uint64_t count,
                       uint8_t check[RT_HOME_CHECK])
{
    struct rt_hash hash;

    set_u64(out->data + start + AT_COUNT, count);
    set_u64(out->data + start + AT_BYTES, out->size - start - RT_HOME_FRAME_HEADER);
    hash = rt_hash(rt_span(out->data + start, out->size - start));
    memcpy(check, hash.bytes, RT_HOME_CHECK);
    rt_buf_put(out, check, RT_HOME_CHECK);
}

int rt_home_frame_header(struct rt_span header, struct rt_home_frame *frame, struct rt_err *err)
{
    struct rt_reader reader = rt_reader(header);
    struct rt_span magic = rt_read_bytes(&reader, MAGIC_SIZE);
    struct rt_span before;
    int rc;

    frame->first = rt_read_u64(&reader);
    frame->count = rt_read_u64(&reader);
    frame->bytes = rt_read_u64(&reader);
    before = rt_read_bytes(&reader, RT_HOME_CHECK);
    if ((rc = rt_reader_done(&reader, "the header of a frame", err)) < 0)
        return rc;
    assert(magic.data && before.data); /* as the reader is not bad */
    if (memcmp(magic.data, MAGIC, MAGIC_SIZE) != 0 || frame->count == 0 ||
        frame->bytes > RT_HOME_FRAME_MAX || frame->count > frame->bytes / RECORD_FRAME)
        return rt_err_set(err, RT_EDAMAGED, "there is no frame where one should begin");
    memcpy(frame->before, before.data, RT_HOME_CHECK);
    return 0;
}

static int check_event(const struct rt_event *event, uint64_t number, const uint8_t *store,
                       const uint8_t *uuid, struct rt_err *err)
{
    if (memcmp(store, uuid, 16) != 0)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " belongs to another store",
                          event->seq);
    if (event->seq != number)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " stands where %" PRIu64 " should",
                          event->seq, number);
    return 0;
}

static int read_records(struct rt_span records, const struct rt_home_frame *frame,
                        const uint8_t uuid[16], rt_home_frame_fn *each, void *context,
                        struct rt_err *err)
{
    struct rt_reader reader = rt_reader(records);
    int rc = 0;

    for (uint64_t i = 0; rc == 0 && i < frame->count; i++) {
        struct rt_reader ahead = reader;
        struct rt_event event;
        struct rt_span record;
        uint8_t store[16];

        rt_read_bytes(&ahead, RECORD_SIZE);
        record = rt_read_bytes(&reader, (size_t)rt_read_u32(&ahead) + RECORD_FRAME);
        if (ahead.bad || reader.bad)
            return rt_err_set(err, RT_EDAMAGED, "a frame ends within a record");
        if ((rc = rt_event_get(record, &event, store, err)) == 0 &&
            (rc = check_event(&event, frame->first + i, store, uuid, err)) == 0)
            rc = each(context, &event, err);
    }
    return rc != 0 ? rc : rt_reader_done(&reader, "a frame", err);
}

int rt_home_frame_read(struct rt_span bytes, const uint8_t uuid[16], uint8_t check[RT_HOME_CHECK],
                       rt_home_frame_fn *each, void *context, struct rt_err *err)
{
    const unsigned char *data = bytes.data;
    struct rt_home_frame frame;
    struct rt_hash hash;
    size_t end = bytes.size - RT_HOME_CHECK;
    int rc;

    if (bytes.size < RT_HOME_FRAME_HEADER + RT_HOME_CHECK)
        return rt_err_set(err, RT_EDAMAGED, "a frame is cut short");
    if ((rc = rt_home_frame_header(rt_span(data, RT_HOME_FRAME_HEADER), &frame, err)) < 0)
        return rc;
    hash = rt_hash(rt_span(data, end));
    if (frame.bytes != end - RT_HOME_FRAME_HEADER ||
        memcmp(hash.bytes, data + end, RT_HOME_CHECK) != 0)
        return rt_err_set(err, RT_EDAMAGED, "the frame of event %" PRIu64 " is not what it was",
                          frame.first);
    memcpy(check, data + end, RT_HOME_CHECK);
    return read_records(rt_span(data + RT_HOME_FRAME_HEADER, (size_t)frame.bytes), &frame, uuid,
                        each, context, err);
}
