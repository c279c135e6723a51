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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_a_file_named_by_its_hash),
        cmocka_unit_test(a_present_object_is_not_written_again),
        cmocka_unit_test(an_object_that_changed_or_vanished_is_told),
        cmocka_unit_test(what_an_earlier_writer_left_unfinished_is_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
