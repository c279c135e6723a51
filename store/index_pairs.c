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
    FIELDS,
};

/* The trials of one replay, as rows of that table. */
struct rt_index_pairs {
    struct rt_db *db;
    struct rt_db_feed feed;
    const struct rt_study *study;
    const struct rt_json *studies;     /* that its originals are from */
    char store[RT_UUID_TEXT];          /* this one */
    struct rt_db_value values[FIELDS]; /* of the row at hand */
};

static struct rt_db_value text_value(const char *text)
{
    return rt_db_text(text, text ? strlen(text) : 0);
}

/* `origin` is a study: id, store; NULL: the plan does not have it. The store is NULL for ours. */
static void put_origin(struct rt_index_pairs *pairs, const struct rt_json *origin)
{
    const char *store = rt_json_get_text(origin, "store", NULL);

    if (store && strcmp(store, pairs->store) == 0)
        store = NULL;
    pairs->values[ORIGIN_STORE] = text_value(store);
    pairs->values[ORIGIN_STUDY] = text_value(rt_json_get_text(origin, "id", ""));
}

static const struct rt_db_value *row_values(void *context, size_t row)
{
    struct rt_index_pairs *pairs = context;
    const struct rt_plan *plan = pairs->study->plan;
    struct rt_plan_origin from = {0, 0, 0};
    bool known = rt_plan_origin(plan, row, &from);

    put_origin(pairs, known ? rt_json_at(pairs->studies, from.study) : NULL);
    pairs->values[ORDINAL] = rt_db_int((int64_t)rt_study_ordinal(pairs->study, row));
    pairs->values[REPEAT] = rt_db_int(rt_plan_repeat(plan, row));
    pairs->values[REPLICATE] = rt_db_int(rt_plan_replicate(plan, row));
    pairs->values[ORIGIN_ORDINAL] = rt_db_int((int64_t)from.ordinal);
    pairs->values[ORIGIN_ATTEMPT] = rt_db_int(from.attempt);
    return pairs->values;
}

int rt_index_pairs_new(struct rt_db *db, struct rt_index_pairs **out, struct rt_err *err)
{
    static const char columns[] = "CREATE TABLE new_pair (ordinal, repeat, replicate, "
                                  "origin_store, origin_study, origin_ordinal, origin_attempt)";
    struct rt_index_pairs *pairs = rt_calloc(1, sizeof *pairs);
    int rc;

    pairs->db = db;
    pairs->feed = (struct rt_db_feed){.row = row_values, .context = pairs};
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
    pairs->feed.rows = (size_t)rt_plan_count(study->plan);
    rt_stmt_int(stmt, ":study", study->number);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    pairs->feed.rows = 0;
    return rc;
}
