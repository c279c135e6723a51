#include "query/attempts.h"

#include "base/alloc.h"
#include "query/columns.h"
#include "query/template.h"

#include <stdlib.h>
#include "sql.h"

static int prepare(struct rt_db *db, const struct rt_study *study, struct rt_stmt **stmt,
                   struct rt_err *err)
{
    struct rt_buf quoted = RT_BUF_INIT;
    char *view = NULL;
    char *attempts;
    char *sql;
    int rc;

    *stmt = NULL;
    if ((rc = rt_columns_view(db, study, &view, err)) < 0 || !view)
        return rc;
    attempts = rt_printf("%s.attempts", view);
    rt_ddl_name(&quoted, attempts);
    sql = rt_template_fill(
        rt_sql_ask_attempts_of,
        (const struct rt_ddl_slot[]){{"attempts", rt_buf_text(&quoted)}, {NULL, NULL}});
    rc = rt_db_prepare(db, sql, stmt, NULL, err);
    free(sql);
    free(attempts);
    free(view);
    rt_buf_clear(&quoted);
    return rc;
}

int rt_attempts_each(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                     uint64_t ordinal, rt_attempts_fn *each, void *context, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = prepare(db, study, &stmt, err)) < 0 || !stmt)
        return rc;
    rt_stmt_int(stmt, ":ordinal", (int64_t)ordinal);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_recorded recorded;

        rc = rt_recorded_read(store, (uint64_t)rt_stmt_get_int(stmt, RT_ATTEMPTS_EVENT),
                              (uint64_t)rt_stmt_get_int(stmt, RT_ATTEMPTS_EVENT_ROW), &recorded,
                              err);
        if (rc >= 0)
            rc = each(context, stmt, rc > 0 ? &recorded : NULL, err);
        rt_recorded_clear(&recorded);
        if (rc < 0)
            break;
    }
    rt_stmt_free(stmt);
    return rc;
}
