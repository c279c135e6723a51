#include "engine/repeats.h"

#include "base/alloc.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void rt_repeats_clear(struct rt_repeats *repeats)
{
    free(repeats->items);
    *repeats = (struct rt_repeats){NULL, 0, 0};
}

static struct rt_repeat *place_of(const struct rt_repeats *repeats, const unsigned char *key)
{
    size_t mask = repeats->capacity - 1;
    size_t at;

    memcpy(&at, key, sizeof at);
    at &= mask;
    while (repeats->items[at].count && memcmp(repeats->items[at].key, key, RT_REPEAT_KEY) != 0)
        at = (at + 1) & mask;
    return &repeats->items[at];
}

static void make_room(struct rt_repeats *repeats)
{
    struct rt_repeats old = *repeats;

    if (4 * (old.count + 1) <= 3 * old.capacity)
        return;
    repeats->capacity = old.capacity ? 2 * old.capacity : 64;
    repeats->items = rt_calloc(repeats->capacity, sizeof *repeats->items);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.items[i].count)
            *place_of(repeats, old.items[i].key) = old.items[i];
    }
    free(old.items);
}

uint32_t rt_repeats_add(struct rt_repeats *repeats, struct rt_span text)
{
    struct rt_hash hash = rt_hash(text);
    struct rt_repeat *place;

    make_room(repeats);
    place = place_of(repeats, hash.bytes);
    repeats->count += place->count == 0;
    memcpy(place->key, hash.bytes, RT_REPEAT_KEY);
    return ++place->count;
}
