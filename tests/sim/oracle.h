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
#include "engine/pruning.h"
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
    bool sent;         /* to its agent */
    uint64_t *reports; /* event of report n at n - 1 */
    size_t report_count;
    size_t report_capacity;
    uint64_t kept_seq; /* of its first checkpoint */
};

struct known_trial {
    struct known_attempt *attempts; /* attempt n at n - 1 */
    uint32_t count;
    size_t capacity;
    enum rt_outcome success; /* of the first that succeeded, on time or late */
    enum rt_outcome last;    /* of the one that ended last, on time */
    bool again;              /* done without success, and to be tried again in this launch */
    uint32_t failures;       /* on time, lost ones not counted */
    uint32_t downs;          /* agents that vanished with it and did not come back, and launches */
    bool suspect;            /* launches died with it */
    char *params;            /* that a driver proposed */
    uint32_t replicate;
    int32_t priority;
    uint64_t cancel_seq;
    uint64_t decision_seq; /* of the first event with something that it is to be told */
};

/* A row that the conductor was handed. */
struct handed_row {
    int rank;
    uint64_t number; /* of its RESULTS */
    uint64_t ordinal;
    uint32_t attempt;
    enum rt_outcome outcome;
};

/* A report that the conductor was handed. */
struct handed_report {
    int rank;
    uint64_t batch; /* number of its REPORTS */
    uint64_t ordinal;
    uint32_t attempt;
    uint64_t number;
};

/* What the rules of the plan must have decided. */
struct due_decision {
    uint64_t ordinal;
    uint32_t attempt;
    char rule[16];
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
    struct handed_report *reports; /* in this launch, not answered */
    size_t report_count;
    size_t report_capacity;
    struct rt_pruning *pruning; /* knows what the conductor's knows; by launch_begin() */
    struct due_decision *due;
    size_t due_count;
    size_t due_capacity;
    uint64_t lost; /* attempts that the conductor declared lost in this launch */
    int keeper;    /* the rank whose KEEP is at hand, or -1 */
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
/* oracle_driven.c: what a driver asks for. The last is the event that decided a trial. */
int32_t oracle_priority(const struct oracle *oracle, uint64_t ordinal);
uint64_t oracle_decided(const struct oracle *oracle, uint64_t ordinal);
void oracle_drive(struct oracle *oracle, const struct rt_event *event);
void oracle_points_sent(struct oracle *oracle, const struct rt_wire_work *work);
/* Nothing that waits should have been leased before what was. */
void oracle_check_priorities(struct oracle *oracle, const struct rt_lease *lease);

/* oracle_reports.c: what running trials say, keep and are told */
struct rt_pruning *oracle_new_pruning(struct oracle *oracle, const struct rt_plan *plan);
/* What follows from an event is due, if there is an oracle. */
void oracle_feed_pruning(struct rt_pruning *pruning, const struct rt_study *study,
                         const struct rt_event *event, struct oracle *oracle);
uint32_t oracle_kept_by(const struct oracle *oracle, uint64_t ordinal); /* an attempt, or 0 */
void oracle_report(struct oracle *oracle, const struct rt_event *event);
void oracle_reports_handed(struct oracle *oracle, int rank, const struct rt_wire_reports *reports);
void oracle_answered(struct oracle *oracle, int rank, const struct rt_wire_answer *answer);
void oracle_kept(struct oracle *oracle, int rank, const struct rt_wire_piece *piece);

/* The attempt of a trial, or NULL. */
struct known_attempt *oracle_attempt(const struct oracle *oracle, uint64_t ordinal,
                                     uint32_t attempt);
/* What the state should have of a trial. */
struct rt_trial oracle_expected(const struct oracle *oracle, uint64_t ordinal);

/* Holds all trials of the state against what is known. */
void oracle_compare(struct oracle *oracle, const struct rt_state *state);

#endif
