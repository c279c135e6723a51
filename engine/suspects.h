#ifndef RT_ENGINE_SUSPECTS_H
#define RT_ENGINE_SUSPECTS_H
/*
 * Suspects: trials that an agent, or launches, were lost with. One of them may be what took it
 * down.
 *
 * They come after all others. An agent has one of them at a time, so that it can be told which one
 * it is. A launch with several ranks that dies leaves no word of which rank went first, and there
 * may be thousands under suspicion then, which must not run one after the other: of n at most half
 * the root of n run at once. If it dies again it is one of these, and so on, until it was one
 * alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include "store/state.h"

/* The next one that waits, at or after *from, which is moved behind it; 0: there is none. */
uint64_t rt_suspects_next(const struct rt_study *study, uint64_t *from);

/* Whether a rank may be given this one now, after `given` others that the state does not yet know
 * to be leased. */
bool rt_suspects_may_run(const struct rt_state *state, const struct rt_study *study, uint32_t rank,
                         uint64_t ordinal, uint64_t given);

#endif
