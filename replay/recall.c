/* Verdicts that were recorded, from the index. */
#include "replay/verdict.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

int rt_verdicts_standing(struct rt_db *index, const struct rt_study *study, uint64_t *count,
                         struct rt_err *err)
{
    char *trials = rt_printf("trial_%u", (unsigned)study->number);
    char *sql = rt_ddl_fill(rt_sql_ask_verdicts_of,
                            (const struct rt_ddl_slot[]){{"trials", trials}, {NULL, NULL}});
    struct rt_stmt *stmt = NULL;
    int rc = rt_db_prepare(index, sql, &stmt, NULL, err);

    *count = 0;
    if (rc == 0) {
        rt_stmt_int(stmt, ":study", study->number);
        if ((rc = rt_stmt_step(stmt, err)) > 0)
            *count = (uint64_t)rt_stmt_get_int(stmt, 0);
    }
    rt_stmt_free(stmt);
    free(sql);
    free(trials);
    return rc < 0 ? rc : 0;
}

static enum rt_verdict verdict_of(const char *name)
{
    enum rt_verdict verdict = RT_VERDICT_NONE;

    while (++verdict < RT_VERDICTS) {
        if (name && strcmp(rt_verdict_name(verdict), name) == 0)
            return verdict;
    }
    return RT_VERDICT_NONE;
}

static void take_count(struct rt_stmt *row, struct rt_verdicts *out)
{
    out->counts[verdict_of(rt_stmt_get_text(row, 0))] += (uint64_t)rt_stmt_get_int(row, 1);
}

static void take_pair(struct rt_stmt *row, struct rt_verdicts *out)
{
    const char *reason = rt_stmt_get_text(row, 2);
    struct rt_pair *pair;

    out->pairs = rt_grow(out->pairs, &out->pair_capacity, out->count + 1, sizeof *out->pairs);
    pair = &out->pairs[out->count++];
    *pair = (struct rt_pair){.ordinal = (uint64_t)rt_stmt_get_int(row, 0),
                             .verdict = verdict_of(rt_stmt_get_text(row, 1)),
                             .reason = reason ? rt_strdup(reason) : NULL};
    rt_replay_origin(out->study->plan, rt_study_index(out->study, pair->ordinal), &pair->origin);
}

/* NULL is NaN. */
static double number(struct rt_stmt *row, int column)
{
    return rt_stmt_get_text(row, column) ? rt_stmt_get_real(row, column) : NAN;
}

static void take_difference(struct rt_stmt *row, struct rt_verdicts *out)
{
    out->differences = rt_grow(out->differences, &out->difference_capacity,
                               out->difference_count + 1, sizeof *out->differences);
    out->differences[out->difference_count++] = (struct rt_difference){
        .metric = rt_strdup(rt_stmt_get_text(row, 0)),
        .n = (uint64_t)rt_stmt_get_int(row, 1),
        .mean = number(row, 2),
        .sd = number(row, 3),
        .low = number(row, 4),
        .high = number(row, 5),
        .largest = number(row, 6),
        .largest_ordinal = (uint64_t)rt_stmt_get_int(row, 7),
        .floor = number(row, 8),
        .bound = number(row, 9),
        .p = number(row, 10),
        .equivalent = rt_stmt_get_int(row, 11) != 0,
    };
}

static int read_rows(struct rt_db *index, const char *sql, size_t most,
                     void (*take)(struct rt_stmt *row, struct rt_verdicts *out),
                     struct rt_verdicts *out, struct rt_err *err)
{
    struct rt_stmt *stmt = NULL;
    int rc = rt_db_prepare(index, sql, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", out->study->number);
    if (most)
        rt_stmt_int(stmt, ":most", (int64_t)most);
    while ((rc = rt_stmt_step(stmt, err)) > 0)
        take(stmt, out);
    rt_stmt_free(stmt);
    return rc;
}

int rt_verdicts_recall(struct rt_db *index, const struct rt_study *study, size_t examples,
                       struct rt_verdicts *out, struct rt_err *err)
{
    uint64_t standing;
    int rc = rt_verdicts_standing(index, study, &standing, err);

    *out = (struct rt_verdicts){.study = study, .trials = study->planned};
    if (rc < 0 || standing < study->planned)
        return rc;
    if ((rc = read_rows(index, rt_sql_ask_verdict_counts, 0, take_count, out, err)) < 0 ||
        (rc = read_rows(index, rt_sql_ask_verdict_examples, examples, take_pair, out, err)) < 0 ||
        (rc = read_rows(index, rt_sql_ask_differences_of, 0, take_difference, out, err)) < 0)
        return rc;
    return 1;
}
