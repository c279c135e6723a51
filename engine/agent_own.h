#ifndef RT_ENGINE_AGENT_OWN_H
#define RT_ENGINE_AGENT_OWN_H
/* The agent's inside, shared by its own files (agent*.c) and nobody else. */
#include "engine/agent.h"
#include "engine/code_guard.h"
#include "engine/fit.h"
#include "engine/handover.h"
#include "engine/pool.h"
#include "engine/scratch.h"
#include "store/plan.h"

enum life {
    LIFE_STARTING, /* HELLO said, no study yet */
    LIFE_WORKING,
    LIFE_STOPPING,  /* takes no more; what runs may end */
    LIFE_ORPHANED,  /* no word of the conductor: what runs may end, into the spool */
    LIFE_DESPAIRED, /* the same, and leaves then */
    LIFE_DONE,      /* BYE said */
};

struct rt_agent {
    struct rt_agent_options options;
    enum life life;
    struct rt_scratch *scratch;
    struct rt_pool *pool;
    struct rt_plan *plan;
    struct rt_fit fit;
    struct rt_code_guard *guard;
    char *study_id;
    uint32_t study;
    bool ready_said;
    bool failed; /* it takes no more trials, and said why */
    bool reads_said;
    size_t reads_told;           /* how many params the conductor knows to be read */
    size_t live_told;            /* how many modules it knows to be imported past the snapshot */
    struct rt_wire_range *queue; /* a queue: items first .. first + count - 1 */
    size_t first;
    size_t count;
    size_t capacity;
    struct rt_handover handover;
    uint64_t reports_sent;      /* number of the last batch of reports */
    uint64_t reports_acked;     /* likewise, that was answered */
    struct rt_agent_keep *keep; /* checkpoints; NULL before the first */
    uint64_t beats;
    uint64_t beat_us;    /* when the next is due */
    uint64_t heard_us;   /* when the conductor last spoke */
    uint64_t stop_by_us; /* when running trials are killed */
    int code;
};

/* agent_news.c */
int rt_agent_say(struct rt_agent *agent, const struct rt_wire *wire, struct rt_err *err);
/* READY, with a text about this agent, or with why it takes no (more) trials. */
int rt_agent_say_ready(struct rt_agent *agent, int code, const char *why, struct rt_err *err);
int rt_agent_check_code(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);
int rt_agent_say_beside(struct rt_agent *agent, struct rt_err *err);
int rt_agent_say_reads(struct rt_agent *agent, struct rt_err *err);
int rt_agent_say_live(struct rt_agent *agent, struct rt_err *err);
int rt_agent_tell_state(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);
int rt_agent_beat(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);

/* agent_work.c */
int rt_agent_take_work(struct rt_agent *agent, const struct rt_wire_work *work, struct rt_err *err);
void rt_agent_feed(struct rt_agent *agent);
int rt_agent_forget(struct rt_agent *agent, struct rt_err *err);
int rt_agent_collect(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);
int rt_agent_hand_over_harvest(struct rt_agent *agent, struct rt_err *err);
/* In good time; or what there is, `now`. */
int rt_agent_hand_over(struct rt_agent *agent, uint64_t mono_us, bool now, struct rt_err *err);

/* agent_reports.c */
/* Passes on what running trials reported, in good time; and, before attempts that have ended, what
 * came before them. */
int rt_agent_pass_reports(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);
int rt_agent_pass_past_reports(struct rt_agent *agent, struct rt_err *err);
/* And at which calls they heard what they were told, before their results. */
int rt_agent_pass_heard(struct rt_agent *agent, struct rt_err *err);
void rt_agent_take_answer(struct rt_agent *agent, const struct rt_wire_answer *answer);
/* agent_keep.c: checkpoints of running trials to the conductor, and back. */
void rt_agent_keep_init(struct rt_agent *agent);
void rt_agent_keep_free(struct rt_agent *agent);
int rt_agent_pass_pieces(struct rt_agent *agent, struct rt_err *err);
void rt_agent_take_more(struct rt_agent *agent, const struct rt_wire_piece *more);
void rt_agent_take_piece(struct rt_agent *agent, const struct rt_wire_piece *piece);
bool rt_agent_keeps(const struct rt_agent *agent); /* something is on its way */
/* A failed attempt that has a checkpoint on its way waits for it, so that the next attempt finds
 * it; true if it does. And those that have waited go to the handover. */
bool rt_agent_hold(struct rt_agent *agent, struct rt_span row);
void rt_agent_release(struct rt_agent *agent, uint64_t mono_us);

uint64_t rt_agent_reports_wait_us(const struct rt_agent *agent, uint64_t mono_us);

#endif
