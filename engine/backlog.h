#ifndef RT_ENGINE_BACKLOG_H
#define RT_ENGINE_BACKLOG_H
/* A backlog: trials that wait for a worker, in order, with both ends open. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rt_waiting {
    uint64_t ordinal;
    uint64_t index; /* point of the plan */
    uint32_t attempt;
};

struct rt_backlog {
    struct rt_waiting *items; /* a circle */
    size_t first;
    size_t count;
    size_t capacity; /* 0 or a power of two */
};

void rt_backlog_clear(struct rt_backlog *backlog); /* frees */
void rt_backlog_push(struct rt_backlog *backlog, const struct rt_waiting *trial);
void rt_backlog_push_front(struct rt_backlog *backlog, const struct rt_waiting *trial);
bool rt_backlog_pop(struct rt_backlog *backlog, struct rt_waiting *trial);

#endif
