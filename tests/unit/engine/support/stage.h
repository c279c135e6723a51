#ifndef RT_TESTS_STAGE_H
#define RT_TESTS_STAGE_H
/* A stage for the conductor: a real state, and a disk and agents that do as the test says. */
#include "engine/conductor.h"

#define STAGE_MESSAGES 4096

struct stage_message {
    int rank;
    struct rt_wire wire;
    struct rt_buf bytes;
};

struct stage {
    struct rt_state *state;
    struct rt_conductor *conductor;
    struct rt_actions actions;
    uint64_t seq;     /* last event appended */
    uint64_t durable; /* last one on the disk */
    uint64_t now_us;
    uint64_t results[8];                           /* number of the last RESULTS by rank */
    struct stage_message messages[STAGE_MESSAGES]; /* sent and not taken yet */
    size_t first;
    size_t count;
    unsigned retry;      /* outcomes that the next launch tries again */
    uint32_t ended_in;   /* launch that results say they are of; 0: the first */
    uint32_t launch;     /* number of the launch that runs */
    int appended[32];    /* events by kind */
    uint32_t last_flags; /* of the attempt that was appended last */
    bool finished;
};

/* A study of `trials` trials with so many retries, and a launch with so many ranks. */
struct stage *stage_new(unsigned trials, unsigned retries, unsigned ranks);
/* The launch dies, and another begins with so many ranks. */
void stage_relaunch(struct stage *stage, unsigned ranks);
void stage_free(struct stage *stage);

void stage_step(struct stage *stage, const struct rt_input *input);
void stage_tick(struct stage *stage); /* and nothing becomes durable */
void stage_sync(struct stage *stage); /* all appended events become durable */
void stage_stop(struct stage *stage);

void stage_join(struct stage *stage, int rank, unsigned slots); /* HELLO, READY and a tick */
void stage_say(struct stage *stage, int rank, const struct rt_wire *wire);
/* An attempt ended so; `again` repeats the number of the last RESULTS. */
void stage_result(struct stage *stage, int rank, uint64_t ordinal, uint32_t attempt,
                  enum rt_outcome outcome, bool again);

/* The next message of a kind to a rank, or NULL; earlier ones of other kinds to it are dropped.
 * Valid until the next call. */
const struct rt_wire *stage_take(struct stage *stage, int rank, enum rt_wire_kind kind);
uint64_t stage_work(const struct rt_wire *work); /* trials in a WORK message; 0 for NULL */

const struct rt_study *stage_study(const struct stage *stage);

#endif
