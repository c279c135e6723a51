#include "replay/stopped.h"

#include "base/alloc.h"

#include <string.h>
#include "sql.h"

int rt_stopped_why(struct rt_db *index, const struct rt_study *study, char **why,
                   struct rt_err *err)
{
    struct rt_stmt *stmt;
    const char *text;
    int rc = rt_db_prepare(index, rt_sql_ask_launch_failed, &stmt, NULL, err);

    *why = NULL;
    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    if ((rc = rt_stmt_step(stmt, err)) > 0 && (text = rt_stmt_get_text(stmt, 0)) != NULL)
        *why = rt_strndup(text, strcspn(text, "\n"));
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}
