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

static struct rt_repeat *place_of(const struct rt_repeats *repeats, const uint64_t key[2])
{
    size_t at = (size_t)key[0] & (repeats->capacity - 1);

    while (repeats->items[at].count &&
           (repeats->items[at].key[0] != key[0] || repeats->items[at].key[1] != key[1]))
        at = (at + 1) & (repeats->capacity - 1);
    return &repeats->items[at];
}

static void make_room(struct rt_repeats *repeats)
{
    struct rt_repeats old = *repeats;

    if (2 * (old.count + 1) <= old.capacity)
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
    uint64_t key[2];

    memcpy(key, hash.bytes, sizeof key);
    make_room(repeats);
    place = place_of(repeats, key);
    repeats->count += place->count == 0;
    memcpy(place->key, key, sizeof key);
    return ++place->count;
}
