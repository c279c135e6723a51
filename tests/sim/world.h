#ifndef RT_TESTS_SIM_WORLD_H
#define RT_TESTS_SIM_WORLD_H
/*
 * The world of a simulation: its time, its chance, and what is going to happen.
 *
 * Everything follows from the seed, so that a failure can be looked at again.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

#define MS     1000u
#define SECOND 1000000u

enum happening_kind {
    HAPPENS_ARRIVAL,   /* a message arrives */
    HAPPENS_AGENT,     /* an agent wanted to be woken */
    HAPPENS_CONDUCTOR, /* the conductor wanted to be woken */
    HAPPENS_SYNC,      /* the disk has finished */
    HAPPENS_DRIVER,    /* the driver has thought */
    HAPPENS_FAULT,     /* something goes wrong */
};

struct happening {
    uint64_t time_us;
    uint64_t order; /* among those of the same time */
    enum happening_kind kind;
    uint32_t launch; /* what belongs to an earlier launch does not happen any more */
    int rank;        /* AGENT; ARRIVAL: the agent at the other end */
    int fault;
    bool up;             /* ARRIVAL: to the conductor */
    struct rt_buf bytes; /* ARRIVAL */
};

struct world {
    uint64_t seed;
    uint64_t chance; /* state of the generator */
    uint64_t now_us;
    uint64_t order;
    struct happening *heap;
    size_t count;
    size_t capacity;
    bool trace;
    bool failed;
    char why[512];
};

void world_init(struct world *world, uint64_t seed, bool trace);
void world_clear(struct world *world);

uint64_t world_random(struct world *world);
uint64_t world_between(struct world *world, uint64_t low, uint64_t high); /* ends included */
bool world_chance(struct world *world, double probability);
/* A time whose magnitude is drawn: as many between 1 and 10 as between 10 and 100. */
uint64_t world_magnitude(struct world *world, uint64_t low_us, uint64_t high_us);

/* Takes happening->bytes. */
void world_plan(struct world *world, struct happening *happening);
/* False if nothing is going to happen. Moves the time; the bytes are then yours. */
bool world_next(struct world *world, struct happening *happening);

/* Keeps the first failure; the simulation ends soon after. */
void world_fail(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_tell(struct world *world, const char *format, ...) /* if there is to be a trace */
    __attribute__((format(printf, 2, 3)));

#endif
