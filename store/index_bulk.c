#include "store/index_bulk.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

#define ROWS_MAX   2048u /* more gain nothing */
#define TEXT_MAX   (4u << 20)
#define VALUES_MAX 256u /* columns v0, v1, ... of the table in memory */

/* Columns of the table in memory, in its order; trial_row_N has them by the same names. */
enum field {
    ORDINAL,
    REPLICATE,
    MARKS,
    OUTCOME,
    EXIT_STATUS,
    PROCESS,
    POSITION,
    START,
    DURATION,
    USER,
    SYS,
    MAX_RSS,
    SEED,
    REASON,
    EVENT,
    EVENT_ROW,
    FIELDS, /* then two for each column of the study: its value and its state */
};

static const char *const field_names[FIELDS] = {
    "ordinal",  "replicate", "marks",       "outcome",   "exit_status", "process",
    "position", "start_us",  "duration_us", "user_us",   "sys_us",      "max_rss_kib",
    "seed",     "reason",    "event",       "event_row",
};

struct text {
    size_t at; /* in texts */
    size_t size;
};

struct value {
    enum rt_column_type type;
    const char *state;
    union {
        int64_t integer;
        double real;
        struct text text;
    };
};

struct row {
    int64_t cells[FIELDS]; /* of OUTCOME, its number */
    uint32_t known;        /* bits by field; the others are NULL */
    struct text reason;
    uint64_t point; /* UINT64_MAX: the current plan does not have it */
};

struct place {
    uint64_t ordinal;
    size_t row;
};

struct rt_index_bulk {
    struct rt_db_feed feed;
    struct rt_index_table *table; /* that the rows are for; NULL: there are none */
    const struct rt_plan *plan;
    size_t width; /* values of a row: one for each column of the table */
    struct row rows[ROWS_MAX];
    struct place order[ROWS_MAX];
    size_t count;
    uint32_t known;      /* bits of the fields that some row has */
    bool same_replicate; /* all rows have that of the first */
    struct value *values;
    size_t value_capacity;
    struct rt_buf texts;
};

static void put_text(struct rt_db_cell *cell, const struct rt_index_bulk *bulk, struct text text)
{
    rt_db_cell_text(cell, rt_span(bulk->texts.data + text.at, text.size));
}

static void put_datum(struct rt_db_cell *cell, const struct rt_datum *value)
{
    if (value->state)
        return;
    switch (value->type) {
    case RT_COLUMN_BOOLEAN:
    case RT_COLUMN_INTEGER:
        rt_db_cell_int(cell, value->integer);
        break;
    case RT_COLUMN_REAL:
        rt_db_cell_real(cell, value->real);
        break;
    case RT_COLUMN_TEXT:
    case RT_COLUMN_JSON:
        rt_db_cell_text(cell, value->text);
        break;
    default:
        break;
    }
}

static void put_value(struct rt_db_cell *cell, const struct rt_index_bulk *bulk,
                      const struct value *value)
{
    struct rt_datum datum = {.type = value->type, .state = value->state};

    if (value->type == RT_COLUMN_REAL)
        datum.real = value->real;
    else if (value->type == RT_COLUMN_TEXT || value->type == RT_COLUMN_JSON)
        datum.text = rt_span(bulk->texts.data + value->text.at, value->text.size);
    else
        datum.integer = value->integer;
    put_datum(cell, &datum);
}

/* The value of a column of the study, or its state. */
static void put_column(struct rt_db_cell *cell, const struct rt_index_bulk *bulk, size_t at,
                       size_t number)
{
    const struct rt_index_column *column = &bulk->table->columns[number / 2];
    const struct value *value = &bulk->values[at * bulk->width + number / 2];
    const struct row *row = &bulk->rows[at];
    struct rt_datum datum;

    if (column->metric && number % 2) {
        if (value->state)
            rt_db_cell_text(cell, rt_span_text(value->state));
    } else if (column->metric || value->type != RT_COLUMN_NONE) { /* a metric, or proposed */
        put_value(cell, bulk, value);
    } else if (row->point != UINT64_MAX && rt_index_param(column, bulk->plan, row->point, &datum)) {
        put_datum(cell, &datum);
    }
}

static void put_cell(void *context, size_t place, size_t field, struct rt_db_cell *cell)
{
    const struct rt_index_bulk *bulk = context;
    size_t at = bulk->order[place].row;
    const struct row *row = &bulk->rows[at];

    if (field >= FIELDS)
        put_column(cell, bulk, at, field - FIELDS);
    else if (!(row->known >> field & 1))
        return;
    else if (field == OUTCOME)
        rt_db_cell_text(cell, rt_span_text(rt_outcome_name((enum rt_outcome)row->cells[OUTCOME])));
    else if (field == REASON)
        put_text(cell, bulk, row->reason);
    else
        rt_db_cell_int(cell, row->cells[field]);
}

static char *declaration(void)
{
    struct rt_buf sql = RT_BUF_INIT;

    rt_buf_add(&sql, "CREATE TABLE new_trial (");
    for (size_t i = 0; i < FIELDS; i++)
        rt_buf_printf(&sql, "%s, ", field_names[i]);
    for (unsigned i = 0; i < VALUES_MAX; i++)
        rt_buf_printf(&sql, "%sv%u", i ? ", " : "", i);
    rt_buf_add(&sql, ")");
    return rt_buf_take(&sql);
}

int rt_index_bulk_new(struct rt_db *db, struct rt_index_bulk **out, struct rt_err *err)
{
    struct rt_index_bulk *bulk = rt_calloc(1, sizeof *bulk);
    char *columns = declaration();
    int rc;

    bulk->feed = (struct rt_db_feed){.cell = put_cell, .context = bulk};
    rc = rt_db_add_feed(db, "new_trial", columns, &bulk->feed, err);
    free(columns);
    if (rc < 0) {
        rt_index_bulk_free(bulk);
        return rc;
    }
    *out = bulk;
    return 0;
}

void rt_index_bulk_free(struct rt_index_bulk *bulk)
{
    if (!bulk)
        return;
    free(bulk->values);
    rt_buf_clear(&bulk->texts);
    free(bulk);
}

/* The number of the metric's column, if it can hold the value as it is. */
static bool find_column(struct rt_index_bulk *bulk, const struct rt_metric *metric, size_t *number)
{
    struct rt_index_table *table = bulk->table;
    const struct rt_index_column *column = rt_index_table_find(table, true, metric->name);
    const struct rt_datum *value = &metric->value;

    if (!column || value->text.size > RT_INDEX_TEXT_MAX)
        return false;
    *number = (size_t)(column - table->columns);
    return value->type == RT_COLUMN_NONE ||
           (column->table_column &&
            rt_column_type_widen(column->type, value->type) == column->type &&
            (!value->state || column->state_column));
}

static struct text keep_text(struct rt_index_bulk *bulk, struct rt_span span)
{
    struct text text = {bulk->texts.size, span.size};

    rt_buf_put(&bulk->texts, span.data, span.size);
    return text;
}

static void keep_value(struct rt_index_bulk *bulk, struct value *value, const struct rt_datum *from)
{
    value->type = from->type;
    value->state = from->state;
    if (from->type == RT_COLUMN_REAL)
        value->real = from->real;
    else if (from->type == RT_COLUMN_TEXT || from->type == RT_COLUMN_JSON)
        value->text = keep_text(bulk, from->text);
    else
        value->integer = from->integer;
}

/* False if a metric does not fit; what was kept until then is overwritten by the next row. */
static bool keep_metrics(struct rt_index_bulk *bulk, const struct rt_metrics *metrics)
{
    struct value *values;
    size_t number;

    bulk->values = rt_grow(bulk->values, &bulk->value_capacity, (bulk->count + 1) * bulk->width,
                           sizeof *bulk->values);
    values = &bulk->values[bulk->count * bulk->width];
    for (size_t i = 0; i < bulk->width; i++)
        values[i] = (struct value){.type = RT_COLUMN_NONE};
    for (size_t i = 0; i < metrics->count; i++) {
        if (!find_column(bulk, &metrics->items[i], &number))
            return false;
        keep_value(bulk, &values[number], &metrics->items[i].value);
    }
    return true;
}

/* Columns were made for them as they were proposed. */
static void keep_proposed(struct rt_index_bulk *bulk, const struct rt_metrics *params)
{
    const struct rt_index_table *table = bulk->table;
    struct value *values = &bulk->values[bulk->count * bulk->width];

    for (size_t i = 0; i < params->count; i++) {
        const struct rt_index_column *column =
            rt_index_table_find(bulk->table, false, params->items[i].name);

        if (column && column->proposed && column->table_column)
            keep_value(bulk, &values[column - table->columns], &params->items[i].value);
    }
}

static void set(struct row *row, enum field field, uint64_t value)
{
    row->cells[field] = (int64_t)value;
    row->known |= 1u << field;
}

static void keep_attempt(struct row *row, const struct rt_index_new *new)
{
    const struct rt_attempt *attempt = new->attempt;
    const struct rt_index_first *first = &new->table->first;

    set(row, ORDINAL, attempt->ordinal);
    if (attempt->outcome != RT_OUTCOME_OK) {
        set(row, OUTCOME, (uint64_t)attempt->outcome);
        set(row, EXIT_STATUS, (uint64_t)attempt->status);
    }
    set(row, PROCESS, (uint64_t) new->process);
    set(row, POSITION, attempt->position);
    set(row, START, attempt->start_us - first->start_us);
    set(row, DURATION, attempt->duration_us);
    set(row, USER, attempt->user_us);
    set(row, SYS, attempt->sys_us);
    set(row, MAX_RSS, attempt->max_rss_kib);
    if (attempt->seed != first->seed)
        set(row, SEED, attempt->seed);
    set(row, EVENT, new->event);
    set(row, EVENT_ROW, new->event_row);
}

static void note_shape(struct rt_index_bulk *bulk, const struct row *row)
{
    const struct row *first = &bulk->rows[0];
    const uint32_t replicate = 1u << REPLICATE;

    if (bulk->count == 0) {
        bulk->known = 0;
        bulk->same_replicate = true;
    }
    bulk->known |= row->known;
    bulk->same_replicate &=
        (row->known & first->known & replicate) && row->cells[REPLICATE] == first->cells[REPLICATE];
}

static void keep_row(struct rt_index_bulk *bulk, const struct rt_index_new *new)
{
    struct row *row = &bulk->rows[bulk->count];
    uint64_t ordinal = new->attempt->ordinal;
    enum rt_trial_status status = rt_state_trial(new->study, ordinal).status;
    uint64_t marks = 0;

    row->known = 0;
    row->point = rt_study_index(new->study, ordinal);
    keep_attempt(row, new);
    if (row->point == UINT64_MAX)
        marks |= RT_INDEX_RETIRED;
    else
        set(row, REPLICATE, rt_plan_replicate(bulk->plan, row->point));
    if (status == RT_TRIAL_WAITING || status == RT_TRIAL_LEASED)
        marks |= RT_INDEX_AGAIN;
    if (marks)
        set(row, MARKS, marks);
    if (new->reason.size) {
        row->reason = keep_text(bulk, new->reason);
        row->known |= 1u << REASON;
    }
    note_shape(bulk, row);
    bulk->order[bulk->count] = (struct place){ordinal, bulk->count};
    bulk->count++;
}

/* Whether the trial can have no row yet: only a first attempt that ends once does not meet one. */
static bool is_first(const struct rt_attempt *attempt)
{
    return attempt->attempt == 1 && !(attempt->flags & RT_ATTEMPT_LATE);
}

int rt_index_bulk_add(struct rt_index_bulk *bulk, const struct rt_index_new *row,
                      struct rt_err *err)
{
    int rc;

    if ((row->table != bulk->table || bulk->count == ROWS_MAX || bulk->texts.size > TEXT_MAX) &&
        (rc = rt_index_bulk_flush(bulk, err)) < 0)
        return rc;
    if (is_first(row->attempt) && row->table->count * 2 <= VALUES_MAX) {
        bulk->table = row->table;
        bulk->plan = row->study->plan;
        bulk->width = row->table->count;
        if (keep_metrics(bulk, row->metrics)) {
            if (row->proposed)
                keep_proposed(bulk, row->proposed);
            keep_row(bulk, row);
            return 1;
        }
    }
    return rt_index_bulk_flush(bulk, err);
}

static int compare_places(const void *a, const void *b)
{
    uint64_t x = ((const struct place *)a)->ordinal;
    uint64_t y = ((const struct place *)b)->ordinal;

    return (x > y) - (x < y);
}

/* Rows in order are appended to the table's last page, which is the cheapest there is. */
static void sort(struct rt_index_bulk *bulk)
{
    for (size_t i = 1; i < bulk->count; i++) {
        if (bulk->order[i].ordinal <= bulk->order[i - 1].ordinal) {
            qsort(bulk->order, bulk->count, sizeof *bulk->order, compare_places);
            return;
        }
    }
}

/* The fields that are taken from the table in memory: a column that all rows lack, or have in
 * common, costs little if it is not asked for in each. */
static uint32_t shape(const struct rt_index_bulk *bulk)
{
    return bulk->same_replicate ? bulk->known & ~(1u << REPLICATE) : bulk->known;
}

static void put_names(const struct rt_index_bulk *bulk, struct rt_buf *columns,
                      struct rt_buf *values)
{
    const struct rt_index_table *table = bulk->table;

    if (bulk->same_replicate) {
        rt_buf_add(columns, ", replicate");
        rt_buf_add(values, ", :replicate");
    }
    for (size_t i = 0; i < FIELDS; i++) {
        if (shape(bulk) >> i & 1) {
            rt_buf_printf(columns, ", %s", field_names[i]);
            rt_buf_printf(values, ", %s", field_names[i]);
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].table_column) {
            rt_buf_printf(columns, ", %s", table->columns[i].table_column);
            rt_buf_printf(values, ", v%zu", 2 * i);
        }
        if (table->columns[i].state_column) {
            rt_buf_printf(columns, ", %s", table->columns[i].state_column);
            rt_buf_printf(values, ", v%zu", 2 * i + 1);
        }
    }
}

static int prepare(const struct rt_index_bulk *bulk, struct rt_err *err)
{
    struct rt_index_table *table = bulk->table;
    struct rt_buf columns = RT_BUF_INIT;
    struct rt_buf values = RT_BUF_INIT;
    char *sql;
    int rc;

    put_names(bulk, &columns, &values);
    sql = rt_ddl_fill(rt_sql_study_insert_trials,
                      (const struct rt_ddl_slot[]){{"rows", table->rows},
                                                   {"columns", rt_buf_text(&columns)},
                                                   {"values", rt_buf_text(&values)},
                                                   {NULL, NULL}});
    rt_stmt_free(table->insert_many);
    table->insert_many = NULL;
    table->insert_shape = shape(bulk);
    rc = rt_db_prepare(table->db, sql, &table->insert_many, NULL, err);
    free(sql);
    rt_buf_clear(&columns);
    rt_buf_clear(&values);
    return rc;
}

int rt_index_bulk_flush(struct rt_index_bulk *bulk, struct rt_err *err)
{
    struct rt_index_table *table = bulk->table;
    int rc = 0;

    if (bulk->count) {
        sort(bulk);
        bulk->feed.rows = bulk->count;
        if (!table->insert_many || table->insert_shape != shape(bulk))
            rc = prepare(bulk, err);
        if (rc == 0) {
            rt_stmt_int(table->insert_many, ":replicate", bulk->rows[0].cells[REPLICATE]);
            rc = rt_stmt_run(table->insert_many, err);
        }
    }
    bulk->feed.rows = bulk->count = 0;
    bulk->table = NULL;
    rt_buf_reset(&bulk->texts);
    return rc;
}
