#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/unit/store/store_world.h"

#include "store/export.h"

static char *path_in(const char *folder, const char *name)
{
    return rt_fs_join(folder, name);
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
