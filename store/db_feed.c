/* Tables made of the caller's memory. */
#include "store/db_own.h"

#include "base/alloc.h"

#include <stdlib.h>

/* A virtual table without arguments; the connection's tables of one feed share its module. */
struct feed_module {
    struct rt_db_feed *feed;
    char *columns;
};

struct feed_table {
    sqlite3_vtab base;
    struct rt_db_feed *feed;
};

struct feed_cursor {
    sqlite3_vtab_cursor base;
    struct rt_db_feed *feed;
    size_t row;
    const struct rt_db_value *values; /* of the row, if there is one */
};

static int feed_connect(sqlite3 *handle, void *context, int count, const char *const *args,
                        sqlite3_vtab **out, char **error)
{
    struct feed_module *module = context;
    struct feed_table *table = rt_calloc(1, sizeof *table);

    (void)count;
    (void)args;
    (void)error;
    table->feed = module->feed;
    *out = &table->base;
    return sqlite3_declare_vtab(handle, module->columns);
}

static int feed_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int feed_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1;
    return SQLITE_OK;
}

static int feed_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    struct feed_cursor *cursor = rt_calloc(1, sizeof *cursor);

    cursor->feed = ((struct feed_table *)table)->feed;
    *out = &cursor->base;
    return SQLITE_OK;
}

static int feed_close(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int go_to(struct feed_cursor *cursor, size_t row)
{
    cursor->row = row;
    if (row < cursor->feed->rows)
        cursor->values = cursor->feed->row(cursor->feed->context, row);
    return SQLITE_OK;
}

static int feed_start(sqlite3_vtab_cursor *cursor, int plan, const char *name, int count,
                      sqlite3_value **args)
{
    (void)plan;
    (void)name;
    (void)count;
    (void)args;
    return go_to((struct feed_cursor *)cursor, 0);
}

static int feed_next(sqlite3_vtab_cursor *cursor)
{
    return go_to((struct feed_cursor *)cursor, ((struct feed_cursor *)cursor)->row + 1);
}

static int feed_ended(sqlite3_vtab_cursor *cursor)
{
    const struct feed_cursor *self = (struct feed_cursor *)cursor;

    return self->row >= self->feed->rows;
}

static int feed_cell(sqlite3_vtab_cursor *cursor, sqlite3_context *cell, int column)
{
    const struct rt_db_value *value = &((struct feed_cursor *)cursor)->values[column];

    if (value->kind == RT_CELL_INT)
        sqlite3_result_int64(cell, value->integer);
    else if (value->kind == RT_CELL_REAL)
        sqlite3_result_double(cell, value->real);
    else if (value->kind == RT_CELL_TEXT)
        sqlite3_result_text64(cell, value->text, value->size, SQLITE_STATIC, SQLITE_UTF8);
    return SQLITE_OK;
}

static int feed_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *number)
{
    *number = (sqlite3_int64)((struct feed_cursor *)cursor)->row;
    return SQLITE_OK;
}

static void free_module(void *context)
{
    struct feed_module *module = context;

    free(module->columns);
    free(module);
}

int rt_db_add_feed(struct rt_db *db, const char *name, const char *columns, struct rt_db_feed *feed,
                   struct rt_err *err)
{
    static const sqlite3_module functions = {
        .iVersion = 1,
        .xConnect = feed_connect, /* and no xCreate: the table is just there */
        .xBestIndex = feed_plan,
        .xDisconnect = feed_disconnect,
        .xOpen = feed_open,
        .xClose = feed_close,
        .xFilter = feed_start,
        .xNext = feed_next,
        .xEof = feed_ended,
        .xColumn = feed_cell,
        .xRowid = feed_number,
    };
    struct feed_module *module = rt_calloc(1, sizeof *module);
    int rc;

    *module = (struct feed_module){feed, rt_strdup(columns)};
    rc = sqlite3_create_module_v2(db->handle, name, &functions, module, free_module);
    return rc == SQLITE_OK ? 0 : rt_db_fail(db, rc, "writing", err);
}
