#include "engine/accept.h"

#include "base/random.h"

int rt_accept_json(struct rt_store *store, enum rt_event_kind kind, const struct rt_json *body,
                   struct rt_err *err)
{
    struct rt_buf bytes = RT_BUF_INIT;
    uint64_t seq;
    int rc;

    rt_json_canonical(body, &bytes);
    rc = rt_store_append(store, kind, rt_buf_span(&bytes), &seq, err);
    rt_buf_clear(&bytes);
    return rc;
}

int rt_accept_study(struct rt_store *store, const char *name, uint32_t *number, struct rt_err *err)
{
    const struct rt_state *state = rt_store_state(store);
    struct rt_json *body = rt_json_new_object();
    char id[RT_ID_TEXT];
    int rc;

    do {
        rt_random_id(id);
    } while (rt_state_study_by_id(state, id));
    *number = (uint32_t)rt_state_studies(state) + 1;
    rt_json_set_int(body, "study", *number);
    rt_json_set_text(body, "id", id);
    rt_json_set_text(body, "name", name);
    rc = rt_accept_json(store, RT_EVENT_STUDY, body, err);
    rt_json_free(body);
    return rc;
}

int rt_accept_plan(struct rt_store *store, uint32_t study, const struct rt_accept *accept,
                   struct rt_err *err)
{
    struct rt_buf body = RT_BUF_INIT;
    uint64_t seq;
    int rc = 0;

    if (accept->code_record)
        rc = rt_accept_json(store, RT_EVENT_CODE, accept->code_record, err);
    if (rc == 0)
        rc = rt_state_plan_event(rt_state_study(rt_store_state(store), study), accept->plan,
                                 accept->source, accept->source_path, &body, err);
    if (rc == 0)
        rc = rt_store_append(store, RT_EVENT_PLAN, rt_buf_span(&body), &seq, err);
    rt_buf_clear(&body);
    return rc;
}
