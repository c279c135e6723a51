#ifndef RT_TESTS_SIM_ORACLE_H
#define RT_TESTS_SIM_ORACLE_H
/*
 * The oracle: a second, naive account of every attempt, against which state
 * and conductor are held.
 *
 * It is told every event as it is appended, what is sent and received, and
 * what is durable, and says what must not be. It keeps everything and is
 * written for clearness alone.
 */
#include "engine/wire.h"
#include "store/state.h"
#include "tests/sim/world.h"

#define ORACLE_RANKS 16

struct known_attempt {
    uint32_t launch;
    uint32_t rank;
    uint64_t lease_seq;
    uint64_t end_seq; /* of the event that ended it; 0: open */
    enum rt_outcome outcome;
    uint64_t late_seq; /* of the event with its late result */
    enum rt_outcome late_outcome;
    bool sent; /* to its agent */
};

struct known_trial {
    struct known_attempt *attempts; /* attempt n at n - 1 */
    uint32_t count;
    size_t capacity;
    enum rt_outcome success; /* of the first that succeeded, on time or late */
    enum rt_outcome last;    /* of the one that ended last, on time */
    bool again;              /* done without success, and to be tried again in this launch */
    uint32_t failures;       /* on time, lost ones not counted */
    uint32_t downs;          /* agents that vanished with it and did not come back */
};

/* A row that the conductor was handed. */
struct handed_row {
    int rank;
    uint64_t number; /* of its RESULTS */
    uint64_t ordinal;
    uint32_t attempt;
    enum rt_outcome outcome;
};

struct oracle {
    struct world *world;
    const struct rt_state *state; /* after the event that is being told */
    struct known_trial *trials;   /* by ordinal - 1 */
    size_t count;
    size_t capacity;
    uint32_t launch;
    unsigned retry; /* outcomes that it tries again */
    bool ended;     /* the launch has its LAUNCH_END */
    uint64_t durable;
    struct handed_row *handed; /* in this launch, not acknowledged */
    size_t handed_count;
    size_t handed_capacity;
    uint64_t lost; /* attempts that the conductor declared lost in this launch */
    /* By rank: */
    bool stale[ORACLE_RANKS];   /* was given up, and has not been told to forget what it has */
    bool stopped[ORACLE_RANKS]; /* was told to stop */
    bool confused[ORACLE_RANKS];
};

void oracle_init(struct oracle *oracle, struct world *world);
void oracle_clear(struct oracle *oracle);

/* An event was appended and applied to the state. */
void oracle_event(struct oracle *oracle, const struct rt_state *state,
                  const struct rt_event *event);
/* The conductor sends a message to an agent. */
void oracle_sent(struct oracle *oracle, int rank, const struct rt_wire *wire);
/* The conductor has taken a message of an agent. */
void oracle_received(struct oracle *oracle, int rank, const struct rt_wire *wire);
/* Holds all trials of the state against what is known. */
void oracle_compare(struct oracle *oracle, const struct rt_state *state);

#endif
