#include "query/environments.h"

#include "base/alloc.h"
#include "query/template.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define NAMED 3 /* packages */

enum column { HASH, TRIALS, LAUNCH, PYTHON, PACKAGES, MODULES };

struct environment {
    int64_t launch; /* the first one in it */
    char *python;
    char *packages;
    char *modules;
};

static void clear(struct environment *environment)
{
    free(environment->python);
    free(environment->packages);
    free(environment->modules);
    *environment = (struct environment){0};
}

static char *text_of(struct rt_stmt *stmt, enum column column)
{
    const char *text = rt_stmt_get_text(stmt, column);

    return rt_strdup(text ? text : "");
}

static void read_row(struct rt_stmt *stmt, struct environment *environment)
{
    clear(environment);
    environment->launch = rt_stmt_get_int(stmt, LAUNCH);
    environment->python = text_of(stmt, PYTHON);
    environment->packages = text_of(stmt, PACKAGES);
    environment->modules = text_of(stmt, MODULES);
}

/* The first and the last environment; returns how many there are. */
static int64_t find(struct rt_db *db, int64_t study, struct environment *first,
                    struct environment *last, struct rt_err *err)
{
    char *trials = rt_printf("trial_%" PRId64, study);
    char *sql = rt_template_fill(rt_sql_ask_environments_of,
                                 (const struct rt_ddl_slot[]){{"trials", trials}, {NULL, NULL}});
    struct rt_stmt *stmt;
    int64_t count = 0;
    int rc = rt_db_prepare(db, sql, &stmt, NULL, err);

    free(sql);
    free(trials);
    if (rc < 0)
        return rc;
    while ((rc = rt_stmt_step(stmt, err)) > 0)
        read_row(stmt, count++ ? last : first);
    rt_stmt_free(stmt);
    return rc < 0 ? rc : count;
}

static void start_item(struct rt_buf *out, bool *any)
{
    rt_buf_add(out, *any ? ", " : " (");
    *any = true;
}

static void put_change(struct rt_buf *out, const char *before, const char *after)
{
    rt_buf_printf(out, "%s, then %s", before && *before ? before : "none",
                  after && *after ? after : "none");
}

static int put_packages(struct rt_buf *out, struct rt_db *db, const struct environment *first,
                        const struct environment *last, bool *any, struct rt_err *err)
{
    struct rt_stmt *stmt;
    uint64_t count = 0;
    int rc = rt_db_prepare(db, rt_sql_ask_packages_differ, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_text(stmt, ":a", first->packages);
    rt_stmt_text(stmt, ":b", last->packages);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        if (count++ >= NAMED)
            continue;
        start_item(out, any);
        rt_buf_printf(out, "%s ", rt_stmt_get_text(stmt, 0));
        put_change(out, rt_stmt_get_text(stmt, 1), rt_stmt_get_text(stmt, 2));
    }
    rt_stmt_free(stmt);
    if (count > NAMED)
        rt_buf_printf(out, ", and %" PRIu64 " more packages", count - NAMED);
    return rc;
}

static int put_differences(struct rt_buf *out, struct rt_db *db, const struct environment *first,
                           const struct environment *last, struct rt_err *err)
{
    bool any = false;
    int rc = 0;

    if (strcmp(first->python, last->python) != 0) {
        start_item(out, &any);
        rt_buf_add(out, "Python ");
        put_change(out, first->python, last->python);
    }
    if (strcmp(first->packages, last->packages) != 0)
        rc = put_packages(out, db, first, last, &any, err);
    if (strcmp(first->modules, last->modules) != 0) {
        start_item(out, &any);
        rt_buf_add(out, "other environment modules");
    }
    rt_buf_add(out, any ? ")" : "");
    return rc;
}

int rt_environments_tell(struct rt_db *db, const char *id, struct rt_buf *out, struct rt_err *err)
{
    struct environment first = {0};
    struct environment last = {0};
    struct rt_stmt *stmt;
    int64_t study = 0;
    int64_t count = 0;
    int rc = rt_db_prepare(db, rt_sql_ask_mixed_study, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_text(stmt, ":id", id);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        study = rt_stmt_get_int(stmt, 0);
    rt_stmt_free(stmt);
    if (study)
        count = find(db, study, &first, &last, err);
    if (count > 1) {
        rt_buf_printf(out,
                      "trials of this study ran in %" PRId64 " environments, from launch %" PRId64
                      " on and from launch %" PRId64 " on",
                      count, first.launch, last.launch);
        rc = put_differences(out, db, &first, &last, err);
    }
    clear(&first);
    clear(&last);
    return count < 0 ? (int)count : rc < 0 ? rc : 0;
}
