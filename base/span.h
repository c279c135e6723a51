#ifndef RT_BASE_SPAN_H
#define RT_BASE_SPAN_H
/* A span: bytes that somebody else owns. */
#include <stddef.h>
#include <string.h>

struct rt_span {
    const void *data; /* NULL only if size is 0 */
    size_t size;      /* bytes */
};

static inline struct rt_span rt_span(const void *data, size_t size)
{
    return (struct rt_span){data, size};
}

/* The bytes of a text, without its NUL. */
static inline struct rt_span rt_span_text(const char *text)
{
    return (struct rt_span){text, strlen(text)};
}

static inline int rt_span_equal(struct rt_span a, struct rt_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
