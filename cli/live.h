#ifndef RT_CLI_LIVE_H
#define RT_CLI_LIVE_H
/* The launch that is going on in a store, if there is one. */
#include <stdio.h>
#include "base/json.h"
#include "cli/cmd.h"
#include "store/lock.h"

struct rt_live {
    bool writer; /* somebody has the store's lock */
    struct rt_lock_owner owner;
    struct rt_json *answer; /* to "status"; NULL if it did not answer. Clear with rt_live_clear() */
};

int rt_live_find(const char *store_path, struct rt_live *live, struct rt_err *err);
void rt_live_clear(struct rt_live *live);

/* Says what is going on, in a few lines; nothing if nothing is. */
void rt_live_print(const struct rt_live *live, FILE *to);

/* The writer of a home on another host. */
enum rt_live_sign { RT_LIVE_UNKNOWN, RT_LIVE_LIVES, RT_LIVE_SILENT };
struct rt_live_home {
    enum rt_live_sign sign;
    uint64_t watched_us;
    bool aged;       /* age_us is known */
    uint64_t age_us; /* of what was read of the home */
};

/* Whether the home was named, and a writer on another host has not given it back. */
bool rt_live_elsewhere(const struct rt_cmd_context *context);
/* Watches that writer for a few seconds, since hosts' clocks cannot be compared. RT_EINTERRUPTED if
 * a signal came meanwhile. */
int rt_live_watch_home(const struct rt_cmd_context *context, struct rt_live_home *live,
                       struct rt_err *err);
/* Where a home was named: who writes to it, and how fresh what is shown is, in a line; nothing
 * else. */
void rt_live_print_home(const struct rt_cmd_context *context, const struct rt_live_home *live,
                        FILE *to);
/* Yours; null if no home was named. */
struct rt_json *rt_live_home_json(const struct rt_cmd_context *context,
                                  const struct rt_live_home *live);

/* The id of the study that runs, or NULL. */
const char *rt_live_study(const struct rt_live *live);

#endif
