#ifndef RT_QUERY_LISTING_H
#define RT_QUERY_LISTING_H
/*
 * A listing: rows on their way to a reader, as a table for people, CSV
 * (RFC 4180, lines end with LF), JSON (an array of objects) or Markdown.
 *
 * It holds no more than the first RT_TABLE_SAMPLE rows, from which a table's
 * widths are taken. All names and values are escaped.
 */
#include <stdbool.h>
#include <stdio.h>
#include "base/err.h"
#include "query/cell.h"
#include "query/format.h"

struct rt_listing;

struct rt_listing_options {
    enum rt_format format;
    FILE *to;
    bool terminal; /* it goes to one: CSV is made harmless, too */
};

/* Names need not be unique; in JSON the second "x" becomes "x_2". */
struct rt_listing *rt_listing_new(const struct rt_listing_options *options,
                                  const char *const *names, size_t count);

/* A row of as many cells as there are names. RT_EIO once the output cannot be written. */
int rt_listing_row(struct rt_listing *listing, const struct rt_cell *cells, struct rt_err *err);

/* Writes what is left. */
int rt_listing_end(struct rt_listing *listing, struct rt_err *err);
void rt_listing_free(struct rt_listing *listing); /* accepts NULL */

#endif
