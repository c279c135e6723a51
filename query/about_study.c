#include "query/about.h"

#include "base/alloc.h"
#include "query/about_plan.h"
#include "query/cell.h"
#include "query/template.h"

#include <stdlib.h>
#include "sql.h"

static void put_identity(struct rt_json *about, const struct rt_study *study)
{
    struct rt_json *done = rt_json_new_object();

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        if (study->done[i])
            rt_json_set_int(done, rt_outcome_name((enum rt_outcome)i), (int64_t)study->done[i]);
    }
    rt_json_set_text(about, "study", study->name);
    rt_json_set_text(about, "id", study->id);
    rt_json_set_int(about, "trials", (int64_t)study->planned);
    rt_json_set(about, "done", done);
    rt_json_set_int(about, "running", (int64_t)study->leased);
    rt_json_set_int(about, "retired", (int64_t)(study->ordinals - study->planned));
    rt_json_set_int(about, "attempts", (int64_t)study->attempts);
}

/* All rows as objects. */
static int put_rows(struct rt_json *about, const char *name, struct rt_db *db, const char *sql,
                    const struct rt_study *study, struct rt_err *err)
{
    struct rt_json *rows = rt_json_new_array();
    struct rt_stmt *stmt = NULL;
    int rc;

    rt_json_set(about, name, rows);
    if ((rc = rt_db_prepare(db, sql, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_json *row = rt_cell_row(stmt);

        rt_json_remove(row, "event");
        rt_json_append(rows, row);
    }
    rt_stmt_free(stmt);
    return rc;
}

/* A column of lists is JSON text in the index. */
static void unpack(struct rt_json *rows, const char *column)
{
    for (size_t i = 0; i < rt_json_count(rows); i++) {
        struct rt_json *row = rt_json_at(rows, i);
        const char *text = rt_json_get_text(row, column, NULL);
        struct rt_json *list;

        if (text && rt_json_parse(rt_span_text(text), &list, NULL) == 0)
            rt_json_set(row, column, list);
    }
}

/* Rows of a statement that names the table of the study's trials. */
static int put_rows_by_trials(struct rt_json *about, const char *name, struct rt_db *db,
                              const char *text, const struct rt_study *study, struct rt_err *err)
{
    char *trials = rt_printf("trial_%u", (unsigned)study->number);
    const struct rt_ddl_slot slots[] = {{"trials", trials}, {NULL, NULL}};
    char *sql = rt_template_fill(text, slots);
    int rc = put_rows(about, name, db, sql, study, err);

    free(sql);
    free(trials);
    return rc;
}

static int put_launches(struct rt_json *about, struct rt_db *db, const struct rt_study *study,
                        struct rt_err *err)
{
    int rc = put_rows_by_trials(about, "launches", db, rt_sql_ask_launches_of, study, err);

    unpack(rt_json_get(about, "launches"), "command");
    unpack(rt_json_get(about, "launches"), "modules");
    return rc < 0 ? rc : put_rows_by_trials(about, "agents", db, rt_sql_ask_agents_of, study, err);
}

/* Points that a replay lists may be many: their number is told, and table `pair` has them. */
static struct rt_json *shown_plan(const struct rt_plan *plan)
{
    static const char *const lists[][2] = {{"points", "seeds"},
                                           {"points", "replicates"},
                                           {"replay", "study"},
                                           {"replay", "ordinals"},
                                           {"replay", "attempts"}};
    struct rt_json *shown = rt_json_copy(rt_plan_json(plan));
    struct rt_json *axes = rt_json_get(shown, "axes");

    if (!rt_plan_lists_points(plan))
        return shown;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        rt_json_remove(rt_json_get(shown, lists[i][0]), lists[i][1]);
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        rt_json_remove(rt_json_at(axes, i), "values");
        rt_json_remove(rt_json_at(axes, i), "absent");
    }
    return shown;
}

int rt_about_study(struct rt_db *db, const struct rt_study *study, struct rt_json **about,
                   struct rt_err *err)
{
    struct rt_json *record;
    const char *code;
    int rc = 0;

    *about = rt_json_new_object();
    put_identity(*about, study);
    if (!study->plan)
        return 0;
    rt_json_set(*about, "plan", shown_plan(study->plan));
    code = rt_json_get_text(rt_plan_json(study->plan), "code", NULL);
    if (code) {
        rc = rt_about_code(db, code, &record, err);
        rt_json_set(*about, "code", record);
    }
    if (rc == 0 && (rc = put_rows(*about, "swept", db, rt_sql_ask_checks_of, study, err)) == 0 &&
        (rc = put_rows(*about, "revisions", db, rt_sql_ask_plans_of, study, err)) == 0)
        rc = put_launches(*about, db, study, err);
    return rc;
}
