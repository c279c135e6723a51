/* What drivers do, as rows: table proposal, table driver, and the columns of what they vary. */
#include "store/index_inside.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include "sql.h"

/* Statements that are run for each trial, prepared once. */
enum statement { PROPOSAL, VALUE, DRIVER };

static int prepared(struct rt_index *index, enum statement which, struct rt_stmt **out,
                    struct rt_err *err)
{
    const char *sql = which == PROPOSAL ? rt_sql_index_insert_proposal
                      : which == VALUE  ? rt_sql_index_insert_proposal_value
                                        : rt_sql_index_insert_driver;
    struct rt_stmt **kept = &index->proposals[which];
    int rc = *kept ? 0 : rt_db_prepare(index->db, sql, kept, NULL, err);

    *out = *kept;
    if (rc == 0)
        rt_stmt_unbind(*kept);
    return rc;
}

/* In params, infinity is a level like others. */
static struct rt_datum param_value(const struct rt_metric *leaf)
{
    if (leaf->value.state)
        return (struct rt_datum){.type = RT_COLUMN_TEXT, .text = rt_span_text(leaf->value.state)};
    return leaf->value;
}

/* A parameter whose value is not the one that all trials share is varied by the driver. */
static int note_leaf(struct rt_index_table *table, const struct rt_metric *leaf, struct rt_err *err)
{
    struct rt_index_column *column = rt_index_table_find(table, false, leaf->name);
    struct rt_datum value = param_value(leaf);
    int rc;

    if (column && column->proposed && column->type == value.type)
        return 0;
    if ((rc = rt_index_param_column(table, leaf->name, value.type, &column, err)) < 0 || !column ||
        column->proposed)
        return rc;
    column->proposed = true;
    column->fixed = false;
    table->view_stale = true;
    return rt_index_table_save(table, column, err);
}

/* What the driver itself said of a trial; the rest is fixed. */
static int note_params(struct rt_index *index, struct rt_index_table *table,
                       const struct rt_json *own, struct rt_err *err)
{
    struct rt_metrics *leaves = &index->metrics;
    int rc = 0;

    rt_metrics_clear(leaves);
    rt_metrics_flatten(leaves, own);
    for (size_t i = 0; rc == 0 && i < leaves->count; i++)
        rc = note_leaf(table, &leaves->items[i], err);
    rt_metrics_clear(leaves);
    return rc;
}

void rt_index_read_proposed(struct rt_index_table *table, const struct rt_plan *plan,
                            uint64_t point)
{
    rt_buf_reset(&table->proposed_text);
    if (point != UINT64_MAX)
        rt_plan_params(plan, point, &table->proposed_text);
    rt_metrics_read(&table->proposed, rt_buf_span(&table->proposed_text));
    for (size_t i = 0; i < table->proposed.count; i++)
        table->proposed.items[i].value = param_value(&table->proposed.items[i]);
}

/* Those that trials share, too: a column shows either all or none of its values from here. */
static int insert_values(struct rt_index *index, struct rt_index_table *table,
                         const struct rt_study *study, uint64_t point, struct rt_err *err)
{
    struct rt_metrics *leaves = &table->proposed;
    struct rt_stmt *stmt;
    int rc;

    if ((rc = prepared(index, VALUE, &stmt, err)) < 0)
        return rc;
    rt_index_read_proposed(table, study->plan, point);
    for (size_t i = 0; rc == 0 && i < leaves->count; i++) {
        const struct rt_index_column *column =
            rt_index_table_find(table, false, leaves->items[i].name);

        if (!column || !column->proposed)
            continue;
        rt_stmt_unbind(stmt);
        rt_stmt_int(stmt, ":study", study->number);
        rt_stmt_int(stmt, ":ordinal", (int64_t)rt_study_ordinal(study, point));
        rt_stmt_int(stmt, ":number", column->number);
        rt_datum_bind(stmt, rt_stmt_param(stmt, ":value"), &leaves->items[i].value);
        rc = rt_stmt_run(stmt, err);
    }
    return rc;
}

static void bind_id(struct rt_stmt *stmt, const struct rt_json *id)
{
    if (rt_json_string(id))
        rt_stmt_text(stmt, ":id", rt_json_string(id));
    else
        rt_stmt_int(stmt, ":id", rt_json_int(id));
}

static int insert_proposal(struct rt_index *index, const struct rt_event *event,
                           const struct rt_study *study, const struct rt_json *item, uint64_t point,
                           struct rt_err *err)
{
    const struct rt_json *tags = rt_json_get(item, "tags");
    char *text = tags ? rt_json_text(tags) : NULL;
    struct rt_buf params = RT_BUF_INIT;
    struct rt_stmt *stmt;
    int rc;

    if ((rc = prepared(index, PROPOSAL, &stmt, err)) < 0)
        goto out;
    rt_plan_params(study->plan, point, &params);
    rt_stmt_int(stmt, ":study", study->number);
    rt_stmt_int(stmt, ":ordinal", (int64_t)rt_study_ordinal(study, point));
    bind_id(stmt, rt_json_get(item, "id"));
    rt_stmt_int(stmt, ":replicate", rt_plan_replicate(study->plan, point));
    rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":params"), rt_buf_span(&params));
    rt_stmt_text(stmt, ":tags", text);
    rt_stmt_int(stmt, ":priority", rt_json_get_int(item, "priority", 0));
    rt_stmt_int(stmt, ":launch", rt_json_get_int(item, "launch", 0));
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    rc = rt_stmt_run(stmt, err);
out:
    rt_buf_clear(&params);
    free(text);
    return rc;
}

static int read_body(const struct rt_index *index, const struct rt_event *event,
                     struct rt_json **body, const struct rt_study **study, struct rt_err *err)
{
    int rc = rt_json_parse(event->body, body, err);

    if (rc < 0)
        return rc;
    *study = rt_state_study(index->state, (uint32_t)rt_json_get_int(*body, "study", 0));
    if (*study && (*study)->plan)
        return 0;
    rt_json_free(*body);
    return rt_err_set(err, RT_EDAMAGED, "a driver of a study that is not there");
}

int rt_index_apply_propose(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_index_table *table;
    struct rt_json *body;
    int rc;

    if ((rc = read_body(index, event, &body, &study, err)) < 0)
        return rc;
    rc = rt_index_table_of(index, study->number, &table, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(rt_json_get(body, "trials")); i++) {
        struct rt_json *item = rt_json_at(rt_json_get(body, "trials"), i);
        uint64_t point = (uint64_t)rt_json_get_int(body, "point", 0) + i;

        rt_json_set_int(item, "launch", rt_json_get_int(body, "launch", 0));
        if ((rc = note_params(index, table, rt_json_get(item, "params"), err)) == 0 &&
            (rc = insert_proposal(index, event, study, item, point, err)) == 0)
            rc = insert_values(index, table, study, point, err);
    }
    rt_json_free(body);
    return rc;
}

static int insert_driver(struct rt_index *index, const struct rt_event *event, const char *what,
                         struct rt_err *err)
{
    char time[RT_TIME_TEXT];
    struct rt_stmt *stmt;
    int rc;

    if ((rc = prepared(index, DRIVER, &stmt, err)) < 0)
        return rc;
    rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":record"), event->body);
    rt_stmt_text(stmt, ":time", rt_time_text(event->time_us, time));
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    rt_stmt_text(stmt, ":what", what);
    rc = rt_stmt_run(stmt, err);
    return rc;
}

int rt_index_apply_driver(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    return insert_driver(index, event, event->kind == RT_EVENT_TELL ? "tell" : NULL, err);
}

/* A trial that had failed before it was cancelled has a row, which is to be tried no more. */
int rt_index_apply_cancel(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_index_table *table;
    struct rt_json *body;
    int rc;

    if ((rc = rt_index_run(index, rt_sql_index_cancel_proposals, event, 0, err)) < 0 ||
        (rc = insert_driver(index, event, "cancel", err)) < 0 ||
        (rc = read_body(index, event, &body, &study, err)) < 0)
        return rc;
    rc = rt_index_table_of(index, study->number, &table, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(rt_json_get(body, "trials")); i++) {
        uint64_t ordinal = (uint64_t)rt_json_int(rt_json_at(rt_json_get(body, "trials"), i));

        rc = rt_index_refresh_rows(index, table, ordinal, ordinal, err);
    }
    rt_json_free(body);
    return rc;
}

static void bind_leaf(struct rt_index_table *table, struct rt_stmt *stmt,
                      const struct rt_metric *leaf, bool by_name)
{
    const struct rt_index_column *column = rt_index_table_find(table, false, leaf->name);
    char *name;

    if (!column || !column->proposed || !column->table_column)
        return;
    name = by_name ? rt_printf(":%s", column->table_column) : NULL;
    rt_datum_bind(stmt, by_name ? rt_stmt_param(stmt, name) : column->param, &leaf->value);
    free(name);
}

void rt_index_bind_proposed(struct rt_index_table *table, struct rt_stmt *stmt,
                            const struct rt_plan *plan, uint64_t point, bool by_name)
{
    rt_index_read_proposed(table, plan, point);
    for (size_t i = 0; i < table->proposed.count; i++)
        bind_leaf(table, stmt, &table->proposed.items[i], by_name);
}
