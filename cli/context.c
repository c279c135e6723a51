#include "cli/context.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/replica.h"
#include "store/store.h"

/* What is read instead of a home. */
static int enter_home(struct rt_cmd_context *context, char *home, struct rt_err *err)
{
    context->home = home;
    context->home_writer = rt_calloc(1, sizeof *context->home_writer);
    return rt_replica_open(home, &context->store_path, context->home_writer, &context->home_is_here,
                           err);
}

int rt_cmd_store_path(struct rt_cmd_context *context, const char **path, struct rt_err *err)
{
    char *found;
    int rc;

    if (!context->store_path) {
        found = context->store_option ? rt_strdup(context->store_option) : rt_store_find(".");
        if (!found)
            return rt_err_set(err, RT_ENOTFOUND,
                              "there is no store (.retrial) here or in a folder above; \"retrial "
                              "run\" makes one, and --store FOLDER names one elsewhere");
        if (!rt_home_is(found))
            context->store_path = found;
        else if ((rc = enter_home(context, found, err)) < 0)
            return rc;
    }
    *path = context->store_path;
    return 0;
}

int rt_context_open(struct rt_cmd_context *context, struct rt_err *err)
{
    enum rt_needs needs = context->cmd->needs;
    const char *path;
    int rc;

    /* Whoever writes to the store is not to be ended by a reader of its output that went away.
     * Tasks descend from the nursery and keep the signal as it was. */
    if (context->cmd->executes || needs == RT_NEEDS_STORE_WRITE)
        signal(SIGPIPE, SIG_IGN);
    if (needs == RT_NEEDS_NOTHING)
        return 0;
    if ((rc = rt_cmd_store_path(context, &path, err)) < 0 || needs == RT_NEEDS_STORE_PATH)
        return rc;
    return rt_store_open(path, needs == RT_NEEDS_STORE_WRITE ? RT_STORE_WRITE : RT_STORE_READ,
                         &context->store, err);
}

int rt_context_close(struct rt_cmd_context *context, int rc, struct rt_err *err)
{
    struct rt_err closing = {0};
    int failed = 0;

    if (context->store && (failed = rt_store_close(context->store, &closing)) < 0 && rc >= 0) {
        *err = closing;
        rc = failed;
    }
    if (context->home_writer)
        rt_home_writer_clear(context->home_writer);
    free(context->home_writer);
    free(context->home);
    free(context->store_path);
    return rc;
}
