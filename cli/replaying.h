#ifndef RT_CLI_REPLAYING_H
#define RT_CLI_REPLAYING_H
/* What commands that make and run replays share. */
#include "cli/execute.h"
#include "replay/wish.h"

/*
 * Runs a launch that derives its studies: `derive` is called on rank 0 with the store open for
 * writing and its index level, and makes plans, which are then recorded and completed one after the
 * other. *studies (yours, ended by 0; NULL on other ranks and if nothing was recorded) are their
 * numbers, in the order of the plans. A launch that --supervise starts again goes on with the
 * newest replay of this `kind` instead.
 */
typedef int rt_replaying_derive_fn(void *context, struct rt_store *store, struct rt_db *index,
                                   const struct rt_run_options *options,
                                   struct rt_replay_plans *plans, struct rt_err *err);
struct rt_replaying {
    const char *kind;
    rt_replaying_derive_fn *derive;
    void *context;
};
int rt_replaying(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                 const struct rt_replaying *replaying, uint32_t **studies, struct rt_err *err);

/* A replay as somebody wishes it; with `dry_run` its pairs are printed, and nothing is run. */
int rt_replaying_wish(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                      struct rt_wish *wish, bool dry_run, struct rt_err *err);

#endif
