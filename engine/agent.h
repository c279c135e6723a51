#ifndef RT_ENGINE_AGENT_H
#define RT_ENGINE_AGENT_H
/*
 * An agent: one per rank, rank 0 included. It feeds the workers of its node
 * with the trials that the conductor sends, and hands their results back.
 *
 * It never sees the store: code and plan arrive in the STUDY message and are
 * unpacked below its scratch folder. Results are kept until the conductor
 * says that they are durable. Nothing here blocks.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "engine/comm.h"
#include "engine/nursery.h"
#include "engine/wire.h"

struct rt_agent;

struct rt_agent_options {
    struct rt_comm *comm;
    struct rt_nursery *nursery;
    uint32_t workers;     /* at most; 0: as many as there are cores for */
    uint64_t beat_us;     /* how often to say that it lives */
    uint64_t silence_us;  /* of a conductor silent for so long nothing new is started */
    uint64_t patience_us; /* one silent for so long, too, is taken for dead */
};

struct rt_agent *rt_agent_new(const struct rt_agent_options *options);
/* Ends all workers and removes the scratch folder. Accepts NULL. */
void rt_agent_free(struct rt_agent *agent);

/* Says HELLO to the conductor. */
int rt_agent_join(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);

/* Takes a message of the conductor. */
int rt_agent_take(struct rt_agent *agent, const struct rt_wire *wire, uint64_t mono_us,
                  struct rt_err *err);

/* Does all there is to do: workers, results, beats. */
int rt_agent_step(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err);

/* The conductor has been silent for too long: starts nothing new, and lets what runs end into the
 * spool, until the conductor speaks again. */
int rt_agent_orphan(struct rt_agent *agent, struct rt_err *err);
/* It will not speak again: an orphan is done, with RT_EPEER, once nothing runs any more. */
void rt_agent_despair(struct rt_agent *agent);

size_t rt_agent_fds(const struct rt_agent *agent, struct pollfd *fds, size_t room);
/* Microseconds until step() must be called again. */
uint64_t rt_agent_wait_us(const struct rt_agent *agent, uint64_t mono_us);

uint64_t rt_agent_heard_us(const struct rt_agent *agent); /* when the conductor last spoke */
const struct rt_agent_options *rt_agent_options(const struct rt_agent *agent);

/* True once it has said BYE; *code is then what its process should end with. */
bool rt_agent_done(const struct rt_agent *agent, int *code);

/* The whole life of a rank that is not the conductor's: joins, works, leaves. Returns the code
 * that the process should end with. */
int rt_agent_live(struct rt_agent *agent, struct rt_err *err);

#endif
