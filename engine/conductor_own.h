#ifndef RT_ENGINE_CONDUCTOR_OWN_H
#define RT_ENGINE_CONDUCTOR_OWN_H
/* The conductor's inside, shared by its own files (conductor*.c) and nobody else. */
#include "engine/conductor.h"
#include "engine/outbox.h"
#include "engine/pace.h"
#include "engine/priorities.h"
#include "engine/retry.h"
#include "engine/packages.h"
#include "engine/roster.h"

enum phase {
    PHASE_RUNNING,
    PHASE_STOPPING, /* no new work; agents finish, hand back and say BYE */
    PHASE_ENDING,   /* the last event is on its way to the disk */
    PHASE_ENDED,
};

struct rt_conductor {
    struct rt_conductor_options options;
    const struct rt_state *state;
    struct rt_buf study_message;
    struct rt_roster roster;
    struct rt_outbox outbox;
    struct rt_pace pace;
    struct rt_retry retry;
    struct rt_priorities priorities;
    bool open; /* a driver may propose more */
    enum phase phase;
    bool awaited; /* somebody waits for an event that is not durable yet */
    struct rt_packages packages;
    struct rt_json *live;   /* modules from past the snapshot: engine/live.h */
    char *beside;           /* a file that trials wrote beside the recorded code */
    char *unshared;         /* why workers import by themselves, of the first such agent */
    uint32_t failed_agents; /* so far; they may have left since */
    uint32_t lost_agents;   /* given up so far */
    uint32_t back_agents;   /* of those, how many spoke again */
    char agent_news[256];   /* about the last of these */
    bool interrupted;       /* stopping because somebody asked */
    uint64_t start_us;
    uint64_t now_us;
    uint64_t beat_us;           /* when the next beat is due */
    uint64_t stop_by_us;        /* when members that have not said BYE are given up */
    uint64_t recall_us;         /* when work is to be taken back for idle workers; 0: no need */
    uint64_t share;             /* trials that one member gets at most while others come up */
    bool lost_before;           /* trials were leased when the launch before ended */
    struct rt_actions *actions; /* during a step */
    int failure;
    struct rt_err why;
};

/* Actions of the step at hand. */
struct rt_action *rt_conductor_act(struct rt_conductor *conductor, enum rt_action_kind kind);
void rt_conductor_acknowledge(struct rt_conductor *conductor, int rank, uint64_t number);
void rt_conductor_send(struct rt_conductor *conductor, int rank, const struct rt_wire *wire);
/* Appends an event; its note says what follows once it is durable. Fill in the returned body. */
struct rt_buf *rt_conductor_append(struct rt_conductor *conductor, enum rt_event_kind event,
                                   enum rt_note_kind kind, int rank, struct rt_note **note);

const struct rt_study *rt_conductor_study(const struct rt_conductor *conductor);
/* The launch ends here, for this reason. */
void rt_conductor_fail(struct rt_conductor *conductor, int code, struct rt_span why);
int rt_conductor_code(const struct rt_conductor *conductor);         /* what the launch ends with */
uint64_t rt_conductor_decided(const struct rt_conductor *conductor); /* trials that are done */

/* conductor_work.c: leases out, results and unstarted trials in. */
void rt_conductor_dispatch(struct rt_conductor *conductor);
void rt_conductor_take_results(struct rt_conductor *conductor, int rank,
                               const struct rt_wire_results *results);
void rt_conductor_take_returned(struct rt_conductor *conductor, int rank,
                                const struct rt_wire_work *returned);
/* Leases whose work has not been sent are taken back. */
void rt_conductor_return_unsent(struct rt_conductor *conductor);

/* conductor_recall.c: nothing waits here; what waits with one agent is for idle workers of others.
 */
void rt_conductor_recall(struct rt_conductor *conductor);
/* An agent that speaks nonsense is given up for good. */
void rt_conductor_bar(struct rt_conductor *conductor, int rank, struct rt_err *err);

/* conductor_reports.c: what running trials report, and are told. */
void rt_conductor_take_reports(struct rt_conductor *conductor, int rank,
                               const struct rt_wire_reports *reports);
void rt_conductor_tell(struct rt_conductor *conductor, const struct rt_tell *tell);
void rt_conductor_kept(struct rt_conductor *conductor, int rank, const struct rt_wire_piece *piece);
void rt_conductor_given(struct rt_conductor *conductor, int rank, const struct rt_wire_piece *piece,
                        uint32_t kept_by);

/* conductor_heard.c: at which of their calls trials heard it; see engine/hearing.h. */
void rt_conductor_take_heard(struct rt_conductor *conductor, int rank, struct rt_span rows);

/* conductor_members.c: agents that come, speak, fall silent and leave. */
void rt_conductor_take_message(struct rt_conductor *conductor, int rank,
                               const struct rt_wire *wire);
/* What it held is lost. `down`: that may be what took it down. */
void rt_conductor_give_up(struct rt_conductor *conductor, int rank, const char *reason, bool down);
/* The same for one that vanished: people are told. */
void rt_conductor_miss(struct rt_conductor *conductor, int rank, const char *reason);
void rt_conductor_say_stop(struct rt_conductor *conductor, int rank, uint64_t grace_us);
void rt_conductor_beat(struct rt_conductor *conductor); /* beats, and finds who is silent */

#endif
