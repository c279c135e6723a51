#ifndef RT_ENGINE_NURSERY_H
#define RT_ENGINE_NURSERY_H
/*
 * The nursery: a bare process, forked before MPI, store or any thread exists,
 * from which all processes that run users' code descend.
 *
 * The nursery forks one template per study (interpreter started, entry
 * imported, one thread); templates fork workers on request and reap them.
 * Whatever ends the agent, even SIGKILL, ends all of them with all their
 * descendants.
 */
#include <stdint.h>
#include "base/err.h"

struct rt_nursery;

/* Forks the nursery. Call it first of all in main(): no thread may exist yet, and it inherits
 * the environment (without the launcher's variables) and nothing else. */
int rt_nursery_fork(struct rt_nursery **out, struct rt_err *err);

/* Ends the nursery and all below it. Accepts NULL. */
void rt_nursery_free(struct rt_nursery *nursery);

/* The socket that speaks packets (engine/packet.h) with it; for the pool. */
int rt_nursery_fd(const struct rt_nursery *nursery);
/* A number for a template, or a keeper, that none has had. */
uint32_t rt_nursery_new_id(struct rt_nursery *nursery);

#endif
