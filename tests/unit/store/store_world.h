#ifndef RT_TESTS_STORE_WORLD_H
#define RT_TESTS_STORE_WORLD_H
/* A store with a study, for tests of what is made of stores. */
#include "tests/story.h"

#include "store/store.h"

#define LARGE 10000 /* bytes: kept as an object */

static inline void append(struct rt_store *store, enum rt_event_kind kind, struct rt_buf *body)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, rt_buf_span(body), NULL, &err));
    rt_buf_reset(body);
}

/* A study of 100 trials, the first of them done, with a result that is an object. */
static inline struct rt_store *make_store(const char *path)
{
    struct rt_plan *plan = story_plan(100, 1, 0);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_store *store;
    struct rt_err err;
    char *text = rt_calloc(1, LARGE);
    struct rt_attempt row = {.study = 1, .ordinal = 1, .attempt = 1, .launch = 1, .outcome = 1};

    memset(text, 'x', LARGE);
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    rt_buf_add(&body, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    append(store, RT_EVENT_STUDY, &body);
    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL,
                                       &body, &err));
    append(store, RT_EVENT_PLAN, &body);
    rt_buf_add(&body, "{\"launch\":1}");
    append(store, RT_EVENT_LAUNCH, &body);
    story_lease(&body, 1, 1, 1, 1, 0);
    append(store, RT_EVENT_LEASE, &body);
    row.out.kept.data = rt_span(text, LARGE);
    row.out.kept.size = row.out.total = row.out.head = LARGE;
    expect_ok(err, rt_store_externalize(store, &row, &err));
    rt_attempts_put(&body, &row, 1);
    append(store, RT_EVENT_ATTEMPTS, &body);
    expect_ok(err, rt_store_commit(store, &err));
    rt_buf_clear(&body);
    rt_plan_free(plan);
    free(text);
    return store;
}

/* All events, one after the other, with numbers and times. */
static inline int put_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    static const uint8_t nobody[16];

    (void)err;
    rt_event_put(context, event, nobody);
    return 0;
}

#endif
