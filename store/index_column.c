#include "store/index_column.h"

#include "base/alloc.h"

#include <stdlib.h>
#include "sql.h"

void rt_datum_bind(struct rt_stmt *stmt, int number, const struct rt_datum *value)
{
    if (value->state)
        return;
    switch (value->type) {
    case RT_COLUMN_BOOLEAN:
    case RT_COLUMN_INTEGER:
        rt_stmt_int_at(stmt, number, value->integer);
        break;
    case RT_COLUMN_REAL:
        rt_stmt_real_at(stmt, number, value->real);
        break;
    case RT_COLUMN_TEXT:
    case RT_COLUMN_JSON:
        rt_stmt_text_at(stmt, number, value->text);
        break;
    default:
        break;
    }
}

/* In params, infinity is a level like others: it is told from NaN, and grouped by. */
static struct rt_datum from_json(const char *json)
{
    static const struct {
        const char *json;
        const char *text;
    } specials[] = {
        {"{\"$float\":\"nan\"}", "nan"},
        {"{\"$float\":\"inf\"}", "inf"},
        {"{\"$float\":\"-inf\"}", "-inf"},
    };

    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (strcmp(json, specials[i].json) == 0)
            return (struct rt_datum){.type = RT_COLUMN_TEXT,
                                     .text = rt_span_text(specials[i].text)};
    }
    return (struct rt_datum){.type = RT_COLUMN_JSON, .text = rt_span_text(json)};
}

struct rt_datum rt_datum_from_value(const struct rt_value *value)
{
    switch (value->kind) {
    case RT_JSON_BOOL:
        return (struct rt_datum){.type = RT_COLUMN_BOOLEAN, .integer = value->integer};
    case RT_JSON_INT:
        return (struct rt_datum){.type = RT_COLUMN_INTEGER, .integer = value->integer};
    case RT_JSON_REAL:
        return (struct rt_datum){.type = RT_COLUMN_REAL, .real = value->real};
    case RT_JSON_STRING:
        return (struct rt_datum){.type = RT_COLUMN_TEXT, .text = rt_span_text(value->string)};
    case RT_JSON_NULL:
        return (struct rt_datum){.type = RT_COLUMN_NONE};
    default:
        return from_json(value->json);
    }
}

bool rt_index_param(const struct rt_index_column *column, const struct rt_plan *plan,
                    uint64_t point, struct rt_datum *value)
{
    struct rt_value found;

    if (column->axis >= 0) {
        size_t axis = (size_t)column->axis;

        rt_plan_axis_bare_value(plan, axis, rt_plan_level(plan, point, axis), &found);
        *value = rt_datum_from_value(&found);
    } else if (column->fixed) {
        *value = column->value;
    }
    return column->axis >= 0 || column->fixed;
}

static char *copy_text(struct rt_stmt *stmt, int column)
{
    const char *text = rt_stmt_get_text(stmt, column);

    return text ? rt_strdup(text) : NULL;
}

void rt_index_column_fix(struct rt_index_column *column, const struct rt_datum *value)
{
    column->fixed = true;
    column->value = *value;
    free(column->value_text);
    column->value_text = NULL;
    if (value->text.data) {
        column->value_text = rt_alloc(value->text.size + 1);
        memcpy(column->value_text, value->text.data, value->text.size);
        column->value_text[value->text.size] = '\0';
        column->value.text.data = column->value_text;
    }
}

/* The value as it was bound; its type is that of the column, or fits into it. */
static void read_value(struct rt_index_column *column, struct rt_stmt *stmt, int at)
{
    struct rt_datum value = {.type = column->type};

    switch (rt_stmt_kind(stmt, at)) {
    case RT_CELL_INT:
        if (value.type != RT_COLUMN_BOOLEAN)
            value.type = RT_COLUMN_INTEGER;
        value.integer = rt_stmt_get_int(stmt, at);
        break;
    case RT_CELL_REAL:
        value.type = RT_COLUMN_REAL;
        value.real = rt_stmt_get_real(stmt, at);
        break;
    case RT_CELL_NULL:
        value.type = RT_COLUMN_NONE;
        break;
    default:
        value.type = RT_COLUMN_TEXT;
        value.text = rt_stmt_get_span(stmt, at);
    }
    rt_index_column_fix(column, &value);
}

void rt_index_column_read(struct rt_index_column *column, struct rt_stmt *stmt)
{
    column->number = (uint32_t)rt_stmt_get_int(stmt, 0);
    column->metric = strcmp(rt_stmt_get_text(stmt, 1), "metric") == 0;
    column->name = copy_text(stmt, 2);
    column->type = rt_column_type_from_name(rt_stmt_get_text(stmt, 3));
    column->view_column = copy_text(stmt, 4);
    column->table_column = copy_text(stmt, 5);
    column->state_column = copy_text(stmt, 6);
    if (rt_stmt_kind(stmt, 7) == RT_CELL_INT)
        column->axis = (int)rt_stmt_get_int(stmt, 7);
    column->proposed = rt_stmt_get_int(stmt, 9) != 0;
    if (column->axis < 0 && !column->proposed && !column->metric && column->view_column)
        read_value(column, stmt, 8);
}

void rt_index_column_clear(struct rt_index_column *column)
{
    free(column->name);
    free(column->view_column);
    free(column->table_column);
    free(column->state_column);
    free(column->value_text);
}

int rt_index_column_save(const struct rt_index_column *column, struct rt_db *db, uint32_t study,
                         struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(db, rt_sql_index_upsert_column, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study);
    rt_stmt_int(stmt, ":number", column->number);
    rt_stmt_text(stmt, ":kind", column->metric ? "metric" : "param");
    rt_stmt_text(stmt, ":name", column->name);
    rt_stmt_text(stmt, ":type", rt_column_type_name(column->type));
    rt_stmt_text(stmt, ":view_column", column->view_column);
    rt_stmt_text(stmt, ":table_column", column->table_column);
    rt_stmt_text(stmt, ":state_column", column->state_column);
    if (column->axis >= 0)
        rt_stmt_int(stmt, ":axis", column->axis);
    if (column->proposed)
        rt_stmt_int(stmt, ":proposed", 1);
    if (column->fixed)
        rt_datum_bind(stmt, rt_stmt_param(stmt, ":value"), &column->value);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}
