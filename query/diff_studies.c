#include "query/diff.h"

#include "base/alloc.h"
#include "query/cell.h"
#include "query/diff_pairs.h"
#include "query/diff_parts.h"
#include "query/diff_rows.h"
#include "query/template.h"

#include <stdlib.h>
#include "sql.h"

#define SHOWN 4 /* values of an axis, and the last one */

static struct rt_json *identity(const struct rt_study *study)
{
    struct rt_json *side = rt_json_new_object();

    rt_json_set_text(side, "study", study->name);
    rt_json_set_text(side, "id", study->id);
    rt_json_set_int(side, "revision", study->revision);
    rt_json_set_int(side, "trials", (int64_t)study->planned);
    return side;
}

/* What is neither a section of its own nor only there for the record. */
static struct rt_json *plan_alone(const struct rt_study *study)
{
    static const char *const others[] = {"format", "name",   "params", "axes",
                                         "inputs", "points", "replay", "code"};
    struct rt_json *plan = rt_json_copy(rt_plan_json(study->plan));

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        rt_json_remove(plan, others[i]);
    return plan;
}

static void put_level(struct rt_buf *text, const struct rt_plan *plan, size_t axis, uint64_t level)
{
    struct rt_value value;

    if (rt_plan_axis_lacks(plan, axis, level)) {
        rt_buf_add(text, "(absent)");
        return;
    }
    rt_plan_axis_value(plan, axis, level, &value);
    rt_buf_add(text,
               value.kind == RT_JSON_INT || value.kind == RT_JSON_REAL ? value.text : value.json);
}

/* "0.0, 0.05, 0.1, 0.15, ..., 0.5 (11 values)" */
static struct rt_json *describe_axis(const struct rt_plan *plan, size_t axis)
{
    uint64_t count = rt_plan_axis_count(plan, axis);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *json;

    for (uint64_t level = 0; level < count; level++) {
        if (level == SHOWN && count > SHOWN + 1) {
            rt_buf_add(&text, ", ...");
            level = count - 1;
        }
        rt_buf_add(&text, level ? ", " : "");
        put_level(&text, plan, axis, level);
    }
    rt_buf_printf(&text, " (%llu value%s)", (unsigned long long)count, count == 1 ? "" : "s");
    json = rt_json_new_string_span(rt_buf_span(&text));
    rt_buf_clear(&text);
    return json;
}

/* Fixed ones as values, axes as words. */
static struct rt_json *params_of(const struct rt_study *study)
{
    struct rt_json *params = rt_diff_flat(rt_json_get(rt_plan_json(study->plan), "params"));

    for (size_t i = 0; i < rt_plan_axes(study->plan); i++)
        rt_json_set(params, rt_plan_axis_key(study->plan, i), describe_axis(study->plan, i));
    return params;
}

static struct rt_json *outcomes_of(const struct rt_study *study)
{
    struct rt_json *counts = rt_json_new_object();
    uint64_t done = 0;

    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        if (study->done[i])
            rt_json_set_int(counts, rt_outcome_name((enum rt_outcome)i), (int64_t)study->done[i]);
        done += study->done[i];
    }
    if (done < study->planned)
        rt_json_set_int(counts, "still to come", (int64_t)(study->planned - done));
    return counts;
}

static void put_objects(struct rt_json *diff, const char *section,
                        struct rt_json *make(const struct rt_study *),
                        const struct rt_study *const study[2])
{
    struct rt_json *rows = rt_json_new_array();
    struct rt_json *a = make(study[0]);
    struct rt_json *b = make(study[1]);

    rt_diff_objects(rows, a, b);
    rt_diff_section(diff, section, rows);
    rt_json_free(a);
    rt_json_free(b);
}

/* The agent that the latest of its trials ran at. */
static int find_agent(struct rt_db *db, const struct rt_study *study, struct rt_diff_agent *agent,
                      struct rt_err *err)
{
    char *trials = rt_printf("trial_%u", (unsigned)study->number);
    const struct rt_ddl_slot slots[] = {{"trials", trials}, {NULL, NULL}};
    char *sql = rt_template_fill(rt_sql_ask_last_agent, slots);
    struct rt_stmt *stmt;
    int rc;

    *agent = (struct rt_diff_agent){0, 0};
    if ((rc = rt_db_prepare(db, sql, &stmt, NULL, err)) == 0) {
        if ((rc = rt_stmt_step(stmt, err)) > 0) {
            agent->launch = rt_stmt_get_int(stmt, 0);
            agent->rank = rt_stmt_get_int(stmt, 1);
        }
        rt_stmt_free(stmt);
    }
    free(sql);
    free(trials);
    return rc < 0 ? rc : 0;
}

static int compare(struct rt_store *store, struct rt_db *db, const struct rt_study *const study[2],
                   struct rt_json *diff, struct rt_err *err)
{
    const struct rt_json *plan[2];
    struct rt_diff_agent agent[2];
    int rc = 0;

    for (size_t i = 0; i < 2; i++)
        plan[i] = rt_plan_json(study[i]->plan);
    put_objects(diff, "plan", plan_alone, study);
    put_objects(diff, "params", params_of, study);
    rt_diff_inputs(rt_json_get(plan[0], "inputs"), rt_json_get(plan[1], "inputs"), diff);
    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = find_agent(db, study[i], &agent[i], err);
    if (rc < 0 ||
        (rc = rt_diff_code(store, rt_json_get_text(plan[0], "code", NULL),
                           rt_json_get_text(plan[1], "code", NULL), diff, err)) < 0 ||
        (rc = rt_diff_environment(db, agent, diff, err)) < 0)
        return rc;
    put_objects(diff, "outcomes", outcomes_of, study);
    return rt_diff_pairs(db, study, diff, err);
}

int rt_diff_studies(struct rt_store *store, struct rt_db *db, const struct rt_study *const study[2],
                    struct rt_json **out, struct rt_err *err)
{
    struct rt_json *diff = rt_json_new_object();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2; i++) {
        rt_json_set(diff, i ? "b" : "a", identity(study[i]));
        if (!study[i]->plan)
            rc = rt_err_set(err, RT_EUSAGE, "the study \"%s\" has no plan yet", study[i]->name);
    }
    if (rc == 0) {
        rt_json_set(diff, "same", rt_json_new_array());
        rc = compare(store, db, study, diff, err);
    }
    if (rc < 0)
        rt_json_free(diff);
    else
        *out = diff;
    return rc;
}
