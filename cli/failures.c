#include "cli/failures.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "query/listing.h"
#include "query/named.h"
#include "query/resolve.h"
#include "store/store.h"

#include <stdlib.h>

#define LISTED 20

struct failures {
    struct rt_listing *listing;
    const struct rt_study *study;
    FILE *to;
    char *first; /* id of the first trial */
    uint64_t count;
};

static int take_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct failures *failures = context;
    struct rt_listing_options options = {.format = RT_FORMAT_TABLE, .to = failures->to};

    (void)err;
    failures->listing = rt_listing_new(&options, names, count);
    return 0;
}

static int take_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct failures *failures = context;

    if (failures->count++ == 0)
        failures->first = rt_strndup(cells[0].text.data, cells[0].text.size);
    return failures->count <= LISTED ? rt_listing_row(failures->listing, cells, err) : 0;
}

static int finish(struct failures *failures, struct rt_err *err)
{
    int rc = 0;

    if (failures->count > 0 && (rc = rt_listing_end(failures->listing, err)) == 0) {
        if (failures->count > LISTED)
            fprintf(failures->to, "... and %llu more\n",
                    (unsigned long long)failures->count - LISTED);
        fprintf(failures->to,
                "retrial log %s shows what it wrote; retrial query failures --study %s lists "
                "them all\n",
                failures->first, failures->study->id);
    }
    return rc;
}

static int list(const char *store_path, const struct rt_study *study, FILE *to, struct rt_err *err)
{
    struct failures failures = {.study = study, .to = to};
    struct rt_rows_sink sink = {take_names, take_row, &failures};
    const struct rt_named_options options = {0};
    struct rt_named_query query = {0};
    char *path = rt_fs_join(store_path, "index.sqlite");
    struct rt_readonly readonly = {.path = path};
    struct rt_named named;
    struct rt_db *db = NULL;
    int rc;

    if ((rc = rt_named_find("failures", &named, err)) == 0 &&
        (rc = rt_db_open(path, RT_DB_READ, &db, err)) == 0 &&
        (rc = rt_named_fill(&named, db, study, &options, &query, err)) == 0) {
        readonly.sql = query.sql;
        readonly.params = query.params;
        readonly.param_count = query.param_count;
        if ((rc = rt_readonly_run(&readonly, &sink, err)) == 0)
            rc = finish(&failures, err);
    }
    rt_db_close(db);
    rt_named_clear(&query);
    rt_listing_free(failures.listing);
    free(failures.first);
    free(path);
    return rc;
}

int rt_failures_print(const char *store_path, const char *study_text, FILE *to, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_store *store;
    int rc;

    if ((rc = rt_store_open(store_path, RT_STORE_READ, &store, err)) < 0)
        return rc;
    if ((rc = rt_resolve_study(rt_store_state(store), study_text, &study, err)) == 0)
        rc = list(store_path, study, to, err);
    rt_store_close(store, NULL);
    return rc;
}
