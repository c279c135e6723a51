#include "store/downs.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define LAUNCH 256 /* added to a count in bytes */

void rt_downs_clear(struct rt_downs *downs)
{
    free(downs->items);
    *downs = (struct rt_downs){NULL, 0, 0};
}

/* Where the ordinal is or would be. */
static size_t place(const struct rt_downs *downs, uint64_t ordinal)
{
    size_t low = 0;
    size_t high = downs->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (downs->items[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct rt_downs *downs, size_t at, uint64_t ordinal)
{
    return at < downs->count && downs->items[at].ordinal == ordinal;
}

/* The one of an ordinal, made if need be. */
static struct rt_down *have(struct rt_downs *downs, uint64_t ordinal)
{
    size_t at = place(downs, ordinal);

    if (is_at(downs, at, ordinal))
        return &downs->items[at];
    downs->items = rt_grow(downs->items, &downs->capacity, downs->count + 1, sizeof *downs->items);
    memmove(&downs->items[at + 1], &downs->items[at], (downs->count - at) * sizeof *downs->items);
    downs->items[at] = (struct rt_down){ordinal, 0, false};
    downs->count++;
    return &downs->items[at];
}

void rt_downs_add(struct rt_downs *downs, uint64_t ordinal)
{
    have(downs, ordinal)->count++;
}

void rt_downs_suspect(struct rt_downs *downs, uint64_t ordinal)
{
    struct rt_down *down = have(downs, ordinal);

    down->count += down->count == 0;
    down->launch = true;
}

void rt_downs_take_back(struct rt_downs *downs, uint64_t ordinal)
{
    size_t at = place(downs, ordinal);

    if (!is_at(downs, at, ordinal) || --downs->items[at].count > 0)
        return;
    downs->count--;
    memmove(&downs->items[at], &downs->items[at + 1], (downs->count - at) * sizeof *downs->items);
}

uint32_t rt_downs_of(const struct rt_downs *downs, uint64_t ordinal)
{
    size_t at;

    if (downs->count == 0)
        return 0;
    at = place(downs, ordinal);
    return is_at(downs, at, ordinal) ? downs->items[at].count : 0;
}

bool rt_downs_by_launch(const struct rt_downs *downs, uint64_t ordinal)
{
    size_t at = place(downs, ordinal);

    return is_at(downs, at, ordinal) && downs->items[at].launch;
}

uint64_t rt_downs_next(const struct rt_downs *downs, uint64_t from)
{
    size_t at = place(downs, from);

    return at < downs->count ? downs->items[at].ordinal : 0;
}

void rt_downs_put(const struct rt_downs *downs, struct rt_buf *out)
{
    rt_buf_put_varint(out, downs->count);
    for (size_t i = 0; i < downs->count; i++) {
        rt_buf_put_varint(out, downs->items[i].ordinal);
        rt_buf_put_varint(out, downs->items[i].count + (downs->items[i].launch ? LAUNCH : 0));
    }
}

void rt_downs_get(struct rt_downs *downs, struct rt_reader *reader, uint64_t ordinals)
{
    uint64_t count = rt_read_varint(reader);
    uint64_t last = 0;

    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        struct rt_down down = {.ordinal = rt_read_varint(reader)};

        down.count = rt_read_varint32(reader);
        if (down.count >= LAUNCH) {
            down.launch = true;
            down.count -= LAUNCH;
        }
        if (down.ordinal <= last || down.ordinal > ordinals || down.count == 0 ||
            down.count >= LAUNCH) {
            reader->bad = true;
            return;
        }
        downs->items =
            rt_grow(downs->items, &downs->capacity, downs->count + 1, sizeof *downs->items);
        downs->items[downs->count++] = down;
        last = down.ordinal;
    }
}
