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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_are_resolved),
        cmocka_unit_test(below_means_inside_or_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
