#ifndef RT_ENGINE_FIT_H
#define RT_ENGINE_FIT_H
/*
 * How many workers of a study fit on this node, and which devices each has:
 * the plan's `each` against cores, memory and GPUs.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/json.h"
#include "engine/gpus.h"
#include "store/plan.h"

struct rt_fit {
    uint32_t workers;
    unsigned launcher_cores; /* if the launcher bound this rank to too few of them; else 0 */
    struct rt_gpus gpus;
    char **devices; /* by worker: "0" or "0,1"; NULL if trials ask for no GPU */
};

/* `most` workers, or if that is 0 as many as there are cores for; fewer if they do not fit.
 * RT_EUSAGE if not a single one does. */
int rt_fit_find(const struct rt_plan *plan, uint32_t most, struct rt_fit *fit, struct rt_err *err);
void rt_fit_clear(struct rt_fit *fit);

/* Whether trials of a plan, the JSON object, ask for GPUs. */
bool rt_fit_asks_gpus(const struct rt_json *plan);

/* {"variables": [names], "of": [texts by worker], "counted": bool}; NULL without devices. Yours. */
struct rt_json *rt_fit_devices(const struct rt_fit *fit);

#endif
