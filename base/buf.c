#include "base/buf.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rt_buf_clear(struct rt_buf *buf)
{
    free(buf->data);
    *buf = (struct rt_buf)RT_BUF_INIT;
}

void rt_buf_grow(struct rt_buf *buf, size_t more)
{
    buf->data = rt_grow(buf->data, &buf->capacity, buf->size + more, 1);
}

void rt_buf_put_f64(struct rt_buf *buf, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    rt_buf_put_u64(buf, bits);
}

void rt_buf_put_large(struct rt_buf *buf, uint64_t value)
{
    unsigned char *at;

    rt_buf_reserve(buf, 10);
    at = buf->data + buf->size;
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    buf->size = (size_t)(at - buf->data);
}

void rt_buf_put_signed(struct rt_buf *buf, int64_t value)
{
    uint64_t doubled = (uint64_t)value << 1;

    rt_buf_put_varint(buf, value < 0 ? ~doubled : doubled);
}

void rt_buf_put_span(struct rt_buf *buf, struct rt_span span)
{
    rt_buf_put_varint(buf, span.size);
    rt_buf_put(buf, span.data, span.size);
}

void rt_buf_put_text(struct rt_buf *buf, const char *text)
{
    rt_buf_put_span(buf, rt_span_text(text));
}

void rt_buf_add(struct rt_buf *buf, const char *text)
{
    rt_buf_put(buf, text, strlen(text));
}

void rt_buf_put_decimal(struct rt_buf *buf, uint64_t value)
{
    char digits[20];
    size_t first = sizeof digits;

    do
        digits[--first] = (char)('0' + value % 10);
    while (value /= 10);
    rt_buf_put(buf, digits + first, sizeof digits - first);
}

void rt_buf_printf(struct rt_buf *buf, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = rt_vprintf(format, args);
    va_end(args);
    rt_buf_add(buf, text);
    free(text);
}

struct rt_span rt_buf_span(const struct rt_buf *buf)
{
    return rt_span(buf->data, buf->size);
}

const char *rt_buf_text(struct rt_buf *buf)
{
    rt_buf_reserve(buf, 1);
    buf->data[buf->size] = '\0';
    return (const char *)buf->data;
}

char *rt_buf_take(struct rt_buf *buf)
{
    char *text;

    rt_buf_text(buf);
    text = (char *)buf->data;
    *buf = (struct rt_buf)RT_BUF_INIT;
    return text;
}
