#ifndef RT_STORE_DOWNS_H
#define RT_STORE_DOWNS_H
/*
 * Trials whose agents were lost while they had them, and how often: they may be what took
 * the host down. There are few of them. Used by state alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/reader.h"

struct rt_down {
    uint64_t ordinal;
    uint32_t count; /* 1 to 254 */
    bool launch;    /* whole launches died with it, twice in a row */
};

struct rt_downs {
    struct rt_down *items; /* by ordinal */
    size_t count;
    size_t capacity;
};

void rt_downs_clear(struct rt_downs *downs);
void rt_downs_add(struct rt_downs *downs, uint64_t ordinal);
/* Launches died with it: what makes one more only if there was none. */
void rt_downs_suspect(struct rt_downs *downs, uint64_t ordinal);
void rt_downs_take_back(struct rt_downs *downs, uint64_t ordinal); /* one, if there is one */
uint32_t rt_downs_of(const struct rt_downs *downs, uint64_t ordinal);
bool rt_downs_by_launch(const struct rt_downs *downs, uint64_t ordinal);
/* The next ordinal at or after `from`; 0: there is none. */
uint64_t rt_downs_next(const struct rt_downs *downs, uint64_t from);

/* As bytes; get leaves reader->bad if they are none, or no ordinals up to `ordinals`. */
void rt_downs_put(const struct rt_downs *downs, struct rt_buf *out);
void rt_downs_get(struct rt_downs *downs, struct rt_reader *reader, uint64_t ordinals);

#endif
