/* What trials report while they run, what they are told, and what they keep. */
#include "store/index_inside.h"

#include "store/report.h"

#include <math.h>
#include <stdlib.h>
#include "sql.h"

/* Numbers of the parameters of sql/index/insert_step.sql, as they appear there. */
enum { STUDY = 1, ORDINAL, ATTEMPT, METRIC, NUMBER, STEP, VALUE, STATE, TIME };

static void bind_value(struct rt_stmt *stmt, double value)
{
    if (isfinite(value))
        rt_stmt_real_at(stmt, VALUE, value);
    else
        rt_stmt_text_at(stmt, STATE,
                        rt_span_text(isnan(value) ? "nan"
                                     : value > 0  ? "inf"
                                                  : "-inf"));
}

static int insert_report(struct rt_stmt *stmt, const struct rt_report *report, struct rt_err *err)
{
    struct rt_reader values = rt_reader(report->values);
    struct rt_span name;
    double value;
    int rc = 0;

    for (uint32_t i = 0; rc == 0 && i < report->count; i++) {
        rt_report_value(&values, &name, &value);
        rt_stmt_unbind(stmt);
        rt_stmt_int_at(stmt, STUDY, report->study);
        rt_stmt_int_at(stmt, ORDINAL, (int64_t)report->ordinal);
        rt_stmt_int_at(stmt, ATTEMPT, report->attempt);
        rt_stmt_text_at(stmt, METRIC, name);
        rt_stmt_int_at(stmt, NUMBER, (int64_t)report->number);
        rt_stmt_int_at(stmt, STEP, report->step);
        rt_stmt_int_at(stmt, TIME, (int64_t)report->time_us);
        bind_value(stmt, value);
        rc = rt_stmt_run(stmt, err);
    }
    return rc;
}

/* The view of a study's steps comes with the first. */
static int note_steps(struct rt_index *index, uint32_t study, struct rt_err *err)
{
    struct rt_index_table *table;
    int rc = rt_index_table_of(index, study, &table, err);

    if (rc == 0 && !table->has_steps)
        table->has_steps = table->view_stale = true;
    return rc;
}

int rt_index_apply_reports(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    int rc;

    if (!index->insert_step && (rc = rt_db_prepare(index->db, rt_sql_index_insert_step,
                                                   &index->insert_step, NULL, err)) < 0)
        return rc;
    if ((rc = rt_reports_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_reports_next(&reader, &report, err)) > 0) {
        if ((rc = note_steps(index, report.study, err)) < 0 ||
            (rc = insert_report(index->insert_step, &report, err)) < 0)
            return rc;
    }
    return rc;
}

int rt_index_load_steps(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(table->db, rt_sql_index_select_has_steps, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        table->has_steps = rt_stmt_get_int(stmt, 0) != 0;
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

int rt_index_apply_told(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    const char *sql = event->kind == RT_EVENT_DECISIONS    ? rt_sql_index_insert_decisions
                      : event->kind == RT_EVENT_CHECKPOINT ? rt_sql_index_insert_checkpoint
                                                           : rt_sql_index_insert_restore;

    int rc = rt_index_run(index, sql, event, 0, err);

    if (rc < 0 || event->kind != RT_EVENT_DECISIONS)
        return rc;
    return rt_index_run(index, rt_sql_index_insert_heard, event, 0, err);
}
