#ifndef RT_ENGINE_CONDUCTOR_H
#define RT_ENGINE_CONDUCTOR_H
/*
 * The conductor: schedules trials over agents, and decides what is recorded.
 *
 * It is a state machine: rt_conductor_step() takes one input and the time and
 * appends actions; it reads no clock, sends nothing, writes nothing. Whoever
 * drives it (engine/run.c, or a simulation) carries the actions out in order
 * and feeds back what happened. Its rules:
 *
 *   - work leaves only after the lease event that names it is durable;
 *   - a result is counted as told only after its event is durable;
 *   - an attempt is recorded once: a second result of the same (trial,
 *     attempt) is dropped, one of an attempt already recorded as lost is
 *     recorded as late and completes the trial if nothing else has.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "engine/pruning.h"
#include "engine/wire.h"
#include "store/event.h"
#include "store/state.h"

struct rt_conductor;

struct rt_conductor_options {
    uint32_t launch;
    uint32_t study;             /* which study of the state is to be completed */
    uint32_t ranks;             /* agents that may say HELLO: ranks 0..ranks-1 */
    uint64_t silence_us;        /* an agent silent for so long is lost (monotonic) */
    uint64_t beat_us;           /* the conductor beats this often */
    uint64_t grace_us;          /* after a stop, running trials may go on so long */
    unsigned retry;             /* a bit for each outcome whose trials get further attempts */
    uint64_t startup_us;        /* so long, ranks on their way up keep their share reserved */
    struct rt_pruning *pruning; /* knows the past; NULL: nothing is pruned. Borrowed */
};

enum rt_input_kind {
    RT_INPUT_START,   /* first of all */
    RT_INPUT_MESSAGE, /* a message of an agent */
    RT_INPUT_DURABLE, /* events up to a number are on disk */
    RT_INPUT_TICK,    /* time has passed */
    RT_INPUT_STOP,    /* somebody asks to stop; a second time: stop now */
    RT_INPUT_GONE,    /* the comm knows that a rank is gone */
    RT_INPUT_KEPT,    /* a checkpoint has come whole */
    RT_INPUT_GIVEN,   /* an attempt has got what an earlier one kept */
    RT_INPUT_TELL,    /* somebody (a driver, a person) has something to say to a running trial */
};

/* To a trial that runs; nothing happens if it does not. It is recorded first. */
struct rt_tell {
    uint64_t ordinal;
    const char *by;               /* who says so: "driver" */
    const char *stop;             /* why it is to stop, or NULL */
    const struct rt_json *params; /* new ones, an object; or NULL */
};

struct rt_input {
    enum rt_input_kind kind;
    int rank;                          /* MESSAGE, GONE */
    const struct rt_wire *wire;        /* MESSAGE */
    uint64_t seq;                      /* DURABLE */
    const struct rt_tell *tell;        /* TELL */
    const struct rt_wire_piece *piece; /* KEPT: KEEP's, with the hash; GIVEN: PIECE's */
    uint32_t kept_by;                  /* GIVEN: the earlier attempt */
};

enum rt_action_kind {
    RT_ACTION_APPEND, /* append an event (large payloads become objects first); tell its number
                       * at once by rt_conductor_appended() */
    RT_ACTION_SEND,   /* send a message to a rank */
    RT_ACTION_FINISH, /* all is done and durable: end the launch */
};

struct rt_action {
    enum rt_action_kind kind;
    enum rt_event_kind event; /* APPEND */
    int rank;                 /* SEND */
    struct rt_buf bytes;      /* body of the event, or the message */
};

/* Actions in order; the driver empties it. */
struct rt_actions {
    struct rt_action *items;
    size_t count;
    size_t capacity;
};

void rt_actions_clear(struct rt_actions *actions); /* frees all */

/* `state` is the store's; the conductor reads it and sees its own events applied to it. The
 * study message (plan, bundle) is prepared by the caller and sent to every agent that says HELLO.
 */
struct rt_conductor *rt_conductor_new(const struct rt_conductor_options *options,
                                      const struct rt_state *state, struct rt_span study_message);
void rt_conductor_free(struct rt_conductor *conductor);

/* Takes one input. Negative: a fault of ours or a broken invariant, the launch must end. */
int rt_conductor_step(struct rt_conductor *conductor, const struct rt_input *input,
                      uint64_t mono_us, struct rt_actions *actions, struct rt_err *err);

/* While a study is open its driver may propose more trials: nothing ends for lack of them. */
void rt_conductor_set_open(struct rt_conductor *conductor, bool open);
/* A trial that waits is to be leased before, or after, those of another priority (default: 0). */
void rt_conductor_prefer(struct rt_conductor *conductor, uint64_t ordinal, int32_t priority);
/* The study cannot go on: no more trials are started, and those that run may end as they will. */
void rt_conductor_give_out(struct rt_conductor *conductor, const struct rt_err *why,
                           uint64_t mono_us, struct rt_actions *actions);

/* The number that the APPEND action just carried out was given. */
void rt_conductor_appended(struct rt_conductor *conductor, uint64_t seq);

/* True if somebody waits for events that are not durable yet; false if only the record does. */
bool rt_conductor_awaits(const struct rt_conductor *conductor);

/* When step() wants a TICK at the latest. */
uint64_t rt_conductor_wake_us(const struct rt_conductor *conductor);

/* How it stands, for progress lines. */
struct rt_progress {
    uint64_t planned;
    uint64_t done[RT_OUTCOMES];
    uint64_t again;         /* of those done, trials that are to be tried again */
    uint64_t running;       /* as agents last said */
    uint32_t agents;        /* that run trials */
    uint32_t failed_agents; /* that cannot start trials, so far; why: text */
    uint32_t lost_agents;   /* how often one was given up so far; the last one: agent_news */
    uint32_t back_agents;   /* how often one spoke again after that; likewise */
    uint32_t missing;       /* agents that are given up now: they will not meet us at the end */
    const char *agent_news; /* one sentence; borrowed */
    uint32_t slots;
    uint32_t bound_agents;       /* whose launcher bound them to too few of its cores */
    const struct rt_json *bound; /* what is recorded of the first of them, or NULL; borrowed */
    uint32_t gpu_agents; /* that could give GPUs to trials, whether these ask for them or not */
    const struct rt_json *live; /* modules from past the snapshot: engine/live.h; or NULL */
    const char *beside;         /* a file that trials wrote beside the recorded code, or NULL */
    const char *unshared;       /* why each worker imports the entry by itself, or NULL */
    bool stopping;
    int failure; /* a negative code if the study cannot go on; why: text */
    struct rt_err why;
};
void rt_conductor_progress(const struct rt_conductor *conductor, struct rt_progress *progress);

#endif
