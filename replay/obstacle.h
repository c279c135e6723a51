#ifndef RT_REPLAY_OBSTACLE_H
#define RT_REPLAY_OBSTACLE_H
/* What stands in the way of a replay before its first trial. */
#include "replay/replay.h"

/* Why no trial of this plan can run as it says, in words (yours), or NULL. */
char *rt_obstacle_find(struct rt_store *store, struct rt_db *index,
                       const struct rt_replay_plan *replay);

/* The plan's inputs as they are now, relative paths below the folder of `source_path`; yours. NULL
 * if there are none. */
int rt_inputs_now(const struct rt_json *plan, const char *source_path, struct rt_json **inputs,
                  struct rt_err *err);

/* The file that trials start with, as a path in the code state; yours. NULL: none of the code. */
char *rt_entry_file(const struct rt_json *plan);

#endif
