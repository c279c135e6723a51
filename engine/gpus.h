#ifndef RT_ENGINE_GPUS_H
#define RT_ENGINE_GPUS_H
/*
 * The GPUs of this node, without any vendor's library: by the variables that
 * a batch system sets, else by what the drivers tell. docs/environment.md
 * tells people the order.
 */
#include <stdbool.h>
#include <stddef.h>
#include "base/json.h"

#define RT_GPUS_VARIABLES 2

struct rt_gpus {
    char **ids; /* as the variables name them: "0", "GPU-8f2c...", "MIG-..." */
    size_t count;
    const char *variables[RT_GPUS_VARIABLES]; /* those that narrow a process; NULL: none more */
    const char *source;                       /* where the ids are from, for people */
    bool counted; /* by us, in the order of the bus, which CUDA must be told to count in, too */
};

/* Finds those that this process may use. */
void rt_gpus_find(struct rt_gpus *gpus);
void rt_gpus_clear(struct rt_gpus *gpus);

/* Keeps the share of one of several ranks on the node, so that none is given out twice. */
void rt_gpus_share(struct rt_gpus *gpus, unsigned number, unsigned of);

/* {"driver": text, "devices": [{"model": text, "uuid": text, "bus": text}], "usable": n}: devices
 * by the drivers' word, also those that are not among the n that we may use; NULL if there are none
 * of either. Yours. */
struct rt_json *rt_gpus_about(void);

#endif
