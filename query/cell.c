#include "query/cell.h"

#include "base/escape.h"
#include "base/real.h"

#include <math.h>
#include <stdio.h>

struct rt_cell rt_cell_int(int64_t value)
{
    return (struct rt_cell){.kind = RT_CELL_INT, .integer = value};
}

struct rt_cell rt_cell_real(double value)
{
    return (struct rt_cell){.kind = RT_CELL_REAL, .real = value};
}

struct rt_cell rt_cell_text(const char *text)
{
    if (!text)
        return (struct rt_cell){.kind = RT_CELL_NULL};
    return (struct rt_cell){.kind = RT_CELL_TEXT, .text = rt_span_text(text)};
}

struct rt_cell rt_cell_of(struct rt_stmt *stmt, int column)
{
    struct rt_cell cell = {.kind = rt_stmt_kind(stmt, column)};

    if (cell.kind == RT_CELL_INT)
        cell.integer = rt_stmt_get_int(stmt, column);
    else if (cell.kind == RT_CELL_REAL)
        cell.real = rt_stmt_get_real(stmt, column);
    else if (cell.kind != RT_CELL_NULL)
        cell.text = rt_stmt_get_span(stmt, column);
    return cell;
}

void rt_cell_bind(struct rt_stmt *stmt, const char *name, const struct rt_cell *cell)
{
    int number = rt_stmt_param(stmt, name);

    if (number == 0)
        return;
    if (cell->kind == RT_CELL_INT)
        rt_stmt_int_at(stmt, number, cell->integer);
    else if (cell->kind == RT_CELL_REAL)
        rt_stmt_real_at(stmt, number, cell->real);
    else if (cell->kind == RT_CELL_TEXT)
        rt_stmt_text_at(stmt, number, cell->text);
}

static void put_hex(struct rt_buf *out, struct rt_span blob)
{
    const unsigned char *at = blob.data;

    rt_buf_add(out, "x'");
    for (size_t i = 0; i < blob.size; i++)
        rt_buf_printf(out, "%02x", at[i]);
    rt_buf_add(out, "'");
}

static void put_real(struct rt_buf *out, double value, enum rt_format format)
{
    char text[RT_REAL_TEXT];

    if (isnan(value))
        rt_buf_add(out, "nan");
    else if (format == RT_FORMAT_TABLE)
        rt_buf_printf(out, "%.6g", value);
    else
        rt_buf_add(out, rt_real_text(value, text));
}

static void put_text(struct rt_buf *out, struct rt_span text, enum rt_format format)
{
    if (format == RT_FORMAT_TABLE)
        rt_escape_line(out, text);
    else if (format == RT_FORMAT_MD)
        rt_escape_markdown(out, text);
    else if (text.size == 0)
        rt_buf_add(out, "\"\""); /* which is not NULL */
    else
        rt_escape_csv(out, text);
}

struct rt_json *rt_cell_json(const struct rt_cell *cell)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *json;

    switch (cell->kind) {
    case RT_CELL_INT:
        return rt_json_new_int(cell->integer);
    case RT_CELL_REAL:
        return rt_json_new_real(cell->real);
    case RT_CELL_TEXT:
        return rt_json_new_string_span(cell->text);
    case RT_CELL_BLOB:
        put_hex(&text, cell->text);
        json = rt_json_new_string(rt_buf_text(&text));
        rt_buf_clear(&text);
        return json;
    default:
        return rt_json_new_null();
    }
}

static void put_json(struct rt_buf *out, const struct rt_cell *cell)
{
    struct rt_json *json = rt_cell_json(cell);

    rt_escape_json(out, json);
    rt_json_free(json);
}

void rt_cell_put(struct rt_buf *out, const struct rt_cell *cell, enum rt_format format)
{
    if (format == RT_FORMAT_JSON)
        put_json(out, cell);
    else if (cell->kind == RT_CELL_INT)
        rt_buf_printf(out, "%lld", (long long)cell->integer);
    else if (cell->kind == RT_CELL_REAL)
        put_real(out, cell->real, format);
    else if (cell->kind == RT_CELL_TEXT)
        put_text(out, cell->text, format);
    else if (cell->kind == RT_CELL_BLOB)
        put_hex(out, cell->text);
}

struct rt_json *rt_cell_row(struct rt_stmt *stmt)
{
    struct rt_json *row = rt_json_new_object();

    for (int i = 0; i < rt_stmt_columns(stmt); i++) {
        struct rt_cell cell = rt_cell_of(stmt, i);

        rt_json_set(row, rt_stmt_name(stmt, i), rt_cell_json(&cell));
    }
    return row;
}
