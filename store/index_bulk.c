#include "store/index_bulk.h"

#include "base/alloc.h"
#include "base/texts.h"
#include "store/index_feed.h"
#include "store/moves.h"

#include <assert.h>
#include <stdlib.h>

#define TEXT_MAX (4u << 20)

struct rt_index_bulk {
    struct rt_index_feed feed;
    struct rt_index_table *table;          /* that the rows are for; NULL: there are none */
    const struct rt_index_column **params; /* of the table that follow from the point */
    size_t param_count;
    size_t param_capacity;
    struct rt_texts texts;
};

int rt_index_bulk_new(struct rt_db *db, struct rt_index_bulk **out, struct rt_err *err)
{
    struct rt_index_bulk *bulk = rt_calloc(1, sizeof *bulk);
    int rc;

    if ((rc = rt_index_feed_init(&bulk->feed, db, err)) < 0) {
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
    rt_index_feed_clear(&bulk->feed);
    rt_texts_clear(&bulk->texts);
    free(bulk->params);
    free(bulk);
}

static struct rt_db_value keep_text(struct rt_index_bulk *bulk, struct rt_span text)
{
    return rt_db_text(rt_texts_keep(&bulk->texts, text), text.size);
}

/* Its text is borrowed. */
static struct rt_db_value value_of(const struct rt_datum *datum)
{
    if (datum->state)
        return (struct rt_db_value){.kind = RT_CELL_NULL};
    switch (datum->type) {
    case RT_COLUMN_BOOLEAN:
    case RT_COLUMN_INTEGER:
        return rt_db_int(datum->integer);
    case RT_COLUMN_REAL:
        return rt_db_real(datum->real);
    case RT_COLUMN_TEXT:
    case RT_COLUMN_JSON:
        return rt_db_text(datum->text.size ? datum->text.data : "", datum->text.size);
    default:
        return (struct rt_db_value){.kind = RT_CELL_NULL};
    }
}

static struct rt_db_value keep(struct rt_index_bulk *bulk, const struct rt_datum *datum)
{
    struct rt_db_value value = value_of(datum);

    return value.kind == RT_CELL_TEXT ? keep_text(bulk, rt_span(value.text, value.size)) : value;
}

/* The metric's column, if it can hold the value as it is; else NULL. */
static const struct rt_index_column *find_column(struct rt_index_table *table,
                                                 const struct rt_metric *metric)
{
    const struct rt_index_column *column = rt_index_table_find(table, true, metric->name);
    const struct rt_datum *value = &metric->value;

    if (!column || value->text.size > RT_INDEX_TEXT_MAX)
        return NULL;
    if (value->type != RT_COLUMN_NONE &&
        (!column->table_column || rt_column_type_widen(column->type, value->type) != column->type ||
         (value->state && !column->state_column)))
        return NULL;
    return column;
}

/* False if a metric does not fit. */
static bool put_metrics(struct rt_index_bulk *bulk, struct rt_db_value *row,
                        const struct rt_metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rt_datum *value = &metrics->items[i].value;
        const struct rt_index_column *column = find_column(bulk->table, &metrics->items[i]);

        if (!column)
            return false;
        if (value->type != RT_COLUMN_NONE)
            row[column->slot] = keep(bulk, value);
        if (value->state)
            row[column->state_slot] = rt_db_text(value->state, strlen(value->state));
    }
    return true;
}

/* Texts of params that follow from the point are the plan's, which outlives the row. */
static void put_params(const struct rt_index_bulk *bulk, struct rt_db_value *row,
                       const struct rt_index_new *new)
{
    const struct rt_plan *plan = new->study->plan;
    struct rt_datum datum;

    for (size_t i = 0; i < bulk->param_count; i++) {
        const struct rt_index_column *column = bulk->params[i];

        if (new->point != UINT64_MAX && rt_index_param(column, plan, new->point, &datum))
            row[column->slot] = value_of(&datum);
    }
}

/* Columns were made for them as they were proposed. */
static void put_proposed(struct rt_index_bulk *bulk, struct rt_db_value *row,
                         const struct rt_metrics *params)
{
    for (size_t i = 0; i < params->count; i++) {
        const struct rt_datum *value = &params->items[i].value;
        const struct rt_index_column *column =
            rt_index_table_find(bulk->table, false, params->items[i].name);

        if (column && column->proposed && column->slot && value->type != RT_COLUMN_NONE)
            row[column->slot] = keep(bulk, value);
    }
}

static void put_int(struct rt_db_value *row, enum rt_feed_field field, uint64_t value)
{
    row[field] = rt_db_int((int64_t)value);
}

static void put_outcome(struct rt_db_value *row, const struct rt_attempt *attempt)
{
    const char *name = rt_outcome_name(attempt->outcome);

    row[RT_FEED_OUTCOME] = rt_db_text(name, strlen(name));
    row[RT_FEED_EXIT_STATUS] = rt_db_int(attempt->status);
}

static void put_attempt(struct rt_db_value *row, const struct rt_index_new *new)
{
    const struct rt_attempt *attempt = new->attempt;
    const struct rt_index_first *first = &new->table->first;

    put_int(row, RT_FEED_ORDINAL, attempt->ordinal);
    put_int(row, RT_FEED_ATTEMPT, attempt->attempt);
    if (attempt->outcome != RT_OUTCOME_OK)
        put_outcome(row, attempt);
    row[RT_FEED_PROCESS] = rt_db_int(new->process);
    put_int(row, RT_FEED_POSITION, attempt->position);
    put_int(row, RT_FEED_START, attempt->start_us - first->start_us);
    put_int(row, RT_FEED_DURATION, attempt->duration_us);
    put_int(row, RT_FEED_USER, attempt->user_us);
    put_int(row, RT_FEED_SYS, attempt->sys_us);
    put_int(row, RT_FEED_MAX_RSS, attempt->max_rss_kib);
    if (attempt->seed != first->seed)
        put_int(row, RT_FEED_SEED, attempt->seed);
    put_int(row, RT_FEED_EVENT, new->event);
    put_int(row, RT_FEED_EVENT_ROW, new->event_row);
}

/* Whether another attempt of the trial is to follow. */
static bool is_again(const struct rt_index_new *new)
{
    enum rt_trial_status status;

    if (rt_outcome_success(new->attempt->outcome))
        return false;
    status = rt_state_trial(new->study, new->attempt->ordinal).status;
    return status == RT_TRIAL_WAITING || status == RT_TRIAL_LEASED;
}

static void put_trial(struct rt_db_value *row, const struct rt_index_new *new)
{
    uint64_t marks = 0;

    if (new->point == UINT64_MAX)
        marks |= RT_INDEX_RETIRED;
    else
        put_int(row, RT_FEED_REPLICATE, rt_plan_replicate(new->study->plan, new->point));
    if (is_again(new))
        marks |= RT_INDEX_AGAIN;
    if (marks)
        put_int(row, RT_FEED_MARKS, marks);
}

/* Whether the trial can have no row yet: only a first attempt that ends once does not meet one. */
static bool is_first(const struct rt_attempt *attempt)
{
    return attempt->attempt == 1 && !(attempt->flags & RT_ATTEMPT_LATE);
}

/* False if the table is too wide. */
static bool start(struct rt_index_bulk *bulk, struct rt_index_table *table)
{
    assert(table);
    if (!rt_index_feed_start(&bulk->feed, table))
        return false;
    bulk->table = table;
    bulk->params = rt_grow(bulk->params, &bulk->param_capacity, table->count, sizeof *bulk->params);
    bulk->param_count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct rt_index_column *column = &table->columns[i];

        if (!column->metric && column->slot)
            bulk->params[bulk->param_count++] = column;
    }
    return true;
}

/* False if it does not fit. */
static bool add(struct rt_index_bulk *bulk, const struct rt_index_new *new)
{
    struct rt_db_value *row;

    if (!is_first(new->attempt) || (!bulk->table && !start(bulk, new->table)))
        return false;
    row = rt_index_feed_row(&bulk->feed);
    if (!put_metrics(bulk, row, new->metrics))
        return false;
    put_params(bulk, row, new);
    if (new->proposed)
        put_proposed(bulk, row, new->proposed);
    put_attempt(row, new);
    put_trial(row, new);
    if (new->reason.size)
        row[RT_FEED_REASON] = keep_text(bulk, new->reason);
    rt_index_feed_add(&bulk->feed);
    return true;
}

int rt_index_bulk_add(struct rt_index_bulk *bulk, const struct rt_index_new *row,
                      struct rt_err *err)
{
    int rc;

    if ((row->table != bulk->table || bulk->feed.count == RT_FEED_ROWS ||
         bulk->texts.size > TEXT_MAX) &&
        (rc = rt_index_bulk_flush(bulk, err)) < 0)
        return rc;
    return add(bulk, row) ? 1 : rt_index_bulk_flush(bulk, err);
}

int rt_index_bulk_flush(struct rt_index_bulk *bulk, struct rt_err *err)
{
    int rc = bulk->table ? rt_index_feed_insert(&bulk->feed, bulk->table, err) : 0;

    bulk->table = NULL;
    rt_texts_reset(&bulk->texts);
    return rc;
}
