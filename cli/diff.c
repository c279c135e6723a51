/* In what two trials, or two studies, differ. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "cli/render.h"
#include "query/diff.h"
#include "query/resolve.h"
#include "query/table.h"
#include "store/store.h"

static int json;
static int stat;

static const struct poptOption options[] = {
    {"stat", 0, POPT_ARG_NONE, &stat, 0, "Of code only which files differ, and by how many lines",
     NULL},
    {"json", 0, POPT_ARG_NONE, &json, 0, "Print JSON", NULL},
    POPT_TABLEEND,
};

/* Sections that are rows, in the order in which they are shown. */
static const char *const sections[] = {"plan",     "entry",       "params",  "seed",    "inputs",
                                       "outcomes", "environment", "outcome", "metrics", "times"};
#define SECTIONS (sizeof sections / sizeof sections[0])

static bool is_hash(const char *text)
{
    struct rt_hash hash;

    return text && strlen(text) == RT_HASH_HEX - 1 && rt_hash_from_hex(&hash, text) == 0;
}

/* A side's value as a cell, a hash by its beginning; texts are kept in *hold, which the cell
 * borrows. */
static struct rt_cell cell_of(const struct rt_json *value, struct rt_buf *hold)
{
    if (!value || rt_json_kind(value) == RT_JSON_NULL)
        return rt_cell_text(NULL);
    if (rt_json_kind(value) == RT_JSON_INT)
        return rt_cell_int(rt_json_int(value));
    if (rt_json_kind(value) == RT_JSON_REAL)
        return rt_cell_real(rt_json_number(value));
    rt_buf_reset(hold);
    if (is_hash(rt_json_string(value)))
        rt_buf_printf(hold, "%.12s", rt_json_string(value));
    else if (rt_json_string(value))
        rt_buf_add(hold, rt_json_string(value));
    else
        rt_json_canonical(value, hold);
    return (struct rt_cell){.kind = RT_CELL_TEXT, .text = rt_buf_span(hold)};
}

static void put_rows(struct rt_table *table, const char *section, const struct rt_json *rows,
                     struct rt_buf *out)
{
    struct rt_buf hold[2] = {RT_BUF_INIT, RT_BUF_INIT};
    struct rt_buf name = RT_BUF_INIT;

    for (size_t i = 0; i < rt_json_count(rows); i++) {
        const struct rt_json *row = rt_json_at(rows, i);
        struct rt_cell cells[4];

        rt_buf_reset(&name);
        rt_buf_printf(&name, "%s %s", section, rt_json_get_text(row, "name", ""));
        cells[0] = rt_cell_text(
            strcmp(section, rt_json_get_text(row, "name", "")) == 0 ? section : rt_buf_text(&name));
        cells[1] = cell_of(rt_json_get(row, "a"), &hold[0]);
        cells[2] = cell_of(rt_json_get(row, "b"), &hold[1]);
        cells[3] = rt_json_get(row, "difference")
                       ? rt_cell_real(rt_json_number(rt_json_get(row, "difference")))
                       : rt_cell_text(NULL);
        rt_table_row(table, cells, out);
    }
    rt_buf_clear(&name);
    rt_buf_clear(&hold[0]);
    rt_buf_clear(&hold[1]);
}

/* The name of a side, as a heading. */
static const char *side_name(const struct rt_json *diff, const char *key)
{
    const struct rt_json *side = rt_json_get(diff, key);

    return rt_json_get_text(side, "trial", rt_json_get_text(side, "study", ""));
}

/* Singular: a row is one param. */
static const char *label_of(const char *section)
{
    if (strcmp(section, "params") == 0)
        return "param";
    if (strcmp(section, "metrics") == 0)
        return "metric";
    if (strcmp(section, "inputs") == 0)
        return "input";
    if (strcmp(section, "outcomes") == 0)
        return "trials";
    return section;
}

static bool has_rows(const struct rt_json *diff)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        if (rt_json_get(diff, sections[i]))
            return true;
    }
    return false;
}

static void put_table(struct rt_buf *out, const struct rt_json *diff)
{
    const char *const names[] = {"", side_name(diff, "a"), side_name(diff, "b"), "difference"};
    struct rt_table *table = rt_table_new(RT_FORMAT_TABLE, names, 4);

    for (size_t i = 0; i < SECTIONS; i++) {
        if (rt_json_get(diff, sections[i]))
            put_rows(table, label_of(sections[i]), rt_json_get(diff, sections[i]), out);
    }
    rt_table_end(table, out);
    rt_table_free(table);
}

static void put_files(struct rt_buf *out, const struct rt_json *files)
{
    for (size_t i = 0; i < rt_json_count(files); i++) {
        const struct rt_json *file = rt_json_at(files, i);

        rt_buf_printf(out, "  %s ", rt_json_get_text(file, "change", "?"));
        rt_escape_line(out, rt_span_text(rt_json_get_text(file, "path", "")));
        if (rt_json_get(file, "added"))
            rt_buf_printf(out, "  +%lld -%lld", (long long)rt_json_get_int(file, "added", 0),
                          (long long)rt_json_get_int(file, "removed", 0));
        rt_buf_add(out, "\n");
    }
}

static void put_code(struct rt_buf *out, const struct rt_json *code)
{
    const struct rt_json *files = rt_json_get(code, "files");
    const char *a = rt_json_get_text(code, "a", "none");
    const char *b = rt_json_get_text(code, "b", "none");

    rt_buf_printf(out, "\ncode %.12s -> %.12s", a, b);
    if (files)
        rt_buf_printf(out, ": %zu file%s", rt_json_count(files),
                      rt_json_count(files) == 1 ? "" : "s");
    if (rt_json_get(code, "reason")) {
        rt_buf_add(out, ", which cannot be compared: ");
        rt_escape_line(out, rt_span_text(rt_json_get_text(code, "reason", "")));
    }
    rt_buf_add(out, "\n");
    put_files(out, files);
    if (!stat && rt_json_get(code, "patch")) {
        rt_buf_add(out, "\n");
        rt_escape_text(out, rt_span_text(rt_json_get_text(code, "patch", "")));
    }
}

static void put_same(struct rt_buf *out, const struct rt_json *same)
{
    const char *lead = out->size ? "\nthe same: " : "the same: ";

    for (size_t i = 0; i < rt_json_count(same); i++)
        rt_buf_printf(out, "%s%s", i ? ", " : lead, rt_json_string(rt_json_at(same, i)));
    rt_buf_add(out, rt_json_count(same) ? "\n" : "");
}

static void put_paired(struct rt_buf *out, const struct rt_json *paired)
{
    const struct rt_json *by = rt_json_get(paired, "by");
    long long pairs = (long long)rt_json_get_int(paired, "pairs", 0);

    if (pairs == 0) {
        rt_buf_add(out, "\nno trials that are ok have the same params and replicate in both\n");
        return;
    }
    rt_buf_printf(out, "\nmetrics are means over %lld pair%s with the same", pairs,
                  pairs == 1 ? "" : "s");
    for (size_t i = 0; i < rt_json_count(by); i++) {
        rt_buf_add(out, " ");
        rt_escape_line(out, rt_span_text(rt_json_string(rt_json_at(by, i))));
        rt_buf_add(out, ",");
    }
    rt_buf_add(out, " replicate\n");
}

static void put_text(struct rt_buf *out, const struct rt_json *diff)
{
    if (has_rows(diff))
        put_table(out, diff);
    if (rt_json_get(diff, "paired"))
        put_paired(out, rt_json_get(diff, "paired"));
    if (rt_json_get(diff, "code"))
        put_code(out, rt_json_get(diff, "code"));
    put_same(out, rt_json_get(diff, "same"));
}

static int find_both(const struct rt_state *state, char **argv, const struct rt_study *study[2],
                     uint64_t ordinal[2], struct rt_err *err)
{
    int rc;

    for (size_t i = 0; i < 2; i++) {
        if ((rc = rt_resolve(state, argv[i], &study[i], &ordinal[i], err)) < 0)
            return rc;
    }
    if (!ordinal[0] != !ordinal[1])
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is a trial and \"%s\" a study: name two of a kind",
                          argv[ordinal[0] ? 0 : 1], argv[ordinal[0] ? 1 : 0]);
    return 0;
}

static int compare(struct rt_cmd_context *context, char **argv, struct rt_json **diff,
                   struct rt_err *err)
{
    const struct rt_study *study[2];
    struct rt_db *db = NULL;
    uint64_t ordinal[2];
    int rc;

    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = find_both(rt_store_state(context->store), argv, study, ordinal, err)) < 0 ||
        (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    rc = ordinal[0] ? rt_diff_trials(context->store, db, study, ordinal, diff, err)
                    : rt_diff_studies(context->store, db, study, diff, err);
    rt_db_close(db);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *diff = NULL;
    int rc;

    (void)argc;
    if ((rc = compare(context, argv, &diff, err)) == 0) {
        if (stat && rt_json_get(diff, "code"))
            rt_json_remove(rt_json_get(diff, "code"), "patch");
        if (json)
            rt_render_json(&text, diff);
        else
            put_text(&text, diff);
        fwrite(text.data, 1, text.size, stdout);
    }
    rt_json_free(diff);
    rt_buf_clear(&text);
    return rc;
}

const struct rt_cmd rt_cmd_diff = {
    .name = "diff",
    .summary = "Show in what two trials, or two studies, differ",
    .usage = "A B",
    .description = "A and B are two trials, such as k3f9ab.17 or noise.17, or two studies. What\n"
                   "is alike is named in the last line; what differs is shown: entry, params,\n"
                   "seed, inputs, code as a patch, the environment it ran in (packages,\n"
                   "interpreter, MPI, host, GPUs), outcome, metrics and times.\n"
                   "\n"
                   "Of studies: plans, counts of outcomes, and the metrics of trials that have\n"
                   "the same params and replicate in both. Nothing is run.",
    .args_min = 2,
    .args_max = 2,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
