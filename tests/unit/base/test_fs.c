#include "tests/expect.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"

/* A fresh folder per test. */
static int make_folder(void **state)
{
    char *folder = rt_strdup("/tmp/rt-fs-XXXXXX");

    *state = mkdtemp(folder);
    return *state ? 0 : -1;
}

static int remove_folder(void **state)
{
    int rc = rt_fs_remove(*state, NULL);

    free(*state);
    return rc;
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = rt_fs_join(folder, name);
    struct rt_err err;

    expect_ok(err, rt_fs_replace(path, rt_span_text(text), 0600, &err));
    free(path);
}

static void expect_contents(const char *path, const char *want)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_fs_read(path, &bytes, &err));
    assert_string_equal(rt_buf_text(&bytes), want);
    rt_buf_clear(&bytes);
}

static void a_file_is_replaced_as_a_whole(void **state)
{
    char *path = rt_fs_join(*state, "f");
    struct stat info;
    struct rt_err err;

    write_file(*state, "f", "one");
    expect_contents(path, "one");
    expect_ok(err, rt_fs_replace(path, rt_span_text("two"), 0640, &err));
    expect_contents(path, "two");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777 & ~0640, 0);
    assert_int_equal(info.st_nlink, 1);
    free(path);
}

static void a_failed_replacement_leaves_the_old_file(void **state)
{
    char *path = rt_fs_join(*state, "f");
    char *inside = rt_fs_join(path, "g");
    struct rt_err err;

    write_file(*state, "f", "one");
    expect_error(err, RT_EIO, "f/g", rt_fs_replace(inside, rt_span_text("two"), 0600, &err));
    expect_contents(path, "one");
    free(inside);
    free(path);
}

static void a_file_is_written_in_place_and_never_through_a_link(void **state)
{
    char *path = rt_fs_join(*state, "f");
    char *link = rt_fs_join(*state, "l");
    struct stat info;
    struct rt_err err;

    expect_ok(err, rt_fs_write(path, rt_span_text("one"), &err));
    expect_ok(err, rt_fs_write(path, rt_span_text("2"), &err));
    expect_contents(path, "2");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777 & ~0600, 0);
    assert_int_equal(symlink(path, link), 0);
    expect_error(err, RT_EIO, "/l\"", rt_fs_write(link, rt_span_text("three"), &err));
    expect_contents(path, "2");
    free(link);
    free(path);
}

static void what_cannot_be_read_says_why(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    char *path = rt_fs_join(*state, "missing");
    struct rt_err err;

    expect_error(err, RT_ENOTFOUND, "missing\": No such file", rt_fs_read(path, &bytes, &err));
    expect_error(err, RT_EIO, "Is a directory", rt_fs_read(*state, &bytes, &err));
    rt_buf_clear(&bytes);
    free(path);
}

static void a_full_disk_is_named(void **state)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct rt_err err;

    (void)state;
    assert_true(fd >= 0);
    expect_error(err, RT_EIO, "the disk is full",
                 rt_fs_write_all(fd, rt_span_text("x"), "/dev/full", &err));
    close(fd);
}

static void folders_are_made_with_those_above(void **state)
{
    char *path = rt_fs_join(*state, "a/b//c/");
    char *middle = rt_fs_join(*state, "a/b");
    char *file = rt_fs_join(*state, "f/x");
    struct stat info;
    struct rt_err err;

    expect_ok(err, rt_fs_mkdirs(path, &err));
    expect_ok(err, rt_fs_mkdirs(path, &err));
    assert_int_equal(stat(middle, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    write_file(*state, "f", "");
    expect_error(err, RT_EIO, "f/x", rt_fs_mkdirs(file, &err));
    free(file);
    free(middle);
    free(path);
}

static void removing_does_not_follow_links(void **state)
{
    char *doomed = rt_fs_join(*state, "doomed");
    char *nested = rt_fs_join(*state, "doomed/a/b");
    char *kept = rt_fs_join(*state, "kept");
    char *file = rt_fs_join(*state, "kept/file");
    char *link = rt_fs_join(*state, "doomed/a/link");
    struct rt_err err;

    expect_ok(err, rt_fs_mkdirs(nested, &err));
    expect_ok(err, rt_fs_mkdirs(kept, &err));
    write_file(*state, "kept/file", "x");
    write_file(*state, "doomed/a/b/file", "x");
    assert_int_equal(symlink(kept, link), 0);
    assert_int_equal(chmod(nested, 0500), 0);
    expect_ok(err, rt_fs_remove(doomed, &err));
    assert_false(rt_fs_exists(doomed));
    expect_contents(file, "x");
    expect_ok(err, rt_fs_remove(doomed, &err));
    expect_ok(err, rt_fs_remove(file, &err));
    assert_false(rt_fs_exists(file));
    free(link);
    free(file);
    free(kept);
    free(nested);
    free(doomed);
}

static void expect_text(char *got, const char *want)
{
    assert_string_equal(got, want);
    free(got);
}

static void paths_are_joined_and_split(void **state)
{
    (void)state;
    expect_text(rt_fs_join("/a", "b"), "/a/b");
    expect_text(rt_fs_join("/a/", "b"), "/a/b");
    expect_text(rt_fs_join("/a", "/b"), "/b");
    expect_text(rt_fs_parent("/a/b"), "/a");
    expect_text(rt_fs_parent("/a"), "/");
    expect_text(rt_fs_parent("a"), ".");
}

static void absolute_paths_have_no_links(void **state)
{
    char *folder = rt_fs_absolute(*state);
    char *target = rt_fs_join(folder, "target");
    char *link = rt_fs_join(folder, "link");

    write_file(folder, "target", "");
    assert_int_equal(symlink("target", link), 0);
    expect_text(rt_fs_absolute(link), target);
    expect_text(rt_fs_absolute("/no/such"), "/no/such");
    free(link);
    free(target);
    free(folder);
}

static void local_disks_are_no_network(void **state)
{
    (void)state;
    assert_null(rt_fs_network("/proc"));
    assert_null(rt_fs_network("/no/such"));
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_file_is_replaced_as_a_whole),
        IN_A_FOLDER(a_failed_replacement_leaves_the_old_file),
        IN_A_FOLDER(a_file_is_written_in_place_and_never_through_a_link),
        IN_A_FOLDER(what_cannot_be_read_says_why),
        cmocka_unit_test(a_full_disk_is_named),
        IN_A_FOLDER(folders_are_made_with_those_above),
        IN_A_FOLDER(removing_does_not_follow_links),
        cmocka_unit_test(paths_are_joined_and_split),
        IN_A_FOLDER(absolute_paths_have_no_links),
        cmocka_unit_test(local_disks_are_no_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
