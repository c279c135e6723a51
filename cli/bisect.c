/* Which commit changed the verdict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/ask.h"
#include "cli/bisecting.h"
#include "cli/render.h"
#include "cli/selecting.h"
#include "store/input.h"

static struct rt_bisecting bisecting;
static char *root;
static char *good;
static char *bad;
static char *launcher;
static char *where;
static char *code;
static char **tolerances;
static long long best = RT_SELECTING_ALL;
static long long sample = RT_SELECTING_ALL;
static int json;

static const struct poptOption options[] = {
    {"good", 0, POPT_ARG_STRING, &good, 0, "A revision at which the verdict is the old one", "REV"},
    {"bad", 0, POPT_ARG_STRING, &bad, 0, "A later revision at which it is another one", "REV"},
    {"root", 0, POPT_ARG_STRING, &root, 0,
     "The code root whose repository is searched; that of the entry if not given", "NAME"},
    {"where", 'w', POPT_ARG_STRING, &where, 0, "Only trials for which this SQL is true", "SQL"},
    {"code", 0, POPT_ARG_STRING, &code, 0,
     "Only trials that ran this commit or code state, by its beginning", "ID"},
    {"best", 0, POPT_ARG_LONGLONG, &best, 0, "Only so many, the best", "K"},
    {"sample", 0, POPT_ARG_LONGLONG, &sample, 0, "Only so many, at random", "N"},
    {"tol", 0, POPT_ARG_ARGV, &tolerances, 0,
     "Differences up to here are none: METRIC=ABSOLUTE[,RELATIVE], METRIC=floor, floor", "TOL"},
    {"workers", 'j', POPT_ARG_INT, &bisecting.child.workers, 0,
     "Workers at most; as many as fit if not given", "N"},
    {"launcher", 0, POPT_ARG_STRING, &launcher, 0,
     "Run the trials under these words, such as \"mpiexec -n 16\"", "WORDS"},
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

/* The folder of the root that is named, or that the entry is in. */
static int find_root(const struct rt_json *record, const struct rt_study *study, char **folder,
                     struct rt_err *err)
{
    const char *name = root ? root : rt_json_get_text(rt_plan_json(study->plan), "root", "");
    struct rt_buf names = RT_BUF_INIT;
    const struct rt_json *roots = rt_json_get(record, "roots");
    char *top = rt_strndup(name, strcspn(name, "/"));
    int rc = 0;

    *folder = rt_input_folder(record, top);
    for (size_t i = 0; i < rt_json_count(roots); i++)
        rt_buf_printf(&names, "%s\"%s\"", i ? ", " : "",
                      rt_json_get_text(rt_json_at(roots, i), "name", ""));
    if (!*folder)
        rc = rt_err_set(err, RT_EUSAGE, "the code has no root \"%s\"; there is %s", name,
                        rt_buf_text(&names));
    rt_buf_clear(&names);
    free(top);
    return rc;
}

/* Which trials, which code, which commits; the store is open for reading. */
static int choose(struct rt_cmd_context *context, char **argv, struct rt_err *err)
{
    const struct rt_selecting selecting = {
        .where = where, .code = code, .best = best, .sample = sample};
    struct rt_selection selection;
    struct rt_picks picks = {.items = NULL};
    struct rt_db *db = NULL;
    char *folder = NULL;
    int rc;

    if ((rc = rt_selecting_read(&selecting, argv, &selection, err)) < 0 ||
        (rc = rt_ask_open(context, err)) < 0 || (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    if ((rc = rt_select(context->store, db, &selection, &picks, err)) == 0 && picks.count == 0)
        rc = rt_err_set(err, RT_EUSAGE, "no trial was chosen that has ended an attempt");
    if (rc == 0 && (rc = rt_bisecting_choose(&bisecting, context->store, db, &picks, err)) == 0 &&
        (rc = find_root(bisecting.record, picks.items[0].study, &folder, err)) == 0)
        rc = rt_code_history_read(folder, good, bad, &bisecting.history, err);
    free(folder);
    rt_picks_clear(&picks);
    rt_db_close(db);
    if (rc == 0)
        rc = rt_store_close(context->store, err);
    if (rc == 0)
        context->store = NULL;
    return rc;
}

static void put_look(struct rt_buf *out, const struct rt_code_change *change,
                     const struct rt_bisect_look *look)
{
    uint64_t total = 0;

    for (size_t i = 0; i < RT_VERDICTS; i++)
        total += look->counts[i];
    rt_buf_printf(out, "%.12s  %-15s", change->commit, rt_bisect_word(look));
    rt_buf_printf(out, "  %llu of %llu identical",
                  (unsigned long long)look->counts[RT_VERDICT_IDENTICAL],
                  (unsigned long long)total);
    if (*change->summary) {
        rt_buf_add(out, "  ");
        rt_escape_line(out, rt_span_text(change->summary));
    }
    if (look->why[0]) {
        rt_buf_add(out, " (");
        rt_escape_line(out, rt_span_text(look->why));
        rt_buf_add(out, ")");
    }
    rt_buf_add(out, "\n");
}

static void tell_look(void *context, const struct rt_code_change *change,
                      const struct rt_bisect_look *look)
{
    struct rt_buf line = RT_BUF_INIT;

    (void)context;
    put_look(&line, change, look);
    fwrite(line.data, 1, line.size, stderr);
    rt_buf_clear(&line);
}

static void put_found(struct rt_buf *out)
{
    const struct rt_code_change *first = &bisecting.history.items[bisecting.first];
    const struct rt_code_change *last = &bisecting.history.items[bisecting.last];
    const struct rt_bisect_look *look = &bisecting.looks[bisecting.history.count - 1];

    if (bisecting.first == bisecting.last) {
        rt_buf_printf(out, "%.12s is the first commit at which the verdict is %s: ", last->commit,
                      rt_bisect_word(look));
    } else {
        rt_buf_printf(out,
                      "the first commit at which the verdict is %s is one of the %zu from %.12s to "
                      "%.12s; those before the last could not be judged: ",
                      rt_bisect_word(look), bisecting.last - bisecting.first + 1, first->commit,
                      last->commit);
    }
    rt_escape_line(out, rt_span_text(last->summary));
    rt_buf_printf(out, "\n%zu of %zu commits were run\n", bisecting.runs, bisecting.history.count);
}

/* Params that mattered before, and do not from there on. */
static void put_inert(struct rt_buf *out, const struct rt_json *inert)
{
    for (size_t i = 0; i < rt_json_count(inert); i++) {
        const struct rt_json *item = rt_json_at(inert, i);
        const struct rt_json *metrics = rt_json_get(item, "metrics");

        for (size_t k = 0; k < rt_json_count(metrics); k++) {
            rt_buf_add(out, k ? ", " : "");
            rt_escape_line(out, rt_span_text(rt_json_string(rt_json_at(metrics, k))));
        }
        rt_buf_printf(out, " depended on \"");
        rt_escape_line(out, rt_span_text(rt_json_get_text(item, "param", "")));
        rt_buf_printf(out, "\" before, and %s not from there on%s\n",
                      rt_json_count(metrics) > 1 ? "do" : "does",
                      rt_json_bool(rt_json_get(item, "inert")) ? ": it is inert" : "");
    }
}

static void put_json(struct rt_buf *out, const struct rt_json *inert)
{
    struct rt_json *all = rt_bisecting_json(&bisecting);

    rt_json_set(all, "depended", rt_json_copy(inert));
    rt_render_json(out, all);
    rt_json_free(all);
}

static int search(const char *path, struct rt_err *err)
{
    struct rt_json *inert = NULL;
    struct rt_buf out = RT_BUF_INIT;
    int rc;

    bisecting.told = tell_look;
    if ((rc = rt_bisecting_search(&bisecting, path, err)) == 0 &&
        (rc = rt_bisecting_inert(&bisecting, path, &inert, err)) == 0) {
        if (json) {
            put_json(&out, inert);
        } else {
            put_found(&out);
            put_inert(&out, inert);
        }
        fwrite(out.data, 1, out.size, stdout);
    }
    rt_buf_clear(&out);
    rt_json_free(inert);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    const char *path;
    int rc;

    (void)argc;
    if (!good || !bad)
        return rt_err_set(err, RT_EUSAGE,
                          "name two revisions of the code: --good REV, at which trials are what "
                          "they were, and --bad REV, at which they are not");
    for (size_t i = 0; tolerances && tolerances[i]; i++) {
        if ((rc = rt_tolerances_add(&bisecting.tolerances, tolerances[i], err)) < 0)
            return rc;
    }
    bisecting.child.launcher = launcher;
    if ((rc = rt_child_check("bisect", &bisecting.child, err)) == 0 &&
        (rc = rt_cmd_store_path(context, &path, err)) == 0 &&
        (rc = choose(context, argv, err)) == 0)
        rc = search(path, err);
    rt_bisecting_clear(&bisecting);
    return rc;
}

const struct rt_cmd rt_cmd_bisect = {
    .name = "bisect",
    .summary = "Find the commit that changed what trials give",
    .usage = "STUDY|TRIAL...",
    .description = "Replays the trials with the code of commits between two revisions of their\n"
                   "repository, and halves what is left: 64 commits take 6 looks, and one at each\n"
                   "end. The first commit with the verdict of --bad is named, and so are metrics\n"
                   "which depended on a swept param before, and do not from there on. Commits\n"
                   "that change no code of the study are not run, and those that cannot run are\n"
                   "gone around. A merge counts as one change (first parents).\n"
                   "\n"
                   "  retrial bisect noise --good v1 --bad main --sample 5\n"
                   "\n"
                   "Every look is a replay, and stays in the store.",
    .args_min = 1,
    .args_max = RT_ARGS_ANY,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
