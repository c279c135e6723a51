/* Verdicts that were recorded, from the index. */
#include "replay/verdict.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

enum { ALL, IDENTICAL, DIFFERENT, STANDING };

static enum rt_verdict verdict_of(const char *name)
{
    enum rt_verdict verdict = RT_VERDICT_NONE;

    while (++verdict < RT_VERDICTS) {
        if (name && strcmp(rt_verdict_name(verdict), name) == 0)
            return verdict;
    }
    return RT_VERDICT_NONE;
}

static int count_others(struct rt_db *index, const struct rt_study *study,
                        uint64_t counts[RT_VERDICTS], struct rt_err *err)
{
    struct rt_stmt *stmt = NULL;
    int rc = rt_db_prepare(index, rt_sql_ask_verdict_others, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    while ((rc = rt_stmt_step(stmt, err)) > 0)
        counts[verdict_of(rt_stmt_get_text(stmt, 0))] += (uint64_t)rt_stmt_get_int(stmt, 1);
    rt_stmt_free(stmt);
    return rc;
}

/* Counts the last verdicts, and those of them that are on trials as they stand now. */
static int count(struct rt_db *index, const struct rt_study *study, uint64_t counts[RT_VERDICTS],
                 uint64_t *standing, struct rt_err *err)
{
    char *rows = rt_printf("trial_row_%u", (unsigned)study->number);
    char *sql = rt_ddl_fill(rt_sql_ask_verdict_counts,
                            (const struct rt_ddl_slot[]){{"rows", rows}, {NULL, NULL}});
    struct rt_stmt *stmt = NULL;
    uint64_t all = 0;
    int rc = rt_db_prepare(index, sql, &stmt, NULL, err);

    *standing = 0;
    if (rc == 0) {
        rt_stmt_int(stmt, ":study", study->number);
        if ((rc = rt_stmt_step(stmt, err)) > 0) {
            all = (uint64_t)rt_stmt_get_int(stmt, ALL);
            counts[RT_VERDICT_IDENTICAL] = (uint64_t)rt_stmt_get_int(stmt, IDENTICAL);
            counts[RT_VERDICT_DIFFERENT] = (uint64_t)rt_stmt_get_int(stmt, DIFFERENT);
            *standing = rt_stmt_get_int(stmt, STANDING) ? all : 0;
        }
    }
    rt_stmt_free(stmt);
    if (rc >= 0 && counts[RT_VERDICT_IDENTICAL] + counts[RT_VERDICT_DIFFERENT] < all)
        rc = count_others(index, study, counts, err);
    free(sql);
    free(rows);
    return rc < 0 ? rc : 0;
}

int rt_verdicts_standing(struct rt_db *index, const struct rt_study *study, uint64_t *standing,
                         struct rt_err *err)
{
    uint64_t counts[RT_VERDICTS] = {0};

    return count(index, study, counts, standing, err);
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
    int rc;

    *out = (struct rt_verdicts){.study = study, .trials = study->planned};
    rc = count(index, study, out->counts, &standing, err);
    if (rc < 0 || standing < study->planned)
        return rc;
    if ((rc = read_rows(index, rt_sql_ask_verdict_examples, examples, take_pair, out, err)) < 0 ||
        (rc = read_rows(index, rt_sql_ask_differences_of, 0, take_difference, out, err)) < 0)
        return rc;
    return 1;
}
