#include "cli/cmd.h"

#include "base/json.h"
#include "cli/live.h"
#include "store/control.h"
#include "store/home.h"

#include <stdio.h>

#define PATIENCE_US 10000000u

static int now;

static const struct poptOption options[] = {
    {"now", 0, POPT_ARG_NONE, &now, 0, "Do not let running trials end", NULL},
    POPT_TABLEEND,
};

static int ask(const char *store, struct rt_err *err)
{
    struct rt_json *request = rt_json_new_object();
    struct rt_json *answer = NULL;
    const char *refusal;
    int rc;

    rt_json_set_text(request, "do", "stop");
    rc = rt_control_ask(store, request, PATIENCE_US, &answer, err);
    if (rc == RT_ENOTFOUND)
        rc = rt_err_set(err, RT_ENOTFOUND, "no launch is writing to \"%s\"", store);
    if (rc == 0 && (refusal = rt_json_get_text(answer, "error", NULL)) != NULL)
        rc = rt_err_set(err, RT_ECONFLICT, "%s", refusal);
    rt_json_free(answer);
    rt_json_free(request);
    return rc;
}

/* A launch is asked on the host on which its conductor runs. */
static int check_near(const struct rt_cmd_context *context, struct rt_err *err)
{
    if (!rt_live_elsewhere(context))
        return 0;
    return rt_err_set(err, RT_ECONFLICT,
                      "the launch is conducted by process %lld on host \"%s\": stop it there",
                      (long long)context->home_writer->owner.pid, context->home_writer->owner.host);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    const char *store;
    int rc;

    (void)argc;
    (void)argv;
    if ((rc = rt_cmd_store_path(context, &store, err)) < 0 || (rc = check_near(context, err)) < 0 ||
        (rc = ask(store, err)) < 0)
        return rc;
    if (now && (rc = ask(store, err)) < 0)
        return rc;
    fprintf(stderr, now ? "the launch stops now\n"
                        : "the launch starts no more trials and stops when the running ones have "
                          "ended, or after its grace\n");
    return 0;
}

const struct rt_cmd rt_cmd_stop = {
    .name = "stop",
    .summary = "Ask a running launch to stop",
    .description = "The launch starts no more trials, lets the running ones end, and makes all of\n"
                   "it durable. Running the same command again goes on where it stopped.",
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
