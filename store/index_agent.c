/* Agents in the index: where launches ran, and in which environment. */
#include "store/index_inside.h"

#include "base/json.h"
#include "store/environment.h"
#include "sql.h"

/* The modules of the agent's launch, or NULL; yours. */
static int find_modules(struct rt_index *index, const struct rt_json *agent, struct rt_json **out,
                        struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    *out = NULL;
    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_modules, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":launch", rt_json_get_int(agent, "launch", 0));
    if ((rc = rt_stmt_step(stmt, err)) == 1)
        rt_json_parse(rt_stmt_get_span(stmt, 0), out, NULL);
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static int insert(struct rt_index *index, const struct rt_event *event,
                  const struct rt_json *environment, struct rt_err *err)
{
    struct rt_hash hash = rt_environment_hash(environment);
    char hex[RT_HASH_HEX];
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_agent, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":record"), event->body);
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    rt_stmt_text(stmt, ":environment", rt_hash_hex(&hash, hex));
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_apply_agent(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *environment = NULL;
    struct rt_json *modules = NULL;
    struct rt_json *agent;
    int rc;

    if ((rc = rt_json_parse(event->body, &agent, err)) < 0)
        return rc;
    if ((rc = rt_index_run(index, rt_sql_index_insert_package, event, 0, err)) == 0 &&
        (rc = rt_index_run(index, rt_sql_index_insert_worker, event, 0, err)) == 0 &&
        (rc = find_modules(index, agent, &modules, err)) == 0) {
        environment = rt_environment_new(agent, modules);
        rc = insert(index, event, environment, err);
    }
    rt_json_free(environment);
    rt_json_free(modules);
    rt_json_free(agent);
    return rc;
}
