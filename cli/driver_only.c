#include "cli/driver_only.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "cli/ask.h"
#include "engine/drive_check.h"
#include "store/named_study.h"
#include "store/store.h"

static volatile sig_atomic_t stops;

static void ask_to_stop(int number)
{
    (void)number;
    stops++;
}

static void notice(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "%s\n", text);
}

static int check_study(struct rt_cmd_context *context, const char *name, struct rt_err *err)
{
    struct rt_drive_check check = {
        .nursery = context->nursery, .store = context->store, .stop = &stops, .notice = notice};
    const struct rt_study *study;
    uint64_t repeated;
    int rc = rt_named_study(rt_store_state(context->store), name, &study, err);

    if (rc < 0)
        return rc;
    check.study = study->number;
    if ((rc = rt_drive_check(&check, &repeated, err)) == 0)
        printf("the driver decides as it did: %" PRIu64 " requests as recorded\n", repeated);
    return rc;
}

int rt_driver_only(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    int rc;

    if (argc != 1)
        return rt_err_set(err, RT_EUSAGE, "--driver-only takes one study");
    if ((rc = rt_ask_open(context, err)) < 0)
        return rc;
    signal(SIGINT, ask_to_stop);
    signal(SIGTERM, ask_to_stop);
    signal(SIGPIPE, SIG_IGN);
    return check_study(context, argv[0], err);
}
