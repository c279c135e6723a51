#ifndef RT_QUERY_CELL_H
#define RT_QUERY_CELL_H
/* One value of a row, and its text for each kind of reader. */
#include "base/buf.h"
#include "base/json.h"
#include "query/format.h"
#include "store/db.h"

struct rt_cell {
    enum rt_cell_kind kind;
    int64_t integer;     /* INT */
    double real;         /* REAL */
    struct rt_span text; /* TEXT and BLOB; borrowed */
};

struct rt_cell rt_cell_int(int64_t value);
struct rt_cell rt_cell_real(double value);
struct rt_cell rt_cell_text(const char *text); /* NULL: NULL */

/* A column of the row that a statement stands at; borrows until the next step. */
struct rt_cell rt_cell_of(struct rt_stmt *stmt, int column);

/* Gives the value to a parameter of a statement, if it has one of that name. */
void rt_cell_bind(struct rt_stmt *stmt, const char *name, const struct rt_cell *cell);

/* Appends the cell as it stands in a listing of this format; NULL is nothing in all but JSON.
 * Reals have six significant digits in tables and all they have elsewhere. A blob is x'00ff'. */
void rt_cell_put(struct rt_buf *out, const struct rt_cell *cell, enum rt_format format);

/* As JSON; yours. A blob is a text, x'00ff'. */
struct rt_json *rt_cell_json(const struct rt_cell *cell);

/* The row that a statement stands at, as an object with a member per column; yours. */
struct rt_json *rt_cell_row(struct rt_stmt *stmt);

#endif
