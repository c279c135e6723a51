#include "query/listing.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "query/table.h"

#include <stdlib.h>
#include <string.h>

struct rt_listing {
    struct rt_listing_options options;
    struct rt_table *table; /* TABLE and MD */
    struct rt_buf *names;   /* CSV and JSON: as they are printed */
    size_t count;
    size_t rows;
    struct rt_buf line;
};

static bool is_table(const struct rt_listing *listing)
{
    return listing->options.format == RT_FORMAT_TABLE || listing->options.format == RT_FORMAT_MD;
}

static int flush(struct rt_listing *listing, struct rt_err *err)
{
    struct rt_span line = rt_buf_span(&listing->line);

    if (line.size && fwrite(line.data, 1, line.size, listing->options.to) != line.size)
        return rt_err_errno(err, RT_EIO, "writing the output");
    rt_buf_reset(&listing->line);
    return 0;
}

static void put_csv(struct rt_listing *listing, const struct rt_cell *cell)
{
    struct rt_buf field = RT_BUF_INIT;

    rt_cell_put(&field, cell, RT_FORMAT_CSV);
    if (listing->options.terminal)
        rt_escape_text(&listing->line, rt_buf_span(&field));
    else
        rt_buf_put(&listing->line, field.data, field.size);
    rt_buf_clear(&field);
}

static bool is_taken(const struct rt_listing *listing, size_t count, const struct rt_buf *name)
{
    for (size_t i = 0; i < count; i++) {
        if (rt_span_equal(rt_buf_span(&listing->names[i]), rt_buf_span(name)))
            return true;
    }
    return false;
}

static void name_json(struct rt_listing *listing, size_t at, const char *name)
{
    struct rt_cell cell = rt_cell_text(name);

    rt_cell_put(&listing->names[at], &cell, RT_FORMAT_JSON);
    for (unsigned turn = 2; is_taken(listing, at, &listing->names[at]); turn++) {
        char *other = rt_printf("%s_%u", name, turn);

        cell = rt_cell_text(other);
        rt_buf_reset(&listing->names[at]);
        rt_cell_put(&listing->names[at], &cell, RT_FORMAT_JSON);
        free(other);
    }
}

static void put_csv_header(struct rt_listing *listing, const char *const *names)
{
    for (size_t i = 0; i < listing->count; i++) {
        struct rt_cell cell = rt_cell_text(names[i]);

        rt_buf_add(&listing->line, i ? "," : "");
        put_csv(listing, &cell);
    }
    rt_buf_add(&listing->line, "\n");
}

struct rt_listing *rt_listing_new(const struct rt_listing_options *options,
                                  const char *const *names, size_t count)
{
    struct rt_listing *listing = rt_calloc(1, sizeof *listing);

    listing->options = *options;
    listing->count = count;
    if (is_table(listing)) {
        listing->table = rt_table_new(options->format, names, count);
        return listing;
    }
    if (options->format == RT_FORMAT_CSV) {
        put_csv_header(listing, names);
        return listing;
    }
    listing->names = rt_calloc(count, sizeof *listing->names);
    for (size_t i = 0; i < count; i++)
        name_json(listing, i, names[i]);
    rt_buf_add(&listing->line, "[");
    return listing;
}

static void put_csv_row(struct rt_listing *listing, const struct rt_cell *cells)
{
    for (size_t i = 0; i < listing->count; i++) {
        rt_buf_add(&listing->line, i ? "," : "");
        put_csv(listing, &cells[i]);
    }
    rt_buf_add(&listing->line, "\n");
}

static void put_json_row(struct rt_listing *listing, const struct rt_cell *cells)
{
    rt_buf_add(&listing->line, listing->rows ? ",\n {" : "\n {");
    for (size_t i = 0; i < listing->count; i++) {
        rt_buf_add(&listing->line, i ? ", " : "");
        rt_buf_put(&listing->line, listing->names[i].data, listing->names[i].size);
        rt_buf_add(&listing->line, ": ");
        rt_cell_put(&listing->line, &cells[i], RT_FORMAT_JSON);
    }
    rt_buf_add(&listing->line, "}");
}

int rt_listing_row(struct rt_listing *listing, const struct rt_cell *cells, struct rt_err *err)
{
    if (is_table(listing))
        rt_table_row(listing->table, cells, &listing->line);
    else if (listing->options.format == RT_FORMAT_CSV)
        put_csv_row(listing, cells);
    else
        put_json_row(listing, cells);
    listing->rows++;
    return flush(listing, err);
}

int rt_listing_end(struct rt_listing *listing, struct rt_err *err)
{
    if (is_table(listing))
        rt_table_end(listing->table, &listing->line);
    else if (listing->options.format == RT_FORMAT_JSON)
        rt_buf_add(&listing->line, listing->rows ? "\n]\n" : "]\n");
    return flush(listing, err);
}

void rt_listing_free(struct rt_listing *listing)
{
    if (!listing)
        return;
    rt_table_free(listing->table);
    for (size_t i = 0; listing->names && i < listing->count; i++)
        rt_buf_clear(&listing->names[i]);
    free(listing->names);
    rt_buf_clear(&listing->line);
    free(listing);
}
