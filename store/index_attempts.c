#include "store/index_inside.h"

#include "base/alloc.h"
#include "store/index_ddl.h"
#include "store/moves.h"

#include <stdlib.h>
#include "sql.h"

#define REASON_MAX 300 /* bytes of the line that a row keeps */

/* An attempt on its way into a row. */
struct row {
    const struct rt_attempt *attempt;
    uint64_t event;
    uint64_t event_row;
    bool bare; /* nothing but who had it is known: its agent vanished */
    struct rt_span reason;
    const struct rt_study *study;
    uint64_t point; /* of the trial in the current plan; UINT64_MAX: it has none */
    struct rt_index_table *table;
    int64_t process;
};

static void bind_int(const struct rt_index_insert *insert, enum rt_index_field field,
                     uint64_t value)
{
    if (insert->params[field])
        rt_stmt_int_at(insert->stmt, insert->params[field], (int64_t)value);
}

static void bind_text(const struct rt_index_insert *insert, enum rt_index_field field,
                      struct rt_span value)
{
    if (insert->params[field])
        rt_stmt_text_at(insert->stmt, insert->params[field], value);
}

static void bind_measured(const struct rt_index_insert *insert, const struct row *row)
{
    const struct rt_attempt *attempt = row->attempt;

    if (attempt->outcome != RT_OUTCOME_OK)
        rt_stmt_int_at(insert->stmt, insert->params[RT_FIELD_EXIT_STATUS], attempt->status);
    if (attempt->flags & RT_ATTEMPT_LATE)
        bind_int(insert, RT_FIELD_LATE, 1);
    bind_int(insert, RT_FIELD_WORKER, attempt->worker);
    bind_int(insert, RT_FIELD_POSITION, attempt->position);
    bind_int(insert, RT_FIELD_PID, (uint64_t)attempt->pid);
    bind_int(insert, RT_FIELD_START, attempt->start_us);
    bind_int(insert, RT_FIELD_DURATION, attempt->duration_us);
    bind_int(insert, RT_FIELD_USER, attempt->user_us);
    bind_int(insert, RT_FIELD_SYS, attempt->sys_us);
    bind_int(insert, RT_FIELD_MAX_RSS, attempt->max_rss_kib);
    bind_int(insert, RT_FIELD_SEED, attempt->seed);
}

static void bind_attempt(const struct rt_index_insert *insert, const struct row *row)
{
    const struct rt_attempt *attempt = row->attempt;

    bind_int(insert, RT_FIELD_STUDY, attempt->study);
    bind_int(insert, RT_FIELD_ORDINAL, attempt->ordinal);
    bind_int(insert, RT_FIELD_ATTEMPT, attempt->attempt);
    bind_text(insert, RT_FIELD_OUTCOME, rt_span_text(rt_outcome_name(attempt->outcome)));
    bind_int(insert, RT_FIELD_LAUNCH, attempt->launch);
    bind_int(insert, RT_FIELD_RANK, attempt->rank);
    bind_int(insert, RT_FIELD_PROCESS, (uint64_t)row->process);
    bind_int(insert, RT_FIELD_EVENT, row->event);
    bind_int(insert, RT_FIELD_EVENT_ROW, row->event_row);
    if (!row->bare)
        bind_measured(insert, row);
    if (row->reason.size)
        bind_text(insert, RT_FIELD_REASON, row->reason);
}

void rt_index_bind_param(struct rt_stmt *stmt, int number, const struct rt_index_column *column,
                         const struct rt_plan *plan, uint64_t point)
{
    struct rt_datum datum;

    if (rt_index_param(column, plan, point, &datum))
        rt_datum_bind(stmt, number, &datum);
}

static void bind_params(const struct row *row)
{
    for (size_t i = 0; i < row->table->count; i++) {
        const struct rt_index_column *column = &row->table->columns[i];

        if (!column->metric && column->param)
            rt_index_bind_param(row->table->insert.stmt, column->param, column, row->study->plan,
                                row->point);
    }
}

static void bind_trial(const struct row *row)
{
    const struct rt_index_insert *insert = &row->table->insert;
    enum rt_trial_status status = rt_state_trial(row->study, row->attempt->ordinal).status;

    if (status == RT_TRIAL_WAITING || status == RT_TRIAL_LEASED)
        bind_int(insert, RT_FIELD_AGAIN, 1);
    if (row->point == UINT64_MAX) {
        bind_int(insert, RT_FIELD_RETIRED, 1);
        return;
    }
    bind_int(insert, RT_FIELD_REPLICATE, rt_plan_replicate(row->study->plan, row->point));
    bind_params(row);
    if (rt_plan_driven(row->study->plan))
        rt_index_bind_proposed(row->table, insert->stmt, row->study->plan, row->point, false);
}

/* Makes sure that a metric's column exists and can hold the value. */
static int fit_metric(struct rt_index_table *table, struct rt_metric *metric, struct rt_err *err)
{
    struct rt_index_column *column = rt_index_table_find(table, true, metric->name);
    struct rt_datum *value = &metric->value;
    int rc;

    if (value->text.size > RT_INDEX_TEXT_MAX)
        *value = (struct rt_datum){.type = RT_COLUMN_TEXT, .state = "too long"};
    if (!column && (rc = rt_index_table_add(table, true, metric->name, &column, err)) < 0)
        return rc;
    if (!column || value->type == RT_COLUMN_NONE)
        return 0;
    if ((value->type != column->type || !column->table_column) &&
        (rc = rt_index_table_widen(table, column, value->type, err)) < 0)
        return rc;
    if (value->state && !column->state_column)
        return rt_index_table_add_state(table, column, err);
    return 0;
}

static void bind_metrics(const struct row *row, const struct rt_metrics *metrics)
{
    const struct rt_index_insert *insert = &row->table->insert;

    for (size_t i = 0; i < metrics->count; i++) {
        const struct rt_metric *metric = &metrics->items[i];
        struct rt_index_column *column = rt_index_table_find(row->table, true, metric->name);

        if (!column || !column->param)
            continue;
        rt_datum_bind(insert->stmt, column->param, &metric->value);
        if (metric->value.state)
            rt_stmt_text_at(insert->stmt, column->state_param, rt_span_text(metric->value.state));
    }
}

/* The bytes of a payload; those known by hash are appended to *out, which is emptied before. */
static int payload(struct rt_index *index, const struct rt_payload *in, struct rt_buf *out,
                   struct rt_span *bytes, struct rt_err *err)
{
    int rc = 0;

    *bytes = in->data;
    if (!in->by_hash)
        return 0;
    rt_buf_reset(out);
    if (index->payload)
        rc = index->payload(index->payload_context, in, out, err);
    *bytes = rt_buf_span(out);
    return rc;
}

static int read_metrics(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    struct rt_span result;
    int rc;

    if ((rc = payload(index, &row->attempt->result, &index->result, &result, err)) < 0)
        return rc;
    rt_metrics_read(&index->metrics, result);
    return 0;
}

static bool blank(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/* The line that says most: the last one of a traceback, else the first. */
static struct rt_span telling_line(struct rt_span reason)
{
    static const char mark[] = "Traceback (most recent call last)";
    const char *start = reason.data;
    const char *end = start + reason.size;
    bool last = memmem(reason.data, reason.size, mark, sizeof mark - 1) != NULL;
    const char *line;

    while (end > start && blank(end[-1]))
        end--;
    while (start < end && blank(*start))
        start++;
    if (last && (line = memrchr(start, '\n', (size_t)(end - start))) != NULL)
        start = line + 1;
    else if (!last && (line = memchr(start, '\n', (size_t)(end - start))) != NULL)
        end = line;
    if (end - start > REASON_MAX) {
        end = start + REASON_MAX;
        while (end > start && ((unsigned char)*end & 0xC0) == 0x80)
            end--;
    }
    return rt_span(start, (size_t)(end - start));
}

static int read_reason(struct rt_index *index, struct row *row, struct rt_err *err)
{
    int rc = 0;

    if (row->attempt->reason.size == 0)
        return 0;
    if ((rc = payload(index, &row->attempt->reason, &index->reason, &row->reason, err)) == 0 &&
        row->reason.size)
        row->reason = telling_line(row->reason);
    return rc;
}

static int insert_row(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    struct rt_index_insert *insert;
    int rc;

    if ((rc = rt_index_table_insert(row->table, &insert, err)) < 0)
        return rc;
    rt_stmt_unbind(insert->stmt);
    bind_attempt(insert, row);
    bind_trial(row);
    bind_metrics(row, &index->metrics);
    return rt_stmt_run(insert->stmt, err);
}

static int insert_past(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    int rc = 0;

    if (!index->past.stmt)
        rc =
            rt_index_insert_prepare(&index->past, index->db, rt_sql_index_insert_past_attempt, err);
    if (rc < 0)
        return rc;
    rt_stmt_unbind(index->past.stmt);
    bind_attempt(&index->past, row);
    return rt_stmt_run(index->past.stmt, err);
}

static int run_on_trial(const struct row *row, const char *template, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_index_table_prepare(row->table, template, &stmt, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", row->attempt->study);
    rt_stmt_int(stmt, ":ordinal", (int64_t)row->attempt->ordinal);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

/* Whether the attempt in the row, which there is, has succeeded. */
static int has_succeeded(const struct row *row, bool *succeeded, struct rt_err *err)
{
    enum rt_outcome outcome = RT_OUTCOME_NONE;
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_index_table_prepare(row->table, rt_sql_study_select_trial, &stmt, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":ordinal", (int64_t)row->attempt->ordinal);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        rt_outcome_from_name(rt_stmt_get_text(stmt, 0), &outcome);
    rt_stmt_free(stmt);
    *succeeded = rt_outcome_success(outcome);
    return rc < 0 ? rc : 0;
}

/* The trial has a row: the attempt takes its place as it does in the state (store/moves.c), or
 * goes to the past attempts itself. */
static int insert_beside(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    bool late = row->attempt->flags & RT_ATTEMPT_LATE;
    bool succeeded;
    int rc;

    if ((rc = has_succeeded(row, &succeeded, err)) < 0)
        return rc;
    if (succeeded || (late && !rt_outcome_success(row->attempt->outcome)))
        return insert_past(index, row, err);
    if ((rc = run_on_trial(row, rt_sql_study_move_trial, err)) < 0 ||
        (rc = run_on_trial(row, rt_sql_study_delete_trial, err)) < 0)
        return rc;
    return insert_row(index, row, err);
}

/* A result that decides its trial, and in time, is compared with others. */
static int check_params(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    const struct rt_attempt *attempt = row->attempt;

    if (attempt->outcome != RT_OUTCOME_OK || (attempt->flags & RT_ATTEMPT_LATE))
        return 0;
    return rt_index_checks_trial(index, row->table, row->point, err);
}

/* A row by itself, after all others. */
static int add_alone(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    int rc = rt_index_bulk_flush(index->bulk, err);

    for (size_t i = 0; rc == 0 && i < index->metrics.count; i++)
        rc = fit_metric(row->table, &index->metrics.items[i], err);
    if (rc < 0 || (rc = insert_row(index, row, err)) < 0)
        return rc;
    return rt_db_changes(index->db) == 0 ? insert_beside(index, row, err) : 0;
}

/* With others at once if it can be: 1, else 0. */
static int add_in_bulk(struct rt_index *index, const struct row *row, struct rt_err *err)
{
    struct rt_index_new new = {.study = row->study,
                               .table = row->table,
                               .attempt = row->attempt,
                               .point = row->point,
                               .metrics = &index->metrics,
                               .reason = row->reason,
                               .process = row->process,
                               .event = row->event,
                               .event_row = row->event_row};

    if (row->bare)
        return 0;
    if (rt_plan_driven(row->study->plan)) {
        rt_index_read_proposed(row->table, row->study->plan, row->point);
        new.proposed = &row->table->proposed;
    }
    return rt_index_bulk_add(index->bulk, &new, err);
}

static int find_process(struct rt_index *index, struct row *row, struct rt_err *err)
{
    const struct rt_attempt *attempt = row->attempt;
    int rc;

    if (row->bare)
        return rt_index_process_lost(index, attempt->launch, attempt->rank, &row->process, err);
    if (!row->table->first.known &&
        (rc = rt_index_table_begin(row->table, attempt->start_us, attempt->seed, err)) < 0)
        return rc;
    return rt_index_process_of(index, attempt, &row->process, err);
}

static int add(struct rt_index *index, struct row *row, struct rt_err *err)
{
    const struct rt_attempt *attempt = row->attempt;
    int rc;

    row->study = rt_state_study(index->state, attempt->study);
    if (!row->study || !row->study->plan)
        return rt_err_set(err, RT_EDAMAGED, "an attempt of study %u, which has no plan",
                          (unsigned)attempt->study);
    row->point = rt_study_index(row->study, attempt->ordinal);
    if ((rc = rt_index_table_of(index, attempt->study, &row->table, err)) < 0 ||
        (rc = find_process(index, row, err)) < 0 || (rc = read_reason(index, row, err)) < 0 ||
        (rc = read_metrics(index, row, err)) < 0 || (rc = add_in_bulk(index, row, err)) < 0 ||
        (rc == 0 && (rc = add_alone(index, row, err)) < 0))
        return rc;
    row->table->touched = true;
    return check_params(index, row, err);
}

int rt_index_apply_attempts(struct rt_index *index, const struct rt_event *event,
                            struct rt_err *err)
{
    size_t count;
    const struct rt_attempt *attempts = rt_state_attempts(index->state, &count);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct row row = {.attempt = &attempts[i], .event = event->seq, .event_row = i};

        rc = add(index, &row, err);
    }
    return rc;
}

struct lost {
    struct rt_index *index;
    uint64_t event;
    uint64_t count;
    int rc;
    struct rt_err *err;
};

static void add_lost(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt,
                     uint32_t launch, uint32_t rank)
{
    struct lost *lost = context;
    const struct rt_study *of = rt_state_study(lost->index->state, study);
    bool aside = rt_state_trial(of, ordinal).status == RT_TRIAL_DONE &&
                 rt_study_downs(of, ordinal) >= RT_DOWNS_MAX;
    const char *why =
        aside ? "its launch died with it, as an agent or launches had before: it is set aside"
              : "its launch ended before it did";
    struct rt_attempt vanished = {.study = study,
                                  .ordinal = ordinal,
                                  .attempt = attempt,
                                  .launch = launch,
                                  .rank = rank,
                                  .outcome = RT_OUTCOME_LOST,
                                  .reason = {.data = rt_span_text(why), .size = strlen(why)}};
    struct row row = {
        .attempt = &vanished, .event = lost->event, .event_row = lost->count++, .bare = true};

    if (lost->rc == 0)
        lost->rc = add(lost->index, &row, lost->err);
}

int rt_index_apply_lost(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct lost lost = {.index = index, .event = event->seq, .err = err};

    rt_state_lost_leases(index->state, add_lost, &lost);
    return lost.rc < 0 ? lost.rc : rt_index_drop_leases(index, event, err);
}
