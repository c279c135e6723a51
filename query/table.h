#ifndef RT_QUERY_TABLE_H
#define RT_QUERY_TABLE_H
/*
 * A table with aligned columns, for people and for Markdown.
 *
 * Widths come from the first rows, which are held back until there are
 * enough of them; later rows that are wider stick out. Numbers stand with
 * their points below each other. A table for people cuts texts that are
 * wider than RT_TABLE_WIDTH or RT_TABLE_LAST; the other formats have them whole.
 */
#include "query/cell.h"

#define RT_TABLE_SAMPLE 1000 /* rows */
#define RT_TABLE_WIDTH  60   /* columns on a terminal that a text may take */
#define RT_TABLE_LAST   160  /* the same in the last column, behind which nothing stands */

struct rt_table;

struct rt_table *rt_table_new(enum rt_format format, const char *const *names, size_t count);
void rt_table_free(struct rt_table *table); /* accepts NULL */

/* Both append to *out what is ready to be shown. */
void rt_table_row(struct rt_table *table, const struct rt_cell *cells, struct rt_buf *out);
void rt_table_end(struct rt_table *table, struct rt_buf *out);

#endif
