#include "tests/expect.h"

#include <stdlib.h>

#include "engine/path.h"

static void expect_path(const char *folder, const char *name, const char *want)
{
    char *path = rt_path_resolve(folder, name);

    assert_string_equal(path, want);
    free(path);
}

static void dots_are_resolved(void **state)
{
    (void)state;
    expect_path("/a/b", "c.py", "/a/b/c.py");
    expect_path("/a/b", "./c//d/./e", "/a/b/c/d/e");
    expect_path("/a/b", "../c", "/a/c");
    expect_path("/a/b", "../../../..", "/");
    expect_path("/a/b", ".", "/a/b");
    expect_path("/a/b", "", "/a/b");
    expect_path("/a/b", "/x/../y/", "/y");
    expect_path("/", "a", "/a");
    expect_path("/a", "..b/...", "/a/..b/...");
}

static void below_means_inside_or_the_same(void **state)
{
    (void)state;
    assert_true(rt_path_below("/a/b", "/a"));
    assert_true(rt_path_below("/a", "/a"));
    assert_true(rt_path_below("/a", "/"));
    assert_false(rt_path_below("/ab", "/a"));
    assert_false(rt_path_below("/a", "/a/b"));
}

static void expect_relative(const char *path, const char *folder, const char *want)
{
    char *relative = rt_path_relative(path, folder);

    assert_string_equal(relative, want);
    free(relative);
}

static void a_path_reads_from_any_folder(void **state)
{
    (void)state;
    expect_relative("/a/b", "/a", "b");
    expect_relative("/a/b", "/a/c", "../b");
    expect_relative("/a", "/a/b/c", "../..");
    expect_relative("/a", "/a", ".");
    expect_relative("/ab/x", "/a/x", "../../ab/x");
    expect_relative("/a/b", "/", "a/b");
    expect_relative("/", "/a", "..");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_are_resolved),
        cmocka_unit_test(below_means_inside_or_the_same),
        cmocka_unit_test(a_path_reads_from_any_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
