#ifndef RT_STORE_SEGMENTS_H
#define RT_STORE_SEGMENTS_H
/*
 * Segments: which ordinals the points of a plan revision have, in runs in
 * which both count up together. Most plans are one segment. Used by state.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

struct rt_segment {
    uint64_t index; /* first point */
    uint64_t count;
    uint64_t ordinal; /* of the first point */
};

struct rt_segments {
    struct rt_segment *by_index;
    struct rt_segment *by_ordinal; /* the same, in order of ordinals, once sealed */
    size_t count;
    size_t capacity;
    uint64_t total; /* points */
};

void rt_segments_clear(struct rt_segments *map);

/* Gives the next `count` points these ordinals; continues the last segment if it can. */
void rt_segments_add(struct rt_segments *map, uint64_t count, uint64_t ordinal);

/* Gives the next point the ordinal behind the highest of all, in a map that is sealed and stays so.
 */
void rt_segments_push(struct rt_segments *map, uint64_t ordinal);

/* Makes the map ready for look-ups. False if two points have the same ordinal. */
bool rt_segments_seal(struct rt_segments *map);

uint64_t rt_segments_ordinal(const struct rt_segments *map, uint64_t index); /* 0: none */

/* The first segment, by ordinal, that ends at or after an ordinal; NULL if there is none. */
const struct rt_segment *rt_segments_seek(const struct rt_segments *map, uint64_t ordinal);

/* UINT64_MAX: none. */
static inline uint64_t rt_segments_index(const struct rt_segments *map, uint64_t ordinal)
{
    const struct rt_segment *segment =
        map->count == 1 ? map->by_ordinal : rt_segments_seek(map, ordinal);

    if (!segment || segment->ordinal > ordinal || ordinal - segment->ordinal >= segment->count)
        return UINT64_MAX;
    return segment->index + (ordinal - segment->ordinal);
}

#endif
