/* Asks the index: SQL of one's own, or a named query about a study. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "query/named.h"
#include "query/readonly.h"
#include "query/resolve.h"
#include "store/store.h"

static char *study_name;
static char *file;
static int show_sql;
static int seconds;
static int minimize;
static long limit;
static char *by;
static char *metric;
static char *realised;
static char *where;

static const struct poptOption options[] = {
    {"study", 's', POPT_ARG_STRING, &study_name, 0, "The study that a named query is about",
     "STUDY"},
    {"by", 0, POPT_ARG_STRING, &by, 0, "The parameter that a named query goes by", "KEY"},
    {"metric", 0, POPT_ARG_STRING, &metric, 0, "The metric of a named query", "NAME"},
    {"realised", 0, POPT_ARG_STRING, &realised, 0, "The metric that tells what a parameter came to",
     "NAME"},
    {"where", 'w', POPT_ARG_STRING, &where, 0, "A condition on the trials, in SQL", "CONDITION"},
    {"minimize", 0, POPT_ARG_NONE, &minimize, 0, "Small values of the metric are good", NULL},
    {"limit", 'n', POPT_ARG_LONG, &limit, 0, "How many rows of a named query", "N"},
    {"file", 'f', POPT_ARG_STRING, &file, 0, "Read the SQL from a file, - for standard input",
     "FILE"},
    {"seconds", 0, POPT_ARG_INT, &seconds, 0, "How much CPU time a query may take (60)", "N"},
    {"sql", 0, POPT_ARG_NONE, &show_sql, 0, "Print the SQL of a named query and do not run it",
     NULL},
    RT_OUTPUT_OPTIONS,
    POPT_TABLEEND,
};

struct printing {
    struct rt_listing *listing;
};

static int print_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct printing *printing = context;

    (void)err;
    printing->listing = rt_ask_listing(names, count);
    return 0;
}

static int print_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct printing *printing = context;

    return rt_listing_row(printing->listing, cells, err);
}

static int ask(struct rt_cmd_context *context, struct rt_readonly query, struct rt_err *err)
{
    struct printing printing = {NULL};
    struct rt_rows_sink sink = {print_names, print_row, &printing};
    char *path = rt_ask_index_path(context);
    struct rt_err ending;
    int rc;

    query.path = path;
    query.cpu_seconds = (unsigned)seconds;
    rc = rt_readonly_run(&query, &sink, err);
    /* What came before a failure is shown, too. */
    if (printing.listing && rt_listing_end(printing.listing, &ending) < 0 && rc == 0) {
        *err = ending;
        rc = ending.code;
    }
    rt_listing_free(printing.listing);
    free(path);
    return rc;
}

static int list_named(struct rt_err *err)
{
    static const char *const names[] = {"query", "what it tells"};
    struct rt_listing *listing = rt_ask_listing(names, 2);
    struct rt_named named;
    int rc = 0;

    for (size_t i = 0; rc == 0 && rt_named_at(i, &named); i++) {
        char *summary = rt_named_summary(&named);
        struct rt_cell cells[] = {rt_cell_text(named.name), rt_cell_text(summary)};

        rc = rt_listing_row(listing, cells, err);
        free(summary);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    return rc;
}

static int explain_named(const struct rt_named *named, struct rt_err *err)
{
    char *summary = rt_named_summary(named);
    char *help = rt_named_help(named);

    fprintf(stderr, "%s.\n\n%s\n", summary, help);
    free(summary);
    free(help);
    return rt_err_set(err, RT_EUSAGE, "which study? retrial query %s --study STUDY", named->name);
}

static void say_title(const struct rt_study *study, const char *title)
{
    char *text = rt_printf("%s (%s)%s%s", study->name, study->id, title[0] ? ": " : "", title);
    char *escaped = rt_escaped(text);

    fprintf(stderr, "%s\n", escaped);
    free(escaped);
    free(text);
}

static int ask_named(struct rt_cmd_context *context, const char *name, struct rt_err *err)
{
    struct rt_named_options named_options = {.by = by,
                                             .metric = metric,
                                             .realised = realised,
                                             .where = where,
                                             .minimize = minimize,
                                             .limit = limit};
    struct rt_named_query query = {0};
    const struct rt_study *study;
    struct rt_named named;
    struct rt_db *db = NULL;
    int rc;

    if ((rc = rt_named_find(name, &named, err)) < 0)
        return rc;
    if (!study_name)
        return explain_named(&named, err);
    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = rt_resolve_study(rt_store_state(context->store), study_name, &study, err)) < 0 ||
        (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    rc = rt_named_fill(&named, db, study, &named_options, &query, err);
    rt_db_close(db);
    if (rc == 0 && show_sql) {
        fputs(query.sql, stdout);
    } else if (rc == 0) {
        if (rt_output_format() == RT_FORMAT_TABLE)
            say_title(study, query.title);
        rc = ask(context,
                 (struct rt_readonly){.sql = query.sql,
                                      .params = query.params,
                                      .param_count = query.param_count,
                                      .ours = true},
                 err);
        if (rc == RT_EUSAGE && where)
            rt_err_while(err, "--where \"%s\"", where);
    }
    rt_named_clear(&query);
    return rc;
}

static int ask_file(struct rt_cmd_context *context, struct rt_err *err)
{
    const char *path = strcmp(file, "-") == 0 ? "/dev/stdin" : file;
    struct rt_buf sql = RT_BUF_INIT;
    int rc;

    if ((rc = rt_fs_read(path, &sql, err)) == 0 && (rc = rt_ask_open(context, err)) == 0)
        rc = ask(context, (struct rt_readonly){.sql = rt_buf_text(&sql)}, err);
    rt_buf_clear(&sql);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    int rc;

    if (limit < 0 || seconds < 0)
        return rt_err_set(err, RT_EUSAGE, "--limit and --seconds take numbers from 1 on");
    if (file && argc)
        return rt_err_set(err, RT_EUSAGE, "either SQL or --file, not both");
    if (file)
        return ask_file(context, err);
    if (argc == 0)
        return list_named(err);
    if (argv[0][strcspn(argv[0], " \t\n(;")] == '\0' && argv[0][0])
        return ask_named(context, argv[0], err);
    if (study_name)
        return rt_err_set(err, RT_EUSAGE,
                          "--study goes with a named query; SQL names the study itself: SELECT "
                          "... FROM \"%s\"",
                          study_name);
    if ((rc = rt_ask_open(context, err)) < 0)
        return rc;
    return ask(context, (struct rt_readonly){.sql = argv[0]}, err);
}

const struct rt_cmd rt_cmd_query = {
    .name = "query",
    .summary = "Ask with SQL, or ask one of the named queries about a study",
    .usage = "[SQL|NAME]",
    .description = "Without an argument: the named queries.\n\n"
                   "A study is a view with one row per trial of its current plan, and a column\n"
                   "per parameter and metric; \"STUDY.attempts\" has every attempt. The tables\n"
                   "study, plan, launch, agent and code tell the rest (docs/schema.md).\n\n"
                   "  retrial query 'SELECT noise, avg(val_acc) FROM \"noise\" GROUP BY noise'\n"
                   "  retrial query best --study noise --csv\n\n"
                   "A query can read the index and nothing else, and change nothing.",
    .args_max = 1,
    .needs = RT_NEEDS_NOTHING, /* the list of named queries can be read anywhere */
    .options = options,
    .run = run,
};
