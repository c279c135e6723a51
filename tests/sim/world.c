#include "tests/sim/world.h"

#include "base/alloc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void world_init(struct world *world, uint64_t seed, bool trace)
{
    *world = (struct world){.seed = seed, .chance = seed, .trace = trace, .now_us = SECOND};
}

void world_clear(struct world *world)
{
    for (size_t i = 0; i < world->count; i++)
        rt_buf_clear(&world->heap[i].bytes);
    free(world->heap);
}

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
uint64_t world_random(struct world *world)
{
    uint64_t z = world->chance += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t world_between(struct world *world, uint64_t low, uint64_t high)
{
    return low + world_random(world) % (high - low + 1);
}

static double fraction(struct world *world)
{
    return (double)(world_random(world) >> 11) / 9007199254740992.0; /* 2^53 */
}

bool world_chance(struct world *world, double probability)
{
    return fraction(world) < probability;
}

uint64_t world_magnitude(struct world *world, uint64_t low_us, uint64_t high_us)
{
    double low = log((double)low_us);

    return (uint64_t)exp(low + fraction(world) * (log((double)high_us) - low));
}

static bool is_sooner(const struct happening *a, const struct happening *b)
{
    return a->time_us < b->time_us || (a->time_us == b->time_us && a->order < b->order);
}

static void swap(struct happening *a, struct happening *b)
{
    struct happening other = *a;

    *a = *b;
    *b = other;
}

void world_plan(struct world *world, struct happening *happening)
{
    size_t at = world->count++;

    happening->order = ++world->order;
    if (happening->time_us < world->now_us)
        happening->time_us = world->now_us;
    world->heap = rt_grow(world->heap, &world->capacity, world->count, sizeof *world->heap);
    world->heap[at] = *happening;
    for (; at > 0 && is_sooner(&world->heap[at], &world->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&world->heap[at], &world->heap[(at - 1) / 2]);
}

static void sink(struct world *world)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < world->count && is_sooner(&world->heap[child + 1], &world->heap[child]))
            child++;
        if (child >= world->count || is_sooner(&world->heap[at], &world->heap[child]))
            return;
        swap(&world->heap[at], &world->heap[child]);
        at = child;
    }
}

bool world_next(struct world *world, struct happening *happening)
{
    if (world->count == 0)
        return false;
    *happening = world->heap[0];
    world->heap[0] = world->heap[--world->count];
    sink(world);
    world->now_us = happening->time_us;
    return true;
}

void world_fail(struct world *world, const char *format, ...)
{
    va_list args;

    if (world->failed)
        return;
    world->failed = true;
    va_start(args, format);
    vsnprintf(world->why, sizeof world->why, format, args);
    va_end(args);
    world_tell(world, "FAILED: %s", world->why);
}

void world_tell(struct world *world, const char *format, ...)
{
    va_list args;

    if (!world->trace)
        return;
    printf("%12.6f  ", (double)world->now_us / 1e6);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}
