#include "store/index_inside.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

static void put_stored(const struct rt_index_table *table, const struct rt_index_column *column,
                       struct rt_buf *out)
{
    char *state;

    rt_buf_printf(out, ",\n  t.%s AS ", column->table_column);
    rt_ddl_name(out, column->view_column);
    if (!column->state_column)
        return;
    state = rt_index_name_state(table, column);
    rt_buf_printf(out, ",\n  t.%s AS ", column->state_column);
    rt_ddl_name(out, state);
    free(state);
}

/* A fixed parameter has one value in all trials of the plan. It is looked up, not written into
 * the view: SQLite reads back what was bound, bit for bit. */
static void put_fixed(const struct rt_index_table *table, const struct rt_index_column *column,
                      struct rt_buf *out)
{
    rt_buf_printf(out, "(SELECT value FROM study_column WHERE study = %u AND number = %u)",
                  (unsigned)table->study, (unsigned)column->number);
}

/* Swept ones first: they are what a study is about. */
static void put_columns(const struct rt_index_table *table, struct rt_buf *out)
{
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < table->count; i++) {
            const struct rt_index_column *column = &table->columns[i];
            int when = column->metric ? 2 : column->axis >= 0 || column->proposed ? 0 : 1;

            if (when != turn || !column->view_column)
                continue;
            if (when != 1) {
                put_stored(table, column, out);
                continue;
            }
            rt_buf_add(out, ",\n  ");
            put_fixed(table, column, out);
            rt_buf_add(out, " AS ");
            rt_ddl_name(out, column->view_column);
        }
    }
}

static void fill_derived(struct rt_stmt *axis, const struct rt_index_table *table,
                         const struct rt_index_column *column, struct rt_buf *out)
{
    bool listed = rt_stmt_kind(axis, 2) == RT_CELL_NULL;
    bool exact = rt_stmt_kind(axis, 2) == RT_CELL_INT;
    char *study = rt_printf("%u", (unsigned)table->study);
    char *number = rt_printf("%d", column->axis);
    const struct rt_ddl_slot slots[] = {{"study", study},
                                        {"axis", number},
                                        {"count", rt_stmt_get_text(axis, 0)},
                                        {"stride", rt_stmt_get_text(axis, 1)},
                                        {"from", exact ? rt_stmt_get_text(axis, 2) : ""},
                                        {"step", exact ? rt_stmt_get_text(axis, 3) : ""},
                                        {"divisor", exact ? rt_stmt_get_text(axis, 4) : ""},
                                        {NULL, NULL}};
    char *sql = rt_ddl_fill(listed  ? rt_sql_study_axis_listed
                            : exact ? rt_sql_study_axis_range
                                    : rt_sql_study_axis_near,
                            slots);

    rt_buf_add(out, sql);
    free(sql);
    free(number);
    free(study);
}

/* The value of a swept parameter at a point of the plan. Integers and powers of ten are written
 * out, which keeps them exact; all else is looked up. */
static int put_derived(const struct rt_index_table *table, const struct rt_index_column *column,
                       struct rt_buf *out, struct rt_err *err)
{
    struct rt_stmt *axis;
    int rc;

    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_axis, &axis, NULL, err)) < 0)
        return rc;
    rt_stmt_int(axis, ":study", table->study);
    rt_stmt_int(axis, ":axis", column->axis);
    if ((rc = rt_stmt_step(axis, err)) > 0)
        fill_derived(axis, table, column, out);
    else if (rc == 0)
        rc = rt_err_set(err, RT_EDAMAGED, "axis %d of study %u is missing", column->axis,
                        (unsigned)table->study);
    rt_stmt_free(axis);
    return rc < 0 ? rc : 0;
}

/* What was proposed for a parameter is looked up: SQLite reads back what was bound, bit for bit. */
static void put_proposed(const struct rt_index_table *table, const struct rt_index_column *column,
                         struct rt_buf *out)
{
    rt_buf_printf(out,
                  "(SELECT v.value FROM proposal_value AS v WHERE v.study = %u AND v.ordinal = "
                  "proposal.ordinal AND v.number = %u)",
                  (unsigned)table->study, (unsigned)column->number);
}

/* The columns of trial_N that the view needs, and what stands for them in trials without a row. */
static int put_pending(const struct rt_index_table *table, struct rt_buf *stored,
                       struct rt_buf *derived, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < table->count; i++) {
        const struct rt_index_column *column = &table->columns[i];

        if (!column->view_column || !column->table_column ||
            (!column->metric && column->axis < 0 && !column->proposed))
            continue;
        rt_buf_printf(stored, ", %s", column->table_column);
        rt_buf_add(derived, ",\n    ");
        if (column->metric)
            rt_buf_add(derived, "NULL");
        else if (column->proposed)
            put_proposed(table, column, derived);
        else
            rc = put_derived(table, column, derived, err);
        if (column->state_column) {
            rt_buf_printf(stored, ", %s", column->state_column);
            rt_buf_add(derived, ", NULL");
        }
    }
    return rc;
}

/* The replicate of a trial without a row. */
static char *put_replicate(const struct rt_index_table *table, const struct rt_plan *plan)
{
    if (rt_plan_lists_points(plan))
        return rt_printf("(SELECT p.replicate FROM pair AS p WHERE p.study = %u AND p.ordinal = "
                         "series.ordinal)",
                         (unsigned)table->study);
    return rt_printf("point / %llu + 1", (unsigned long long)rt_plan_levels(plan));
}

static void put_all(const struct rt_index_table *table, struct rt_buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->columns[i].table_column)
            rt_buf_printf(out, ", %s", table->columns[i].table_column);
        if (table->columns[i].state_column)
            rt_buf_printf(out, ", %s", table->columns[i].state_column);
    }
}

static int put_source(const struct rt_index_table *table, const struct rt_study *study, char **out,
                      struct rt_err *err)
{
    struct rt_buf stored = RT_BUF_INIT;
    struct rt_buf derived = RT_BUF_INIT;
    char *number = rt_printf("%u", (unsigned)table->study);
    char *replicate = put_replicate(table, study->plan);
    int rc = put_pending(table, &stored, &derived, err);
    const struct rt_ddl_slot slots[] = {{"rows", table->rows},
                                        {"study", number},
                                        {"replicate", replicate},
                                        {"stored", rt_buf_text(&stored)},
                                        {"derived", rt_buf_text(&derived)},
                                        {NULL, NULL}};

    *out = rt_ddl_fill(rt_plan_driven(study->plan) ? rt_sql_study_source_proposed
                       : table->pending_first      ? rt_sql_study_source_pending
                                                   : rt_sql_study_source_done,
                       slots);
    rt_buf_clear(&stored);
    rt_buf_clear(&derived);
    free(number);
    free(replicate);
    return rc;
}

static int define(struct rt_index_table *table, const char *template, const char *name,
                  const char *columns, const char *from, struct rt_err *err)
{
    struct rt_buf view = RT_BUF_INIT;
    struct rt_buf id = RT_BUF_INIT;
    char *number = rt_printf("%u", (unsigned)table->study);
    char *drop;
    char *create;
    int rc;

    rt_ddl_name(&view, name);
    rt_ddl_text(&id, table->id);
    const struct rt_ddl_slot slots[] = {{"view", rt_buf_text(&view)},
                                        {"id", rt_buf_text(&id)},
                                        {"study", number},
                                        {"columns", columns},
                                        {"source", from},
                                        {"trials", table->trials},
                                        {"rows", table->rows},
                                        {NULL, NULL}};
    drop = rt_ddl_fill(rt_sql_study_drop_view, slots);
    create = rt_ddl_fill(template, slots);
    if ((rc = rt_db_exec(table->db, drop, err)) == 0)
        rc = rt_db_exec(table->db, create, err);
    rt_buf_clear(&view);
    rt_buf_clear(&id);
    free(number);
    free(drop);
    free(create);
    return rc;
}

int rt_index_define_views(struct rt_index *index, struct rt_index_table *table, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(index->state, table->study);
    struct rt_buf columns = RT_BUF_INIT;
    struct rt_buf all = RT_BUF_INIT;
    char *attempts = rt_printf("%s.attempts", table->view);
    char *steps = rt_printf("%s.steps", table->view);
    char *from;
    int rc;

    rt_index_name_columns(table);
    rc = put_source(table, study, &from, err);
    for (size_t i = 0; rc == 0 && i < table->count; i++)
        rc = rt_index_table_save(table, &table->columns[i], err);
    put_columns(table, &columns);
    put_all(table, &all);
    if (rc == 0)
        rc = define(table, rt_sql_study_trials, table->trials, rt_buf_text(&all), from, err);
    if (rc == 0)
        rc = define(table, rt_sql_study_view, table->view, rt_buf_text(&columns), from, err);
    if (rc == 0)
        rc = define(table, rt_sql_study_attempts_view, attempts, "", from, err);
    if (rc == 0 && table->has_steps)
        rc = define(table, rt_sql_study_steps_view, steps, "", from, err);
    table->view_stale = rc < 0;
    rt_buf_clear(&columns);
    rt_buf_clear(&all);
    free(attempts);
    free(steps);
    free(from);
    return rc;
}
