#include "query/columns.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* The texts in the first column of what sql gives, ended by NULL. */
static int ask(struct rt_db *db, const char *sql, const struct rt_study *study, const char *kind,
               const char *name, char ***out, struct rt_err *err)
{
    struct rt_stmt *stmt;
    size_t capacity = 0;
    size_t count = 0;
    int rc;

    *out = rt_grow(NULL, &capacity, 1, sizeof **out);
    (*out)[0] = NULL;
    if ((rc = rt_db_prepare(db, sql, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    rt_stmt_text(stmt, ":kind", kind);
    rt_stmt_text(stmt, ":name", name);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        *out = rt_grow(*out, &capacity, count + 2, sizeof **out);
        (*out)[count++] = rt_strdup(rt_stmt_get_text(stmt, 0));
        (*out)[count] = NULL;
    }
    rt_stmt_free(stmt);
    return rc;
}

static int ask_one(struct rt_db *db, const char *sql, const struct rt_study *study,
                   const char *kind, const char *name, char **out, struct rt_err *err)
{
    char **texts;
    int rc = ask(db, sql, study, kind, name, &texts, err);

    *out = texts[0] ? rt_strdup(texts[0]) : NULL;
    rt_columns_free(texts);
    return rc;
}

void rt_columns_free(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

int rt_columns_view(struct rt_db *db, const struct rt_study *study, char **view, struct rt_err *err)
{
    return ask_one(db, rt_sql_ask_study_view, study, NULL, NULL, view, err);
}

const struct rt_json *rt_columns_objective(const struct rt_study *study)
{
    return study->plan ? rt_json_get(rt_plan_json(study->plan), "objective") : NULL;
}

static void put_first(char **names, const char *first)
{
    for (size_t i = 0; first && names[i]; i++) {
        char *name = names[i];

        if (strcmp(name, first) != 0)
            continue;
        memmove(names + 1, names, i * sizeof *names);
        names[0] = name;
        return;
    }
}

int rt_columns_names(struct rt_db *db, const struct rt_study *study, const char *kind,
                     char ***names, struct rt_err *err)
{
    int rc = ask(db, rt_sql_ask_shown_names, study, kind, NULL, names, err);

    if (strcmp(kind, RT_COLUMN_METRIC) == 0 && rt_columns_objective(study))
        put_first(*names, rt_json_get_text(rt_columns_objective(study), "metric", NULL));
    return rc;
}

int rt_columns_find(struct rt_db *db, const struct rt_study *study, const char *kind,
                    const char *name, char **column, struct rt_err *err)
{
    return ask_one(db, rt_sql_ask_view_column, study, kind, name, column, err);
}

int rt_columns_has(struct rt_db *db, const struct rt_study *study, const char *name, bool *has,
                   struct rt_err *err)
{
    char *count;
    int rc = ask_one(db, rt_sql_ask_view_has_column, study, NULL, name, &count, err);

    *has = count && strcmp(count, "0") != 0;
    free(count);
    return rc;
}

static int put_column(struct rt_db *db, const struct rt_study *study, const char *kind,
                      const char *name, struct rt_buf *list, struct rt_err *err)
{
    char *column;
    int rc = rt_columns_find(db, study, kind, name, &column, err);

    if (column) {
        rt_buf_add(list, list->size ? ", " : "");
        rt_ddl_name(list, column);
    }
    free(column);
    return rc;
}

static char *take_list(struct rt_buf *list)
{
    char *text = list->size ? rt_buf_take(list) : NULL;

    rt_buf_clear(list);
    return text;
}

int rt_columns_metrics(struct rt_db *db, const struct rt_study *study, char **list,
                       struct rt_err *err)
{
    struct rt_buf columns = RT_BUF_INIT;
    char **names;
    int rc = rt_columns_names(db, study, RT_COLUMN_METRIC, &names, err);

    for (size_t i = 0; rc == 0 && names[i]; i++)
        rc = put_column(db, study, RT_COLUMN_METRIC, names[i], &columns, err);
    rt_columns_free(names);
    *list = take_list(&columns);
    return rc;
}

/* Of a plan that does not say what varies, all parameters that it does not fix. */
static int not_fixed(struct rt_db *db, const struct rt_study *study, char ***names,
                     struct rt_err *err)
{
    const struct rt_json *params = rt_json_get(rt_plan_json(study->plan), "params");
    size_t kept = 0;
    int rc = rt_columns_names(db, study, RT_COLUMN_PARAM, names, err);

    for (size_t i = 0; (*names)[i]; i++) {
        if (rt_json_get(params, (*names)[i]))
            free((*names)[i]);
        else
            (*names)[kept++] = (*names)[i];
    }
    (*names)[kept] = NULL;
    return rc;
}

/* The names of the parameters that vary; free with rt_columns_free(). */
static int varying_names(struct rt_db *db, const struct rt_study *study, char ***names,
                         struct rt_err *err)
{
    const struct rt_plan *plan = study->plan;
    size_t count = plan ? rt_plan_axes(plan) : 0;
    size_t kept = 0;

    if (plan && count == 0)
        return not_fixed(db, study, names, err);
    *names = rt_calloc(count + 1, sizeof **names);
    for (size_t i = 0; i < count; i++) {
        if (rt_plan_axis_count(plan, i) > 1)
            (*names)[kept++] = rt_strdup(rt_plan_axis_key(plan, i));
    }
    return 0;
}

int rt_columns_varying(struct rt_db *db, const struct rt_study *study, char **list,
                       struct rt_err *err)
{
    struct rt_buf columns = RT_BUF_INIT;
    char **names;
    int rc = varying_names(db, study, &names, err);

    for (size_t i = 0; rc == 0 && names[i]; i++)
        rc = put_column(db, study, RT_COLUMN_PARAM, names[i], &columns, err);
    rt_columns_free(names);
    *list = take_list(&columns);
    return rc;
}

/* SQLite allows 500 parts of a UNION. */
#define LEVELS_MAX 400

int rt_columns_levels(struct rt_db *db, const struct rt_study *study, const char *view, char **sql,
                      struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    char **names;
    int rc = varying_names(db, study, &names, err);

    for (size_t i = 0; rc == 0 && names[i] && i < LEVELS_MAX; i++) {
        struct rt_buf column = RT_BUF_INIT;

        rc = put_column(db, study, RT_COLUMN_PARAM, names[i], &column, err);
        if (column.size) {
            rt_buf_add(&text, text.size ? " UNION ALL SELECT ordinal, " : "SELECT ordinal, ");
            rt_ddl_text(&text, names[i]);
            /* With a plus it has no affinity: else numbers below a text would be texts. */
            rt_buf_printf(&text, " AS parameter, +%s AS level FROM ", rt_buf_text(&column));
            rt_ddl_name(&text, view);
        }
        rt_buf_clear(&column);
    }
    rt_columns_free(names);
    *sql = take_list(&text);
    return rc;
}
