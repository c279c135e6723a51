#include "query/about_plan.h"

#include <string.h>
#include "sql.h"

struct wanted {
    uint64_t ordinal;
    struct rt_about_plan *found;
};

/* The point that has the ordinal, by the segments of a PLAN event; UINT64_MAX if there is none. */
static uint64_t index_of(const struct rt_json *segments, uint64_t ordinal)
{
    for (size_t i = 0; i < rt_json_count(segments); i++) {
        const struct rt_json *segment = rt_json_at(segments, i);
        uint64_t index = (uint64_t)rt_json_int(rt_json_at(segment, 0));
        uint64_t count = (uint64_t)rt_json_int(rt_json_at(segment, 1));
        uint64_t first = (uint64_t)rt_json_int(rt_json_at(segment, 2));

        if (ordinal >= first && ordinal - first < count)
            return index + (ordinal - first);
    }
    return UINT64_MAX;
}

/* Looks at one PLAN event: 2 if it has the trial, else 1. */
static int look(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct wanted *wanted = context;
    struct rt_about_plan *found = wanted->found;
    struct rt_json *body;
    int rc;

    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    found->index = index_of(rt_json_get(body, "segments"), wanted->ordinal);
    found->revision = (uint32_t)rt_json_get_int(body, "revision", 0);
    rc = 1;
    if (found->index != UINT64_MAX &&
        (rc = rt_plan_new(rt_json_get(body, "plan"), &found->own, err)) == 0)
        rc = found->index < rt_plan_count(found->own) ? 2 : 1;
    rt_json_free(body);
    return rc;
}

static int find_past(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                     struct wanted *wanted, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(db, rt_sql_ask_plans_of, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        uint64_t event = (uint64_t)rt_stmt_get_int(stmt, 5);

        if ((rc = rt_store_read(store, event, look, wanted, err)) < 0 || rc == 2)
            break;
        rt_about_plan_clear(wanted->found);
    }
    rt_stmt_free(stmt);
    return rc;
}

int rt_about_plan_find(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                       uint64_t ordinal, struct rt_about_plan *found, struct rt_err *err)
{
    struct wanted wanted = {.ordinal = ordinal, .found = found};
    int rc;

    *found = (struct rt_about_plan){.revision = study->revision, .plan = study->plan};
    found->index = study->plan ? rt_study_index(study, ordinal) : UINT64_MAX;
    if (found->index != UINT64_MAX)
        return 0;
    if ((rc = find_past(store, db, study, &wanted, err)) < 0)
        return rc;
    if (rc == 0)
        return rt_err_set(err, RT_ENOTFOUND, "no plan that is in the index has trial %s.%llu",
                          study->id, (unsigned long long)ordinal);
    found->plan = found->own;
    return 0;
}

void rt_about_plan_clear(struct rt_about_plan *found)
{
    rt_plan_free(found->own);
    memset(found, 0, sizeof *found);
}

int rt_about_code(struct rt_db *db, const char *code, struct rt_json **about, struct rt_err *err)
{
    struct rt_json *roots = rt_json_new_array();
    struct rt_stmt *stmt = NULL;
    int rc;

    *about = rt_json_new_object();
    rt_json_set_text(*about, "code", code);
    rt_json_set(*about, "roots", roots);
    if ((rc = rt_db_prepare(db, rt_sql_ask_code_roots_of, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":code", code);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        struct rt_json *root;

        if ((rc = rt_json_parse(rt_stmt_get_span(stmt, 0), &root, err)) < 0)
            break;
        rt_json_append(roots, root);
    }
    rt_stmt_free(stmt);
    return rc;
}
