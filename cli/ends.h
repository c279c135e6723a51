#ifndef RT_CLI_ENDS_H
#define RT_CLI_ENDS_H
/*
 * What launches of replays came to, by what the store holds: a launcher's exit code says little.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* Whether a command that has several replays to run goes on after one that ended so: well, with
 * failures or differences, or because it could not be started. */
bool rt_ends_go_on(int rc);

/* What two ends come to: that of the graver one, with its words in err. Why a replay could not be
 * started is printed if it is not that. */
int rt_ends_join(int rc, int next, const struct rt_err *own, struct rt_err *err);

struct rt_ends {
    bool known;  /* the launch was one of a replay */
    size_t left; /* replays that can still be run */
    int rc;      /* what the others came to together */
};

/* Of the replay that a launch completed, and with `batch` of all that its command made. `ended` is
 * what the launch ended with, by its own word. */
int rt_ends_of_launch(const char *store, uint32_t launch, bool batch, int ended,
                      struct rt_ends *out, struct rt_err *err);

#endif
