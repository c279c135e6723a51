#ifndef RT_ENGINE_PRIORITIES_H
#define RT_ENGINE_PRIORITIES_H
/*
 * Priorities: which of the trials that wait come before, or after, all others.
 *
 * Only trials whose priority is not 0 are in it, and only until they are leased; one that waits
 * again is to be put back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "store/state.h"

struct rt_preferred {
    uint64_t ordinal;
    int32_t priority;
};

struct rt_priorities {
    struct rt_preferred *heap; /* the highest priority first, then the lowest ordinal */
    size_t count;
    size_t capacity;
    uint8_t *there; /* a bit for each ordinal: it is in the heap, or in `taken` */
    size_t there_bytes;
    int16_t *wanted; /* by ordinal: its priority, whether it is there or not */
    size_t wanted_capacity;
    uint64_t *taken; /* ordinals that were given out since the last settle() */
    size_t taken_count;
    size_t taken_capacity;
};

void rt_priorities_clear(struct rt_priorities *priorities);
/* 0: it is like others. */
void rt_priorities_set(struct rt_priorities *priorities, uint64_t ordinal, int32_t priority);
/* It may wait again: with the priority that it had. */
void rt_priorities_again(struct rt_priorities *priorities, uint64_t ordinal);
bool rt_priorities_has(const struct rt_priorities *priorities, uint64_t ordinal);
/* Takes out the next one that waits, with a priority above or below 0; 0 if there is none. It still
 * counts as there, so that nobody who looks for one without priority finds it, until settle(): what
 * was given out is leased by then. */
uint64_t rt_priorities_next(struct rt_priorities *priorities, const struct rt_study *study,
                            bool above);
void rt_priorities_settle(struct rt_priorities *priorities);

#endif
