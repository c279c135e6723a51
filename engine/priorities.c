#include "engine/priorities.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void rt_priorities_clear(struct rt_priorities *priorities)
{
    free(priorities->heap);
    free(priorities->there);
    free(priorities->wanted);
    free(priorities->taken);
    *priorities = (struct rt_priorities){.count = 0};
}

static void mark(struct rt_priorities *priorities, uint64_t ordinal)
{
    size_t byte = (size_t)(ordinal / 8);

    if (byte >= priorities->there_bytes) {
        size_t bytes = 2 * byte + 64;

        priorities->there = rt_realloc(priorities->there, bytes);
        memset(priorities->there + priorities->there_bytes, 0, bytes - priorities->there_bytes);
        priorities->there_bytes = bytes;
    }
    priorities->there[byte] |= (uint8_t)(1u << ordinal % 8);
}

static bool before(const struct rt_preferred *a, const struct rt_preferred *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->ordinal < b->ordinal;
}

static void swap(struct rt_preferred *a, struct rt_preferred *b)
{
    struct rt_preferred kept = *a;

    *a = *b;
    *b = kept;
}

static void rise(struct rt_priorities *priorities, size_t at)
{
    struct rt_preferred *heap = priorities->heap;

    for (; at > 0 && before(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
}

static void sink(struct rt_priorities *priorities, size_t at)
{
    struct rt_preferred *heap = priorities->heap;

    for (;;) {
        size_t best = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < priorities->count; child++) {
            if (before(&heap[child], &heap[best]))
                best = child;
        }
        if (best == at)
            return;
        swap(&heap[at], &heap[best]);
        at = best;
    }
}

static void unmark(struct rt_priorities *priorities, uint64_t ordinal)
{
    priorities->there[ordinal / 8] &= (uint8_t) ~(1u << ordinal % 8);
}

static void take_out(struct rt_priorities *priorities, size_t at)
{
    priorities->heap[at] = priorities->heap[--priorities->count];
    if (at == priorities->count)
        return;
    sink(priorities, at);
    rise(priorities, at);
}

bool rt_priorities_has(const struct rt_priorities *priorities, uint64_t ordinal)
{
    return ordinal / 8 < priorities->there_bytes &&
           (priorities->there[ordinal / 8] >> ordinal % 8 & 1u);
}

static size_t find(const struct rt_priorities *priorities, uint64_t ordinal)
{
    size_t at = 0;

    while (at < priorities->count && priorities->heap[at].ordinal != ordinal)
        at++;
    return at;
}

static void want(struct rt_priorities *priorities, uint64_t ordinal, int32_t priority)
{
    size_t before = priorities->wanted_capacity;

    if (priority == 0 && ordinal >= before)
        return;
    priorities->wanted = rt_grow(priorities->wanted, &priorities->wanted_capacity,
                                 (size_t)ordinal + 1, sizeof *priorities->wanted);
    memset(priorities->wanted + before, 0,
           (priorities->wanted_capacity - before) * sizeof *priorities->wanted);
    priorities->wanted[ordinal] = (int16_t)priority;
}

static void put(struct rt_priorities *priorities, uint64_t ordinal, int32_t priority)
{
    priorities->heap = rt_grow(priorities->heap, &priorities->capacity, priorities->count + 1,
                               sizeof *priorities->heap);
    priorities->heap[priorities->count] = (struct rt_preferred){ordinal, priority};
    rise(priorities, priorities->count++);
    mark(priorities, ordinal);
}

void rt_priorities_set(struct rt_priorities *priorities, uint64_t ordinal, int32_t priority)
{
    want(priorities, ordinal, priority);
    rt_priorities_settle(priorities);
    if (rt_priorities_has(priorities, ordinal)) {
        take_out(priorities, find(priorities, ordinal));
        unmark(priorities, ordinal);
    }
    if (priority)
        put(priorities, ordinal, priority);
}

void rt_priorities_again(struct rt_priorities *priorities, uint64_t ordinal)
{
    if (ordinal >= priorities->wanted_capacity || priorities->wanted[ordinal] == 0)
        return;
    rt_priorities_settle(priorities);
    if (!rt_priorities_has(priorities, ordinal))
        put(priorities, ordinal, priorities->wanted[ordinal]);
}

uint64_t rt_priorities_next(struct rt_priorities *priorities, const struct rt_study *study,
                            bool above)
{
    while (priorities->count) {
        struct rt_preferred first = priorities->heap[0];

        if (above && first.priority < 0)
            return 0;
        take_out(priorities, 0);
        priorities->taken = rt_grow(priorities->taken, &priorities->taken_capacity,
                                    priorities->taken_count + 1, sizeof *priorities->taken);
        priorities->taken[priorities->taken_count++] = first.ordinal;
        if (rt_state_trial(study, first.ordinal).status == RT_TRIAL_WAITING &&
            rt_study_downs(study, first.ordinal) == 0)
            return first.ordinal;
    }
    return 0;
}

void rt_priorities_settle(struct rt_priorities *priorities)
{
    for (size_t i = 0; i < priorities->taken_count; i++)
        unmark(priorities, priorities->taken[i]);
    priorities->taken_count = 0;
}
