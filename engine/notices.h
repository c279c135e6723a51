#ifndef RT_ENGINE_NOTICES_H
#define RT_ENGINE_NOTICES_H
/*
 * Notices of a launch: what the person at the keyboard should know of the nodes,
 * each said once, however many ranks it is true of.
 */
#include <stdbool.h>
#include "engine/conductor.h"

struct rt_notices {
    bool asks_gpus;   /* trials of the study ask for GPUs */
    bool gpus_said;   /* there are some that no trial asked for */
    size_t live_said; /* so many modules that are imported past the snapshot */
    bool beside_said; /* trials write beside the recorded code */
    bool import_said; /* workers import the entry by themselves */
    bool agent_said;  /* there is an agent that runs nothing */
    uint32_t lost;    /* losses and returns of agents that were told */
    uint32_t back;
};

/* Calls tell() for what is new. */
typedef void rt_notices_fn(void *context, const char *text);
void rt_notices_look(struct rt_notices *notices, const struct rt_progress *progress,
                     rt_notices_fn *tell, void *context);

#endif
