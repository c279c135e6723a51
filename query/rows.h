#ifndef RT_QUERY_ROWS_H
#define RT_QUERY_ROWS_H
/*
 * Rows on a pipe: what a process that runs a query sends to the one that
 * asked. The receiver believes nothing: sizes, kinds and counts are checked.
 *
 * A frame is a u32 size and that many bytes, of which the first is its kind:
 *
 *   1 names  varint count, texts as spans
 *   2 rows   cells row by row: u8 kind (enum rt_cell_kind), then nothing, a
 *            signed varint, a double or a span
 *   3 end    varint: how many rows there were
 *   4 error  signed code, the sentence as a span
 *
 * Names come first, end or error come last.
 */
#include "base/err.h"
#include "query/cell.h"

#define RT_ROWS_COLUMNS_MAX 32767       /* SQLite's own limit */
#define RT_ROWS_FRAME_MAX   (64u << 20) /* bytes; of a row, too */

/* Who gets the rows. A negative code ends the query and becomes its result. */
struct rt_rows_sink {
    int (*names)(void *context, const char *const *names, size_t count, struct rt_err *err);
    int (*row)(void *context, const struct rt_cell *cells, struct rt_err *err);
    void *context;
};

/* Sending: each appends to *out. Rows are appended between begin and close of a frame. */
size_t rt_rows_begin(struct rt_buf *out); /* returns what close wants */
void rt_rows_close(struct rt_buf *out, size_t frame);
void rt_rows_put_cell(struct rt_buf *out, const struct rt_cell *cell);
void rt_rows_put_names(struct rt_buf *out, const char *const *names, size_t count);
void rt_rows_put_end(struct rt_buf *out, uint64_t rows);
void rt_rows_put_error(struct rt_buf *out, const struct rt_err *err);

/* Receiving. */
struct rt_rows {
    struct rt_buf bytes; /* received and not taken yet */
    size_t columns;
    bool named;
    struct rt_cell *cells; /* of one row */
    uint64_t count;        /* rows so far */
};

void rt_rows_clear(struct rt_rows *rows);

/* Hands on what the bytes received so far hold. 1: more must come; 0: that was the end. An error
 * is the sender's, the sink's, or RT_EPEER for bytes that make no sense. */
int rt_rows_take(struct rt_rows *rows, const struct rt_rows_sink *sink, struct rt_err *err);

#endif
