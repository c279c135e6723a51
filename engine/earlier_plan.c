#include "engine/earlier_plan.h"

#include "base/json.h"

struct search {
    uint32_t study;
    struct rt_json *last; /* bodies of its PLAN events */
    struct rt_json *before;
};

static int look_at(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct search *search = context;
    struct rt_json *body;
    int rc;

    if (event->kind != RT_EVENT_PLAN)
        return 0;
    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    if (rt_json_get_int(body, "study", 0) != (int64_t)search->study) {
        rt_json_free(body);
        return 0;
    }
    rt_json_free(search->before);
    search->before = search->last;
    search->last = body;
    return 0;
}

static int record(struct rt_store *store, uint32_t study, const struct rt_json *body,
                  struct rt_err *err)
{
    struct rt_buf event = RT_BUF_INIT;
    struct rt_plan *plan = NULL;
    uint64_t seq;
    int rc;

    if ((rc = rt_plan_new(rt_json_get(body, "plan"), &plan, err)) == 0 &&
        (rc = rt_state_plan_event(rt_state_study(rt_store_state(store), study), plan,
                                  rt_json_get_text(body, "source", NULL),
                                  rt_json_get_text(body, "source_path", NULL), &event, err)) == 0 &&
        (rc = rt_store_append(store, RT_EVENT_PLAN, rt_buf_span(&event), &seq, err)) == 0)
        rc = rt_store_commit(store, err);
    rt_plan_free(plan);
    rt_buf_clear(&event);
    return rc < 0 ? rc : 1;
}

int rt_earlier_plan_restore(struct rt_store *store, uint32_t study, struct rt_err *err)
{
    struct search search = {.study = study};
    int rc = rt_store_read_kind(store, RT_EVENT_PLAN, look_at, &search, err);

    if (rc == 0 && search.before)
        rc = record(store, study, search.before, err);
    rt_json_free(search.before);
    rt_json_free(search.last);
    return rc;
}
