#ifndef RT_ENGINE_GUEST_TALK_H
#define RT_ENGINE_GUEST_TALK_H
/* What is said to a guest and what it answers, as JSON: python/retrial/guest.py is the other side,
 * whether it is reached over a socket (engine/guest.h) or runs in this process. */
#include "base/json.h"
#include "engine/entry.h"

/* The first message: what to load. NULL, and an error, if the task's params are malformed. */
struct rt_json *rt_guest_task(const struct rt_entry_task *task, struct rt_err *err);

struct rt_json *rt_guest_call(const struct rt_call *call);

/* Takes the answer to a call; a bare number is stored as `metric`. */
void rt_guest_take(const struct rt_json *answer, const char *metric, const struct rt_call *call,
                   struct rt_ended *ended);

#endif
