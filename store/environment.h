#ifndef RT_STORE_ENVIRONMENT_H
#define RT_STORE_ENVIRONMENT_H
/*
 * The environment of a trial: the software that people install for it and that is no part of the
 * code, as the component of its key. It is made from what an AGENT event records; docs/plan.md.
 */
#include "base/hash.h"
#include "base/json.h"

/* Of the agent that ran it. `modules` are those of its launch: older agents do not tell theirs; or
 * NULL. {"modules": [..], "packages": hex, "python": text}, without what is not known or empty. */
struct rt_json *rt_environment_new(const struct rt_json *agent, const struct rt_json *modules);

struct rt_hash rt_environment_hash(const struct rt_json *environment);

#endif
