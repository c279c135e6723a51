/* What a study is a replay of. */
#include "replay/replay.h"

#include "base/alloc.h"

#include "sql.h"

int rt_replay_source(struct rt_db *index, const struct rt_study *study, char **path,
                     struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(index, rt_sql_ask_source_path, &stmt, NULL, err);

    *path = NULL;
    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *path = rt_strdup(rt_stmt_get_text(stmt, 0));
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

const struct rt_json *rt_replay_of(const struct rt_study *study)
{
    return study->plan ? rt_json_get(rt_plan_json(study->plan), "replay") : NULL;
}

bool rt_replay_origin(const struct rt_plan *plan, uint64_t index, struct rt_replay_origin *out)
{
    const struct rt_json *replay = rt_json_get(rt_plan_json(plan), "replay");
    struct rt_plan_origin from;
    const struct rt_json *study;

    if (!rt_plan_origin(plan, index, &from))
        return false;
    study = rt_json_at(rt_json_get(replay, "studies"), from.study);
    if (!study)
        return false;
    *out = (struct rt_replay_origin){.store = rt_json_get_text(study, "store", ""),
                                     .study = rt_json_get_text(study, "id", ""),
                                     .ordinal = from.ordinal,
                                     .attempt = from.attempt};
    return true;
}
