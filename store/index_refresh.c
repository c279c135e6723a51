#include "store/index_inside.h"

#include "base/alloc.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include "sql.h"

struct refresh {
    struct rt_index_table *table;
    const struct rt_study *study;
    struct rt_stmt *update;
    struct rt_stmt *revive; /* NULL until it is needed */
};

static int prepare_revive(struct refresh *refresh, struct rt_err *err)
{
    const struct rt_index_table *table = refresh->table;
    struct rt_buf assignments = RT_BUF_INIT;
    char *sql;
    int rc;

    for (size_t i = 0; i < table->count; i++) {
        const struct rt_index_column *column = &table->columns[i];

        if (!column->metric && column->table_column)
            rt_buf_printf(&assignments, ", %s = :%s", column->table_column, column->table_column);
    }
    sql = rt_ddl_fill(rt_sql_study_revive_trial,
                      (const struct rt_ddl_slot[]){{"rows", table->rows},
                                                   {"assignments", rt_buf_text(&assignments)},
                                                   {NULL, NULL}});
    rc = rt_db_prepare(table->db, sql, &refresh->revive, NULL, err);
    free(sql);
    rt_buf_clear(&assignments);
    return rc;
}

static void bind_params(const struct refresh *refresh, uint64_t point)
{
    for (size_t i = 0; i < refresh->table->count; i++) {
        const struct rt_index_column *column = &refresh->table->columns[i];
        char *name;

        if (column->metric || !column->table_column)
            continue;
        name = rt_printf(":%s", column->table_column);
        rt_index_bind_param(refresh->revive, rt_stmt_param(refresh->revive, name), column,
                            refresh->study->plan, point);
        free(name);
    }
}

static int revive(struct refresh *refresh, uint64_t ordinal, bool again, struct rt_err *err)
{
    uint64_t point = rt_study_index(refresh->study, ordinal);
    int rc;

    if (!refresh->revive && (rc = prepare_revive(refresh, err)) < 0)
        return rc;
    rt_stmt_unbind(refresh->revive);
    rt_stmt_int(refresh->revive, ":ordinal", (int64_t)ordinal);
    rt_stmt_int(refresh->revive, ":replicate", rt_plan_replicate(refresh->study->plan, point));
    if (again)
        rt_stmt_int(refresh->revive, ":again", 1);
    bind_params(refresh, point);
    if (rt_plan_driven(refresh->study->plan))
        rt_index_bind_proposed(refresh->table, refresh->revive, refresh->study->plan, point, true);
    return rt_stmt_run(refresh->revive, err);
}

static int refresh_row(struct refresh *refresh, struct rt_stmt *row, struct rt_err *err)
{
    uint64_t ordinal = (uint64_t)rt_stmt_get_int(row, 0);
    bool again = rt_stmt_get_int(row, 1) != 0;
    bool retired = rt_stmt_get_int(row, 2) != 0;
    enum rt_trial_status status = rt_state_trial(refresh->study, ordinal).status;
    bool again_now = status == RT_TRIAL_WAITING || status == RT_TRIAL_LEASED;
    bool retired_now = status == RT_TRIAL_RETIRED;

    if (again == again_now && retired == retired_now)
        return 0;
    if (retired && !retired_now)
        return revive(refresh, ordinal, again_now, err);
    rt_stmt_unbind(refresh->update);
    rt_stmt_int(refresh->update, ":ordinal", (int64_t)ordinal);
    if (again_now)
        rt_stmt_int(refresh->update, ":again", 1);
    if (retired_now)
        rt_stmt_int(refresh->update, ":retired", 1);
    return rt_stmt_run(refresh->update, err);
}

int rt_index_refresh_rows(struct rt_index *index, struct rt_index_table *table, uint64_t first,
                          uint64_t last, struct rt_err *err)
{
    struct refresh refresh = {.table = table, .study = rt_state_study(index->state, table->study)};
    struct rt_stmt *select = NULL;
    int rc;

    if ((rc = rt_index_bulk_flush(index->bulk, err)) < 0 ||
        (rc = rt_index_table_prepare(table, rt_sql_study_select_rows, &select, err)) < 0 ||
        (rc = rt_index_table_prepare(table, rt_sql_study_update_trial, &refresh.update, err)) < 0)
        goto out;
    rt_stmt_int(select, ":first", (int64_t)first);
    rt_stmt_int(select, ":last", (int64_t)last);
    while ((rc = rt_stmt_step(select, err)) > 0) {
        if ((rc = refresh_row(&refresh, select, err)) < 0)
            break;
    }
    table->touched = true;
out:
    rt_stmt_free(select);
    rt_stmt_free(refresh.update);
    rt_stmt_free(refresh.revive);
    return rc;
}
