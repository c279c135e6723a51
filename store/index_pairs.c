#include "store/index_pairs.h"

#include "base/alloc.h"
#include "store/db.h"
#include "store/uuid.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* Columns of the table in memory, in its order. */
enum field {
    ORDINAL,
    REPEAT,
    REPLICATE,
    ORIGIN_STORE,
    ORIGIN_STUDY,
    ORIGIN_ORDINAL,
    ORIGIN_ATTEMPT,
};

/* The trials of one replay, as rows of that table. */
struct rt_index_pairs {
    struct rt_db *db;
    struct rt_db_feed feed;
    const struct rt_study *study;
    const struct rt_json *studies; /* that its originals are from */
    char store[RT_UUID_TEXT];      /* this one */
    size_t row;                    /* which the origin is of; SIZE_MAX: none */
    struct rt_plan_origin from;
    const struct rt_json *origin; /* its study: id, store; NULL: the plan does not have it */
};

static void find_origin(struct rt_index_pairs *pairs, size_t row)
{
    bool known;

    if (pairs->row == row)
        return;
    pairs->row = row;
    pairs->from = (struct rt_plan_origin){0, 0, 0};
    known = rt_plan_origin(pairs->study->plan, row, &pairs->from);
    pairs->origin = known ? rt_json_at(pairs->studies, pairs->from.study) : NULL;
}

static void put_store(const struct rt_index_pairs *pairs, struct rt_db_cell *cell)
{
    const char *store = rt_json_get_text(pairs->origin, "store", NULL);

    if (store && strcmp(store, pairs->store) != 0)
        rt_db_cell_text(cell, rt_span_text(store));
}

static void put_cell(void *context, size_t row, size_t field, struct rt_db_cell *cell)
{
    struct rt_index_pairs *pairs = context;
    const struct rt_study *study = pairs->study;

    find_origin(pairs, row);
    switch ((enum field)field) {
    case ORDINAL:
        rt_db_cell_int(cell, (int64_t)rt_study_ordinal(study, row));
        break;
    case REPEAT:
        rt_db_cell_int(cell, rt_plan_repeat(study->plan, row));
        break;
    case REPLICATE:
        rt_db_cell_int(cell, rt_plan_replicate(study->plan, row));
        break;
    case ORIGIN_STORE:
        put_store(pairs, cell);
        break;
    case ORIGIN_STUDY:
        rt_db_cell_text(cell, rt_span_text(rt_json_get_text(pairs->origin, "id", "")));
        break;
    case ORIGIN_ORDINAL:
        rt_db_cell_int(cell, (int64_t)pairs->from.ordinal);
        break;
    case ORIGIN_ATTEMPT:
        rt_db_cell_int(cell, pairs->from.attempt);
        break;
    }
}

int rt_index_pairs_new(struct rt_db *db, struct rt_index_pairs **out, struct rt_err *err)
{
    static const char columns[] = "CREATE TABLE new_pair (ordinal, repeat, replicate, "
                                  "origin_store, origin_study, origin_ordinal, origin_attempt)";
    struct rt_index_pairs *pairs = rt_calloc(1, sizeof *pairs);
    int rc;

    pairs->db = db;
    pairs->feed = (struct rt_db_feed){.cell = put_cell, .context = pairs};
    if ((rc = rt_db_add_feed(db, "new_pair", columns, &pairs->feed, err)) < 0) {
        free(pairs);
        return rc;
    }
    *out = pairs;
    return 0;
}

void rt_index_pairs_free(struct rt_index_pairs *pairs)
{
    free(pairs);
}

int rt_index_pairs_insert(struct rt_index_pairs *pairs, const struct rt_study *study,
                          const uint8_t store[16], struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(pairs->db, rt_sql_index_insert_pairs, &stmt, NULL, err)) < 0)
        return rc;
    pairs->study = study;
    pairs->studies = rt_json_get(rt_json_get(rt_plan_json(study->plan), "replay"), "studies");
    rt_uuid_text(store, pairs->store);
    pairs->row = SIZE_MAX;
    pairs->feed.rows = (size_t)rt_plan_count(study->plan);
    rt_stmt_int(stmt, ":study", study->number);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    pairs->feed.rows = 0;
    return rc;
}
