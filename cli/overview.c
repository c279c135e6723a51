/* What is going on here: what a person sees who types the program's name alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "cli/live.h"
#include "cli/ls.h"
#include "query/summary.h"
#include "store/store.h"

static void greet(void)
{
    printf("There is no store here yet: no folder .retrial in this folder or above.\n"
           "\n"
           "  retrial run noise.yaml                        runs a study, and makes one\n"
           "  retrial run model.py:train -S lr=0.1,0.01     runs one without a file\n"
           "  retrial help                                  tells what else there is\n");
}

static void put_hint(struct rt_buf *hints, const char *command, const char *study,
                     const char *meaning)
{
    struct rt_buf line = RT_BUF_INIT;

    rt_buf_printf(&line, "retrial %s%s", command, study);
    rt_buf_printf(hints, "  %-40s  %s\n", rt_buf_text(&line), meaning);
    rt_buf_clear(&line);
}

/* What may be done next with the study that was touched last. */
static void put_hints(struct rt_buf *hints, const struct rt_summary *summary, bool running)
{
    const char *id = summary->study->id;

    if (running)
        put_hint(hints, "status", "", "how far it is");
    else if (!rt_summary_complete(summary))
        put_hint(hints, "resume ", id, "goes on with it");
    if (summary->bad)
        put_hint(hints, "query failures --study ", id, "what did not succeed, and why");
    if (summary->metric && summary->done)
        put_hint(hints, "query best --study ", id, "its best trials");
    put_hint(hints, "ls ", id, "its trials");
    put_hint(hints, "help", "", "what else there is");
}

static int latest(struct rt_cmd_context *context, struct rt_db *db, struct rt_summary *found,
                  struct rt_err *err)
{
    const struct rt_state *state = rt_store_state(context->store);
    int rc = 0;

    found->study = NULL;
    for (uint32_t i = 1; rc == 0 && i <= rt_state_studies(state); i++) {
        struct rt_summary summary;

        rc = rt_summary_of(db, rt_state_study(state, i), &summary, err);
        if (rc == 0 && (!found->study || summary.last_us >= found->last_us))
            *found = summary;
    }
    return rc;
}

static int print(struct rt_cmd_context *context, struct rt_db *db, const struct rt_live *live,
                 struct rt_err *err)
{
    struct rt_buf hints = RT_BUF_INIT;
    char *path = rt_escaped(context->home ? context->home : rt_store_path(context->store));
    struct rt_summary summary;
    int rc;

    printf("%s\n\n", path);
    free(path);
    rt_live_print(live, stdout);
    rt_live_print_home(context, &(struct rt_live_home){.sign = RT_LIVE_UNKNOWN}, stdout);
    if (live->writer || context->home)
        printf("\n");
    if ((rc = latest(context, db, &summary, err)) < 0)
        return rc;
    if (!summary.study) {
        printf("There is no study in it yet.\n\n");
        put_hint(&hints, "run ", "FILE", "runs a study");
    } else {
        if ((rc = rt_ls_studies(context, db, err)) < 0)
            return rc;
        printf("\n");
        put_hints(&hints, &summary, live->writer || rt_live_elsewhere(context));
    }
    fwrite(hints.data, 1, hints.size, stdout);
    rt_buf_clear(&hints);
    return 0;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_live live = {0};
    struct rt_db *db = NULL;
    const char *path;
    int rc;

    (void)argc;
    (void)argv;
    if ((rc = rt_cmd_store_path(context, &path, err)) == RT_ENOTFOUND && !context->store_option) {
        greet();
        return 0;
    }
    if (rc < 0 || (rc = rt_live_find(path, &live, err)) < 0)
        return rc;
    if ((rc = rt_ask_open(context, err)) == 0 && (rc = rt_ask_index(context, &db, err)) == 0)
        rc = print(context, db, &live, err);
    rt_db_close(db);
    rt_live_clear(&live);
    return rc;
}

const struct rt_cmd rt_cmd_overview = {
    .name = "overview",
    .summary = "Say what is going on here; the same as no command at all",
    .needs = RT_NEEDS_NOTHING, /* where there is no store it says so */
    .run = run,
};
