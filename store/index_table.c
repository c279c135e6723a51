#include "store/index_table.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

#define WIDTH_MAX 1950 /* columns of a table; SQLite has 2,000 at most */

static const char *const field_names[RT_FIELDS] = {
    [RT_FIELD_STUDY] = ":study",         [RT_FIELD_ORDINAL] = ":ordinal",
    [RT_FIELD_REPLICATE] = ":replicate", [RT_FIELD_RETIRED] = ":retired",
    [RT_FIELD_AGAIN] = ":again",         [RT_FIELD_ATTEMPT] = ":attempt",
    [RT_FIELD_OUTCOME] = ":outcome",     [RT_FIELD_EXIT_STATUS] = ":exit_status",
    [RT_FIELD_LATE] = ":late",           [RT_FIELD_LAUNCH] = ":launch",
    [RT_FIELD_RANK] = ":rank",           [RT_FIELD_WORKER] = ":worker",
    [RT_FIELD_POSITION] = ":position",   [RT_FIELD_PID] = ":pid",
    [RT_FIELD_START] = ":start_us",      [RT_FIELD_DURATION] = ":duration_us",
    [RT_FIELD_USER] = ":user_us",        [RT_FIELD_SYS] = ":sys_us",
    [RT_FIELD_MAX_RSS] = ":max_rss_kib", [RT_FIELD_SEED] = ":seed",
    [RT_FIELD_REASON] = ":reason",       [RT_FIELD_EVENT] = ":event",
    [RT_FIELD_EVENT_ROW] = ":event_row", [RT_FIELD_PROCESS] = ":process",
};

static char *copy_text(struct rt_stmt *stmt, int column)
{
    const char *text = rt_stmt_get_text(stmt, column);

    return text ? rt_strdup(text) : NULL;
}

static struct rt_index_column *append(struct rt_index_table *table)
{
    struct rt_index_column *column;

    table->columns =
        rt_grow(table->columns, &table->capacity, table->count + 1, sizeof *table->columns);
    column = &table->columns[table->count++];
    *column = (struct rt_index_column){.number = (uint32_t)table->count, .axis = -1};
    return column;
}

static int load_columns(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_columns, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_index_column *column = append(table);

        rt_index_column_read(column, stmt);
        table->metrics += column->metric;
    }
    rt_stmt_free(stmt);
    return rc;
}

static int load_study(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_study, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rc = rt_stmt_step(stmt, err);
    if (rc > 0) {
        table->id = copy_text(stmt, 0);
        table->study_name = copy_text(stmt, 1);
        table->view = copy_text(stmt, 2);
        table->first.known = rt_stmt_kind(stmt, 3) != RT_CELL_NULL;
        table->first.start_us = (uint64_t)rt_stmt_get_int(stmt, 3);
        table->first.seed = (uint64_t)rt_stmt_get_int(stmt, 4);
    } else if (rc == 0) {
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" does not know study %u", rt_db_path(table->db),
                        (unsigned)table->study);
    }
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

int rt_index_table_load(struct rt_db *db, uint32_t study, struct rt_index_table **out,
                        struct rt_err *err)
{
    struct rt_index_table *table = rt_calloc(1, sizeof *table);
    int rc;

    table->db = db;
    table->study = study;
    table->trials = rt_printf("trial_%u", (unsigned)study);
    table->rows = rt_printf("trial_row_%u", (unsigned)study);
    table->touched = true;
    if ((rc = load_study(table, err)) < 0 || (rc = load_columns(table, err)) < 0) {
        rt_index_table_free(table);
        table = NULL;
    }
    *out = table;
    return rc;
}

static void forget_insert(struct rt_index_table *table)
{
    rt_stmt_free(table->insert.stmt);
    table->insert.stmt = NULL;
    rt_stmt_free(table->many.stmt);
    rt_stmt_free(table->many.last);
    table->many = (struct rt_index_insert_many){.stmt = NULL};
}

void rt_index_table_free(struct rt_index_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        rt_index_column_clear(&table->columns[i]);
    rt_index_checks_clear(&table->checks);
    forget_insert(table);
    rt_metrics_clear(&table->proposed);
    rt_buf_clear(&table->proposed_text);
    free(table->columns);
    free(table->id);
    free(table->study_name);
    free(table->view);
    free(table->trials);
    free(table->rows);
    free(table);
}

int rt_index_table_prepare(struct rt_index_table *table, const char *template, struct rt_stmt **out,
                           struct rt_err *err)
{
    char *study = rt_printf("%u", (unsigned)table->study);
    const struct rt_ddl_slot slots[] = {{"trials", table->trials},
                                        {"rows", table->rows},
                                        {"study", study},
                                        {"columns", ""},
                                        {NULL, NULL}};
    char *sql = rt_ddl_fill(template, slots);
    int rc = rt_db_prepare(table->db, sql, out, NULL, err);

    free(study);
    free(sql);
    return rc;
}

static int run_template(struct rt_index_table *table, const char *template, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_index_table_prepare(table, template, &stmt, err)) < 0)
        return rc;
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_table_create(struct rt_index_table *table, struct rt_err *err)
{
    int rc = run_template(table, rt_sql_study_trial_rows, err);

    return rc < 0 ? rc : run_template(table, rt_sql_study_trials, err);
}

int rt_index_table_begin(struct rt_index_table *table, uint64_t start_us, uint64_t seed,
                         struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_update_study_first, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_int(stmt, ":start_us", (int64_t)start_us);
    rt_stmt_int(stmt, ":seed", (int64_t)seed);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    table->first = (struct rt_index_first){rc == 0, start_us, seed};
    return rc;
}

static bool is_named(const struct rt_index_column *column, struct rt_span name)
{
    return name.size == 0 ? column->name[0] == '\0'
                          : strncmp(column->name, name.data, name.size) == 0 &&
                                column->name[name.size] == '\0';
}

/* Results of one study have the same names in the same order, nearly always. */
struct rt_index_column *rt_index_table_find(struct rt_index_table *table, bool metric,
                                            struct rt_span name)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t at =
            table->hint + i < table->count ? table->hint + i : table->hint + i - table->count;
        struct rt_index_column *column = &table->columns[at];

        if (column->metric == metric && is_named(column, name)) {
            table->hint = at + 1 < table->count ? at + 1 : 0;
            return column;
        }
    }
    return NULL;
}

static int count_left_out(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_update_study_left_out, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_table_add(struct rt_index_table *table, bool metric, struct rt_span name,
                       struct rt_index_column **out, struct rt_err *err)
{
    size_t used = metric ? table->metrics : table->count - table->metrics;
    struct rt_index_column *column;

    *out = NULL;
    if (used >= RT_INDEX_COLUMNS_MAX)
        return count_left_out(table, err);
    column = append(table);
    column->metric = metric;
    column->name = rt_strndup(name.size ? name.data : "", name.size);
    table->metrics += metric;
    table->view_stale = true;
    *out = column;
    return rt_index_table_save(table, column, err);
}

int rt_index_table_save(struct rt_index_table *table, const struct rt_index_column *column,
                        struct rt_err *err)
{
    return rt_index_column_save(column, table->db, table->study, err);
}

static int run_ddl(struct rt_index_table *table, const char *template, const char *column,
                   const char *type, const char *before, struct rt_err *err)
{
    const struct rt_ddl_slot slots[] = {
        {"rows", table->rows}, {"column", column}, {"type", type}, {"before", before}, {NULL, NULL},
    };
    char *sql = rt_ddl_fill(template, slots);
    int rc = rt_db_exec(table->db, sql, err);

    free(sql);
    return rc;
}

static const char *declared(enum rt_column_type type)
{
    static const char *const names[] = {
        [RT_COLUMN_NONE] = "",     [RT_COLUMN_BOOLEAN] = "BOOLEAN", [RT_COLUMN_INTEGER] = "INTEGER",
        [RT_COLUMN_REAL] = "REAL", [RT_COLUMN_TEXT] = "TEXT",       [RT_COLUMN_JSON] = "TEXT",
        [RT_COLUMN_MIXED] = "",
    };

    return names[type];
}

/* Whether the table has room for the copy of a column. */
static int has_room(struct rt_index_table *table, bool *room, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_width, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":rows", table->rows);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *room = rt_stmt_get_int(stmt, 0) < WIDTH_MAX;
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

/* SQLite cannot change the type of a column: another one takes over, and keeps the values. */
static int replace_column(struct rt_index_table *table, struct rt_index_column *column,
                          struct rt_err *err)
{
    char *old = column->table_column;
    const char *type = declared(column->type);
    char letter = column->metric ? 'm' : 'p';
    int rc;

    column->table_column = old ? rt_printf("%c%u_%s", letter, (unsigned)column->number,
                                           rt_column_type_name(column->type))
                               : rt_printf("%c%u", letter, (unsigned)column->number);
    rc = run_ddl(table, rt_sql_study_add_column, column->table_column, type, "", err);
    if (rc == 0 && old)
        rc = run_ddl(table, rt_sql_study_copy_column, column->table_column, type, old, err);
    free(old);
    return rc;
}

int rt_index_table_widen(struct rt_index_table *table, struct rt_index_column *column,
                         enum rt_column_type type, struct rt_err *err)
{
    const char *before = declared(column->type);
    bool room = true;
    int rc = 0;

    type = rt_column_type_widen(column->type, type);
    if (column->table_column && type == column->type)
        return 0;
    column->type = type;
    if (column->table_column && strcmp(before, declared(type)) == 0)
        room = false;
    else if (column->table_column)
        rc = has_room(table, &room, err);
    if (rc == 0 && room)
        rc = replace_column(table, column, err);
    forget_insert(table);
    table->view_stale = true;
    return rc < 0 ? rc : rt_index_table_save(table, column, err);
}

int rt_index_table_add_state(struct rt_index_table *table, struct rt_index_column *column,
                             struct rt_err *err)
{
    int rc;

    column->state_column = rt_printf("s%u", (unsigned)column->number);
    forget_insert(table);
    table->view_stale = true;
    rc = run_ddl(table, rt_sql_study_add_column, column->state_column, "TEXT", "", err);
    return rc < 0 ? rc : rt_index_table_save(table, column, err);
}

int rt_index_insert_prepare(struct rt_index_insert *insert, struct rt_db *db, const char *sql,
                            struct rt_err *err)
{
    int rc = rt_db_prepare(db, sql, &insert->stmt, NULL, err);

    for (int i = 0; rc == 0 && i < RT_FIELDS; i++)
        insert->params[i] = rt_stmt_param(insert->stmt, field_names[i]);
    return rc;
}

static void put_parameter(const char *column, struct rt_buf *columns, struct rt_buf *values)
{
    if (column) {
        rt_buf_printf(columns, ", %s", column);
        rt_buf_printf(values, ", :%s", column);
    }
}

static int parameter(struct rt_stmt *stmt, const char *column)
{
    char *name = column ? rt_printf(":%s", column) : NULL;
    int number = name ? rt_stmt_param(stmt, name) : 0;

    free(name);
    return number;
}

static int prepare_insert(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_buf columns = RT_BUF_INIT;
    struct rt_buf values = RT_BUF_INIT;
    char *sql;
    int rc;

    for (size_t i = 0; i < table->count; i++) {
        put_parameter(table->columns[i].table_column, &columns, &values);
        put_parameter(table->columns[i].state_column, &columns, &values);
    }
    sql = rt_ddl_fill(rt_sql_study_insert_trial,
                      (const struct rt_ddl_slot[]){{"rows", table->rows},
                                                   {"columns", rt_buf_text(&columns)},
                                                   {"values", rt_buf_text(&values)},
                                                   {NULL, NULL}});
    rc = rt_index_insert_prepare(&table->insert, table->db, sql, err);
    for (size_t i = 0; rc == 0 && i < table->count; i++) {
        struct rt_index_column *column = &table->columns[i];

        column->param = parameter(table->insert.stmt, column->table_column);
        column->state_param = parameter(table->insert.stmt, column->state_column);
    }
    free(sql);
    rt_buf_clear(&columns);
    rt_buf_clear(&values);
    return rc;
}

int rt_index_table_insert(struct rt_index_table *table, struct rt_index_insert **out,
                          struct rt_err *err)
{
    *out = &table->insert;
    return table->insert.stmt ? 0 : prepare_insert(table, err);
}
