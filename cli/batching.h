#ifndef RT_CLI_BATCHING_H
#define RT_CLI_BATCHING_H
/*
 * Runs the replays that one command makes: a batch (replay/batch.h). What the
 * same command has begun and did not complete it goes on with.
 */
#include "cli/execute.h"
#include "replay/batch.h"

struct rt_batching {
    struct rt_wish *wish;
    /* Makes the plans, on rank 0, with the store open for writing and its index level. */
    int (*derive)(struct rt_wish *wish, struct rt_store *store, struct rt_db *index,
                  const struct rt_run_options *options, struct rt_replay_plans *plans,
                  struct rt_err *err);
    const char *id; /* of the batch that is begun; NULL: it is given one */
    bool fresh;     /* go on with none but one that has this id */
};

/* RT_EINTERRUPTED also if there are replays left that each need a launch of their own: a process
 * can join one MPI once. */
int rt_batching_run(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                    const struct rt_batching *batching, struct rt_err *err);

#endif
