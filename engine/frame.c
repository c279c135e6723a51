#include "engine/frame.h"

#include "base/reader.h"

#include <assert.h>
#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* Guards against accidents, not against malice: eight bytes a step, little-endian. */
static uint64_t checksum(uint64_t nonce, uint32_t number, struct rt_span payload)
{
    const unsigned char *at = payload.data;
    uint64_t hash = mix(nonce, (uint64_t)number << 32 | (uint32_t)payload.size);
    size_t left = payload.size;
    uint64_t word;

    for (; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = mix(hash, word);
    }
    word = 0;
    if (left)
        memcpy(&word, at, left);
    return mix(hash, word);
}

void rt_frame_put(struct rt_buf *bytes, uint64_t nonce, const struct rt_frame *frame)
{
    assert(frame->payload.size <= RT_FRAME_MAX);
    rt_buf_reserve(bytes, RT_FRAME_HEAD + frame->payload.size);
    rt_buf_put_u64(bytes, nonce);
    rt_buf_put_u32(bytes, (uint32_t)frame->payload.size);
    rt_buf_put_u32(bytes, frame->number);
    rt_buf_put_u64(bytes, checksum(nonce, frame->number, frame->payload));
    rt_buf_put(bytes, frame->payload.data, frame->payload.size);
}

int64_t rt_frame_get(struct rt_span bytes, uint64_t nonce, struct rt_frame *frame,
                     struct rt_err *err)
{
    struct rt_reader reader = rt_reader(bytes);
    uint64_t found = rt_read_u64(&reader);
    uint32_t size = rt_read_u32(&reader);
    uint64_t check;

    frame->number = rt_read_u32(&reader);
    check = rt_read_u64(&reader);
    if (bytes.size < RT_FRAME_HEAD)
        return 0;
    if (found != nonce || size > RT_FRAME_MAX)
        return rt_err_set(err, RT_EPEER, "a frame has a wrong head");
    if (rt_reader_left(&reader) < size)
        return 0;
    frame->payload = rt_read_bytes(&reader, size);
    if (check != checksum(nonce, frame->number, frame->payload))
        return rt_err_set(err, RT_EPEER, "the checksum of a frame does not match its bytes");
    return RT_FRAME_HEAD + (int64_t)size;
}
