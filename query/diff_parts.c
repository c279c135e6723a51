#include "query/diff_parts.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "query/cell.h"
#include "query/diff_rows.h"
#include "store/code.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* A file for each line "M path" of rt_code_diff(). */
static struct rt_json *list_files(const char *names)
{
    struct rt_json *files = rt_json_new_array();

    while (names[0] && names[1]) {
        size_t size = strcspn(names, "\n");
        struct rt_json *file = rt_json_new_object();

        rt_json_set(file, "change", rt_json_new_string_span(rt_span(names, 1)));
        rt_json_set(file, "path", rt_json_new_string_span(rt_span(names + 2, size - 2)));
        rt_json_append(files, file);
        names += size + (names[size] == '\n');
    }
    return files;
}

static void set_counts(struct rt_json *file, int64_t added, int64_t removed)
{
    if (!file)
        return;
    rt_json_set_int(file, "added", added);
    rt_json_set_int(file, "removed", removed);
}

/* Counts lines of a patch, whose files are in the order of the list. Lines of content begin with a
 * blank, + or -, so that no content looks like the start of a file. */
static void count_lines(struct rt_json *files, const char *patch)
{
    size_t number = SIZE_MAX;
    bool inside = false;
    int64_t added = 0;
    int64_t removed = 0;

    while (*patch) {
        size_t size = strcspn(patch, "\n");

        if (strncmp(patch, "diff --git ", 11) == 0) {
            set_counts(rt_json_at(files, number), added, removed);
            number++;
            inside = false;
            added = removed = 0;
        } else if (strncmp(patch, "@@", 2) == 0) {
            inside = true;
        } else if (inside) {
            added += *patch == '+';
            removed += *patch == '-';
        }
        patch += size + (patch[size] == '\n');
    }
    set_counts(rt_json_at(files, number), added, removed);
}

static int put_patch(struct rt_store *store, const char *a, const char *b, struct rt_json *code,
                     struct rt_err *err)
{
    char *repository = rt_fs_join(rt_store_path(store), "code.git");
    struct rt_buf names = RT_BUF_INIT;
    struct rt_buf patch = RT_BUF_INIT;
    struct rt_json *files;
    struct rt_hash from;
    struct rt_hash to;
    int rc;

    if (rt_hash_from_hex(&from, a) < 0 || rt_hash_from_hex(&to, b) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" and \"%s\" are no code states", a, b);
    else if ((rc = rt_code_diff(repository, &from, &to, &names, err)) == 0 &&
             (rc = rt_code_patch(repository, &from, &to, &patch, err)) == 0) {
        files = list_files(rt_buf_text(&names));
        count_lines(files, rt_buf_text(&patch));
        rt_json_set(code, "files", files);
        rt_json_set(code, "patch", rt_json_new_string_span(rt_buf_span(&patch)));
    }
    rt_buf_clear(&names);
    rt_buf_clear(&patch);
    free(repository);
    return rc;
}

int rt_diff_code(struct rt_store *store, const char *a, const char *b, struct rt_json *diff,
                 struct rt_err *err)
{
    struct rt_json *code;
    struct rt_err why = {0};
    int rc = 0;

    (void)err;
    if (a && b ? strcmp(a, b) == 0 : a == b) {
        rt_json_append(rt_json_get(diff, "same"), rt_json_new_string("code"));
        return 0;
    }
    code = rt_json_new_object();
    rt_json_set_text(code, "a", a);
    rt_json_set_text(code, "b", b);
    if (a && b)
        rc = put_patch(store, a, b, code, &why);
    if (rc < 0) /* all else can be told */
        rt_json_set_text(code, "reason", why.text);
    rt_json_set(diff, "code", code);
    return 0;
}

static const struct rt_json *input_of(const struct rt_json *inputs, const char *path)
{
    for (size_t i = 0; i < rt_json_count(inputs); i++) {
        const struct rt_json *input = rt_json_at(inputs, i);

        if (strcmp(rt_json_get_text(input, "path", ""), path) == 0)
            return rt_json_get(input, "sha256");
    }
    return NULL;
}

void rt_diff_inputs(const struct rt_json *a, const struct rt_json *b, struct rt_json *diff)
{
    struct rt_json *rows = rt_json_new_array();

    for (size_t i = 0; a && i < rt_json_count(a); i++) {
        const char *path = rt_json_get_text(rt_json_at(a, i), "path", "");

        rt_diff_value(rows, path, input_of(a, path), b ? input_of(b, path) : NULL);
    }
    for (size_t i = 0; b && i < rt_json_count(b); i++) {
        const char *path = rt_json_get_text(rt_json_at(b, i), "path", "");

        if (!a || !input_of(a, path))
            rt_diff_value(rows, path, NULL, input_of(b, path));
    }
    rt_diff_section(diff, "inputs", rows);
}

/* Where trials ran, one member per thing that can differ; without a launch an empty object. */
static int read_agent(struct rt_db *db, const struct rt_diff_agent *agent, struct rt_json **out,
                      struct rt_err *err)
{
    struct rt_stmt *stmt;
    struct rt_json *env;
    int rc;

    *out = rt_json_new_object();
    if ((rc = rt_db_prepare(db, rt_sql_ask_agent, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":launch", agent->launch);
    rt_stmt_int(stmt, ":rank", agent->rank);
    if ((rc = rt_stmt_step(stmt, err)) > 0) {
        rt_json_free(*out);
        *out = rt_cell_row(stmt);
        if (rt_json_parse(rt_span_text(rt_json_get_text(*out, "variable", "{}")), &env, NULL) == 0)
            rt_json_set(*out, "variable", env);
    }
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static int put_packages(struct rt_db *db, const char *a, const char *b, struct rt_json *rows,
                        struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if (!a || !b || strcmp(a, b) == 0)
        return 0;
    if ((rc = rt_db_prepare(db, rt_sql_ask_packages_differ, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":a", a);
    rt_stmt_text(stmt, ":b", b);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        char *name = rt_printf("package %s", rt_stmt_get_text(stmt, 0));

        rt_diff_text(rows, name, rt_stmt_get_text(stmt, 1), rt_stmt_get_text(stmt, 2));
        free(name);
    }
    rt_stmt_free(stmt);
    return rc;
}

int rt_diff_environment(struct rt_db *db, const struct rt_diff_agent agent[2], struct rt_json *diff,
                        struct rt_err *err)
{
    struct rt_json *rows = rt_json_new_array();
    struct rt_json *of[2] = {NULL, NULL};
    struct rt_json *packages[2] = {NULL, NULL};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2; i++) {
        rc = read_agent(db, &agent[i], &of[i], err);
        packages[i] = rt_json_keep(rt_json_get(of[i], "packages"));
        rt_json_remove(of[i], "packages");
    }
    if (rc == 0) {
        rt_diff_objects(rows, of[0], of[1]);
        rc = put_packages(db, packages[0] ? rt_json_string(packages[0]) : NULL,
                          packages[1] ? rt_json_string(packages[1]) : NULL, rows, err);
    }
    rt_diff_section(diff, "environment", rows);
    for (size_t i = 0; i < 2; i++) {
        rt_json_free(packages[i]);
        rt_json_free(of[i]);
    }
    return rc;
}
