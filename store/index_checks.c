#include "store/index_inside.h"

#include "base/alloc.h"
#include "store/check_hash.h"

#include <stdlib.h>
#include "sql.h"

#define GROUPS_MAX                                                                                 \
    4096 /* first trials kept per parameter: enough to find what makes no difference */

static bool is_paired(const struct rt_plan *plan)
{
    return strcmp(rt_json_get_text(rt_plan_json(plan), "seeds", ""), "shared") == 0;
}

void rt_index_checks_clear(struct rt_index_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        free(checks->items[i].key);
        free(checks->items[i].left_out);
    }
    free(checks->items);
    *checks = (struct rt_index_checks){0};
}

static bool changes_with(const struct rt_plan *plan, size_t first, size_t axis)
{
    return rt_plan_axis_varies(plan, axis) &&
           rt_plan_axis_stride(plan, axis) == rt_plan_axis_stride(plan, first);
}

/* "width, lr": as in the statements that insert and delete checks. */
static char *group_name(const struct rt_plan *plan, size_t first)
{
    struct rt_buf name = RT_BUF_INIT;
    char *text;

    for (size_t axis = first; axis < rt_plan_axes(plan); axis++) {
        if (!changes_with(plan, first, axis))
            continue;
        rt_buf_add(&name, name.size ? ", " : "");
        rt_buf_add(&name, rt_plan_axis_key(plan, axis));
    }
    text = rt_strdup(rt_buf_text(&name));
    rt_buf_clear(&name);
    return text;
}

/* Whether a row of the table is of the parameter of this axis, or of the group that it leads. */
static bool is_of(const struct rt_index_check *check, const struct rt_plan *plan, size_t axis)
{
    size_t members;
    char *name;
    bool same;

    if (check->members == 1)
        return strcmp(rt_plan_axis_key(plan, axis), check->key) == 0;
    if (!rt_plan_axis_varies(plan, axis) || rt_plan_axis_group(plan, axis, &members) != axis ||
        members != check->members)
        return false;
    name = group_name(plan, axis);
    same = strcmp(name, check->key) == 0;
    free(name);
    return same;
}

static bool find_axis(const struct rt_plan *plan, struct rt_index_check *check)
{
    for (check->axis = 0; check->axis < rt_plan_axes(plan); check->axis++) {
        if (is_of(check, plan, check->axis))
            return true;
    }
    return false;
}

static void add_check(struct rt_index_checks *checks, const struct rt_plan *plan,
                      struct rt_stmt *stmt)
{
    size_t members;
    struct rt_index_check check = {.key = rt_strdup(rt_stmt_get_text(stmt, 0)),
                                   .pairs = (uint64_t)rt_stmt_get_int(stmt, 1),
                                   .differing = rt_stmt_get_int(stmt, 2) != 0,
                                   .groups = (uint64_t)rt_stmt_get_int(stmt, 3),
                                   .members = (size_t)rt_stmt_get_int(stmt, 4)};

    if (!find_axis(plan, &check)) {
        free(check.key);
        return;
    }
    check.one_of_many = check.members == 1 && rt_plan_axis_varies(plan, check.axis);
    if (check.one_of_many) {
        rt_plan_axis_group(plan, check.axis, &members);
        check.one_of_many = members > 1;
    }
    checks->items =
        rt_grow(checks->items, &checks->capacity, checks->count + 1, sizeof *checks->items);
    checks->items[checks->count++] = check;
    checks->open += !check.differing && is_paired(plan) && rt_plan_axis_varies(plan, check.axis);
}

/* Reads what the tables say of the study. */
static int load(struct rt_index *index, struct rt_index_table *table, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(index->state, table->study);
    struct rt_index_checks *checks = &table->checks;
    bool reads_stale = checks->reads_stale;
    struct rt_stmt *stmt;
    int rc;

    rt_index_checks_clear(checks);
    checks->reads_stale = reads_stale;
    checks->fixed = rt_check_hash_fixed(study->plan);
    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_axis_checks, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    while ((rc = rt_stmt_step(stmt, err)) > 0)
        add_check(checks, study->plan, stmt);
    rt_stmt_free(stmt);
    checks->loaded = rc == 0;
    return rc;
}

static int run_with_basis(struct rt_index *index, const char *sql, uint32_t study, uint64_t basis,
                          struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, sql, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study);
    rt_stmt_int(stmt, ":basis", (int64_t)basis);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

static int insert_reads(struct rt_index *index, const struct rt_study *study, uint64_t event,
                        struct rt_err *err)
{
    const struct rt_reads *reads = rt_study_reads(study);
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_model_read, &stmt, NULL, err)) < 0)
        return rc;
    for (size_t i = 0; reads && rc == 0 && i < reads->count; i++) {
        rt_stmt_int(stmt, ":study", study->number);
        rt_stmt_text(stmt, ":key", reads->keys[i]);
        rt_stmt_int(stmt, ":event", (int64_t)event);
        rc = rt_stmt_run(stmt, err);
    }
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_checks_plan(struct rt_index *index, struct rt_index_table *table, uint64_t event,
                         struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(index->state, table->study);
    uint64_t basis = rt_check_hash_fixed(study->plan);
    int rc;

    if ((rc = rt_index_settle_checks(index, table, err)) < 0 ||
        (rc = run_with_basis(index, rt_sql_index_delete_axis_checks, study->number, basis, err)) <
            0 ||
        (rc = run_with_basis(index, rt_sql_index_insert_axis_checks, study->number, basis, err)) <
            0 ||
        (rc = run_with_basis(index, rt_sql_index_delete_axis_pairs, study->number, basis, err)) <
            0 ||
        (rc = run_with_basis(index, rt_sql_index_delete_model_read, study->number, basis, err)) <
            0 ||
        (rc = insert_reads(index, study, event, err)) < 0 || (rc = load(index, table, err)) < 0)
        return rc;
    table->checks.reads_stale = true;
    return 0;
}

/* A trial, as a member of the groups it belongs to. */
struct member {
    uint64_t all; /* sum of the hashes of all its values and its replicate */
    uint64_t metrics;
    uint64_t point;
};

static void bind_member(struct rt_stmt *stmt, const struct rt_index_table *table,
                        const struct rt_index_check *check, const struct member *member,
                        uint64_t value)
{
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_text(stmt, ":key", check->key);
    rt_stmt_int(stmt, ":others", (int64_t)(member->all - value));
    rt_stmt_int(stmt, ":value", (int64_t)value);
    rt_stmt_int(stmt, ":metrics", (int64_t)member->metrics);
}

/* Keeps the trial if it is the first of its group; true if it was. */
static int keep_first(struct rt_index *index, const struct rt_index_table *table,
                      struct rt_index_check *check, const struct member *member, uint64_t value,
                      struct rt_err *err)
{
    int rc = 0;

    if (check->groups >= GROUPS_MAX)
        return 0;
    if (!index->keep_first)
        rc = rt_db_prepare(index->db, rt_sql_index_insert_axis_pair, &index->keep_first, NULL, err);
    if (rc < 0)
        return rc;
    bind_member(index->keep_first, table, check, member, value);
    rc = rt_stmt_run(index->keep_first, err);
    if (rc < 0 || rt_db_changes(index->db) == 0)
        return rc;
    check->groups++;
    return 1;
}

static int compare(struct rt_index *index, struct rt_index_table *table,
                   struct rt_index_check *check, const struct member *member, uint64_t value,
                   struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = keep_first(index, table, check, member, value, err)) != 0)
        return rc < 0 ? rc : 0;
    if (!index->find_first && (rc = rt_db_prepare(index->db, rt_sql_index_select_axis_pair,
                                                  &index->find_first, NULL, err)) < 0)
        return rc;
    stmt = index->find_first;
    bind_member(stmt, table, check, member, value);
    if ((rc = rt_stmt_step(stmt, err)) > 0 && (uint64_t)rt_stmt_get_int(stmt, 0) != value) {
        check->pairs++;
        check->differing = (uint64_t)rt_stmt_get_int(stmt, 1) != member->metrics;
        check->dirty = true;
    }
    rt_stmt_reset(stmt);
    table->checks.open -= check->differing;
    return rc < 0 ? rc : 0;
}

/* Of parameters that change together, some differ alone in a few trials, others never. These are
 * not looked for without end. */
static bool is_hopeless(const struct rt_index_check *check)
{
    return check->one_of_many && !check->pairs && check->groups >= GROUPS_MAX;
}

/* The sum of the hashes of what is judged together: mostly of one value. */
static uint64_t hash_judged(const struct rt_plan *plan, const struct rt_index_check *check,
                            const uint64_t *values)
{
    uint64_t sum = values[check->axis];

    for (size_t axis = check->axis + 1; check->members > 1 && axis < rt_plan_axes(plan); axis++)
        sum += changes_with(plan, check->axis, axis) ? values[axis] : 0;
    return sum;
}

static int check_trial(struct rt_index *index, struct rt_index_table *table, uint64_t point,
                       struct rt_err *err)
{
    const struct rt_plan *plan = rt_state_study(index->state, table->study)->plan;
    struct rt_index_checks *checks = &table->checks;
    struct rt_buf left_out = RT_BUF_INIT;
    struct member member = {.point = point};
    uint64_t *values = NULL;
    int rc = 0;

    if (!rt_check_hash_metrics(&index->metrics, &member.metrics, &left_out))
        goto out;
    member.all = checks->fixed + rt_check_mix(rt_plan_replicate(plan, point));
    /* Listed points may have equal replicates and other seeds. */
    if (rt_plan_lists_points(plan))
        member.all += rt_check_mix(rt_plan_seed(plan, point) + (UINT64_C(1) << 32));
    values = rt_calloc(rt_plan_axes(plan) + 1, sizeof *values);
    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++)
        member.all += values[axis] = rt_check_hash_value(plan, axis, point);
    for (size_t i = 0; i < checks->count && rc == 0; i++) {
        struct rt_index_check *check = &checks->items[i];

        if (check->differing || is_hopeless(check) || !rt_plan_axis_varies(plan, check->axis))
            continue;
        rc = compare(index, table, check, &member, hash_judged(plan, check, values), err);
        if (left_out.size && !check->left_out)
            check->left_out = rt_strdup(rt_buf_text(&left_out));
    }
out:
    rt_buf_clear(&left_out);
    free(values);
    return rc;
}

int rt_index_checks_trial(struct rt_index *index, struct rt_index_table *table, uint64_t point,
                          struct rt_err *err)
{
    int rc;

    if (!table->checks.loaded && (rc = load(index, table, err)) < 0)
        return rc;
    if (table->checks.open == 0 || point == UINT64_MAX)
        return 0;
    return check_trial(index, table, point, err);
}

int rt_index_apply_reads(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct rt_index_table *table;
    const struct rt_study *study;
    struct rt_json *body;
    int rc;

    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    study = rt_state_study(index->state, (uint32_t)rt_json_get_int(body, "study", 0));
    rt_json_free(body);
    if (!study || !study->plan)
        return rt_err_set(err, RT_EDAMAGED, "reads of a study that is not there");
    if ((rc = rt_index_table_of(index, study->number, &table, err)) < 0 ||
        (rc = insert_reads(index, study, event->seq, err)) < 0)
        return rc;
    table->checks.reads_stale = true;
    table->touched = true;
    return 0;
}

static int save(struct rt_index *index, struct rt_index_table *table, struct rt_stmt *stmt,
                struct rt_index_check *check, struct rt_err *err)
{
    const struct rt_reads *reads = rt_study_reads(rt_state_study(index->state, table->study));
    enum rt_read read = reads ? rt_reads_verdict(reads, check->key) : RT_READ_UNKNOWN;

    rt_stmt_unbind(stmt);
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_text(stmt, ":key", check->key);
    if (read != RT_READ_UNKNOWN && check->members == 1)
        rt_stmt_text(stmt, ":read", read == RT_READ_YES ? "yes" : "no");
    rt_stmt_int(stmt, ":pairs", (int64_t)check->pairs);
    rt_stmt_int(stmt, ":differing", check->differing);
    rt_stmt_text(stmt, ":left_out", check->left_out);
    check->dirty = false;
    return rt_stmt_run(stmt, err);
}

int rt_index_settle_checks(struct rt_index *index, struct rt_index_table *table, struct rt_err *err)
{
    struct rt_index_checks *checks = &table->checks;
    struct rt_stmt *stmt = NULL;
    bool ended = false;
    int rc = 0;

    if (checks->reads_stale && !checks->loaded && (rc = load(index, table, err)) < 0)
        return rc;
    for (size_t i = 0; i < checks->count && rc == 0; i++) {
        struct rt_index_check *check = &checks->items[i];

        if (!check->dirty && !checks->reads_stale)
            continue;
        ended |= check->dirty && check->differing;
        if (!stmt)
            rc = rt_db_prepare(index->db, rt_sql_index_update_axis_check, &stmt, NULL, err);
        if (rc == 0)
            rc = save(index, table, stmt, check, err);
        index->checks_changed = true;
    }
    rt_stmt_free(stmt);
    if (rc == 0 && ended)
        rc =
            run_with_basis(index, rt_sql_index_delete_axis_pairs, table->study, checks->fixed, err);
    checks->reads_stale = false;
    return rc;
}

int rt_index_checks(struct rt_index *index, rt_axis_check_fn *each, void *context,
                    struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    index->checks_changed = false;
    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_all_axis_checks, &stmt, NULL, err)) < 0)
        return rc;
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_axis_check check = {.study = (uint32_t)rt_stmt_get_int(stmt, 0),
                                      .key = rt_stmt_get_text(stmt, 1),
                                      .pairs = (uint64_t)rt_stmt_get_int(stmt, 2),
                                      .differing = rt_stmt_get_int(stmt, 3) != 0,
                                      .left_out = rt_stmt_get_text(stmt, 4),
                                      .members = (size_t)rt_stmt_get_int(stmt, 5)};

        each(context, &check);
    }
    rt_stmt_free(stmt);
    return rc;
}

bool rt_index_checks_changed(const struct rt_index *index)
{
    return index->checks_changed;
}
