#include "query/mistake.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "store/db.h"
#include "store/index_ddl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

const char *const rt_mistake_functions[] = {
    /* https://sqlite.org/lang_aggfunc.html */
    "avg", "count", "group_concat", "max", "min", "string_agg", "sum", "total",
    /* https://sqlite.org/windowfunctions.html */
    "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile",
    "percent_rank", "rank", "row_number",
    /* https://sqlite.org/lang_corefunc.html */
    "abs", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "if", "ifnull",
    "iif", "instr", "length", "like", "likelihood", "likely", "lower", "ltrim", "nullif",
    "octet_length", "printf", "quote", "random", "randomblob", "replace", "round", "rtrim", "sign",
    "soundex", "sqlite_version", "substr", "substring", "trim", "typeof", "unhex", "unicode",
    "unlikely", "upper", "zeroblob",
    /* https://sqlite.org/lang_datefunc.html */
    "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday",
    "strftime", "time", "timediff", "unixepoch",
    /* https://sqlite.org/lang_mathfunc.html */
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh",
    "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians",
    "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    /* https://sqlite.org/json1.html */
    "->", "->>", "json", "json_array", "json_array_length", "json_error_position", "json_extract",
    "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch",
    "json_quote", "json_remove", "json_replace", "json_set", "json_type", "json_valid", NULL};

static void where(const char *sql, size_t offset, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset && sql[i]; i++) {
        if (sql[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)sql[i] & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}

int rt_mistake_at(const char *sql, size_t offset, struct rt_err *err, const char *text)
{
    size_t line;
    size_t column;

    where(sql, offset, &line, &column);
    return rt_err_set(err, RT_EUSAGE, "line %zu, column %zu: %s", line, column, text);
}

/* The first column of what sql gives, ended by NULL; yours. */
static char **list(const char *path, const char *select, const char *sql)
{
    struct rt_db *db = NULL;
    struct rt_stmt *stmt = NULL;
    char **names = NULL;
    size_t capacity = 0;
    size_t count = 0;
    struct rt_err err;

    names = rt_grow(names, &capacity, 1, sizeof *names);
    if (rt_db_open(path, RT_DB_READ, &db, &err) == 0 &&
        rt_db_prepare(db, select, &stmt, NULL, &err) == 0) {
        rt_stmt_text(stmt, ":sql", sql);
        while (rt_stmt_step(stmt, &err) > 0) {
            names = rt_grow(names, &capacity, count + 2, sizeof *names);
            names[count++] = rt_strdup(rt_stmt_get_text(stmt, 0));
        }
    }
    names[count] = NULL;
    rt_stmt_free(stmt);
    rt_db_close(db);
    return names;
}

static void free_list(char **names)
{
    for (size_t i = 0; names[i]; i++)
        free(names[i]);
    free(names);
}

static bool is_plain(const char *name)
{
    if (isdigit((unsigned char)name[0]))
        return false;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    }
    return true;
}

static void add_suggestion(struct rt_buf *text, const char *name, const char *wrong)
{
    struct rt_buf quoted = RT_BUF_INIT;

    if (!name)
        return;
    if (strcasecmp(name, wrong) == 0) {
        rt_buf_add(text, "; it is a column of other tables");
        return;
    }
    if (!is_plain(name))
        rt_ddl_name(&quoted, name);
    rt_buf_printf(text, "; did you mean %s?", is_plain(name) ? name : rt_buf_text(&quoted));
    rt_buf_clear(&quoted);
}

static void suggest_from_index(const char *path, const char *select, const char *sql,
                               const char *wrong, struct rt_buf *text)
{
    char **names = list(path, select, sql);
    const char *dot = strrchr(wrong, '.');
    const char *found = rt_suggest(wrong, (const char *const *)names);

    if (!found && dot)
        found = rt_suggest(dot + 1, (const char *const *)names);
    add_suggestion(text, found, wrong);
    free_list(names);
}

/* What follows `start` in text, or NULL if it does not start so. */
static const char *after(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0 ? text + strlen(start) : NULL;
}

static void suggest(const char *path, const char *sql, const char *message, struct rt_buf *text)
{
    const char *wrong;

    if ((wrong = after(message, "no such column: ")))
        suggest_from_index(path, rt_sql_ask_column_names, sql, wrong, text);
    else if ((wrong = after(message, "no such table: ")))
        suggest_from_index(path, rt_sql_ask_table_names, sql, wrong, text);
    else if ((wrong = after(message, "no such function: ")))
        add_suggestion(text, rt_suggest(wrong, rt_mistake_functions), wrong);
}

int rt_mistake_explain(const char *path, const char *sql, int offset, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;

    if (err->code != RT_EUSAGE)
        return err->code;
    if (strcmp(err->text, "not authorized") == 0)
        return rt_mistake_denied(err);
    rt_buf_add(&text, err->text);
    suggest(path, sql, err->text, &text);
    if (offset >= 0)
        rt_mistake_at(sql, (size_t)offset, err, rt_buf_text(&text));
    else
        rt_err_set(err, RT_EUSAGE, "%s", rt_buf_text(&text));
    rt_buf_clear(&text);
    return err->code;
}

int rt_mistake_denied(struct rt_err *err)
{
    return rt_err_set(err, RT_EUSAGE, "a query can only SELECT: nothing can be changed here");
}
