/* Why a trial ran, or did not run again. */
#include <stdio.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "cli/render.h"
#include "query/why.h"
#include "store/store.h"

static int json;

static const struct poptOption options[] = {
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

static int explain(struct rt_cmd_context *context, const char *text, struct rt_json **why,
                   struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_db *db = NULL;
    uint64_t ordinal;
    int rc;

    if ((rc = rt_ask_trial(context, text, &study, &ordinal, &db, err)) < 0)
        return rc;
    rc = rt_why(context->store, db, study, ordinal, why, err);
    rt_db_close(db);
    return rc;
}

/* "k3f9.3 of noise: ok; label_noise 0.1, replicate 2" */
static void put_heading(struct rt_buf *out, const struct rt_json *why)
{
    const struct rt_json *swept = rt_json_get(why, "swept");

    rt_escape_line(out, rt_span_text(rt_json_get_text(why, "trial", "")));
    rt_buf_add(out, " of ");
    rt_escape_line(out, rt_span_text(rt_json_get_text(why, "study", "")));
    rt_buf_printf(out, ": %s", rt_json_get_text(why, "status", ""));
    if (rt_json_get(why, "outcome"))
        rt_buf_printf(out, ", %s", rt_json_get_text(why, "outcome", ""));
    rt_buf_add(out, ";");
    for (size_t i = 0; i < rt_json_count(swept); i++) {
        const char *key = rt_json_string(rt_json_at(swept, i));
        const struct rt_json *value = rt_json_get(rt_json_get(why, "params"), key);

        if (!value)
            continue;
        rt_buf_add(out, " ");
        rt_escape_line(out, rt_span_text(key));
        rt_buf_add(out, " ");
        rt_escape_json(out, value);
        rt_buf_add(out, ",");
    }
    rt_buf_printf(out, " replicate %lld\n", (long long)rt_json_get_int(why, "replicate", 1));
}

static void put_text(struct rt_buf *out, const struct rt_json *why)
{
    const struct rt_json *because = rt_json_get(why, "because");

    put_heading(out, why);
    for (size_t i = 0; i < rt_json_count(because); i++) {
        rt_buf_add(out, "- ");
        rt_escape_line(out, rt_span_text(rt_json_string(rt_json_at(because, i))));
        rt_buf_add(out, "\n");
    }
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *why = NULL;
    int rc;

    (void)argc;
    if ((rc = explain(context, argv[0], &why, err)) == 0) {
        if (json)
            rt_render_json(&text, why);
        else
            put_text(&text, why);
        fwrite(text.data, 1, text.size, stdout);
    }
    rt_json_free(why);
    rt_buf_clear(&text);
    return rc;
}

const struct rt_cmd rt_cmd_why = {
    .name = "why",
    .summary = "Tell why a trial ran, ran again, or did not",
    .usage = "TRIAL",
    .description = "Which revision of its study planned it, and which kept it or retired it; the\n"
                   "trials with the same params and replicate that were planned before, in this\n"
                   "study or another one, and which components of their keys differ (entry, code,\n"
                   "params, inputs, seed, environment, threads); each attempt, and why there was\n"
                   "another one; what it waits for.",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
