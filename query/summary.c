#include "query/summary.h"

#include "base/alloc.h"
#include "query/columns.h"
#include "query/template.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

static void count(struct rt_summary *summary)
{
    const struct rt_study *study = summary->study;

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        summary->done += study->done[i];
        if (i == RT_OUTCOME_FAILED || i == RT_OUTCOME_CRASHED || i == RT_OUTCOME_TIMEOUT ||
            i == RT_OUTCOME_LOST)
            summary->bad += study->done[i];
    }
}

/* The column of trial_N; "NULL" if there is none. Yours. */
static int column_of(struct rt_db *db, const struct rt_summary *summary, char **column,
                     struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    *column = NULL;
    if ((rc = rt_db_prepare(db, rt_sql_ask_objective_column, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", summary->study->number);
    rt_stmt_text(stmt, ":name", summary->metric);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *column = rt_strdup(rt_stmt_get_text(stmt, 0));
    rt_stmt_free(stmt);
    if (!*column)
        *column = rt_strdup("NULL");
    return rc < 0 ? rc : 0;
}

static int ask(struct rt_db *db, struct rt_summary *summary, const char *column, struct rt_err *err)
{
    const struct rt_json *objective = rt_columns_objective(summary->study);
    const char *goal = objective ? rt_json_get_text(objective, "goal", "") : "";
    char *rows = rt_printf("trial_row_%u", (unsigned)summary->study->number);
    const struct rt_ddl_slot slots[] = {{"best", strcmp(goal, "minimize") == 0 ? "min" : "max"},
                                        {"column", column},
                                        {"rows", rows},
                                        {NULL, NULL}};
    char *sql = rt_template_fill(rt_sql_ask_summary, slots);
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(db, sql, &stmt, NULL, err)) == 0) {
        rt_stmt_int(stmt, ":study", summary->study->number);
        if ((rc = rt_stmt_step(stmt, err)) > 0) {
            struct rt_cell best = rt_cell_of(stmt, 1);

            summary->last_us = (uint64_t)rt_stmt_get_int(stmt, 0);
            if (best.kind == RT_CELL_INT || best.kind == RT_CELL_REAL)
                summary->best = best;
        }
        rt_stmt_free(stmt);
    }
    free(rows);
    free(sql);
    return rc < 0 ? rc : 0;
}

int rt_summary_of(struct rt_db *db, const struct rt_study *study, struct rt_summary *summary,
                  struct rt_err *err)
{
    char *column = NULL;
    char *view = NULL;
    int rc;

    *summary = (struct rt_summary){.study = study};
    count(summary);
    if (rt_columns_objective(study))
        summary->metric = rt_json_get_text(rt_columns_objective(study), "metric", NULL);
    if ((rc = rt_columns_view(db, study, &view, err)) == 0 && view &&
        (rc = column_of(db, summary, &column, err)) == 0)
        rc = ask(db, summary, column, err);
    free(column);
    free(view);
    return rc;
}

bool rt_summary_complete(const struct rt_summary *summary)
{
    return summary->done == summary->study->planned && !rt_summary_open(summary->study);
}

bool rt_summary_open(const struct rt_study *study)
{
    return study->plan && rt_plan_driven(study->plan) && !study->finished;
}

void rt_summary_target(const struct rt_study *study, struct rt_buf *out)
{
    const struct rt_json *plan = study->plan ? rt_plan_json(study->plan) : NULL;
    uint64_t limit = (uint64_t)rt_json_get_int(rt_json_get(plan, "driver"), "trials", 0);

    if (!rt_summary_open(study))
        rt_buf_printf(out, "of %llu", (unsigned long long)study->planned);
    else if (limit)
        rt_buf_printf(out, "of at most %llu", (unsigned long long)limit);
    else
        rt_buf_add(out, "so far");
}

void rt_summary_outcomes(const struct rt_study *study, struct rt_buf *out)
{
    bool first = true;

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        if (!study->done[i])
            continue;
        rt_buf_printf(out, "%s%llu %s", first ? "" : ", ", (unsigned long long)study->done[i],
                      rt_outcome_name((enum rt_outcome)i));
        first = false;
    }
}
