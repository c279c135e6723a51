#ifndef RT_ENGINE_POOL_OWN_H
#define RT_ENGINE_POOL_OWN_H
/* What the files of the pool share; for nobody else. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "engine/backlog.h"
#include "engine/packet.h"
#include "engine/pool.h"
#include "engine/ring.h"

enum rt_brood_state {
    RT_BROOD_LOADING,
    RT_BROOD_UP,
    RT_BROOD_FAILED,
    RT_BROOD_GONE, /* its template has ended */
};

/* A study's template, and the trials that wait for workers forked from it. */
struct rt_brood {
    uint32_t study;
    char *study_id;
    char *root; /* the code root in the checkout */
    struct rt_plan *plan;
    struct rt_json *devices; /* of its workers, or NULL */
    enum rt_brood_state state;
    struct rt_err why;     /* FAILED */
    uint32_t template_id;  /* at the nursery; 0: no template runs */
    int control;           /* socket to the template, or -1 */
    int output;            /* what it prints while it loads, or -1 */
    uint32_t starting;     /* workers asked for and not yet forked */
    uint32_t falls;        /* templates that died since a trial ended */
    uint32_t false_starts; /* workers that died without starting a trial, likewise */
    double mean_us;        /* of trials lately, with all that is around them; 0: not known */
    struct rt_backlog backlog;
    bool reads_known; /* a result came */
    struct rt_reads reads;
};

enum rt_slot_state {
    RT_SLOT_EMPTY,
    RT_SLOT_UP,     /* a worker runs, or is being forked: its ring is there already */
    RT_SLOT_ENDING, /* it was told to end, or killed */
};

#define RT_SLOT_GIVEN 8192u /* trials given to one worker at most; a power of two */

/* What the running trial and its agent say to each other (engine/note.h). */
struct rt_slot_notes {
    uint32_t number;   /* of the trial that all this is about; 0: none has said anything */
    uint64_t taken;    /* reports */
    uint64_t past;     /* of them, those that came before the last attempt that ended in any slot */
    uint64_t sent;     /* of them, those that the conductor was sent */
    uint32_t heard;    /* what it heard */
    struct rt_buf out; /* frames that the ring had no room for yet */
};

/* A place for a worker, and the agent's side of it. Trials are numbered per worker from 1. */
struct rt_slot {
    enum rt_slot_state state;
    uint32_t number;
    struct rt_brood *brood;
    bool forked; /* pid is known */
    pid_t pid;
    uint64_t nonce;
    struct rt_ring *ring;
    int wake;
    int files[2]; /* stdout, stderr */
    struct rt_buf inbox;
    struct rt_buf outbox;     /* room to pack a trial in */
    struct rt_waiting *given; /* a circle by number; attempt 0: taken back */
    size_t given_capacity;
    uint32_t first;    /* number of the oldest trial without a result */
    uint32_t next;     /* number of the next trial to be given */
    uint32_t live;     /* trials given, and neither ended nor taken back */
    uint32_t position; /* trials that this worker has ended */
    uint64_t user_us;  /* of these */
    uint64_t sys_us;
    uint64_t quiet_us;       /* since when nothing has come of it, monotonic */
    uint64_t memory_us;      /* when its memory is looked at next, monotonic */
    enum rt_outcome verdict; /* of the running trial, once it was killed */
    char *verdict_reason;
    struct rt_slot_notes notes;
};

struct rt_pool {
    struct rt_nursery *nursery;
    struct rt_pool_options options;
    char *scratch;
    struct rt_brood **broods;
    size_t brood_count;
    size_t brood_capacity;
    struct rt_slot *slots;
    uint32_t usable; /* slots; fewer than asked for when the system has no more processes */
    int bell;
    struct rt_buf ended; /* packed attempts, each behind its size (u32) */
    size_t ended_at;
    struct rt_buf heard;   /* packed (engine/hearing.h); not taken yet */
    struct rt_buf reports; /* packed; not taken yet */
    uint64_t report_count;
    size_t past_size;      /* of `reports`: what came before the last result, */
    uint64_t past_count;   /* and must be handed over before it */
    uint64_t report_us;    /* when the first of them came; monotonic */
    bool report_waits;     /* somebody waits for the answer */
    rt_pool_keep_fn *keep; /* checkpoints; NULL: none are kept */
    rt_pool_restore_fn *restore;
    void *keep_context;
    uint64_t look_us; /* when the files of running trials are looked at next */
    uint64_t wake_us;
    char *python;
    struct rt_json *live; /* modules from past the snapshot: rt_live_add() */
};

/* An attempt that has ended, for rt_pool_take(). */
void rt_pool_put(struct rt_pool *pool, const struct rt_attempt *attempt);

/* pool_brood.c */
int rt_brood_start(struct rt_pool *pool, struct rt_brood *brood, struct rt_err *err);
void rt_brood_free(struct rt_brood *brood);
/* Nothing more is started. What runs may end; what waits can be dropped. */
void rt_brood_fail(struct rt_brood *brood, int code, const char *why);
int rt_brood_step(struct rt_pool *pool, struct rt_brood *brood, uint64_t mono_us,
                  struct rt_err *err);
/* The nursery says that its template is gone, with all below it. */
int rt_brood_gone(struct rt_pool *pool, struct rt_brood *brood, int status, uint64_t mono_us,
                  struct rt_err *err);

/* slot.c */
void rt_slot_init(struct rt_slot *slot, uint32_t number);
void rt_slot_clear(struct rt_slot *slot); /* frees all but `given`; it is then empty */
int rt_slot_open(struct rt_pool *pool, struct rt_slot *slot, struct rt_brood *brood,
                 uint64_t mono_us, struct rt_err *err);
bool rt_slot_give(struct rt_slot *slot, const struct rt_waiting *trial, uint64_t mono_us);
void rt_slot_wake(struct rt_slot *slot);
/* Takes what the worker has sent. A worker that sent nonsense is killed. */
void rt_slot_drain(struct rt_pool *pool, struct rt_slot *slot, uint64_t mono_us);
/* True if it has started a trial without a result yet: since when. */
bool rt_slot_running(const struct rt_slot *slot, uint64_t mono_us, uint64_t *since_us);
/* Takes back what it has not started; calls each() for every one, the last first. */
typedef void rt_slot_back_fn(void *context, const struct rt_waiting *trial);
void rt_slot_take_back(struct rt_slot *slot, rt_slot_back_fn *each, void *context);
void rt_slot_push_back(void *brood, const struct rt_waiting *trial); /* to the backlog */
void rt_slot_kill(struct rt_slot *slot, enum rt_outcome verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Asks an idle worker to end by itself. */
void rt_slot_retire(struct rt_slot *slot);

/* slot_note.c */
/* All reports that are here came before an attempt that just ended. */
void rt_pool_reports_pass(struct rt_pool *pool);
/* A note of the trial that runs; RT_EPEER if it is none. */
int rt_slot_take_note(struct rt_pool *pool, struct rt_slot *slot, uint32_t number,
                      struct rt_span note, uint64_t mono_us, struct rt_err *err);
/* A note to it: a kind, and what follows. */
void rt_slot_say(struct rt_slot *slot, uint32_t number, const struct rt_buf *note);
void rt_slot_flush_notes(struct rt_slot *slot); /* as far as the ring has room */
/* The flags of an attempt that say how much the oldest trial without a result has heard. */
uint32_t rt_slot_trace(const struct rt_slot *slot);

/* slot_end.c */
/* The worker is gone: judges what ran, gives back what did not, empties the slot. */
void rt_slot_end(struct rt_pool *pool, struct rt_slot *slot, const struct rt_packet *packet,
                 uint64_t mono_us);

#endif
