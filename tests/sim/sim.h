#ifndef RT_TESTS_SIM_SIM_H
#define RT_TESTS_SIM_SIM_H
/*
 * A simulation: the real conductor and the real state, among agents, a
 * network and a disk that do what a seed makes them do.
 */
#include "engine/conductor.h"
#include "engine/handover.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

#define SIM_RANKS_MAX 12

_Static_assert(SIM_RANKS_MAX < ORACLE_RANKS, "scenarios draw one rank more at most");

/* What kind of a world it is: drawn from the seed. */
struct scenario {
    unsigned levels;
    unsigned replicates;
    unsigned retries;
    unsigned ranks;
    uint64_t short_us; /* trials take between these */
    uint64_t long_us;
    unsigned retry;      /* outcomes that launches try again */
    double failing;      /* share of attempts that fail */
    uint64_t latency_us; /* of a message, at most, when all is well */
    uint64_t startup_us; /* of an agent, at most */
    uint64_t faults_every_us;
    uint64_t faults_until_us;
    unsigned faults;  /* bits: which of enum fault happen */
    double duplicate; /* share of RESULTS that arrive twice */
    double bad_template;
    unsigned letters; /* that the conductor reads in one turn of its loop */
    bool supervised;  /* launches that died are started again by a supervisor */
    double stubborn;  /* share of agents that do not stop when they are told to */

    bool driven;        /* a driver proposes the trials, `levels` x `replicates` of them */
    unsigned in_flight; /* so many at a time */
    uint64_t thinks_us; /* between what it says, at most */
    double cancelling;  /* how often it cancels, prefers, and speaks to running trials */
    double preferring;
    double telling;
    unsigned reports; /* of a trial, at most */
    bool pruning;     /* by a rule of the plan */
    double keeping;   /* share of reports that come with a checkpoint */
};

enum fault {
    FAULT_AGENT_DIES,
    FAULT_AGENT_FREEZES,
    FAULT_CONDUCTOR_FREEZES,
    FAULT_CONDUCTOR_DIES,
    FAULT_STOP,
    FAULT_SLOW_DISK,
    FAULT_SLOW_NETWORK,
    FAULT_AGENT_FULL, /* its disk: it starts nothing more */
    FAULT_CONFUSION,  /* an agent says what makes no sense */
    FAULT_NEW_PLAN,   /* with the next launch */
    FAULT_CLOCK,      /* the wall clock of a rank jumps, by years maybe */
    FAULTS,
};

struct stored_event {
    enum rt_event_kind kind;
    uint64_t time_us; /* wall clock of rank 0 */
    struct rt_buf body;
};

struct disk {
    struct stored_event *events; /* event n at n - 1 */
    size_t count;
    size_t capacity;
    uint64_t durable;
    uint64_t syncing; /* up to this event; 0: the disk is idle */
    uint64_t sync_us; /* when it will have got there */
    uint64_t slow_until_us;
    struct rt_buf checkpoint; /* of the state after event checkpoint_seq */
    uint64_t checkpoint_seq;
};

struct queued {
    uint64_t ordinal;
    uint64_t index;
    uint32_t attempt;
};

struct running {
    bool busy;
    struct queued trial;
    uint64_t start_us;
    uint64_t end_us;
    uint64_t report_us; /* when it reports next */
    unsigned reports;   /* so far */
    bool stopped;       /* was told to stop */
};

enum agent_phase { AGENT_AWAY, AGENT_ASKED, AGENT_WARMING, AGENT_UP, AGENT_FAILED, AGENT_LEFT };

#define AGENT_SLOTS_MAX 8

struct agent {
    enum agent_phase phase;
    bool alive;
    bool stopping;
    bool stubborn;
    bool confused;      /* at some time */
    bool full;          /* its disk is; work that was on its way may still come */
    bool failure_known; /* the conductor has read that its template failed */
    uint64_t mute_us;   /* once dead: what would arrive later is lost */
    uint64_t frozen_until_us;
    uint64_t wake_us;  /* the HAPPENS_AGENT that counts */
    uint64_t begin_us; /* when it says HELLO, or when its template is up */
    uint64_t stop_by_us;
    uint64_t beat_us;
    uint64_t beats;
    uint64_t heard_us;
    uint64_t longest_silence_us; /* of the conductor */
    uint32_t slots;
    struct running running[AGENT_SLOTS_MAX];
    struct queued *queue;
    size_t queue_first;
    size_t queue_count;
    size_t queue_capacity;
    struct rt_handover handover;
    uint64_t ran;          /* trials that ended */
    struct rt_buf reports; /* rows that were not sent yet */
    uint64_t report_count;
    uint64_t reports_sent; /* batches */
    uint64_t reports_acked;
};

/* The driver itself: it outlives all launches, and forgets nothing that it was told. */
struct driver {
    enum rt_outcome *told; /* by ordinal */
    size_t capacity;
    uint64_t limit; /* trials that it proposes */
    bool set_up;    /* in this launch */
};

struct letter {
    int rank;
    struct rt_buf bytes;
};

struct sim {
    struct world world;
    struct scenario scenario;
    struct oracle oracle;
    struct rt_state *state;
    struct disk disk;
    uint64_t slow_network_until_us;
    uint64_t wall_us[SIM_RANKS_MAX]; /* of each rank, when the world began */
    uint64_t
        booted_us; /* what the conductor's monotonic clock said then: another after each boot */

    uint32_t launch; /* number of the current one */
    struct rt_conductor *conductor;
    struct rt_actions actions;
    struct letter *inbox; /* arrived, not read by the conductor yet */
    size_t inbox_count;
    size_t inbox_capacity;
    uint64_t told_durable;
    uint64_t conductor_frozen_until_us;
    uint64_t wake_us;    /* the earliest HAPPENS_CONDUCTOR that is planned */
    uint64_t decided_us; /* when the last trial was decided */
    bool finished;
    bool complete; /* the study */
    bool new_plan; /* is wanted */

    struct rt_pruning *pruning;
    struct driver driver;

    struct agent agents[SIM_RANKS_MAX];
    uint64_t last_arrival_us[2][SIM_RANKS_MAX]; /* messages of a pair keep their order */
    uint64_t crashes;
};

/* scenario.c */
void scenario_draw(struct scenario *scenario, struct world *world);
char *scenario_plan(const struct scenario *scenario); /* plan as JSON; yours */
void scenario_change(struct scenario *scenario, struct world *world);

/* disk.c */
void disk_init(struct sim *sim);
void disk_clear(struct sim *sim);
void disk_append_text(struct sim *sim, enum rt_event_kind kind, const char *text);
uint64_t disk_append(struct sim *sim, enum rt_event_kind kind, struct rt_span body);
struct rt_event disk_event(const struct disk *disk, uint64_t seq);
void disk_synced(struct sim *sim);
void disk_commit(struct sim *sim); /* at once */
/* Loses what was not durable, and rebuilds the state from what was. */
void disk_crash(struct sim *sim);

/* agent.c */
void agents_begin(struct sim *sim);
void agents_clear(struct sim *sim);
void agent_arrival(struct sim *sim, int rank, struct rt_span message);
void agent_step(struct sim *sim, int rank);
void agent_fill(struct sim *sim, int rank);

/* reports.c: what running trials say, and keep */
void agent_begin(struct sim *sim, int rank, const struct running *running);
void agent_report(struct sim *sim, int rank);
/* Sends what there is: all of it, or if nothing is on its way. */
void agent_pass_reports(struct sim *sim, int rank, bool all);
void agent_take_answer(struct sim *sim, int rank, const struct rt_wire_answer *answer);
void agent_say(struct sim *sim, int rank, const struct rt_wire *wire); /* agent.c */

/* driver.c */
void driver_begin(struct sim *sim); /* with a launch */
void driver_step(struct sim *sim);
void driver_check(struct sim *sim); /* what it was told is still so */
bool driver_open(const struct sim *sim);

/* confusion.c */
void agent_confuse(struct sim *sim, int rank);

/* conductor.c */
void launch_begin(struct sim *sim);
void launch_abandon(struct sim *sim);
void launch_arrival(struct sim *sim, int rank, struct rt_buf *message); /* takes the message */
void launch_wake(struct sim *sim);
void launch_input(struct sim *sim, const struct rt_input *input);

/* faults.c */
void faults_plan(struct sim *sim);
void fault_happen(struct sim *sim, enum fault fault);

/* sim.c */
uint64_t sim_wall_us(const struct sim *sim, int rank);
void sim_send(struct sim *sim, bool up, int rank, const struct rt_buf *message);
const struct rt_study *sim_study(const struct sim *sim);
uint64_t sim_decided(const struct sim *sim);

#endif
