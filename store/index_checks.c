#include "store/index_inside.h"

#include "base/alloc.h"
#include "store/metric_name.h"

#include <stdlib.h>
#include "sql.h"

#define GROUPS_MAX                                                                                 \
    4096 /* first trials kept per parameter: enough to find what makes no difference */

static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return mix(hash ^ size);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}

/* Of all that the points of a plan share: results of another model are no pairs with these. */
static uint64_t hash_fixed(const struct rt_plan *plan)
{
    static const char *const members[] = {"entry", "code", "root", "params", "seed", "each"};
    uint64_t hash = 1;

    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const struct rt_json *member = rt_json_get(rt_plan_json(plan), members[i]);
        char *text = member ? rt_json_text(member) : rt_strdup("");

        hash = hash_text(hash, text);
        free(text);
    }
    return hash;
}

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

static bool find_axis(const struct rt_plan *plan, const char *key, size_t *axis)
{
    for (*axis = 0; *axis < rt_plan_axes(plan); (*axis)++) {
        if (strcmp(rt_plan_axis_key(plan, *axis), key) == 0)
            return true;
    }
    return false;
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
    checks->fixed = hash_fixed(study->plan);
    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_axis_checks, &stmt, NULL, err)) < 0)
        return rc;
    checks->items = rt_calloc(rt_plan_axes(study->plan) + 1, sizeof *checks->items);
    rt_stmt_int(stmt, ":study", table->study);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_index_check check = {0};

        if (!find_axis(study->plan, rt_stmt_get_text(stmt, 0), &check.axis) ||
            checks->count == rt_plan_axes(study->plan))
            continue;
        check.key = rt_strdup(rt_stmt_get_text(stmt, 0));
        check.pairs = (uint64_t)rt_stmt_get_int(stmt, 1);
        check.differing = rt_stmt_get_int(stmt, 2) != 0;
        check.groups = (uint64_t)rt_stmt_get_int(stmt, 3);
        checks->open += !check.differing && is_paired(study->plan) &&
                        rt_plan_axis_count(study->plan, check.axis) > 1;
        checks->items[checks->count++] = check;
    }
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
    uint64_t basis = hash_fixed(study->plan);
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

static uint64_t hash_value(const struct rt_plan *plan, size_t axis, uint64_t point)
{
    uint64_t hash = hash_text(2, rt_plan_axis_key(plan, axis));
    struct rt_value value;

    rt_plan_axis_value(plan, axis, rt_plan_level(plan, point, axis), &value);
    return hash_text(hash, value.json ? value.json : value.text);
}

static uint64_t hash_datum(uint64_t hash, const struct rt_datum *value)
{
    double real = value->type == RT_COLUMN_REAL ? value->real : 0;

    hash = hash_bytes(hash, &value->type, sizeof value->type);
    hash = hash_bytes(hash, &value->integer, sizeof value->integer);
    hash = hash_bytes(hash, &real, sizeof real);
    hash = hash_bytes(hash, value->text.data, value->text.size);
    return value->state ? hash_text(hash, value->state) : hash;
}

/* Times differ by nature, and would hide that nothing else does; *left_out names them. */
static bool hash_metrics(const struct rt_metrics *metrics, uint64_t *hash, struct rt_buf *left_out)
{
    size_t taken = 0;

    *hash = 3;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rt_metric *metric = &metrics->items[i];

        if (rt_metric_is_time(metric->name)) {
            rt_buf_add(left_out, left_out->size ? ", " : "");
            rt_buf_put(left_out, metric->name.data, metric->name.size);
            continue;
        }
        *hash = hash_bytes(*hash, metric->name.data, metric->name.size);
        *hash = hash_datum(*hash, &metric->value);
        taken++;
    }
    return taken > 0;
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

int rt_index_checks_trial(struct rt_index *index, struct rt_index_table *table, uint64_t point,
                          struct rt_err *err)
{
    const struct rt_plan *plan = rt_state_study(index->state, table->study)->plan;
    struct rt_index_checks *checks = &table->checks;
    struct rt_buf left_out = RT_BUF_INIT;
    struct member member = {.point = point};
    int rc = 0;

    if (!checks->loaded && (rc = load(index, table, err)) < 0)
        return rc;
    if (checks->open == 0 || point == UINT64_MAX ||
        !hash_metrics(&index->metrics, &member.metrics, &left_out))
        goto out;
    member.all = checks->fixed + mix(rt_plan_replicate(plan, point));
    for (size_t axis = 0; axis < rt_plan_axes(plan); axis++)
        member.all += hash_value(plan, axis, point);
    for (size_t i = 0; i < checks->count && rc == 0; i++) {
        struct rt_index_check *check = &checks->items[i];

        if (check->differing || rt_plan_axis_count(plan, check->axis) < 2)
            continue;
        rc = compare(index, table, check, &member, hash_value(plan, check->axis, point), err);
        if (left_out.size && !check->left_out)
            check->left_out = rt_strdup(rt_buf_text(&left_out));
    }
out:
    rt_buf_clear(&left_out);
    return rc;
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
    if (read != RT_READ_UNKNOWN)
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
                                      .left_out = rt_stmt_get_text(stmt, 4)};

        each(context, &check);
    }
    rt_stmt_free(stmt);
    return rc;
}

bool rt_index_checks_changed(const struct rt_index *index)
{
    return index->checks_changed;
}
