/* Replays in the index: pairs, verdicts, floors. */
#include "store/index_inside.h"

#include "sql.h"

int rt_index_apply_pairs(struct rt_index *index, const struct rt_event *event,
                         const struct rt_study *study, struct rt_err *err)
{
    int rc = rt_index_run(index, rt_sql_index_delete_pairs, event, study->number, err);

    if (rc < 0 || !rt_plan_lists_points(study->plan) ||
        !rt_json_get(rt_plan_json(study->plan), "replay"))
        return rc;
    return rt_index_pairs_insert(index->pairs, study, rt_state_uuid(index->state), err);
}

int rt_index_apply_verdict(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    int rc;

    if ((rc = rt_index_run(index, rt_sql_index_delete_verdicts, event, 0, err)) < 0 ||
        (rc = rt_index_verdicts_insert(index->verdicts, index->state, event, err)) < 0 ||
        (rc = rt_index_run(index, rt_sql_index_delete_differences, event, 0, err)) < 0)
        return rc;
    return rt_index_run(index, rt_sql_index_insert_differences, event, 0, err);
}

int rt_index_apply_floor(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    return rt_index_run(index, rt_sql_index_insert_floors, event, 0, err);
}
