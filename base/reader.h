#ifndef RT_BASE_READER_H
#define RT_BASE_READER_H
/*
 * Reads what base/buf.h wrote, from bytes that may be hostile or damaged.
 *
 * The first read past the end, or of a malformed number, latches `bad`;
 * from then on every read returns zero or an empty span. Callers check once,
 * with rt_reader_done(), before they believe anything they read.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct rt_reader {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

struct rt_reader rt_reader(struct rt_span span);

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
    if (rt_reader_left(reader) > 0 && *reader->at < 0x80)
        return *reader->at++;
    return rt_read_large(reader);
}

uint16_t rt_read_u16(struct rt_reader *reader);
uint32_t rt_read_u32(struct rt_reader *reader);
uint64_t rt_read_u64(struct rt_reader *reader);
double rt_read_f64(struct rt_reader *reader);
uint32_t rt_read_varint32(struct rt_reader *reader); /* bad if it does not fit */
int64_t rt_read_signed(struct rt_reader *reader);
struct rt_span rt_read_bytes(struct rt_reader *reader, size_t size); /* borrowed */
struct rt_span rt_read_span(struct rt_reader *reader);               /* borrowed */

/* A copy ended by NUL; the caller frees. Bad if the bytes contain a NUL. */
char *rt_read_text(struct rt_reader *reader);

/* 0 if all was well and nothing is left; RT_EDAMAGED naming `what` otherwise. */
int rt_reader_done(const struct rt_reader *reader, const char *what, struct rt_err *err);

#endif
