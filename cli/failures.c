#include "cli/failures.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "query/listing.h"
#include "query/named.h"
#include "store/named_study.h"
#include "store/store.h"

#include <stdlib.h>

#define LISTED 20

/* The rows of the named query as a table, the first ones of them. *first: id of the first trial. */
static int list(struct rt_stmt *stmt, FILE *to, char **first, uint64_t *count, struct rt_err *err)
{
    struct rt_listing_options options = {.format = RT_FORMAT_TABLE, .to = to};
    size_t columns = (size_t)rt_stmt_columns(stmt);
    struct rt_cell *cells = rt_calloc(columns, sizeof *cells);
    const char **names = rt_calloc(columns, sizeof *names);
    struct rt_listing *listing;
    int rc;

    for (size_t i = 0; i < columns; i++)
        names[i] = rt_stmt_name(stmt, (int)i);
    listing = rt_listing_new(&options, names, columns);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        if (++*count > LISTED)
            continue;
        for (size_t i = 0; i < columns; i++)
            cells[i] = rt_cell_of(stmt, (int)i);
        if (*count == 1)
            *first = rt_strdup(rt_stmt_get_text(stmt, 0));
        if ((rc = rt_listing_row(listing, cells, err)) < 0)
            break;
    }
    if (rc == 0 && *count > 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    free(names);
    free(cells);
    return rc;
}

static int print(struct rt_stmt *stmt, const struct rt_study *study, FILE *to, struct rt_err *err)
{
    char *first = NULL;
    uint64_t count = 0;
    int rc = list(stmt, to, &first, &count, err);

    if (rc == 0 && count > LISTED)
        fprintf(to, "... and %llu more\n", (unsigned long long)count - LISTED);
    if (rc == 0 && count > 0)
        fprintf(to,
                "retrial log %s shows what it wrote; retrial query failures --study %s lists them "
                "all\n",
                first, study->id);
    free(first);
    return rc;
}

/* The SQL is ours and this may be a process of an MPI program: it is run here, not in a child. */
static int run(const char *store_path, const struct rt_study *study, FILE *to, struct rt_err *err)
{
    const struct rt_named_options options = {0};
    struct rt_named_query query = {0};
    char *path = rt_fs_join(store_path, "index.sqlite");
    struct rt_stmt *stmt = NULL;
    struct rt_db *db = NULL;
    struct rt_named named;
    int rc;

    if ((rc = rt_named_find("failures", &named, err)) == 0 &&
        (rc = rt_db_open(path, RT_DB_READ, &db, err)) == 0 &&
        (rc = rt_named_fill(&named, db, study, &options, &query, err)) == 0 &&
        (rc = rt_db_prepare(db, query.sql, &stmt, NULL, err)) == 0) {
        for (size_t i = 0; i < query.param_count; i++)
            rt_cell_bind(stmt, query.params[i].name, &query.params[i].value);
        rc = print(stmt, study, to, err);
    }
    rt_stmt_free(stmt);
    rt_db_close(db);
    rt_named_clear(&query);
    free(path);
    return rc;
}

int rt_failures_print(const char *store_path, const char *text, FILE *to, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_store *store;
    int rc;

    if ((rc = rt_store_open(store_path, RT_STORE_READ, &store, err)) < 0)
        return rc;
    if ((rc = rt_named_study(rt_store_state(store), text, &study, err)) == 0)
        rc = run(store_path, study, to, err);
    rt_store_close(store, NULL);
    return rc;
}
