#ifndef RT_BASE_READER_H
#define RT_BASE_READER_H
/*
 * Reads what base/buf.h wrote, from bytes that may be hostile or damaged.
 *
 * The first read past the end, or of a malformed number, latches `bad`;
 * from then on every read returns zero or an empty span. Callers check once,
 * with rt_reader_done(), before they believe anything they read.
 */
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct rt_reader {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

static inline struct rt_reader rt_reader(struct rt_span span)
{
    const unsigned char *data = span.data;

    return (struct rt_reader){data, data ? data + span.size : data, false};
}

/* Bytes; 0 when bad. */
static inline size_t rt_reader_left(const struct rt_reader *reader)
{
    return reader->bad ? 0 : (size_t)(reader->end - reader->at);
}

static inline uint8_t rt_read_u8(struct rt_reader *reader)
{
    if (rt_reader_left(reader) > 0)
        return *reader->at++;
    reader->bad = true;
    return 0;
}

uint64_t rt_read_large(struct rt_reader *reader); /* a varint of any size */

static inline uint64_t rt_read_varint(struct rt_reader *reader)
{
    if (rt_reader_left(reader) >= 3) { /* most are short */
        const unsigned char *at = reader->at;

        if (at[0] < 0x80) {
            reader->at += 1;
            return at[0];
        }
        if (at[1] < 0x80) {
            reader->at += 2;
            return (at[0] & 0x7Fu) | (uint64_t)at[1] << 7;
        }
        if (at[2] < 0x80) {
            reader->at += 3;
            return (at[0] & 0x7Fu) | (at[1] & 0x7Fu) << 7 | (uint64_t)at[2] << 14;
        }
    }
    return rt_read_large(reader);
}

/* Bytes, borrowed. */
static inline struct rt_span rt_read_bytes(struct rt_reader *reader, size_t size)
{
    const unsigned char *start = reader->at;

    if (rt_reader_left(reader) < size || reader->bad) {
        reader->bad = true;
        return rt_span(NULL, 0);
    }
    reader->at += size;
    return rt_span(start, size);
}

/* Copies so many bytes to *value, which is left alone if there are not. */
static inline void rt_read_raw(struct rt_reader *reader, void *value, size_t size)
{
    if (rt_reader_left(reader) < size) {
        reader->bad = true;
        return;
    }
    memcpy(value, reader->at, size);
    reader->at += size;
}

static inline uint16_t rt_read_u16(struct rt_reader *reader)
{
    uint16_t value = 0;

    rt_read_raw(reader, &value, sizeof value);
    return le16toh(value);
}

static inline uint32_t rt_read_u32(struct rt_reader *reader)
{
    uint32_t value = 0;

    rt_read_raw(reader, &value, sizeof value);
    return le32toh(value);
}

static inline uint64_t rt_read_u64(struct rt_reader *reader)
{
    uint64_t value = 0;

    rt_read_raw(reader, &value, sizeof value);
    return le64toh(value);
}

/* Bad if it does not fit. */
static inline uint32_t rt_read_varint32(struct rt_reader *reader)
{
    uint64_t value = rt_read_varint(reader);

    if (value > UINT32_MAX) {
        reader->bad = true;
        return 0;
    }
    return (uint32_t)value;
}

static inline int64_t rt_read_signed(struct rt_reader *reader)
{
    uint64_t value = rt_read_varint(reader);

    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

double rt_read_f64(struct rt_reader *reader);
struct rt_span rt_read_span(struct rt_reader *reader); /* borrowed */

/* A copy ended by NUL; the caller frees. Bad if the bytes contain a NUL. */
char *rt_read_text(struct rt_reader *reader);

/* 0 if all was well and nothing is left; RT_EDAMAGED naming `what` otherwise. */
int rt_reader_done(const struct rt_reader *reader, const char *what, struct rt_err *err);

#endif
