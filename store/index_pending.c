#include "store/index_inside.h"

#include "base/alloc.h"

#include <stdlib.h>
#include "sql.h"

/* The first trial of first..last of which no attempt has ended, so that it has no row; behind the
 * last one if there is none. */
static uint64_t first_without_row(const struct rt_study *study, uint64_t first, uint64_t last)
{
    struct rt_trial trial;

    while (first <= last) {
        uint64_t run = rt_state_run(study, first, last, &trial);

        if (trial.outcome == RT_OUTCOME_NONE)
            break;
        first += run;
    }
    return first;
}

int rt_index_load_pending(struct rt_index_table *table, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    table->pending_first = 0;
    if ((rc = rt_db_prepare(table->db, rt_sql_index_select_pending, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    if ((rc = rt_stmt_step(stmt, err)) > 0) {
        table->pending_first = (uint64_t)rt_stmt_get_int(stmt, 0);
        table->pending_last = (uint64_t)rt_stmt_get_int(stmt, 1);
        table->pending_at = table->pending_first;
    }
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static int run_on_range(struct rt_index_table *table, const char *sql, uint64_t was,
                        struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(table->db, sql, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_int(stmt, ":was", (int64_t)was);
    rt_stmt_int(stmt, ":first", (int64_t)table->pending_first);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

/* Trials end roughly in order: the ranges shrink from the front. */
int rt_index_settle_pending(struct rt_index *index, struct rt_index_table *table,
                            struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(index->state, table->study);
    int rc = 0;

    while (rc == 0 && study && table->pending_first) {
        uint64_t was = table->pending_first;

        table->pending_at = first_without_row(study, table->pending_at, table->pending_last);
        if (table->pending_at <= table->pending_last) {
            table->pending_first = table->pending_at;
            return table->pending_at == was
                       ? 0
                       : run_on_range(table, rt_sql_index_update_pending, was, err);
        }
        if ((rc = run_on_range(table, rt_sql_index_delete_pending_range, 0, err)) == 0)
            rc = rt_index_load_pending(table, err);
        table->view_stale |= table->pending_first == 0;
    }
    return rc;
}

static struct rt_index_lease *append(struct rt_index *index, struct rt_index_lease lease)
{
    index->leases =
        rt_grow(index->leases, &index->lease_capacity, index->lease_count + 1, sizeof lease);
    index->leases[index->lease_count] = lease;
    return &index->leases[index->lease_count++];
}

int rt_index_load_leases(struct rt_index *index, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_leases, &stmt, NULL, err)) < 0)
        return rc;
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_index_lease *lease = append(index, (struct rt_index_lease){.written = true});

        lease->study = (uint32_t)rt_stmt_get_int(stmt, 0);
        lease->attempt = (uint32_t)rt_stmt_get_int(stmt, 1);
        lease->first = (uint64_t)rt_stmt_get_int(stmt, 2);
        lease->count = (uint64_t)rt_stmt_get_int(stmt, 3);
        lease->launch = (uint32_t)rt_stmt_get_int(stmt, 4);
        lease->rank = (uint32_t)rt_stmt_get_int(stmt, 5);
        lease->at = lease->first;
    }
    rt_stmt_free(stmt);
    return rc;
}

/* A trial that was decided may be tried once more, if somebody asks for it: its row says so. */
static int refresh_range(struct rt_index *index, uint32_t study, const struct rt_lease_range *range,
                         struct rt_err *err)
{
    struct rt_index_table *table;
    int rc;

    if (range->attempt < 2)
        return 0;
    if ((rc = rt_index_table_of(index, study, &table, err)) < 0)
        return rc;
    return rt_index_refresh_rows(index, table, range->ordinal, range->ordinal + range->count - 1,
                                 err);
}

int rt_index_apply_lease(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct rt_lease lease;
    int rc;

    if ((rc = rt_lease_get(event->body, &lease, err)) < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < lease.count; i++) {
        const struct rt_lease_range *range = &lease.ranges[i];

        append(index, (struct rt_index_lease){.study = lease.study,
                                              .attempt = range->attempt,
                                              .first = range->ordinal,
                                              .count = range->count,
                                              .at = range->ordinal,
                                              .launch = lease.launch,
                                              .rank = lease.rank});
        rc = refresh_range(index, lease.study, range, err);
    }
    free(lease.ranges);
    return rc;
}

static int delete_lease(struct rt_index *index, struct rt_index_lease *lease, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if (!lease->written)
        return 0;
    if ((rc = rt_db_prepare(index->db, rt_sql_index_delete_lease, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", lease->study);
    rt_stmt_int(stmt, ":attempt", lease->attempt);
    rt_stmt_int(stmt, ":first", (int64_t)lease->first);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    lease->written = false;
    return rc;
}

/* Cuts first..last out of what the open leases of this attempt hold. */
static int cut(struct rt_index *index, uint32_t study, const struct rt_lease_range *range,
               struct rt_err *err)
{
    uint64_t first = range->ordinal;
    uint64_t end = range->ordinal + range->count;
    size_t count = index->lease_count;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct rt_index_lease lease = index->leases[i];
        uint64_t lease_end = lease.first + lease.count;

        if (lease.study != study || lease.attempt != range->attempt || lease.first >= end ||
            lease_end <= first)
            continue;
        rc = delete_lease(index, &index->leases[i], err);
        index->leases[i].count = first > lease.first ? first - lease.first : 0;
        if (lease_end > end) {
            lease.written = false;
            lease.first = end;
            lease.count = lease_end - end;
            lease.at = lease.at > end ? lease.at : end;
            append(index, lease);
        }
    }
    return rc;
}

int rt_index_apply_return(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct rt_lease lease;
    int rc;

    if ((rc = rt_lease_get(event->body, &lease, err)) < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < lease.count; i++) {
        if ((rc = cut(index, lease.study, &lease.ranges[i], err)) == 0)
            rc = refresh_range(index, lease.study, &lease.ranges[i], err);
    }
    free(lease.ranges);
    return rc;
}

static int insert_lease(struct rt_index *index, struct rt_index_lease *lease, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_lease, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", lease->study);
    rt_stmt_int(stmt, ":attempt", lease->attempt);
    rt_stmt_int(stmt, ":first", (int64_t)lease->first);
    rt_stmt_int(stmt, ":count", (int64_t)lease->count);
    rt_stmt_int(stmt, ":launch", lease->launch);
    rt_stmt_int(stmt, ":rank", lease->rank);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    lease->written = true;
    return rc;
}

/* A trial that was retired while it was leased may come back in a later plan, still leased. */
static bool may_be_leased(const struct rt_trial *trial, uint32_t attempt)
{
    return (trial->status == RT_TRIAL_LEASED || trial->status == RT_TRIAL_RETIRED) &&
           trial->attempts == attempt;
}

static bool is_open(const struct rt_state *state, struct rt_index_lease *lease)
{
    const struct rt_study *study = rt_state_study(state, lease->study);
    uint64_t end = lease->first + lease->count;
    struct rt_trial trial;

    while (study && lease->at < end) {
        uint64_t run = rt_state_run(study, lease->at, end - 1, &trial);

        if (may_be_leased(&trial, lease->attempt))
            return true;
        lease->at += run;
    }
    return false;
}

int rt_index_drop_leases(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    index->lease_count = 0;
    return rt_index_run(index, rt_sql_index_delete_leases, event, 0, err);
}

/* Most leases end before they are ever committed, and cost no row. */
int rt_index_settle_leases(struct rt_index *index, struct rt_err *err)
{
    size_t kept = 0;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < index->lease_count; i++) {
        struct rt_index_lease *lease = &index->leases[i];

        if (!is_open(index->state, lease)) {
            rc = delete_lease(index, lease, err);
            continue;
        }
        if (!lease->written)
            rc = insert_lease(index, lease, err);
        index->leases[kept++] = *lease;
    }
    index->lease_count = kept;
    return rc;
}
