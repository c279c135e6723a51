/* Statements: compiled, bound, stepped, and read. */
#include "store/db_own.h"

#include "base/alloc.h"

#include <stdlib.h>

struct rt_stmt {
    sqlite3_stmt *handle;
    struct rt_db *db;
    int bind_failure; /* first SQLite code of a bind since the last reset */
};

int rt_db_prepare(struct rt_db *db, const char *sql, struct rt_stmt **out, const char **rest,
                  struct rt_err *err)
{
    sqlite3_stmt *handle;
    const char *tail;
    int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &tail);

    *out = NULL;
    if (rc != SQLITE_OK)
        return rt_db_fail(db, rc, "reading", err);
    if (!handle)
        return rt_err_set(err, RT_EUSAGE, "there is no statement in \"%.80s\"", sql);
    *out = rt_calloc(1, sizeof **out);
    (*out)->handle = handle;
    (*out)->db = db;
    if (rest)
        *rest = tail;
    return 0;
}

void rt_stmt_free(struct rt_stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_finalize(stmt->handle);
    free(stmt);
}

static void bound(struct rt_stmt *stmt, int rc)
{
    if (rc != SQLITE_OK && stmt->bind_failure == SQLITE_OK)
        stmt->bind_failure = rc;
}

int rt_stmt_param(struct rt_stmt *stmt, const char *name)
{
    return sqlite3_bind_parameter_index(stmt->handle, name);
}

void rt_stmt_int(struct rt_stmt *stmt, const char *name, int64_t value)
{
    int number = rt_stmt_param(stmt, name);

    if (number)
        rt_stmt_int_at(stmt, number, value);
}

void rt_stmt_text(struct rt_stmt *stmt, const char *name, const char *value)
{
    int number = rt_stmt_param(stmt, name);

    if (number && value)
        rt_stmt_text_at(stmt, number, rt_span_text(value));
    else if (number)
        bound(stmt, sqlite3_bind_null(stmt->handle, number));
}

void rt_stmt_int_at(struct rt_stmt *stmt, int number, int64_t value)
{
    bound(stmt, sqlite3_bind_int64(stmt->handle, number, value));
}

void rt_stmt_real_at(struct rt_stmt *stmt, int number, double value)
{
    bound(stmt, sqlite3_bind_double(stmt->handle, number, value));
}

void rt_stmt_text_at(struct rt_stmt *stmt, int number, struct rt_span value)
{
    bound(stmt, sqlite3_bind_text64(stmt->handle, number, value.size ? value.data : "", value.size,
                                    SQLITE_STATIC, SQLITE_UTF8));
}

void rt_stmt_unbind(struct rt_stmt *stmt)
{
    sqlite3_clear_bindings(stmt->handle);
}

int rt_stmt_step(struct rt_stmt *stmt, struct rt_err *err)
{
    int rc = stmt->bind_failure;

    if (rc != SQLITE_OK) {
        rt_stmt_reset(stmt);
        return rt_err_set(err, RT_EINTERNAL, "binding a value: %s", sqlite3_errstr(rc));
    }
    rc = sqlite3_step(stmt->handle);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE) {
        rt_stmt_reset(stmt);
        return 0;
    }
    rc = rt_db_fail(stmt->db, rc, sqlite3_stmt_readonly(stmt->handle) ? "reading" : "writing", err);
    rt_stmt_reset(stmt);
    return rc;
}

void rt_stmt_reset(struct rt_stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_reset(stmt->handle);
    stmt->bind_failure = SQLITE_OK;
}

int rt_stmt_run(struct rt_stmt *stmt, struct rt_err *err)
{
    int rc;

    do {
        rc = rt_stmt_step(stmt, err);
    } while (rc > 0);
    return rc;
}

int rt_stmt_columns(struct rt_stmt *stmt)
{
    return sqlite3_column_count(stmt->handle);
}

const char *rt_stmt_name(struct rt_stmt *stmt, int column)
{
    return sqlite3_column_name(stmt->handle, column);
}

enum rt_cell_kind rt_stmt_kind(struct rt_stmt *stmt, int column)
{
    switch (sqlite3_column_type(stmt->handle, column)) {
    case SQLITE_INTEGER:
        return RT_CELL_INT;
    case SQLITE_FLOAT:
        return RT_CELL_REAL;
    case SQLITE_TEXT:
        return RT_CELL_TEXT;
    case SQLITE_BLOB:
        return RT_CELL_BLOB;
    default:
        return RT_CELL_NULL;
    }
}

int64_t rt_stmt_get_int(struct rt_stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->handle, column);
}

double rt_stmt_get_real(struct rt_stmt *stmt, int column)
{
    return sqlite3_column_double(stmt->handle, column);
}

struct rt_span rt_stmt_get_span(struct rt_stmt *stmt, int column)
{
    const void *data = sqlite3_column_blob(stmt->handle, column);

    return rt_span(data, (size_t)sqlite3_column_bytes(stmt->handle, column));
}

const char *rt_stmt_get_text(struct rt_stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt->handle, column);
}
