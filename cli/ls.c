/* The studies of the store, or the trials of a study. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/ls.h"
#include "cli/output.h"
#include "query/named.h"
#include "query/summary.h"
#include "store/named_study.h"
#include "store/store.h"

#define SHOWN 50 /* trials in a table, unless asked for more */

static char *where;
static long limit = -1;

static const struct poptOption options[] = {
    {"where", 'w', POPT_ARG_STRING, &where, 0,
     "Only trials for which this holds, in SQL: noise > 0.2 AND outcome = 'ok'", "CONDITION"},
    {"limit", 'n', POPT_ARG_LONG, &limit, 0, "How many trials (50 in a table, else all; 0: all)",
     "N"},
    RT_OUTPUT_OPTIONS,
    POPT_TABLEEND,
};

/* One line per study for people. */
static int put_brief(struct rt_listing *listing, const struct rt_summary *summary,
                     struct rt_err *err)
{
    struct rt_buf text[4] = {RT_BUF_INIT, RT_BUF_INIT, RT_BUF_INIT, RT_BUF_INIT};
    struct rt_cell cells[6];
    int rc;

    rt_buf_printf(&text[0], "%llu ", (unsigned long long)summary->done);
    rt_summary_target(summary->study, &text[0]);
    rt_summary_outcomes(summary->study, &text[1]);
    if (summary->metric && summary->best.kind != RT_CELL_NULL) {
        rt_buf_printf(&text[2], "%s ", summary->metric);
        rt_cell_put(&text[2], &summary->best, RT_FORMAT_TABLE);
    }
    if (summary->last_us)
        rt_ask_put_ago(&text[3], summary->last_us);
    cells[0] = rt_cell_text(summary->study->id);
    cells[1] = rt_cell_text(summary->study->name);
    for (size_t i = 0; i < 4; i++)
        cells[i + 2] = rt_cell_text(rt_buf_text(&text[i]));
    rc = rt_listing_row(listing, cells, err);
    for (size_t i = 0; i < 4; i++)
        rt_buf_clear(&text[i]);
    return rc;
}

/* A column per fact for machines. */
static int put_full(struct rt_listing *listing, const struct rt_summary *summary,
                    struct rt_err *err)
{
    struct rt_cell cells[6 + RT_OUTCOMES];
    char time[RT_TIME_TEXT];
    size_t count = 0;

    cells[count++] = rt_cell_text(summary->study->id);
    cells[count++] = rt_cell_text(summary->study->name);
    cells[count++] = rt_cell_int((int64_t)summary->study->planned);
    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++)
        cells[count++] = rt_cell_int((int64_t)summary->study->done[i]);
    cells[count++] = rt_cell_int((int64_t)summary->study->leased);
    cells[count++] = rt_cell_text(summary->metric);
    cells[count++] = summary->best;
    cells[count++] = rt_cell_text(summary->last_us ? rt_time_text(summary->last_us, time) : NULL);
    return rt_listing_row(listing, cells, err);
}

static bool is_brief(void)
{
    return rt_output_format() == RT_FORMAT_TABLE || rt_output_format() == RT_FORMAT_MD;
}

static struct rt_listing *studies_listing(void)
{
    static const char *const brief[] = {"id", "study", "done", "outcomes", "best", "last"};
    static const char *const full[] = {"id",      "study",   "planned", "ok",      "failed",
                                       "crashed", "timeout", "pruned",  "skipped", "lost",
                                       "running", "metric",  "best",    "last"};

    return is_brief() ? rt_ask_listing(brief, sizeof brief / sizeof brief[0])
                      : rt_ask_listing(full, sizeof full / sizeof full[0]);
}

int rt_ls_studies(struct rt_cmd_context *context, struct rt_db *db, struct rt_err *err)
{
    const struct rt_state *state = rt_store_state(context->store);
    struct rt_listing *listing = studies_listing();
    int rc = 0;

    for (uint32_t i = 1; rc == 0 && i <= rt_state_studies(state); i++) {
        struct rt_summary summary;

        if ((rc = rt_summary_of(db, rt_state_study(state, i), &summary, err)) == 0)
            rc = is_brief() ? put_brief(listing, &summary, err) : put_full(listing, &summary, err);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    return rc;
}

struct trials {
    struct rt_listing *listing;
    uint64_t count;
    uint64_t most; /* 0: all */
};

static int take_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct trials *trials = context;

    (void)err;
    trials->listing = rt_ask_listing(names, count);
    return 0;
}

static int take_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct trials *trials = context;

    if (trials->most && trials->count++ >= trials->most)
        return 0;
    return rt_listing_row(trials->listing, cells, err);
}

/* How many trials are shown; 0: all. */
static uint64_t most(void)
{
    if (limit >= 0)
        return (uint64_t)limit;
    return is_brief() ? SHOWN : 0;
}

static int run_trials(struct rt_cmd_context *context, const struct rt_named_query *query,
                      struct rt_err *err)
{
    struct trials trials = {.most = most()};
    struct rt_rows_sink sink = {take_names, take_row, &trials};
    char *path = rt_ask_index_path(context);
    struct rt_readonly readonly = {.path = path,
                                   .sql = query->sql,
                                   .params = query->params,
                                   .param_count = query->param_count,
                                   .ours = true};
    int rc = rt_readonly_run(&readonly, &sink, err);

    if (rc == RT_EUSAGE && where)
        rt_err_while(err, "--where \"%s\"", where);
    if (rc == 0)
        rc = rt_listing_end(trials.listing, err);
    if (rc == 0 && trials.most && trials.count > trials.most) {
        fflush(stdout);
        fprintf(stderr, "... and more; --limit 0 shows all\n");
    }
    rt_listing_free(trials.listing);
    free(path);
    return rc;
}

static int list_trials(struct rt_cmd_context *context, struct rt_db *db, const char *text,
                       struct rt_err *err)
{
    struct rt_named_options named_options = {.where = where};
    struct rt_named_query query = {0};
    const struct rt_study *study;
    struct rt_named named;
    int rc;

    if ((rc = rt_named_study(rt_store_state(context->store), text, &study, err)) < 0 ||
        (rc = rt_named_find("trials", &named, err)) < 0)
        return rc;
    if (most()) /* and one more tells whether there are more */
        named_options.limit = (int64_t)most() + 1;
    if ((rc = rt_named_fill(&named, db, study, &named_options, &query, err)) == 0)
        rc = run_trials(context, &query, err);
    rt_named_clear(&query);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_db *db = NULL;
    int rc;

    if (argc == 0 && where)
        return rt_err_set(err, RT_EUSAGE, "--where is about the trials of a study; name it");
    if ((rc = rt_ask_open(context, err)) < 0 || (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    rc = argc ? list_trials(context, db, argv[0], err) : rt_ls_studies(context, db, err);
    rt_db_close(db);
    return rc;
}

const struct rt_cmd rt_cmd_ls = {
    .name = "ls",
    .summary = "List the studies of the store, or the trials of a study",
    .usage = "[STUDY]",
    .description = "Of a trial: the parameters that vary, its outcome and its metrics.",
    .args_max = 1,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
