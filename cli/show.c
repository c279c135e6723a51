/* Everything recorded about a trial, or about a study. */
#include <stdio.h>

#include "cli/ask.h"
#include "cli/render.h"
#include "query/about.h"
#include "query/resolve.h"
#include "store/store.h"

static int json;

static const struct poptOption options[] = {
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

static int describe(struct rt_cmd_context *context, const char *text, struct rt_json **about,
                    struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_db *db = NULL;
    uint64_t ordinal;
    int rc;

    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = rt_resolve(rt_store_state(context->store), text, &study, &ordinal, err)) < 0 ||
        (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    rc = ordinal ? rt_about_trial(context->store, db, study, ordinal, about, err)
                 : rt_about_study(db, study, about, err);
    rt_db_close(db);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *about = NULL;
    int rc;

    (void)argc;
    if ((rc = describe(context, argv[0], &about, err)) == 0) {
        if (json)
            rt_render_json(&text, about);
        else
            rt_render_text(&text, about);
        fwrite(text.data, 1, text.size, stdout);
    }
    rt_json_free(about);
    rt_buf_clear(&text);
    return rc;
}

const struct rt_cmd rt_cmd_show = {
    .name = "show",
    .summary = "Show everything recorded about a trial, or about a study",
    .usage = "TRIAL|STUDY",
    .description = "A trial is a study's id or name, a point, and its number: k3f9ab.17,\n"
                   "noise.17. An id may be shortened as long as it is the only one: k3.17.\n"
                   "\n"
                   "Of a trial: its parameters, seed, key and code, and every attempt with host,\n"
                   "times, resource use, outcome and result. Of a study: its plan, revisions,\n"
                   "code and launches.",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
