#include "engine/backlog.h"

#include "base/alloc.h"

#include <stdlib.h>

void rt_backlog_clear(struct rt_backlog *backlog)
{
    free(backlog->items);
    *backlog = (struct rt_backlog){NULL, 0, 0, 0};
}

static struct rt_waiting *at(const struct rt_backlog *backlog, size_t place)
{
    return &backlog->items[(backlog->first + place) & (backlog->capacity - 1)];
}

static void make_room(struct rt_backlog *backlog)
{
    size_t capacity = backlog->capacity ? backlog->capacity * 2 : 64;
    struct rt_waiting *items;

    if (backlog->count < backlog->capacity)
        return;
    items = rt_calloc(capacity, sizeof *items);
    for (size_t i = 0; i < backlog->count; i++)
        items[i] = *at(backlog, i);
    free(backlog->items);
    backlog->items = items;
    backlog->capacity = capacity;
    backlog->first = 0;
}

void rt_backlog_push(struct rt_backlog *backlog, const struct rt_waiting *trial)
{
    make_room(backlog);
    *at(backlog, backlog->count++) = *trial;
}

void rt_backlog_push_front(struct rt_backlog *backlog, const struct rt_waiting *trial)
{
    make_room(backlog);
    backlog->first = (backlog->first - 1) & (backlog->capacity - 1);
    backlog->count++;
    *at(backlog, 0) = *trial;
}

bool rt_backlog_pop(struct rt_backlog *backlog, struct rt_waiting *trial)
{
    if (backlog->count == 0)
        return false;
    *trial = *at(backlog, 0);
    backlog->first = (backlog->first + 1) & (backlog->capacity - 1);
    backlog->count--;
    return true;
}
