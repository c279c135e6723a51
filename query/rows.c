#include "query/rows.h"

#include "base/alloc.h"
#include "base/reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum frame_kind { FRAME_NAMES = 1, FRAME_ROWS = 2, FRAME_END = 3, FRAME_ERROR = 4 };

static size_t begin(struct rt_buf *out, enum frame_kind kind)
{
    size_t frame = out->size;

    rt_buf_put_u32(out, 0);
    rt_buf_put_u8(out, (uint8_t)kind);
    return frame;
}

size_t rt_rows_begin(struct rt_buf *out)
{
    return begin(out, FRAME_ROWS);
}

void rt_rows_close(struct rt_buf *out, size_t frame)
{
    size_t size = out->size - frame - 4;

    assert(size <= UINT32_MAX);
    for (int i = 0; i < 4; i++)
        out->data[frame + (size_t)i] = (unsigned char)(size >> 8 * i);
}

void rt_rows_put_cell(struct rt_buf *out, const struct rt_cell *cell)
{
    rt_buf_put_u8(out, (uint8_t)cell->kind);
    if (cell->kind == RT_CELL_INT)
        rt_buf_put_signed(out, cell->integer);
    else if (cell->kind == RT_CELL_REAL)
        rt_buf_put_f64(out, cell->real);
    else if (cell->kind != RT_CELL_NULL)
        rt_buf_put_span(out, cell->text);
}

void rt_rows_put_names(struct rt_buf *out, const char *const *names, size_t count)
{
    size_t frame = begin(out, FRAME_NAMES);

    rt_buf_put_varint(out, count);
    for (size_t i = 0; i < count; i++)
        rt_buf_put_text(out, names[i]);
    rt_rows_close(out, frame);
}

void rt_rows_put_end(struct rt_buf *out, uint64_t rows)
{
    size_t frame = begin(out, FRAME_END);

    rt_buf_put_varint(out, rows);
    rt_rows_close(out, frame);
}

void rt_rows_put_error(struct rt_buf *out, const struct rt_err *err)
{
    size_t frame = begin(out, FRAME_ERROR);

    rt_buf_put_signed(out, err->code);
    rt_buf_put_text(out, err->text);
    rt_rows_close(out, frame);
}

void rt_rows_clear(struct rt_rows *rows)
{
    rt_buf_clear(&rows->bytes);
    free(rows->cells);
    memset(rows, 0, sizeof *rows);
}

static int nonsense(struct rt_err *err)
{
    return rt_err_set(err, RT_EPEER, "the process that ran the query sent nonsense");
}

static int take_names(struct rt_rows *rows, struct rt_reader *reader,
                      const struct rt_rows_sink *sink, struct rt_err *err)
{
    uint64_t count = rt_read_varint(reader);
    char **names;
    int rc;

    if (rows->named || count == 0 || count > RT_ROWS_COLUMNS_MAX)
        return nonsense(err);
    names = rt_calloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = rt_read_text(reader);
    rows->named = true;
    rows->columns = count;
    rows->cells = rt_calloc(count, sizeof *rows->cells);
    if (rt_reader_done(reader, "names", err) < 0)
        rc = nonsense(err);
    else
        rc = sink->names(sink->context, (const char *const *)names, count, err);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return rc < 0 ? rc : 1;
}

static void read_cell(struct rt_reader *reader, struct rt_cell *cell)
{
    uint8_t kind = rt_read_u8(reader);

    *cell = (struct rt_cell){.kind = (enum rt_cell_kind)kind};
    if (kind == RT_CELL_INT)
        cell->integer = rt_read_signed(reader);
    else if (kind == RT_CELL_REAL)
        cell->real = rt_read_f64(reader);
    else if (kind == RT_CELL_TEXT || kind == RT_CELL_BLOB)
        cell->text = rt_read_span(reader);
    else if (kind != RT_CELL_NULL)
        reader->bad = true;
}

static int take_rows(struct rt_rows *rows, struct rt_reader *reader,
                     const struct rt_rows_sink *sink, struct rt_err *err)
{
    int rc;

    if (!rows->named)
        return nonsense(err);
    while (rt_reader_left(reader)) {
        for (size_t i = 0; i < rows->columns; i++)
            read_cell(reader, &rows->cells[i]);
        if (reader->bad)
            return nonsense(err);
        rows->count++;
        if ((rc = sink->row(sink->context, rows->cells, err)) < 0)
            return rc;
    }
    return 1;
}

static int take_error(struct rt_reader *reader, struct rt_err *err)
{
    int64_t code = rt_read_signed(reader);
    char *text = rt_read_text(reader);
    int rc;

    if (rt_reader_done(reader, "error", err) < 0 || code >= 0 || code < INT16_MIN)
        rc = nonsense(err);
    else
        rc = rt_err_set(err, (int)code, "%s", text);
    free(text);
    return rc;
}

static int take_frame(struct rt_rows *rows, struct rt_span frame, const struct rt_rows_sink *sink,
                      struct rt_err *err)
{
    struct rt_reader reader = rt_reader(frame);

    switch (rt_read_u8(&reader)) {
    case FRAME_NAMES:
        return take_names(rows, &reader, sink, err);
    case FRAME_ROWS:
        return take_rows(rows, &reader, sink, err);
    case FRAME_END:
        if (!rows->named || rt_read_varint(&reader) != rows->count ||
            rt_reader_done(&reader, "end", err) < 0)
            return nonsense(err);
        return 0;
    case FRAME_ERROR:
        return take_error(&reader, err);
    default:
        return nonsense(err);
    }
}

int rt_rows_take(struct rt_rows *rows, const struct rt_rows_sink *sink, struct rt_err *err)
{
    size_t used = 0;
    int rc = 1;

    while (rc > 0 && rows->bytes.size - used >= 4) {
        struct rt_reader reader =
            rt_reader(rt_span(rows->bytes.data + used, rows->bytes.size - used));
        uint32_t size = rt_read_u32(&reader);

        if (size == 0 || size > RT_ROWS_FRAME_MAX)
            return nonsense(err);
        if (rt_reader_left(&reader) < size)
            break;
        rc = take_frame(rows, rt_read_bytes(&reader, size), sink, err);
        used += 4 + (size_t)size;
    }
    if (used)
        memmove(rows->bytes.data, rows->bytes.data + used, rows->bytes.size - used);
    rows->bytes.size -= used;
    return rc;
}
