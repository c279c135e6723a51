#include "query/table.h"

#include "base/alloc.h"
#include "base/escape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD_BYTES_MAX (1u << 20)

/* A cell as it will be shown. */
struct shown {
    char *text;
    size_t size;
    size_t columns;
    bool number;
    double real; /* 0 for all that is none */
};

struct column {
    struct shown name;
    size_t width;
    size_t whole;    /* widest part of a number before its point */
    size_t fraction; /* and from the point on */
    bool numbers;
    bool others;
    double largest; /* real, its sign aside */
};

struct rt_table {
    enum rt_format format;
    struct column *columns;
    size_t count;
    struct shown *held; /* cells of the rows so far, row by row; until the widths are known */
    size_t held_count;
    size_t held_capacity;
    size_t held_bytes;
    bool begun;
};

static struct shown show(const struct rt_table *table, const struct rt_cell *cell, bool last)
{
    size_t most = last ? RT_TABLE_LAST : RT_TABLE_WIDTH;
    struct shown shown = {.number = cell->kind == RT_CELL_INT || cell->kind == RT_CELL_REAL,
                          .real = cell->kind == RT_CELL_REAL ? cell->real : 0};
    struct rt_buf text = RT_BUF_INIT;

    rt_cell_put(&text, cell, table->format);
    shown.columns = rt_escape_width(rt_buf_span(&text));
    if (table->format == RT_FORMAT_TABLE && shown.columns > most) {
        text.size = rt_escape_fit(rt_buf_span(&text), most - 3, &shown.columns);
        rt_buf_add(&text, "...");
        shown.columns += 3;
    }
    shown.size = text.size;
    shown.text = rt_buf_take(&text);
    return shown;
}

static size_t whole_of(const struct shown *number)
{
    return strcspn(number->text, ".e");
}

/* Six significant digits of the largest number of a column are enough decimals for all of them, as
 * long as three are left of a small one. */
static void shorten(const struct column *column, struct shown *cell)
{
    char text[64];
    int decimals;

    if (cell->real == 0 || !isfinite(column->largest) || strchr(cell->text, 'e'))
        return;
    decimals = 5 - (int)floor(log10(column->largest));
    if (decimals < 0 || fabs(cell->real) < 100 * pow(10, -decimals) ||
        cell->size - whole_of(cell) <= (size_t)decimals + 1)
        return;
    snprintf(text, sizeof text, "%.*f", decimals, cell->real);
    cell->size = strlen(text);
    while (text[cell->size - 1] == '0')
        cell->size--;
    if (text[cell->size - 1] == '.')
        cell->size--;
    cell->columns = cell->size;
    memcpy(cell->text, text, cell->size); /* which is shorter */
    cell->text[cell->size] = '\0';
}

static void measure(struct column *column, const struct shown *cell)
{
    size_t whole = whole_of(cell);

    if (cell->size == 0)
        return;
    if (cell->number) {
        column->numbers = true;
        if (whole > column->whole)
            column->whole = whole;
        if (cell->size - whole > column->fraction)
            column->fraction = cell->size - whole;
    } else {
        column->others = true;
    }
    if (cell->columns > column->width)
        column->width = cell->columns;
}

static bool is_numeric(const struct column *column)
{
    return column->numbers && !column->others;
}

static void put_spaces(struct rt_buf *out, size_t count)
{
    if (count)
        memset(rt_buf_extend(out, count), ' ', count);
}

static void put_cell(const struct column *column, const struct shown *cell, struct rt_buf *out)
{
    size_t after = 0;
    size_t room;

    if (is_numeric(column) && cell->number && cell->size - whole_of(cell) < column->fraction)
        after = column->fraction - (cell->size - whole_of(cell));
    room = column->width > cell->columns + after ? column->width - cell->columns - after : 0;
    if (is_numeric(column))
        put_spaces(out, room);
    rt_buf_put(out, cell->text, cell->size);
    put_spaces(out, is_numeric(column) ? after : room);
}

static void put_line_end(const struct rt_table *table, struct rt_buf *out)
{
    if (table->format == RT_FORMAT_MD)
        rt_buf_add(out, " |");
    else
        while (out->size && out->data[out->size - 1] == ' ')
            out->size--;
    rt_buf_add(out, "\n");
}

static void put_separator(const struct rt_table *table, size_t column, struct rt_buf *out)
{
    if (table->format == RT_FORMAT_MD)
        rt_buf_add(out, column ? " | " : "| ");
    else
        rt_buf_add(out, column ? "  " : "");
}

static void put_header(struct rt_table *table, struct rt_buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        struct column *column = &table->columns[i];

        if (is_numeric(column) && column->whole + column->fraction > column->width)
            column->width = column->whole + column->fraction;
        if (column->name.columns > column->width)
            column->width = column->name.columns;
        if (table->format == RT_FORMAT_MD && column->width < 3)
            column->width = 3;
        put_separator(table, i, out);
        put_cell(column, &column->name, out);
    }
    put_line_end(table, out);
}

static void put_rule(const struct rt_table *table, struct rt_buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t width = table->columns[i].width;

        put_separator(table, i, out);
        if (width)
            memset(rt_buf_extend(out, width), '-', width);
        if (table->format == RT_FORMAT_MD && is_numeric(&table->columns[i]))
            out->data[out->size - 1] = ':';
    }
    put_line_end(table, out);
}

static void put_row(const struct rt_table *table, const struct shown *cells, struct rt_buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        put_separator(table, i, out);
        put_cell(&table->columns[i], &cells[i], out);
    }
    put_line_end(table, out);
}

static void measure_all(struct rt_table *table)
{
    for (size_t i = 0; i < table->held_count; i++) {
        struct column *column = &table->columns[i % table->count];

        column->largest = fmax(column->largest, fabs(table->held[i].real));
    }
    for (size_t i = 0; i < table->held_count; i++) {
        struct column *column = &table->columns[i % table->count];

        if (table->format == RT_FORMAT_TABLE)
            shorten(column, &table->held[i]);
        measure(column, &table->held[i]);
    }
}

static void begin(struct rt_table *table, struct rt_buf *out)
{
    table->begun = true;
    measure_all(table);
    put_header(table, out);
    put_rule(table, out);
    for (size_t i = 0; i + table->count <= table->held_count; i += table->count)
        put_row(table, table->held + i, out);
}

static void drop_held(struct rt_table *table)
{
    for (size_t i = 0; i < table->held_count; i++)
        free(table->held[i].text);
    table->held_count = 0;
    table->held_bytes = 0;
}

struct rt_table *rt_table_new(enum rt_format format, const char *const *names, size_t count)
{
    struct rt_table *table = rt_calloc(1, sizeof *table);

    table->format = format;
    table->count = count;
    table->columns = rt_calloc(count, sizeof *table->columns);
    for (size_t i = 0; i < count; i++) {
        struct rt_cell name = rt_cell_text(names[i]);

        table->columns[i].name = show(table, &name, i + 1 == table->count);
    }
    return table;
}

void rt_table_free(struct rt_table *table)
{
    if (!table)
        return;
    drop_held(table);
    for (size_t i = 0; i < table->count; i++)
        free(table->columns[i].name.text);
    free(table->columns);
    free(table->held);
    free(table);
}

void rt_table_row(struct rt_table *table, const struct rt_cell *cells, struct rt_buf *out)
{
    size_t first = table->held_count;

    table->held =
        rt_grow(table->held, &table->held_capacity, first + table->count, sizeof *table->held);
    for (size_t i = 0; i < table->count; i++) {
        table->held[first + i] = show(table, &cells[i], i + 1 == table->count);
        table->held_count++;
        table->held_bytes += table->held[first + i].size;
        if (table->begun && table->format == RT_FORMAT_TABLE)
            shorten(&table->columns[i], &table->held[first + i]);
    }
    if (table->begun)
        put_row(table, table->held, out);
    else if (table->held_count >= RT_TABLE_SAMPLE * table->count ||
             table->held_bytes >= HELD_BYTES_MAX)
        begin(table, out);
    if (table->begun)
        drop_held(table);
}

void rt_table_end(struct rt_table *table, struct rt_buf *out)
{
    if (!table->begun)
        begin(table, out);
    drop_held(table);
}
