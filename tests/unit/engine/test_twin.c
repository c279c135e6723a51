#include "tests/expect.h"

#include "base/buf.h"
#include "base/fs.h"
#include "engine/twin.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[] = "/tmp/retrial-twin-XXXXXX";
static int folder;

static int open_place(void **state)
{
    struct rt_err err;

    (void)state;
    memcpy(place + sizeof place - sizeof "XXXXXX", "XXXXXX", sizeof "XXXXXX");
    assert_non_null(mkdtemp(place));
    assert_int_equal(chdir(place), 0);
    folder = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    return rt_fs_replace("original", rt_span_text("as recorded"), 0755, &err);
}

static int close_place(void **state)
{
    (void)state;
    close(folder);
    assert_int_equal(chdir("/"), 0);
    return rt_fs_remove(place, NULL);
}

static void expect_text(const char *path, const char *text)
{
    struct rt_buf found = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_fs_read(path, &found, &err));
    assert_string_equal(rt_buf_text(&found), text);
    rt_buf_clear(&found);
}

static void a_twin_has_content_and_mode_of_its_original(void **state)
{
    struct rt_twin twin = {0};
    struct stat info;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_twin_restore(&twin, folder, "twin", "original", &err));
    expect_text("twin", "as recorded");
    assert_int_equal(stat("twin", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0755);
    assert_int_equal(info.st_nlink, 1);
}

static void another_name_of_any_file_is_no_twin(void **state)
{
    struct rt_twin twin = {0};
    struct rt_err err;

    (void)state;
    assert_int_equal(link("original", "twin"), 0);
    expect_ok(err, rt_twin_restore(&twin, folder, "twin", "original", &err));
    assert_int_equal(truncate("twin", 0), 0);
    expect_text("original", "as recorded");
}

static void a_change_is_seen_and_undone(void **state)
{
    struct rt_twin twin = {0};
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_twin_restore(&twin, folder, "twin", "original", &err));
    assert_false(rt_twin_untouched(&twin, folder, "twin")); /* too young to be sure */
    usleep(50000);
    expect_ok(err, rt_twin_restore(&twin, folder, "twin", "original", &err));
    assert_true(rt_twin_untouched(&twin, folder, "twin"));
    assert_int_equal(truncate("twin", 3), 0);
    assert_false(rt_twin_untouched(&twin, folder, "twin"));
    expect_ok(err, rt_twin_restore(&twin, folder, "twin", "original", &err));
    expect_text("twin", "as recorded");
    assert_int_equal(unlink("twin"), 0);
    assert_false(rt_twin_untouched(&twin, folder, "twin"));
}

static void without_an_original_there_is_no_twin(void **state)
{
    struct rt_twin twin = {0};
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EIO, "nothing", rt_twin_restore(&twin, folder, "twin", "nothing", &err));
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_twin_has_content_and_mode_of_its_original),
        test(another_name_of_any_file_is_no_twin),
        test(a_change_is_seen_and_undone),
        test(without_an_original_there_is_no_twin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
