#ifndef RT_ENGINE_NOTICES_H
#define RT_ENGINE_NOTICES_H
/*
 * Notices of a launch: what the person at the keyboard should know of the nodes,
 * each said once, however many ranks it is true of.
 */
#include <stdbool.h>
#include "engine/conductor.h"
#include "store/store.h"

struct rt_notices {
    bool asks_gpus;   /* trials of the study ask for GPUs */
    bool gpus_said;   /* there are some that no trial asked for */
    size_t live_said; /* so many modules that are imported past the snapshot */
    bool beside_said; /* trials write beside the recorded code */
    bool import_said; /* workers import the entry by themselves */
    bool bound_said;  /* ranks are bound to too few cores */
    bool agent_said;  /* there is an agent that runs nothing */
    uint32_t lost;    /* losses and returns of agents that were told */
    uint32_t back;
    char pinned_by[64]; /* who was in the way of the index at the last look */
    bool pinned_said;
    bool renewed_said;
};

/* Calls tell() for what is new. */
typedef void rt_notices_fn(void *context, const char *text);
void rt_notices_look(struct rt_notices *notices, const struct rt_progress *progress,
                     rt_notices_fn *tell, void *context);

/* The same for an index that is made anew, and who keeps it from being written; status: of now.
 * Look twice a second or so: those who are there only once are not worth a word. */
void rt_notices_index(struct rt_notices *notices, const struct rt_index_status *status,
                      rt_notices_fn *tell, void *context);

#endif
