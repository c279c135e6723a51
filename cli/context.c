#include "cli/context.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "store/store.h"

int rt_cmd_store_path(struct rt_cmd_context *context, const char **path, struct rt_err *err)
{
    if (!context->store_path && context->store_option)
        context->store_path = rt_strdup(context->store_option);
    if (!context->store_path && !(context->store_path = rt_store_find(".")))
        return rt_err_set(err, RT_ENOTFOUND,
                          "there is no store (.retrial) here or in a folder above; \"retrial run\" "
                          "makes one, and --store FOLDER names one elsewhere");
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
    free(context->store_path);
    return rc;
}
