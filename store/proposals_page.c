#include "store/proposals_page.h"

#include "base/reader.h"

#include <stdbool.h>
#include <string.h>

/* Where a value of an object or a list ends, as a rule: a guess that costs a few bytes if wrong. */
static bool is_end(char c)
{
    return c == ',' || c == '}' || c == ']';
}

static size_t to_end(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size && !is_end(text[i]))
        i++;
    return i;
}

static size_t same(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t i = 0;

    while (i < a_size && i < b_size && a[i] == b[i])
        i++;
    return i;
}

void rt_proposals_pack(struct rt_buf *out, uint32_t replicate, struct rt_span before,
                       struct rt_span text)
{
    const char *old = before.data;
    const char *new = text.data;
    size_t from = 0;
    size_t at = 0;

    rt_buf_put_varint(out, replicate);
    rt_buf_put_varint(out, text.size);
    while (at < text.size) {
        size_t copied = same(old + from, before.size - from, new + at, text.size - at);
        size_t passed;
        size_t put;

        rt_buf_put_varint(out, copied);
        at += copied;
        from += copied;
        if (at == text.size)
            return;
        passed = to_end(old + from, before.size - from);
        put = from < before.size ? to_end(new + at, text.size - at) : text.size - at;
        if (passed == 0 && put == 0) /* both end here, in other ways */
            passed = put = 1;
        rt_buf_put_varint(out, passed);
        rt_buf_put_varint(out, put);
        rt_buf_put(out, new + at, put);
        at += put;
        from += passed;
    }
}

uint32_t rt_proposals_unpack(struct rt_span packed, size_t *offset, struct rt_buf *text)
{
    struct rt_reader reader =
        rt_reader(rt_span((const char *)packed.data + *offset, packed.size - *offset));
    uint32_t replicate = (uint32_t)rt_read_varint(&reader);
    size_t size = (size_t)rt_read_varint(&reader);
    struct rt_buf old = *text;
    size_t from = 0;

    *text = (struct rt_buf)RT_BUF_INIT;
    while (text->size < size) {
        size_t copied = (size_t)rt_read_varint(&reader);
        struct rt_span put;

        rt_buf_put(text, old.data + from, copied);
        from += copied;
        if (text->size == size)
            break;
        from += (size_t)rt_read_varint(&reader);
        put = rt_read_bytes(&reader, (size_t)rt_read_varint(&reader));
        rt_buf_put(text, put.data, put.size);
    }
    *offset = packed.size - rt_reader_left(&reader);
    rt_buf_clear(&old);
    return replicate;
}
