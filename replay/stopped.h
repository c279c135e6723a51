#ifndef RT_REPLAY_STOPPED_H
#define RT_REPLAY_STOPPED_H
/* Why a study whose trials wait could not be run when that was tried last. */
#include "store/db.h"
#include "store/state.h"

/* *why, yours: the first line of what ended its last launch, if that was an error; else NULL. The
 * index must be level. */
int rt_stopped_why(struct rt_db *index, const struct rt_study *study, char **why,
                   struct rt_err *err);

#endif
