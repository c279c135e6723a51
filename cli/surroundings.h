#ifndef RT_CLI_SURROUNDINGS_H
#define RT_CLI_SURROUNDINGS_H
/* At the start of every launch of a replay: in what its surroundings differ from those that its
 * originals had. */
#include "engine/run.h"
#include "replay/then.h"

struct rt_surroundings {
    const struct rt_run_options *options; /* of the launch: its comm and its notices */
    struct rt_then *then;                 /* NULL: nothing is to be told */
};

/* Fit rt_run_options.begin and .joined; context is the surroundings. */
int rt_surroundings_begin(void *context, struct rt_store *store, uint32_t study,
                          struct rt_err *err);
void rt_surroundings_joined(void *context, const struct rt_json *agent);
void rt_surroundings_clear(struct rt_surroundings *surroundings);

#endif
