#include "store/index_feed.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

static const char *const field_names[RT_FEED_FIELDS] = {
    "ordinal",     "replicate", "marks",    "attempt",     "outcome",   "exit_status",
    "process",     "position",  "start_us", "duration_us", "user_us",   "sys_us",
    "max_rss_kib", "seed",      "reason",   "event",       "event_row",
};

#define BIT(field) (1u << RT_FEED_##field)

/* Fields that are not even compared from row to row. */
#define ALWAYS_VARY                                                                                \
    (BIT(ORDINAL) | BIT(POSITION) | BIT(START) | BIT(DURATION) | BIT(EVENT) | BIT(EVENT_ROW))

#define RUNS                                                                                       \
    32 /* after so many that did not need all that the statement takes, it is made anew            \
        */

static const struct rt_db_value *row_values(void *context, size_t row)
{
    const struct rt_index_feed *feed = context;

    return feed->rows[row];
}

static char *declaration(void)
{
    struct rt_buf sql = RT_BUF_INIT;

    rt_buf_add(&sql, "CREATE TABLE new_trial (");
    for (size_t i = 0; i < RT_FEED_FIELDS; i++)
        rt_buf_printf(&sql, "%s, ", field_names[i]);
    for (unsigned i = RT_FEED_FIELDS; i < RT_FEED_WIDTH; i++)
        rt_buf_printf(&sql, "%sv%u", i > RT_FEED_FIELDS ? ", " : "", i);
    rt_buf_add(&sql, ")");
    return rt_buf_take(&sql);
}

int rt_index_feed_init(struct rt_index_feed *feed, struct rt_db *db, struct rt_err *err)
{
    char *columns = declaration();
    int rc;

    feed->feed = (struct rt_db_feed){.row = row_values, .context = feed};
    rc = rt_db_add_feed(db, "new_trial", columns, &feed->feed, err);
    free(columns);
    return rc;
}

void rt_index_feed_clear(struct rt_index_feed *feed)
{
    free(feed->values);
    feed->values = NULL;
}

bool rt_index_feed_start(struct rt_index_feed *feed, struct rt_index_table *table)
{
    size_t width = RT_FEED_FIELDS;

    for (size_t i = 0; i < table->count; i++) {
        struct rt_index_column *column = &table->columns[i];

        column->slot = column->table_column ? width++ : 0;
        column->state_slot = column->state_column ? width++ : 0;
    }
    if (width > RT_FEED_WIDTH)
        return false;
    if (width > feed->width)
        feed->values = rt_realloc(feed->values, RT_FEED_ROWS * width * sizeof *feed->values);
    feed->width = width;
    feed->count = 0;
    return true;
}

struct rt_db_value *rt_index_feed_row(struct rt_index_feed *feed)
{
    struct rt_db_value *row = &feed->values[feed->count * feed->width];

    memset(row, 0, feed->width * sizeof *row);
    return row;
}

static uint32_t is_known(const struct rt_db_value *row, enum rt_feed_field field)
{
    return (uint32_t)(row[field].kind != RT_CELL_NULL) << field;
}

static uint32_t differs(const struct rt_db_value *row, const struct rt_db_value *other,
                        enum rt_feed_field field)
{
    bool same = row[field].kind == other[field].kind && row[field].integer == other[field].integer;

    return (uint32_t)!same << field;
}

void rt_index_feed_add(struct rt_index_feed *feed)
{
    struct rt_db_value *row = &feed->values[feed->count * feed->width];
    const struct rt_db_value *first = feed->values;

    if (feed->count == 0)
        feed->varies = ALWAYS_VARY;
    feed->varies |= is_known(row, RT_FEED_MARKS) | is_known(row, RT_FEED_OUTCOME) |
                    is_known(row, RT_FEED_EXIT_STATUS) | is_known(row, RT_FEED_SEED) |
                    is_known(row, RT_FEED_REASON) | differs(row, first, RT_FEED_REPLICATE) |
                    differs(row, first, RT_FEED_PROCESS) | differs(row, first, RT_FEED_USER) |
                    differs(row, first, RT_FEED_SYS) | differs(row, first, RT_FEED_MAX_RSS);
    feed->rows[feed->count++] = row;
}

static int64_t ordinal_of(const struct rt_db_value *row)
{
    return row[RT_FEED_ORDINAL].integer;
}

static int compare_rows(const void *a, const void *b)
{
    int64_t x = ordinal_of(*(const struct rt_db_value *const *)a);
    int64_t y = ordinal_of(*(const struct rt_db_value *const *)b);

    return (x > y) - (x < y);
}

static bool is_sorted(const struct rt_index_feed *feed)
{
    for (size_t i = 1; i < feed->count; i++) {
        if (ordinal_of(feed->rows[i]) <= ordinal_of(feed->rows[i - 1]))
            return false;
    }
    return true;
}

/* Puts each row where its ordinal says; false, and nothing is changed, if two have the same or they
 * are too far apart. */
static bool sort_by_place(struct rt_index_feed *feed)
{
    int64_t first = INT64_MAX;
    int64_t last = 0;
    size_t placed = 0;
    size_t count = 0;

    for (size_t i = 0; i < feed->count; i++) {
        int64_t ordinal = ordinal_of(feed->rows[i]);

        first = ordinal < first ? ordinal : first;
        last = ordinal > last ? ordinal : last;
    }
    if (last - first >= RT_FEED_SPAN)
        return false;
    for (size_t i = 0; i < feed->count; i++) {
        struct rt_db_value **place = &feed->places[ordinal_of(feed->rows[i]) - first];

        placed += *place == NULL;
        *place = feed->rows[i];
    }
    for (size_t i = 0; i <= (size_t)(last - first); i++) {
        if (placed == feed->count && feed->places[i])
            feed->rows[count++] = feed->places[i];
        feed->places[i] = NULL;
    }
    return placed == feed->count;
}

static void sort(struct rt_index_feed *feed)
{
    if (!is_sorted(feed) && !sort_by_place(feed))
        qsort(feed->rows, feed->count, sizeof(struct rt_db_value *), compare_rows);
}

static void put_slot(const struct rt_index_table *table, const char *name, struct rt_buf *values)
{
    size_t slot = 0; /* of a column that another one took over from: it stays NULL */

    for (size_t i = 0; i < table->count && slot == 0; i++) {
        const struct rt_index_column *column = &table->columns[i];

        if (column->table_column && strcmp(column->table_column, name) == 0)
            slot = column->slot;
        else if (column->state_column && strcmp(column->state_column, name) == 0)
            slot = column->state_slot;
    }
    if (slot)
        rt_buf_printf(values, ", v%zu", slot);
    else
        rt_buf_add(values, ", NULL");
}

/* What the statement has for a column of the table. A field that is the same in all rows is a
 * parameter, whose number is that of the field, and one. */
static void put_value(const struct rt_index_table *table, const char *name, struct rt_buf *values)
{
    for (unsigned field = 0; field < RT_FEED_FIELDS; field++) {
        if (strcmp(field_names[field], name) != 0)
            continue;
        if (table->many.shape >> field & 1)
            rt_buf_printf(values, ", %s", name);
        else
            rt_buf_printf(values, ", ?%u", field + 1);
        return;
    }
    put_slot(table, name, values);
}

static int put_columns(const struct rt_index_table *table, struct rt_buf *columns,
                       struct rt_buf *values, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_row_columns, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":rows", table->rows);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        const char *name = rt_stmt_get_text(stmt, 0);

        if (strcmp(name, field_names[RT_FEED_ORDINAL]) == 0)
            continue; /* the template has it */
        rt_buf_printf(columns, ", %s", name);
        put_value(table, name, values);
    }
    rt_stmt_free(stmt);
    return rc;
}

static int prepare(struct rt_index_table *table, uint32_t shape, struct rt_err *err)
{
    struct rt_buf columns = RT_BUF_INIT;
    struct rt_buf values = RT_BUF_INIT;
    char *sql;
    int rc;

    rt_stmt_free(table->many.stmt);
    table->many = (struct rt_index_insert_many){.last = table->many.last, .shape = shape};
    if ((rc = put_columns(table, &columns, &values, err)) == 0) {
        sql = rt_ddl_fill(rt_sql_study_insert_trials,
                          (const struct rt_ddl_slot[]){{"rows", table->rows},
                                                       {"columns", rt_buf_text(&columns)},
                                                       {"values", rt_buf_text(&values)},
                                                       {NULL, NULL}});
        rc = rt_db_prepare(table->db, sql, &table->many.stmt, NULL, err);
        free(sql);
    }
    rt_buf_clear(&columns);
    rt_buf_clear(&values);
    return rc;
}

/* A statement that takes at least what the rows need. It is not made anew for each batch that could
 * do with less: that costs more than it saves. */
static int fit(const struct rt_index_feed *feed, struct rt_index_table *table, struct rt_err *err)
{
    struct rt_index_insert_many *many = &table->many;

    if (!many->stmt || (feed->varies & ~many->shape))
        return prepare(table, feed->varies | (many->stmt ? many->shape : 0), err);
    many->needed |= feed->varies;
    if (++many->runs < RUNS)
        return 0;
    if (many->needed != many->shape)
        return prepare(table, many->needed, err);
    many->needed = many->runs = 0;
    return 0;
}

/* The highest ordinal of the table; 0 if it is empty. */
static int find_last(struct rt_index_table *table, int64_t *last, struct rt_err *err)
{
    int rc;

    if (!table->many.last &&
        (rc = rt_index_table_prepare(table, rt_sql_study_select_last, &table->many.last, err)) < 0)
        return rc;
    if ((rc = rt_stmt_step(table->many.last, err)) > 0)
        *last = rt_stmt_get_int(table->many.last, 0);
    rt_stmt_reset(table->many.last);
    return rc < 0 ? rc : 0;
}

/* A row without an ordinal gets the one behind the last, at the end of the table, where SQLite need
 * not look for its place. */
static int number(struct rt_index_feed *feed, struct rt_index_table *table, struct rt_err *err)
{
    int64_t last = 0;
    int rc = find_last(table, &last, err);

    for (size_t i = 0; i < feed->count; i++) {
        struct rt_db_value *ordinal = &feed->rows[i][RT_FEED_ORDINAL];
        int64_t next = ordinal->integer;

        if (next == last + 1)
            ordinal->kind = RT_CELL_NULL;
        last = next > last ? next : last;
    }
    return rc;
}

static void bind_same(const struct rt_index_feed *feed, const struct rt_index_insert_many *many)
{
    for (int field = 0; field < RT_FEED_FIELDS; field++) {
        const struct rt_db_value *value = &feed->rows[0][field];

        if (!(many->shape >> field & 1) && value->kind == RT_CELL_INT)
            rt_stmt_int_at(many->stmt, field + 1, value->integer);
    }
}

int rt_index_feed_insert(struct rt_index_feed *feed, struct rt_index_table *table,
                         struct rt_err *err)
{
    int rc = 0;

    if (feed->count == 0)
        return 0;
    sort(feed);
    if ((rc = fit(feed, table, err)) == 0 && (rc = number(feed, table, err)) == 0) {
        rt_stmt_unbind(table->many.stmt);
        bind_same(feed, &table->many);
        feed->feed.rows = feed->count;
        rc = rt_stmt_run(table->many.stmt, err);
    }
    feed->feed.rows = feed->count = 0;
    return rc;
}
