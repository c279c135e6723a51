#include "cli/ask.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/fs.h"
#include "cli/output.h"
#include "query/resolve.h"
#include "store/index.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* *at: number of the last event that the index has; 0 if there is none that can be read. One that
 * is damaged or another store's is not shown. */
static int position(const char *path, const struct rt_store *store, uint64_t *at,
                    struct rt_err *err)
{
    struct rt_db *db;
    int rc;

    *at = 0;
    if ((rc = rt_db_open(path, RT_DB_READ, &db, err)) == 0) {
        rc = rt_index_recognise(db, rt_store_uuid(store), at, err);
        rt_db_close(db);
    }
    if (rc == 2)
        fprintf(stderr, "an older version wrote the index: it is made anew from the journal\n");
    if (rc == RT_EDAMAGED)
        return rt_err_while(err, "\"retrial check --repair\" makes the index anew");
    return rc == RT_ENEWER ? rc : 0;
}

/* Opening a store for writing and closing it levels its index. */
static int level(const char *path, struct rt_err *err)
{
    struct rt_store *store;
    int rc = rt_store_open(path, RT_STORE_WRITE, &store, err);

    return rc < 0 ? rc : rt_store_close(store, err);
}

static void say_behind(uint64_t events, const struct rt_err *why)
{
    char *text = rt_escaped(why->text);

    if (why->code == RT_ELOCKED)
        fprintf(stderr, "the index is %llu events behind a study that runs\n",
                (unsigned long long)events);
    else
        fprintf(stderr, "the index is %llu events behind, and cannot be brought level: %s\n",
                (unsigned long long)events, text);
    free(text);
}

int rt_ask_open(struct rt_cmd_context *context, struct rt_err *err)
{
    struct rt_err why = {0};
    const char *path;
    char *index;
    uint64_t last;
    uint64_t at = 0;
    int rc;

    if ((rc = rt_cmd_store_path(context, &path, err)) < 0 ||
        (rc = rt_store_open(path, RT_STORE_READ, &context->store, err)) < 0)
        return rc;
    index = rt_ask_index_path(context);
    last = rt_state_seq(rt_store_state(context->store));
    rc = position(index, context->store, &at, err);
    if (rc == 0 && at < last) {
        rc = rt_store_close(context->store, err);
        context->store = NULL;
        if (rc == 0) {
            level(path, &why);
            rc = rt_store_open(path, RT_STORE_READ, &context->store, err);
        }
        if (rc == 0)
            rc = position(index, context->store, &at, err);
        if (rc == 0 && why.code == RT_EIO && at == 0)
            rc = rt_err_set(err, RT_EIO, "the index cannot be made: %s", why.text);
        else if (rc == 0 && why.code < 0 && at < last)
            say_behind(last - at, &why);
    }
    free(index);
    return rc;
}

char *rt_ask_index_path(const struct rt_cmd_context *context)
{
    return rt_fs_join(context->store_path, "index.sqlite");
}

int rt_ask_index(struct rt_cmd_context *context, struct rt_db **db, struct rt_err *err)
{
    char *path = rt_ask_index_path(context);
    int rc = rt_db_open(path, RT_DB_READ, db, err);

    free(path);
    return rc;
}

int rt_ask_trial(struct rt_cmd_context *context, const char *text, const struct rt_study **study,
                 uint64_t *ordinal, struct rt_db **db, struct rt_err *err)
{
    int rc;

    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = rt_resolve_trial(rt_store_state(context->store), text, study, ordinal, err)) < 0)
        return rc;
    return rt_ask_index(context, db, err);
}

struct rt_listing *rt_ask_listing(const char *const *names, size_t count)
{
    struct rt_listing_options options = {
        .format = rt_output_format(), .to = stdout, .terminal = isatty(1)};

    return rt_listing_new(&options, names, count);
}

int rt_ask_list(struct rt_stmt *stmt, uint64_t *rows, struct rt_err *err)
{
    size_t count = (size_t)rt_stmt_columns(stmt);
    struct rt_cell *cells = rt_calloc(count, sizeof *cells);
    const char **names = rt_calloc(count, sizeof *names);
    struct rt_listing *listing;
    uint64_t seen = 0;
    int rc;

    for (size_t i = 0; i < count; i++)
        names[i] = rt_stmt_name(stmt, (int)i);
    listing = rt_ask_listing(names, count);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        for (size_t i = 0; i < count; i++)
            cells[i] = rt_cell_of(stmt, (int)i);
        if ((rc = rt_listing_row(listing, cells, err)) < 0)
            break;
        seen++;
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    free(names);
    free(cells);
    if (rows)
        *rows = seen;
    return rc;
}

void rt_ask_put_span(struct rt_buf *out, uint64_t us)
{
    uint64_t seconds = (us + 500000) / 1000000;

    if (us < 1000)
        rt_buf_printf(out, "%llu us", (unsigned long long)us);
    else if (us < 1000000)
        rt_buf_printf(out, "%llu ms", (unsigned long long)(us / 1000));
    else if (us < 59500000)
        rt_buf_printf(out, "%.1f s", (double)us / 1e6);
    else if (seconds < 3600)
        rt_buf_printf(out, "%llu min %02llu s", (unsigned long long)seconds / 60,
                      (unsigned long long)seconds % 60);
    else if (seconds < 172800)
        rt_buf_printf(out, "%llu h %02llu min", (unsigned long long)seconds / 3600,
                      (unsigned long long)seconds % 3600 / 60);
    else
        rt_buf_printf(out, "%llu days", (unsigned long long)seconds / 86400);
}

void rt_ask_put_ago(struct rt_buf *out, uint64_t wall_us)
{
    uint64_t now = rt_wall_us();
    char text[RT_TIME_TEXT];

    if (wall_us > now + 60000000) {
        rt_buf_printf(out, "at %s",
                      rt_time_text(wall_us, text)); /* by a clock that was set since */
        return;
    }
    if (now < wall_us + 1000000) {
        rt_buf_add(out, "just now");
        return;
    }
    rt_ask_put_span(out, (now - wall_us) / 1000000 * 1000000);
    rt_buf_add(out, " ago");
}
