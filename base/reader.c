#include "base/reader.h"

#include "base/alloc.h"

#include <string.h>

double rt_read_f64(struct rt_reader *reader)
{
    uint64_t bits = rt_read_u64(reader);
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t rt_read_large(struct rt_reader *reader)
{
    const unsigned char *at = reader->at;
    uint64_t value = 0;

    for (int shift = 0; shift < 64 && !reader->bad && at < reader->end; shift += 7) {
        unsigned char byte = *at++;

        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            reader->at = at;
            return value;
        }
    }
    reader->bad = true;
    return 0;
}

struct rt_span rt_read_span(struct rt_reader *reader)
{
    uint64_t size = rt_read_varint(reader);

    if (size > rt_reader_left(reader)) {
        reader->bad = true;
        return rt_span(NULL, 0);
    }
    return rt_read_bytes(reader, (size_t)size);
}

char *rt_read_text(struct rt_reader *reader)
{
    struct rt_span span = rt_read_span(reader);

    if (span.size && memchr(span.data, 0, span.size)) {
        reader->bad = true;
        span.size = 0;
    }
    return rt_strndup(span.size ? span.data : "", span.size);
}

int rt_reader_done(const struct rt_reader *reader, const char *what, struct rt_err *err)
{
    if (reader->bad)
        return rt_err_set(err, RT_EDAMAGED, "%s is cut short or malformed", what);
    if (reader->at != reader->end)
        return rt_err_set(err, RT_EDAMAGED, "%s has %zu bytes too many", what,
                          (size_t)(reader->end - reader->at));
    return 0;
}
