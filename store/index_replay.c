/* Replays in the index: pairs, verdicts, floors. */
#include "store/index_inside.h"

#include "store/uuid.h"

#include <stdlib.h>
#include "sql.h"

struct filling {
    const struct rt_study *study;
    const struct rt_json *replay; /* of the plan */
    char store[RT_UUID_TEXT];     /* this one */
    struct rt_stmt *stmt;
};

static int insert_pair(const struct filling *filling, uint64_t index, struct rt_err *err)
{
    const struct rt_plan *plan = filling->study->plan;
    struct rt_plan_origin from = {0, 0, 0};
    bool known = rt_plan_origin(plan, index, &from);
    const struct rt_json *origin =
        known ? rt_json_at(rt_json_get(filling->replay, "studies"), from.study) : NULL;
    const char *store = rt_json_get_text(origin, "store", NULL);

    rt_stmt_int(filling->stmt, ":study", filling->study->number);
    rt_stmt_int(filling->stmt, ":ordinal", (int64_t)rt_study_ordinal(filling->study, index));
    rt_stmt_int(filling->stmt, ":repeat", rt_plan_repeat(plan, index));
    rt_stmt_int(filling->stmt, ":replicate", rt_plan_replicate(plan, index));
    rt_stmt_text(filling->stmt, ":store",
                 store && strcmp(store, filling->store) != 0 ? store : NULL);
    rt_stmt_text(filling->stmt, ":origin", rt_json_get_text(origin, "id", ""));
    rt_stmt_int(filling->stmt, ":origin_ordinal", (int64_t)from.ordinal);
    rt_stmt_int(filling->stmt, ":origin_attempt", from.attempt);
    return rt_stmt_run(filling->stmt, err);
}

int rt_index_apply_pairs(struct rt_index *index, const struct rt_event *event,
                         const struct rt_study *study, struct rt_err *err)
{
    struct filling filling = {.study = study};
    int rc = rt_index_run(index, rt_sql_index_delete_pairs, event, study->number, err);

    filling.replay = rt_json_get(rt_plan_json(study->plan), "replay");
    if (rc < 0 || !rt_plan_lists_points(study->plan) || !filling.replay)
        return rc;
    rt_uuid_text(rt_state_uuid(index->state), filling.store);
    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_pair, &filling.stmt, NULL, err)) < 0)
        return rc;
    for (uint64_t i = 0; rc == 0 && i < rt_plan_count(study->plan); i++)
        rc = insert_pair(&filling, i, err);
    rt_stmt_free(filling.stmt);
    return rc;
}

int rt_index_apply_verdict(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    static const char *const steps[] = {
        rt_sql_index_delete_verdicts,
        rt_sql_index_insert_verdicts,
        rt_sql_index_delete_differences,
        rt_sql_index_insert_differences,
    };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof steps[0]; i++)
        rc = rt_index_run(index, steps[i], event, 0, err);
    return rc;
}

int rt_index_apply_floor(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    return rt_index_run(index, rt_sql_index_insert_floors, event, 0, err);
}
