#ifndef RT_REPLAY_BATCH_H
#define RT_REPLAY_BATCH_H
/*
 * A batch: the replays that one command makes together. Their plans name it
 * (docs/plan.md, "replay.batch"), so that the same command, given again after
 * an interruption, goes on with what it has begun, and with nothing else.
 */
#include "replay/wish.h"

#define RT_BATCH_ID 33 /* characters with NUL */

struct rt_batch {
    char id[RT_BATCH_ID];      /* random, hex */
    char request[RT_HASH_HEX]; /* what was asked for; equal for the same command */
};

void rt_batch_new_id(char id[RT_BATCH_ID]);

/* How trials are run makes no difference to a request: workers, launcher, limits. RT_EUSAGE or
 * RT_ENOTFOUND if it names no trials of this store. */
int rt_batch_request(const struct rt_state *state, const struct rt_wish *wish,
                     char request[RT_HASH_HEX], struct rt_err *err);

/* Sets "replay.batch" of plans that are to be recorded. */
void rt_batch_mark(const struct rt_batch *batch, struct rt_replay_plans *plans);

/* Which batch is looked for, if none has the id. */
enum rt_batch_choice {
    RT_BATCH_BY_ID,  /* no other one */
    RT_BATCH_OPEN,   /* the newest with the request, if it is not over */
    RT_BATCH_UNTOLD, /* the same, or if the last launch of the store was one of it */
    RT_BATCH_NEWEST, /* the newest with the request */
};

/* The studies of it in the order of their plans, ended by 0; yours; NULL: there is none. The index
 * must be level. */
int rt_batch_find(const struct rt_state *state, struct rt_db *index, const struct rt_batch *batch,
                  enum rt_batch_choice choice, uint32_t **studies, struct rt_err *err);

/* 1 if no trial of this replay is to be run any more, and its verdict is recorded. */
int rt_batch_study_over(struct rt_db *index, const struct rt_study *study, struct rt_err *err);

/* The study of this launch, with `whole` all of its batch; as above. */
int rt_batch_of_launch(const struct rt_state *state, struct rt_db *index, uint32_t launch,
                       bool whole, uint32_t **studies, struct rt_err *err);

/* Whether plans that are made now have the code and the inputs that the batch has. */
bool rt_batch_fits(const struct rt_state *state, const uint32_t *studies,
                   const struct rt_replay_plans *plans);

#endif
