#include "cli/surroundings.h"

#include "base/alloc.h"
#include "cli/verdicts.h"

#include <stdlib.h>
#include <string.h>

static void tell(const struct rt_surroundings *surroundings, struct rt_buf *text)
{
    const struct rt_run_options *options = surroundings->options;
    char *line;

    if (!text->size || !options->notice)
        return;
    line = rt_printf("then and now: %s", rt_buf_text(text));
    options->notice(options->context, line);
    free(line);
}

/* Looks of a bisection and the like replay one trial many times: they are not told each time. */
static bool is_asked_for(const struct rt_json *replay)
{
    const char *kind = rt_json_get_text(replay, "kind", "");

    return strcmp(kind, "replay") == 0 || strcmp(kind, "verify") == 0;
}

int rt_surroundings_begin(void *context, struct rt_store *store, uint32_t study, struct rt_err *err)
{
    struct rt_surroundings *surroundings = context;
    const struct rt_study *found = rt_state_study(rt_store_state(store), study);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_db *index = NULL;
    int rc;

    if (!found || !rt_replay_of(found) || !is_asked_for(rt_replay_of(found)))
        return 0;
    if ((rc = rt_store_index_level(store, err)) == 0 &&
        (rc = rt_verdicts_index(store, &index, err)) == 0 &&
        (rc = rt_then_read(store, index, found, &surroundings->then, err)) == 0) {
        rt_then_start(surroundings->then, surroundings->options->comm, &text);
        tell(surroundings, &text);
    }
    rt_db_close(index);
    rt_buf_clear(&text);
    return rc;
}

void rt_surroundings_joined(void *context, const struct rt_json *agent)
{
    struct rt_surroundings *surroundings = context;
    struct rt_buf text = RT_BUF_INIT;

    if (surroundings->then)
        rt_then_joined(surroundings->then, agent, &text);
    tell(surroundings, &text);
    rt_buf_clear(&text);
}

void rt_surroundings_clear(struct rt_surroundings *surroundings)
{
    rt_then_free(surroundings->then);
    surroundings->then = NULL;
}
