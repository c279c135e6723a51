#include "replay/origin.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

struct rt_origins {
    struct rt_db *index;
    enum rt_origins_what what;
    const struct rt_study *study; /* of the statement */
    struct rt_stmt *stmt; /* steps through the trials from the last one that was looked for */
    uint64_t at;          /* the trial of its row; 0: it is on none */
    struct rt_stmt *past; /* prepared when needed */
    bool begun;
};

/* One transaction for all: SQLite locks its file for each statement otherwise. A savepoint, for
 * there may be several at a time. If it cannot be had, things only take longer. */
int rt_origins_new(struct rt_db *index, enum rt_origins_what what, struct rt_origins **out)
{
    *out = rt_calloc(1, sizeof **out);
    (*out)->index = index;
    (*out)->what = what;
    (*out)->begun = rt_db_exec(index, "SAVEPOINT origins", NULL) == 0;
    return 0;
}

void rt_origins_free(struct rt_origins *origins)
{
    if (!origins)
        return;
    rt_stmt_free(origins->stmt);
    rt_stmt_free(origins->past);
    if (origins->begun)
        rt_db_exec(origins->index, "RELEASE origins", NULL);
    free(origins);
}

static int prepare(struct rt_origins *origins, const struct rt_study *study, struct rt_err *err)
{
    bool places = origins->what == RT_ORIGINS_PLACES;
    char *rows;
    char *sql;
    int rc;

    if (origins->study == study && origins->stmt)
        return 0;
    rt_stmt_free(origins->stmt);
    origins->stmt = NULL;
    origins->at = 0;
    origins->study = study;
    rows = rt_printf("trial_row_%u%s", (unsigned)study->number,
                     places ? " LEFT JOIN process USING (process)" : "");
    sql =
        rt_ddl_fill(rt_sql_ask_standing_attempt,
                    (const struct rt_ddl_slot[]){
                        {"rows", rows}, {"place", places ? "launch, rank" : "0, 0"}, {NULL, NULL}});
    rc = rt_db_prepare(origins->index, sql, &origins->stmt, NULL, err);
    free(sql);
    free(rows);
    return rc;
}

/* The row of an attempt: the columns of both statements. */
static void take_row(struct rt_stmt *stmt, struct rt_origin *out)
{
    out->attempt = (uint32_t)rt_stmt_get_int(stmt, 0);
    rt_outcome_from_name(rt_stmt_get_text(stmt, 1), &out->outcome);
    out->launch = (uint32_t)rt_stmt_get_int(stmt, 2);
    out->rank = (uint32_t)rt_stmt_get_int(stmt, 3);
    out->event = (uint64_t)rt_stmt_get_int(stmt, 4);
    out->row = (uint64_t)rt_stmt_get_int(stmt, 5);
}

static int step(struct rt_origins *origins, struct rt_err *err)
{
    int rc = rt_stmt_step(origins->stmt, err);

    origins->at = rc > 0 ? (uint64_t)rt_stmt_get_int(origins->stmt, 6) : 0;
    return rc;
}

/* Puts the statement on the first trial that is not before this one: nearly always it is there, or
 * one step off. */
static int seek(struct rt_origins *origins, uint64_t ordinal, struct rt_err *err)
{
    int rc = 1;

    if (origins->at == ordinal)
        return 1;
    if (origins->at && origins->at < ordinal &&
        ((rc = step(origins, err)) < 0 || origins->at == ordinal))
        return rc;
    rt_stmt_reset(origins->stmt);
    rt_stmt_int(origins->stmt, ":ordinal", (int64_t)ordinal);
    return step(origins, err);
}

int rt_origin_planned(const struct rt_study *study, uint64_t ordinal, struct rt_origin *out,
                      struct rt_err *err)
{
    *out = (struct rt_origin){.study = study, .ordinal = ordinal};
    out->plan = rt_study_plan_of(study, ordinal, &out->index);
    if (!out->plan)
        return rt_err_set(err, RT_ENOTFOUND, "no plan has trial %s.%llu", study->id,
                          (unsigned long long)ordinal);
    out->seed = rt_plan_seed(out->plan, out->index);
    return 0;
}

int rt_origins_find(struct rt_origins *origins, const struct rt_study *study, uint64_t ordinal,
                    struct rt_origin *out, struct rt_err *err)
{
    int rc;

    if ((rc = rt_origin_planned(study, ordinal, out, err)) < 0 ||
        (rc = prepare(origins, study, err)) < 0)
        return rc;
    rc = seek(origins, ordinal, err);
    if (rc > 0 && origins->at == ordinal)
        take_row(origins->stmt, out);
    return rc < 0 ? rc : 0;
}

int rt_origins_attempt(struct rt_origins *origins, const struct rt_study *study, uint64_t ordinal,
                       uint32_t attempt, struct rt_origin *out, struct rt_err *err)
{
    int rc = rt_origins_find(origins, study, ordinal, out, err);

    if (rc < 0 || out->attempt == attempt)
        return rc;
    if (!origins->past && (rc = rt_db_prepare(origins->index, rt_sql_ask_past_attempt,
                                              &origins->past, NULL, err)) < 0)
        return rc;
    rt_stmt_int(origins->past, ":study", study->number);
    rt_stmt_int(origins->past, ":ordinal", (int64_t)ordinal);
    rt_stmt_int(origins->past, ":attempt", attempt);
    if ((rc = rt_stmt_step(origins->past, err)) > 0)
        take_row(origins->past, out);
    else if (rc == 0)
        rc = rt_err_set(err, RT_ENOTFOUND, "%s.%llu has no attempt %u", study->id,
                        (unsigned long long)ordinal, attempt);
    rt_stmt_reset(origins->past);
    return rc < 0 ? rc : 0;
}
