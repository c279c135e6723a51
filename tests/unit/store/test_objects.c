#include "tests/expect.h"
#include "tests/folder.h"

#include "store/objects.h"

#include <sys/stat.h>

static const char hello_path[] =
    "2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

static struct rt_objects *open_in(const char *folder)
{
    struct rt_objects *objects;
    struct rt_err err;

    expect_ok(err, rt_objects_open(folder, true, &rt_io_plain, &objects, &err));
    return objects;
}

static void an_object_is_a_file_named_by_its_hash(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, hello_path);
    struct rt_objects *objects = open_in(folder);
    struct rt_buf back = RT_BUF_INIT;
    struct rt_hash hash;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hash, &err));
    assert_true(rt_fs_exists(path));
    expect_ok(err, rt_objects_get(objects, &hash, &back, &err));
    assert_true(rt_span_equal(rt_buf_span(&back), rt_span_text("hello")));
    rt_buf_clear(&back);
    rt_objects_close(objects);
    free(path);
    folder_free(folder);
}

static void a_present_object_is_not_written_again(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, hello_path);
    struct rt_objects *objects = open_in(folder);
    struct rt_hash hash;
    struct stat before;
    struct stat after;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hash, &err));
    assert_int_equal(stat(path, &before), 0);
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hash, &err));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    rt_objects_close(objects);
    free(path);
    folder_free(folder);
}

static void an_object_that_changed_or_vanished_is_told(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, hello_path);
    struct rt_objects *objects = open_in(folder);
    struct rt_buf back = RT_BUF_INIT;
    struct rt_hash hash;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hash, &err));
    expect_ok(err, rt_fs_replace(path, rt_span_text("hallo"), 0600, &err));
    expect_error(err, RT_EDAMAGED, "does not match its hash",
                 rt_objects_get(objects, &hash, &back, &err));
    assert_int_equal(back.size, 0);
    expect_ok(err, rt_fs_remove(path, &err));
    expect_error(err, RT_ENOTFOUND, "is not in the store",
                 rt_objects_get(objects, &hash, &back, &err));
    rt_buf_clear(&back);
    rt_objects_close(objects);
    free(path);
    folder_free(folder);
}

static void what_an_earlier_writer_left_unfinished_is_removed(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, "new.12.3");
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_fs_replace(path, rt_span_text("x"), 0600, &err));
    rt_objects_close(open_in(folder));
    assert_false(rt_fs_exists(path));
    free(path);
    folder_free(folder);
}

static void gathered_objects_appear_together(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, hello_path);
    struct rt_objects *objects = open_in(folder);
    struct rt_buf back = RT_BUF_INIT;
    struct rt_hash hello;
    struct rt_hash other;
    struct rt_err err;

    (void)state;
    rt_objects_gather(objects);
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hello, &err));
    expect_ok(err, rt_objects_put(objects, rt_span_text("hello"), &hello, &err));
    expect_ok(err, rt_objects_put(objects, rt_span_text("other"), &other, &err));
    assert_false(rt_fs_exists(path));
    assert_false(rt_objects_have(objects, &hello, 5));
    expect_ok(err, rt_objects_settle(objects, &err));
    assert_true(rt_objects_have(objects, &hello, 5));
    assert_true(rt_objects_have(objects, &other, 5));
    expect_ok(err, rt_objects_get(objects, &other, &back, &err));
    expect_ok(err, rt_objects_settle(objects, &err)); /* nothing is left to do */
    expect_ok(err, rt_objects_put(objects, rt_span_text("never settled"), &other, &err));
    rt_objects_close(objects);
    objects = open_in(folder);
    assert_false(rt_objects_have(objects, &other, 13));
    rt_objects_close(objects);
    rt_buf_clear(&back);
    free(path);
    folder_free(folder);
}

/* Fails at change number `left`. */
static int fail_later(void *context, const char *doing, const char *path)
{
    int *left = context;

    (void)doing;
    (void)path;
    return (*left)-- == 0 ? 5 : 0; /* EIO */
}

static void what_cannot_be_settled_is_settled_later(void **state)
{
    for (int k = 0; k < 12; k++) {
        char *folder = folder_new();
        int left = -1;
        struct rt_io io = {fail_later, &left};
        struct rt_objects *objects;
        struct rt_hash hash[2];
        struct rt_err err;

        (void)state;
        expect_ok(err, rt_objects_open(folder, true, &io, &objects, &err));
        rt_objects_gather(objects);
        left = k;
        while (rt_objects_put(objects, rt_span_text("hello"), &hash[0], &err) < 0)
            continue;
        while (rt_objects_put(objects, rt_span_text("other"), &hash[1], &err) < 0)
            continue;
        while (rt_objects_settle(objects, &err) < 0)
            continue;
        assert_true(rt_objects_have(objects, &hash[0], 5) && rt_objects_have(objects, &hash[1], 5));
        rt_objects_close(objects);
        folder_free(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_a_file_named_by_its_hash),
        cmocka_unit_test(a_present_object_is_not_written_again),
        cmocka_unit_test(an_object_that_changed_or_vanished_is_told),
        cmocka_unit_test(what_an_earlier_writer_left_unfinished_is_removed),
        cmocka_unit_test(gathered_objects_appear_together),
        cmocka_unit_test(what_cannot_be_settled_is_settled_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
