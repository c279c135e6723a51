#include "store/index_verdicts.h"

#include "base/alloc.h"
#include "base/json.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* Columns of the table in memory, in its order. */
enum field { ORDINAL, VERDICT, REASON, FIELDS };

struct row {
    int64_t ordinal;
    const char *verdict; /* both borrowed from the event's object */
    const char *reason;  /* NULL: none */
};

struct rt_index_verdicts {
    struct rt_db *db;
    struct rt_db_feed feed;
    struct rt_db_value values[FIELDS]; /* of the row at hand */
    struct row *rows;                  /* by ordinal */
    size_t count;
    size_t capacity;
};

static struct rt_db_value text_value(const char *text)
{
    return rt_db_text(text, text ? strlen(text) : 0);
}

static const struct rt_db_value *row_values(void *context, size_t place)
{
    struct rt_index_verdicts *verdicts = context;
    const struct row *row = &verdicts->rows[place];

    verdicts->values[ORDINAL] = rt_db_int(row->ordinal);
    verdicts->values[VERDICT] = text_value(row->verdict);
    verdicts->values[REASON] = text_value(row->reason);
    return verdicts->values;
}

int rt_index_verdicts_new(struct rt_db *db, struct rt_index_verdicts **out, struct rt_err *err)
{
    static const char columns[] = "CREATE TABLE new_verdict (ordinal, verdict, reason)";
    struct rt_index_verdicts *verdicts = rt_calloc(1, sizeof *verdicts);
    int rc;

    verdicts->db = db;
    verdicts->feed = (struct rt_db_feed){.row = row_values, .context = verdicts};
    if ((rc = rt_db_add_feed(db, "new_verdict", columns, &verdicts->feed, err)) < 0) {
        free(verdicts);
        return rc;
    }
    *out = verdicts;
    return 0;
}

void rt_index_verdicts_free(struct rt_index_verdicts *verdicts)
{
    free(verdicts);
}

static int refuse(const struct rt_event *event, const char *what, struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "the verdicts of event %llu %s",
                      (unsigned long long)event->seq, what);
}

/* [first ordinal, count, verdict]; false if the study has no such trials. */
static bool add_run(struct rt_index_verdicts *verdicts, const struct rt_json *run, int64_t ordinals)
{
    int64_t first = rt_json_int(rt_json_at(run, 0));
    int64_t count = rt_json_int(rt_json_at(run, 1));
    const char *verdict = rt_json_string(rt_json_at(run, 2));

    if (first < 1 || first > ordinals || count < 0 || count > ordinals - first + 1 || !verdict)
        return false;
    for (int64_t i = 0; i < count; i++) {
        verdicts->rows = rt_grow(verdicts->rows, &verdicts->capacity, verdicts->count + 1,
                                 sizeof *verdicts->rows);
        verdicts->rows[verdicts->count++] = (struct row){first + i, verdict, NULL};
    }
    return (int64_t)verdicts->count <= ordinals;
}

static int by_ordinal(const void *a, const void *b)
{
    int64_t x = ((const struct row *)a)->ordinal;
    int64_t y = ((const struct row *)b)->ordinal;

    return (x > y) - (x < y);
}

/* They nearly always are. */
static void sort(struct rt_index_verdicts *verdicts)
{
    for (size_t i = 1; i < verdicts->count; i++) {
        if (verdicts->rows[i].ordinal <= verdicts->rows[i - 1].ordinal) {
            qsort(verdicts->rows, verdicts->count, sizeof *verdicts->rows, by_ordinal);
            return;
        }
    }
}

/* [ordinal, text], in any order; nearly always in that of the rows, which *at follows. */
static void add_reason(struct rt_index_verdicts *verdicts, const struct rt_json *reason, size_t *at)
{
    const struct row wanted = {.ordinal = rt_json_int(rt_json_at(reason, 0))};
    struct row *row = verdicts->rows + *at;

    if (*at == verdicts->count || row->ordinal != wanted.ordinal)
        row = bsearch(&wanted, verdicts->rows, verdicts->count, sizeof *row, by_ordinal);
    if (!row)
        return;
    row->reason = rt_json_string(rt_json_at(reason, 1));
    *at = (size_t)(row - verdicts->rows) + 1;
}

static int make_rows(struct rt_index_verdicts *verdicts, const struct rt_json *record,
                     const struct rt_event *event, int64_t ordinals, struct rt_err *err)
{
    const struct rt_json *runs = rt_json_get(record, "runs");
    const struct rt_json *reasons = rt_json_get(record, "reasons");
    size_t at = 0;

    for (size_t i = 0; i < rt_json_count(runs); i++) {
        if (!add_run(verdicts, rt_json_at(runs, i), ordinals))
            return refuse(event, "are of trials that their study does not have", err);
    }
    sort(verdicts);
    for (size_t i = 1; i < verdicts->count; i++) {
        if (verdicts->rows[i].ordinal == verdicts->rows[i - 1].ordinal)
            return refuse(event, "judge a trial twice", err);
    }
    for (size_t i = 0; verdicts->count && i < rt_json_count(reasons); i++)
        add_reason(verdicts, rt_json_at(reasons, i), &at);
    return 0;
}

static int insert(struct rt_index_verdicts *verdicts, const struct rt_event *event, int64_t study,
                  struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(verdicts->db, rt_sql_index_insert_verdicts, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study);
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    verdicts->feed.rows = verdicts->count;
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    verdicts->feed.rows = 0;
    return rc;
}

int rt_index_verdicts_insert(struct rt_index_verdicts *verdicts, const struct rt_state *state,
                             const struct rt_event *event, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_json *record;
    int rc;

    if (rt_json_parse(event->body, &record, err) < 0)
        return refuse(event, "are no JSON", err);
    study = rt_state_study(state, (uint32_t)rt_json_get_int(record, "study", 0));
    rc = study ? make_rows(verdicts, record, event, (int64_t)study->ordinals, err)
               : refuse(event, "are of no study", err);
    if (rc == 0)
        rc = insert(verdicts, event, study->number, err);
    free(verdicts->rows);
    verdicts->rows = NULL;
    verdicts->count = verdicts->capacity = 0;
    rt_json_free(record);
    return rc;
}
