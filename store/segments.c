#include "store/segments.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void rt_segments_clear(struct rt_segments *map)
{
    free(map->by_index);
    free(map->by_ordinal);
    *map = (struct rt_segments){NULL, NULL, 0, 0, 0};
}

void rt_segments_add(struct rt_segments *map, uint64_t count, uint64_t ordinal)
{
    struct rt_segment *last = map->count ? &map->by_index[map->count - 1] : NULL;

    if (last && last->ordinal + last->count == ordinal) {
        last->count += count;
    } else {
        map->by_index = rt_grow(map->by_index, &map->capacity, map->count + 1, sizeof *last);
        map->by_index[map->count++] = (struct rt_segment){map->total, count, ordinal};
    }
    map->total += count;
}

void rt_segments_push(struct rt_segments *map, uint64_t ordinal)
{
    size_t before = map->count;

    rt_segments_add(map, 1, ordinal);
    if (map->count > before)
        map->by_ordinal = rt_realloc(map->by_ordinal, map->count * sizeof *map->by_ordinal);
    map->by_ordinal[map->count - 1] = map->by_index[map->count - 1];
}

static int compare_ordinals(const void *a, const void *b)
{
    uint64_t x = ((const struct rt_segment *)a)->ordinal;
    uint64_t y = ((const struct rt_segment *)b)->ordinal;

    return (x > y) - (x < y);
}

bool rt_segments_seal(struct rt_segments *map)
{
    map->by_ordinal = rt_realloc(map->by_ordinal, map->count * sizeof *map->by_ordinal);
    if (map->count == 0)
        return true;
    memcpy(map->by_ordinal, map->by_index, map->count * sizeof *map->by_ordinal);
    qsort(map->by_ordinal, map->count, sizeof *map->by_ordinal, compare_ordinals);
    for (size_t i = 1; i < map->count; i++) {
        const struct rt_segment *before = &map->by_ordinal[i - 1];

        if (before->ordinal + before->count > map->by_ordinal[i].ordinal)
            return false;
    }
    return true;
}

uint64_t rt_segments_ordinal(const struct rt_segments *map, uint64_t index)
{
    size_t low = 0;
    size_t high = map->count;

    if (index >= map->total)
        return 0;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (map->by_index[middle].index <= index)
            low = middle;
        else
            high = middle;
    }
    return map->by_index[low].ordinal + (index - map->by_index[low].index);
}

const struct rt_segment *rt_segments_seek(const struct rt_segments *map, uint64_t ordinal)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct rt_segment *segment = &map->by_ordinal[middle];

        if (segment->ordinal + segment->count <= ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low < map->count ? &map->by_ordinal[low] : NULL;
}
