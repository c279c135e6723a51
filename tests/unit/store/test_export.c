#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/export.h"
#include "store/store.h"

#define LARGE 10000 /* bytes: kept as an object */

static char *path_in(const char *folder, const char *name)
{
    return rt_fs_join(folder, name);
}

static void append(struct rt_store *store, enum rt_event_kind kind, struct rt_buf *body)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, rt_buf_span(body), NULL, &err));
    rt_buf_reset(body);
}

/* A study of 100 trials, the first of them done, with a result that is an object. */
static struct rt_store *make_store(const char *path)
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
static int put_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    static const uint8_t nobody[16];

    (void)err;
    rt_event_put(context, event, nobody);
    return 0;
}

static void the_copy_of_a_store_that_is_written_has_its_events_and_objects(void **state)
{
    char *folder = folder_new();
    char *path = path_in(folder, "store");
    char *to = path_in(folder, "copy");
    struct rt_store *store = make_store(path);
    struct rt_buf before = RT_BUF_INIT;
    struct rt_buf after = RT_BUF_INIT;
    struct rt_buf body = RT_BUF_INIT;
    struct rt_store *copy;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_read(store, 1, put_event, &before, &err));
    story_lease(&body, 2, 1, 1, 1, 0);
    append(store, RT_EVENT_LEASE, &body); /* not committed: not in the copy */
    expect_ok(err, rt_export(store, to, &err));
    expect_ok(err, rt_store_open(to, RT_STORE_READ, &copy, &err));
    expect_ok(err, rt_store_read(copy, 1, put_event, &after, &err));
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_memory_equal(rt_store_uuid(copy), rt_store_uuid(store), 16);
    assert_int_equal(rt_state_study(rt_store_state(copy), 1)->done[RT_OUTCOME_OK], 1);
    expect_ok(err, rt_store_close(copy, &err));
    expect_error(err, RT_EUSAGE, "not empty", rt_export(store, to, &err));
    expect_ok(err, rt_store_close(store, &err));
    rt_buf_clear(&before);
    rt_buf_clear(&after);
    rt_buf_clear(&body);
    free(to);
    free(path);
    folder_free(folder);
}

static void a_store_that_lacks_an_object_gives_no_copy(void **state)
{
    char *folder = folder_new();
    char *path = path_in(folder, "store");
    char *objects = path_in(path, "objects");
    char *to = path_in(folder, "copy");
    struct rt_store *store = make_store(path);
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_fs_remove(objects, &err));
    expect_error(err, RT_EDAMAGED, "is not in the store", rt_export(store, to, &err));
    assert_false(rt_fs_exists(to));
    rt_store_close(store, NULL);
    free(to);
    free(objects);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_copy_of_a_store_that_is_written_has_its_events_and_objects),
        cmocka_unit_test(a_store_that_lacks_an_object_gives_no_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
