#include "store/index_inside.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

static enum rt_column_type axis_type(const struct rt_plan *plan, size_t axis)
{
    uint64_t listed = rt_plan_axis_listed(plan, axis);
    enum rt_column_type type = RT_COLUMN_NONE;
    struct rt_value value;

    if (listed == 0) {
        rt_plan_axis_value(plan, axis, 0, &value);
        return rt_datum_from_value(&value).type;
    }
    for (uint64_t number = 0; number < listed; number++) {
        rt_plan_axis_listed_value(plan, axis, number, &value);
        type = rt_column_type_widen(type, rt_datum_from_value(&value).type);
    }
    return type;
}

static int find_or_add(struct rt_index_table *table, struct rt_span name,
                       struct rt_index_column **out, struct rt_err *err)
{
    *out = rt_index_table_find(table, false, name);
    return *out ? 0 : rt_index_table_add(table, false, name, out, err);
}

/* Sweeping what was fixed before: the rows so far get the fixed value. */
static int fill(struct rt_index_table *table, const struct rt_index_column *column,
                struct rt_err *err)
{
    const struct rt_ddl_slot slots[] = {
        {"rows", table->rows}, {"column", column->table_column}, {NULL, NULL}};
    char *sql = rt_ddl_fill(rt_sql_study_fill_column, slots);
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(table->db, sql, &stmt, NULL, err);

    free(sql);
    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_int(stmt, ":number", column->number);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_param_column(struct rt_index_table *table, struct rt_span name,
                          enum rt_column_type type, struct rt_index_column **out,
                          struct rt_err *err)
{
    bool was_fixed;
    int rc = find_or_add(table, name, out, err);

    if (rc < 0 || !*out)
        return rc;
    was_fixed = (*out)->fixed && !(*out)->table_column;
    if ((rc = rt_index_table_widen(table, *out, type, err)) == 0 && was_fixed)
        rc = fill(table, *out, err);
    return rc;
}

static int store_axis_columns(struct rt_index_table *table, const struct rt_plan *plan,
                              struct rt_err *err)
{
    int rc = 0;

    for (size_t axis = 0; rc == 0 && axis < rt_plan_axes(plan); axis++) {
        struct rt_index_column *column;

        rc = rt_index_param_column(table, rt_span_text(rt_plan_axis_key(plan, axis)),
                                   axis_type(plan, axis), &column, err);
    }
    return rc;
}

static bool below(struct rt_span name, const char *key)
{
    size_t size = strlen(key);

    return name.size >= size && memcmp(name.data, key, size) == 0 &&
           (name.size == size || ((const char *)name.data)[size] == '.');
}

/* Whether an axis sets this fixed param, or a part of it, or what it is a part of. */
static bool swept_over(const struct rt_plan *plan, struct rt_span name)
{
    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++) {
        const char *key = rt_plan_axis_key(plan, axis);

        if (below(name, key) || (strlen(key) > name.size && key[name.size] == '.' &&
                                 memcmp(key, name.data, name.size) == 0))
            return true;
    }
    return false;
}

static int fix(struct rt_index_table *table, const struct rt_metric *param, struct rt_err *err)
{
    struct rt_datum value = param->value;
    struct rt_index_column *column;
    int rc;

    if (value.state)
        value = (struct rt_datum){.type = RT_COLUMN_TEXT, .text = rt_span_text(value.state)};
    if ((rc = find_or_add(table, param->name, &column, err)) < 0 || !column)
        return rc;
    rt_index_column_fix(column, &value);
    if (column->table_column)
        return rt_index_table_widen(table, column, value.type, err);
    column->type = value.type;
    return 0;
}

static int fix_params(struct rt_index *index, struct rt_index_table *table,
                      const struct rt_plan *plan, struct rt_err *err)
{
    const struct rt_json *params = rt_json_get(rt_plan_json(plan), "params");
    struct rt_metrics *leaves = &index->metrics;
    int rc = 0;

    rt_metrics_clear(leaves);
    if (params)
        rt_metrics_flatten(leaves, params);
    for (size_t i = 0; rc == 0 && i < leaves->count; i++) {
        const struct rt_index_column *column =
            rt_index_table_find(table, false, leaves->items[i].name);

        if (!swept_over(plan, leaves->items[i].name) && !(column && column->proposed))
            rc = fix(table, &leaves->items[i], err);
    }
    rt_metrics_clear(leaves);
    return rc;
}

static int set_columns(struct rt_index *index, struct rt_index_table *table,
                       const struct rt_plan *plan, struct rt_err *err)
{
    int rc;

    if ((rc = store_axis_columns(table, plan, err)) < 0)
        return rc;
    for (size_t i = 0; i < table->count; i++) {
        bool keeps = rt_plan_driven(plan) && rt_plan_count(plan);

        table->columns[i].axis = -1;
        table->columns[i].proposed = table->columns[i].proposed && keeps;
        table->columns[i].fixed = false;
    }
    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++) {
        struct rt_index_column *column =
            rt_index_table_find(table, false, rt_span_text(rt_plan_axis_key(plan, axis)));

        if (column)
            column->axis = (int)axis;
    }
    if ((rc = fix_params(index, table, plan, err)) < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < table->count; i++)
        rc = rt_index_table_save(table, &table->columns[i], err);
    return rc;
}

/* The components that all trials of a plan share, if the statement wants them. */
static void bind_key(struct rt_stmt *stmt, const struct rt_plan *plan,
                     char hex[RT_KEY_COMPONENTS][RT_HASH_HEX])
{
    struct rt_hash components[RT_KEY_COMPONENTS];
    struct rt_hash key;

    rt_plan_key(plan, 0, NULL, components, &key);
    for (size_t i = 0; i < RT_KEY_COMPONENTS; i++) {
        char *name = rt_printf(":key_%s", rt_key_names[i]);

        rt_stmt_text(stmt, name, rt_hash_hex(&components[i], hex[i]));
        free(name);
    }
}

static int record_plan(struct rt_index *index, const struct rt_event *event,
                       const struct rt_study *study, struct rt_err *err)
{
    struct rt_stmt *stmt;
    char hex[RT_KEY_COMPONENTS][RT_HASH_HEX];
    char time[RT_TIME_TEXT];
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_plan, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":record"), event->body);
    rt_stmt_text(stmt, ":time", rt_time_text(event->time_us, time));
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    rt_stmt_int(stmt, ":trials", (int64_t)study->planned);
    bind_key(stmt, study->plan, hex);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    if (rc < 0 ||
        (rc = rt_db_prepare(index->db, rt_sql_index_update_study_plan, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    rt_stmt_int(stmt, ":revision", study->revision);
    rt_stmt_int(stmt, ":trials", (int64_t)study->planned);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

static int study_of(const struct rt_index *index, const struct rt_event *event,
                    const struct rt_study **study, struct rt_err *err)
{
    struct rt_json *body;
    int rc;

    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    *study = rt_state_study(index->state, (uint32_t)rt_json_get_int(body, "study", 0));
    rt_json_free(body);
    if (!*study || !(*study)->plan)
        return rt_err_set(err, RT_EDAMAGED, "a plan of a study that is not there");
    return 0;
}

int rt_index_apply_plan(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_index_table *table;
    int rc;

    if ((rc = study_of(index, event, &study, err)) < 0 ||
        (rc = rt_index_table_of(index, study->number, &table, err)) < 0 ||
        (rc = record_plan(index, event, study, err)) < 0)
        return rc;
    if (!table->view && ((rc = rt_index_table_create(table, err)) < 0 ||
                         (rc = rt_index_name_view(index, table, err)) < 0))
        return rc;
    table->view_stale = true;
    table->touched = true;
    if ((rc = rt_index_insert_axes(index, event, table, study->plan, err)) < 0 ||
        (rc = rt_index_apply_pairs(index, event, study, err)) < 0 ||
        (rc = set_columns(index, table, study->plan, err)) < 0 ||
        (rc = rt_index_checks_plan(index, table, event->seq, err)) < 0 ||
        (rc = rt_index_run(index, rt_sql_index_delete_pending, event, study->number, err)) < 0 ||
        (rc = rt_index_run(index, rt_sql_index_insert_pending, event, study->number, err)) < 0 ||
        (rc = rt_index_load_pending(table, err)) < 0)
        return rc;
    if (!rt_plan_driven(study->plan) || study->planned == 0)
        rc = rt_index_run(index, rt_sql_index_retire_proposals, event, study->number, err);
    if (rc < 0)
        return rc;
    return study->revision > 1 ? rt_index_refresh_rows(index, table, 1, study->ordinals, err) : 0;
}
