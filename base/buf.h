#ifndef RT_BASE_BUF_H
#define RT_BASE_BUF_H
/*
 * A growing buffer, the writing half of every binary format of ours; its
 * reading half is base/reader.h. Integers are little-endian; a varint is
 * unsigned LEB128, at most 10 bytes.
 */
#include <endian.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/span.h"

struct rt_buf {
    unsigned char *data;
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes allocated */
};

#define RT_BUF_INIT                                                                                \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

void rt_buf_clear(struct rt_buf *buf); /* frees; the buffer is then empty and usable */
void rt_buf_grow(struct rt_buf *buf, size_t more);

/* Empties it and keeps the memory. */
static inline void rt_buf_reset(struct rt_buf *buf)
{
    buf->size = 0;
}

static inline void rt_buf_reserve(struct rt_buf *buf, size_t more)
{
    if (buf->capacity - buf->size < more)
        rt_buf_grow(buf, more);
}

/* Returns where the new bytes start. */
static inline void *rt_buf_extend(struct rt_buf *buf, size_t more)
{
    void *start;

    rt_buf_reserve(buf, more);
    start = buf->data + buf->size;
    buf->size += more;
    return start;
}

static inline void rt_buf_put_u8(struct rt_buf *buf, uint8_t value)
{
    *(uint8_t *)rt_buf_extend(buf, 1) = value;
}

void rt_buf_put_large(struct rt_buf *buf, uint64_t value); /* a varint of more than one byte */

static inline void rt_buf_put_varint(struct rt_buf *buf, uint64_t value)
{
    if (value < 0x80)
        rt_buf_put_u8(buf, (uint8_t)value);
    else
        rt_buf_put_large(buf, value);
}

static inline void rt_buf_put(struct rt_buf *buf, const void *data, size_t size)
{
    if (size)
        memcpy(rt_buf_extend(buf, size), data, size);
}

static inline void rt_buf_put_u16(struct rt_buf *buf, uint16_t value)
{
    value = htole16(value);
    rt_buf_put(buf, &value, sizeof value);
}

static inline void rt_buf_put_u32(struct rt_buf *buf, uint32_t value)
{
    value = htole32(value);
    rt_buf_put(buf, &value, sizeof value);
}

static inline void rt_buf_put_u64(struct rt_buf *buf, uint64_t value)
{
    value = htole64(value);
    rt_buf_put(buf, &value, sizeof value);
}

void rt_buf_put_f64(struct rt_buf *buf, double value);
void rt_buf_put_signed(struct rt_buf *buf, int64_t value);     /* zigzag varint */
void rt_buf_put_span(struct rt_buf *buf, struct rt_span span); /* varint size, then bytes */
void rt_buf_put_text(struct rt_buf *buf, const char *text);    /* as a span, without NUL */
void rt_buf_add(struct rt_buf *buf, const char *text);         /* the bytes alone */
void rt_buf_put_decimal(struct rt_buf *buf, uint64_t value);   /* as text */
void rt_buf_printf(struct rt_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct rt_span rt_buf_span(const struct rt_buf *buf);

/* The contents with a NUL behind them; borrowed, until the next change. */
const char *rt_buf_text(struct rt_buf *buf);

/* Hands the contents over, ended by NUL; the buffer is then empty. The caller frees. */
char *rt_buf_take(struct rt_buf *buf);

#endif
