#ifndef RT_ENGINE_REPEATS_H
#define RT_ENGINE_REPEATS_H
/* How often texts occurred: counts by a hash of 96 bits. */
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

#define RT_REPEAT_KEY 12 /* bytes */

struct rt_repeat {
    unsigned char key[RT_REPEAT_KEY];
    uint32_t count; /* 0: the place is empty */
};

struct rt_repeats {
    struct rt_repeat *items;
    size_t count;
    size_t capacity; /* a power of two */
};

void rt_repeats_clear(struct rt_repeats *repeats);
/* Counts a text; returns how often it has occurred, this time included. */
uint32_t rt_repeats_add(struct rt_repeats *repeats, struct rt_span text);

#endif
