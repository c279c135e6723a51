/* Asks the index: SQL of one's own, or a named query about a study. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "cli/ask.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/shell.h"
#include "query/named.h"
#include "query/readonly.h"
#include "store/index_ddl.h"
#include "store/named_study.h"
#include "store/store.h"

static char *study_name;
static char *file;
static int show_sql;
static int list;
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
    {"list", 'l', POPT_ARG_NONE, &list, 0, "List the named queries", NULL},
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

/* What is asked later is answered of what is recorded by then, and nothing is held meanwhile. */
static int reopen(struct rt_cmd_context *context, struct rt_err *err)
{
    int rc = context->store ? rt_store_close(context->store, err) : 0;

    context->store = NULL;
    return rc < 0 ? rc : rt_ask_open(context, err);
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
    if ((rc = reopen(context, err)) < 0 ||
        (rc = rt_named_study(rt_store_state(context->store), study_name, &study, err)) < 0 ||
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

static int ask_statement(void *context, const char *sql, struct rt_err *err)
{
    int rc = reopen(context, err);

    return rc < 0 ? rc : ask(context, (struct rt_readonly){.sql = sql}, err);
}

static int print_column_names(void *context, const char *const *names, size_t count,
                              struct rt_err *err)
{
    static const char *const heading[] = {"column"};
    struct rt_listing *listing = rt_ask_listing(heading, 1);
    int rc = 0;

    (void)context;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct rt_cell cell = rt_cell_text(names[i]);

        rc = rt_listing_row(listing, &cell, err);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    return rc;
}

static int list_columns(struct rt_cmd_context *context, const char *name, struct rt_err *err)
{
    struct rt_rows_sink sink = {print_column_names, print_row, NULL};
    char *path = rt_ask_index_path(context);
    struct rt_buf sql = RT_BUF_INIT;
    struct rt_readonly query = {.path = path, .cpu_seconds = (unsigned)seconds};
    int rc = reopen(context, err);

    rt_buf_add(&sql, "SELECT * FROM ");
    rt_ddl_name(&sql, name);
    rt_buf_add(&sql, " LIMIT 0");
    query.sql = rt_buf_text(&sql);
    if (rc == 0)
        rc = rt_readonly_run(&query, &sink, err);
    rt_buf_clear(&sql);
    free(path);
    return rc;
}

static void forget_options(void)
{
    char **const texts[] = {&study_name, &file, &by, &metric, &realised, &where};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
    limit = 0;
    show_sql = minimize = list = 0;
}

static const char words_help[] =
    "SQL, over as many lines as you like, up to a semicolon; or one of these words:\n"
    "  .NAME STUDY [OPTION...]  ask a named query; the options are those of \"retrial query\"\n"
    "  .list                    list the named queries\n"
    "  .tables                  list tables and the views of studies\n"
    "  .columns NAME            list the columns of a table or view\n"
    "  .help, .quit             this; leave (as Ctrl-D does)\n"
    "Ctrl-C ends the statement that runs or is being typed.\n";

static int do_word(struct rt_cmd_context *context, const char *word, int argc, char **argv,
                   bool *leave, struct rt_err *err)
{
    if (strcmp(word, "help") == 0) {
        fputs(words_help, stderr);
        return 0;
    }
    if ((*leave = strcmp(word, "quit") == 0 || strcmp(word, "exit") == 0))
        return 0;
    if (strcmp(word, "list") == 0)
        return list_named(err);
    if (strcmp(word, "tables") == 0)
        return ask_statement(context,
                             "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') "
                             "ORDER BY type DESC, name",
                             err);
    if (strcmp(word, "columns") == 0 && argc != 1)
        return rt_err_set(err, RT_EUSAGE, "usage: .columns NAME");
    if (strcmp(word, "columns") == 0)
        return list_columns(context, argv[0], err);
    if (argc > 1)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is too much; .help tells the words", argv[1]);
    if (argc == 1) {
        free(study_name);
        study_name = rt_strdup(argv[0]);
    }
    return ask_named(context, word, err);
}

static int ask_word(void *shell_context, const char *line, bool *leave, struct rt_err *err)
{
    struct rt_cmd_context *context = shell_context;
    enum rt_format format = rt_output_format();
    int kept = seconds;
    char **args = NULL;
    char *word = rt_printf("%.*s", (int)strcspn(line, " \t"), line);
    int count = 0;
    int rc;

    forget_options();
    if (!*word)
        rc = rt_err_set(err, RT_EUSAGE, "a word belongs behind the dot; .help tells the words");
    else if ((rc = rt_options_line(context->cmd, line, &args, &count, err)) == 0)
        rc = do_word(context, word, count, args, leave, err);
    for (int i = 0; i < count; i++)
        free(args[i]);
    free(args);
    free(word);
    rt_output_set(format);
    seconds = kept;
    return rc;
}

static int ask_file(struct rt_cmd_context *context, const char *name, struct rt_err *err)
{
    const struct rt_shell shell = {ask_statement, NULL, context};
    const char *path = strcmp(name, "-") == 0 ? "/dev/stdin" : name;
    struct rt_buf sql = RT_BUF_INIT;
    int rc = rt_fs_read(path, &sql, err);

    if (rc == 0 && (rc = rt_ask_open(context, err)) == 0)
        rc = rt_shell_text(&shell, rt_buf_text(&sql), err);
    rt_buf_clear(&sql);
    return rc;
}

static int converse(struct rt_cmd_context *context, struct rt_err *err)
{
    const struct rt_shell shell = {ask_statement, ask_word, context};
    int rc;

    if (!isatty(STDIN_FILENO))
        return ask_file(context, "-", err);
    if ((rc = rt_ask_open(context, err)) < 0)
        return rc;
    fputs("SQL up to a semicolon, .help, or Ctrl-D to leave\n", stderr);
    return rt_shell_terminal(&shell, err);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    int rc;

    if (limit < 0 || seconds < 0)
        return rt_err_set(err, RT_EUSAGE, "--limit and --seconds take numbers from 1 on");
    if (file && argc)
        return rt_err_set(err, RT_EUSAGE, "either SQL or --file, not both");
    if (list)
        return list_named(err);
    if (argc && argv[0][strcspn(argv[0], " \t\n(;")] == '\0' && argv[0][0])
        return ask_named(context, argv[0], err);
    if (study_name)
        return rt_err_set(err, RT_EUSAGE,
                          "--study goes with a named query; SQL names the study itself: SELECT "
                          "... FROM \"%s\"",
                          study_name);
    if (file)
        return ask_file(context, file, err);
    if (argc == 0)
        return converse(context, err);
    if ((rc = rt_ask_open(context, err)) < 0)
        return rc;
    return ask(context, (struct rt_readonly){.sql = argv[0]}, err);
}

const struct rt_cmd rt_cmd_query = {
    .name = "query",
    .summary = "Ask with SQL, or ask one of the named queries about a study",
    .usage = "[SQL|NAME]",
    .description = "Without an argument: a shell at a terminal, with one statement after the\n"
                   "other, each up to its semicolon (.help tells its words); else the\n"
                   "statements are read from standard input. --list tells the named queries.\n\n"
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
