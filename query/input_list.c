#include "query/input_list.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "query/about_plan.h"
#include "store/input.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

static bool has(const struct rt_json *list, const char *sha256)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (strcmp(rt_json_get_text(rt_json_at(list, i), "sha256", ""), sha256) == 0)
            return true;
    }
    return false;
}

static void add(struct rt_json *list, const struct rt_json *input, const char *folder)
{
    const char *path = rt_json_get_text(input, "path", "");
    struct rt_json *item;
    char *original;

    if (has(list, rt_json_get_text(input, "sha256", "")))
        return;
    original = path[0] == '/' || !folder ? rt_strdup(path) : rt_fs_join(folder, path);
    item = rt_json_copy(input);
    rt_json_set_text(item, "original", original);
    rt_json_append(list, item);
    free(original);
}

static int add_plan(struct rt_db *db, const struct rt_json *plan, struct rt_json *list,
                    struct rt_err *err)
{
    const struct rt_json *inputs = rt_json_get(plan, "inputs");
    const char *code = rt_json_get_text(plan, "code", NULL);
    struct rt_json *record = NULL;
    char *folder;
    int rc = 0;

    if (!inputs || !code)
        return 0;
    rc = rt_about_code(db, code, &record, err);
    folder = rt_input_folder(record, rt_json_get_text(plan, "root", ""));
    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++)
        add(list, rt_json_at(inputs, i), folder);
    free(folder);
    rt_json_free(record);
    return rc;
}

int rt_input_list(struct rt_db *db, const struct rt_study *study, struct rt_json **list,
                  struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    *list = rt_json_new_array();
    if ((rc = rt_db_prepare(db, rt_sql_ask_plan_texts, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_json *plan;

        if ((rc = rt_json_parse(rt_stmt_get_span(stmt, 0), &plan, err)) < 0)
            break;
        rc = add_plan(db, plan, *list, err);
        rt_json_free(plan);
        if (rc < 0)
            break;
    }
    rt_stmt_free(stmt);
    return rc;
}
