#include "query/about.h"

#include "base/alloc.h"
#include "query/about_plan.h"
#include "query/about_steps.h"
#include "query/attempts.h"
#include "query/cell.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

static const char *status_name(const struct rt_trial *trial)
{
    switch (trial->status) {
    case RT_TRIAL_DONE:
        return "done";
    case RT_TRIAL_LEASED:
        return "running";
    case RT_TRIAL_RETIRED:
        return "retired";
    default:
        return "waiting";
    }
}

static void put_identity(struct rt_json *about, const struct rt_study *study, uint64_t ordinal)
{
    struct rt_trial trial = rt_state_trial(study, ordinal);
    char *id = rt_printf("%s.%llu", study->id, (unsigned long long)ordinal);

    rt_json_set_text(about, "trial", id);
    rt_json_set_text(about, "study", study->name);
    rt_json_set_text(about, "id", study->id);
    rt_json_set_int(about, "ordinal", (int64_t)ordinal);
    rt_json_set_text(about, "status", status_name(&trial));
    if (trial.outcome != RT_OUTCOME_NONE)
        rt_json_set_text(about, "outcome", rt_outcome_name(trial.outcome));
    free(id);
}

static int put_params(struct rt_json *about, const struct rt_about_plan *from, struct rt_err *err)
{
    struct rt_json *swept = rt_json_new_array();
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *params;
    int rc;

    rt_json_set_int(about, "revision", from->revision);
    rt_json_set_int(about, "replicate", rt_plan_replicate(from->plan, from->index));
    rt_json_set_int(about, "seed", rt_plan_seed(from->plan, from->index));
    rt_plan_params(from->plan, from->index, &text);
    if ((rc = rt_json_parse(rt_buf_span(&text), &params, err)) == 0)
        rt_json_set(about, "params", params);
    rt_buf_clear(&text);
    for (size_t i = 0; i < rt_plan_axes(from->plan); i++)
        rt_json_append(swept, rt_json_new_string(rt_plan_axis_key(from->plan, i)));
    rt_json_set(about, "swept", swept);
    rt_json_set(about, "entry", rt_json_copy(rt_json_get(rt_plan_json(from->plan), "entry")));
    if (rt_json_get(rt_plan_json(from->plan), "inputs"))
        rt_json_set(about, "inputs", rt_json_copy(rt_json_get(rt_plan_json(from->plan), "inputs")));
    return rc;
}

/* Of the attempt that stands for the trial; false if none does. */
static bool find_environment(const struct rt_json *attempts, struct rt_hash *environment)
{
    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        const struct rt_json *row = rt_json_at(attempts, i);
        const char *hex = rt_json_get_text(row, "environment", NULL);

        if (hex && rt_json_bool(rt_json_get(row, "decides")))
            return rt_hash_from_hex(environment, hex) == 0;
    }
    return false;
}

static void put_key(struct rt_json *about, const struct rt_about_plan *from,
                    const struct rt_json *attempts)
{
    struct rt_hash environment;
    bool known = find_environment(attempts, &environment);
    struct rt_hash components[RT_KEY_COMPONENTS];
    struct rt_json *list = rt_json_new_object();
    char hex[RT_HASH_HEX];
    struct rt_hash key;

    rt_plan_key(from->plan, from->index, known ? &environment : NULL, components, &key);
    rt_json_set_text(about, "key", rt_hash_hex(&key, hex));
    for (size_t i = 0; i < RT_KEY_COMPONENTS; i++)
        rt_json_set_text(list, rt_key_names[i], rt_hash_hex(&components[i], hex));
    rt_json_set(about, "components", list);
}

static int put_code(struct rt_json *about, struct rt_db *db, const struct rt_plan *plan,
                    struct rt_err *err)
{
    const char *code = rt_json_get_text(rt_plan_json(plan), "code", NULL);
    struct rt_json *record;
    int rc;

    if (!code)
        return 0;
    rc = rt_about_code(db, code, &record, err);
    rt_json_set(about, "code", record);
    return rc;
}

static int put_running(struct rt_json *about, struct rt_db *db, const struct rt_study *study,
                       uint64_t ordinal, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if (rt_state_trial(study, ordinal).status != RT_TRIAL_LEASED)
        return 0;
    if ((rc = rt_db_prepare(db, rt_sql_ask_lease_of, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    rt_stmt_int(stmt, ":ordinal", (int64_t)ordinal);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        rt_json_set(about, "running", rt_cell_row(stmt));
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static void put_output(struct rt_json *row, const char *name, const struct rt_output *output)
{
    struct rt_json *sizes = rt_json_new_object();

    rt_json_set_int(sizes, "bytes", (int64_t)output->total);
    rt_json_set_int(sizes, "kept", (int64_t)output->kept.size);
    rt_json_set(row, name, sizes);
}

/* The result is an object of ours; the reason is whatever the trial said. */
static int put_texts(struct rt_json *row, struct rt_store *store, const struct rt_attempt *attempt,
                     struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *result;
    int rc;

    if ((rc = rt_store_payload(store, &attempt->result, &text, err)) == 0 && text.size &&
        (rc = rt_json_parse(rt_buf_span(&text), &result, err)) == 0)
        rt_json_set(row, "result", result);
    rt_buf_reset(&text);
    if (rc == 0 && (rc = rt_store_payload(store, &attempt->reason, &text, err)) == 0 && text.size)
        rt_json_set(row, "reason", rt_json_new_string_span(rt_buf_span(&text)));
    rt_buf_clear(&text);
    return rc;
}

static void put_status(struct rt_json *row, const struct rt_attempt *attempt)
{
    char *signal;

    if (attempt->outcome != RT_OUTCOME_CRASHED)
        return;
    signal = rt_printf("%d (SIG%s)", attempt->status,
                       sigabbrev_np(attempt->status) ? sigabbrev_np(attempt->status) : "?");
    rt_json_remove(row, "exit_status");
    rt_json_set_text(row, "signal", signal);
    free(signal);
}

struct attempts {
    struct rt_json *list;
    struct rt_store *store;
};

static int put_attempt(void *context, struct rt_stmt *stmt, const struct rt_recorded *recorded,
                       struct rt_err *err)
{
    static const char *const yes_or_no[] = {"decides", "late"};
    struct attempts *attempts = context;
    struct rt_json *row = rt_cell_row(stmt);
    int rc = 0;

    rt_json_append(attempts->list, row);
    rt_json_remove(row, "event");
    rt_json_remove(row, "event_row");
    for (size_t i = 0; i < 2; i++)
        rt_json_set(row, yes_or_no[i],
                    rt_json_new_bool(rt_json_get_int(row, yes_or_no[i], 0) != 0));
    if (!recorded)
        return 0;
    rt_json_remove(row, "reason"); /* the index has its first line */
    put_status(row, &recorded->attempt);
    if ((rc = put_texts(row, attempts->store, &recorded->attempt, err)) < 0)
        return rc;
    put_output(row, "stdout", &recorded->attempt.out);
    put_output(row, "stderr", &recorded->attempt.err);
    return 0;
}

int rt_about_trial(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                   uint64_t ordinal, struct rt_json **about, struct rt_err *err)
{
    struct attempts attempts = {.list = rt_json_new_array(), .store = store};
    struct rt_about_plan from = {0};
    int rc;

    *about = rt_json_new_object();
    put_identity(*about, study, ordinal);
    if ((rc = rt_attempts_each(store, db, study, ordinal, put_attempt, &attempts, err)) == 0 &&
        (rc = rt_about_plan_find(store, db, study, ordinal, &from, err)) == 0 &&
        (rc = put_params(*about, &from, err)) == 0) {
        put_key(*about, &from, attempts.list);
        if ((rc = put_code(*about, db, from.plan, err)) == 0)
            rc = put_running(*about, db, study, ordinal, err);
        if (rc == 0)
            rc = rt_about_steps(db, study, ordinal, *about, attempts.list, err);
    }
    rt_about_plan_clear(&from);
    rt_json_set(*about, "attempts", attempts.list);
    return rc;
}
