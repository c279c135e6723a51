#include "tests/unit/store/code_world.h"

#include "store/beneath.h"

#include <errno.h>

static void only_clean_relative_paths_are_valid(void **state)
{
    static const char *const bad[] = {"",   "/",    "/a",   "a/",  "a//b", ".",
                                      "..", "a/..", "../a", "./a", "a/./b"};
    static const char *const good[] = {"a", "a/b", "...", "a/..b", ".git", "a b/\xC3\xA9"};
    char name[257];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(rt_beneath_valid(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(rt_beneath_valid(good[i]));
    memset(name, 'a', sizeof name);
    name[256] = '\0';
    assert_false(rt_beneath_valid(name));
    name[255] = '\0';
    assert_true(rt_beneath_valid(name));
}

static void links_are_not_followed_on_the_way_or_at_the_end(void **state)
{
    struct world *world = *state;
    int root = open(world->folder, O_RDONLY | O_DIRECTORY);
    const char *name;
    int fd;

    put(world, "in/a", "1");
    put(world, "out/b", "2");
    sh(world, "in", "ln -s ../out far; ln -s a near");
    fd = rt_beneath_open(root, "in/a", O_RDONLY, 0);
    assert_true(fd >= 0);
    close(fd);
    assert_true(rt_beneath_open(root, "in/near", O_RDONLY, 0) < 0);
    assert_int_equal(errno, ELOOP);
    assert_true(rt_beneath_open(root, "in/far/b", O_RDONLY, 0) < 0);
    assert_true(errno == ELOOP || errno == ENOTDIR);
    assert_true(rt_beneath_parent(root, "in/far/new/b", 0700, &name) < 0);
    assert_true(rt_beneath_parent(root, "../x", 0700, &name) < 0);
    assert_int_equal(errno, EINVAL);
    sh(world, ".", "test $(ls out) = b");
    close(root);
}

static void folders_on_the_way_are_made_when_asked(void **state)
{
    struct world *world = *state;
    int root = open(world->folder, O_RDONLY | O_DIRECTORY);
    const char *name;
    int fd;

    assert_true(rt_beneath_parent(root, "x/y/z", 0, &name) < 0);
    assert_int_equal(errno, ENOENT);
    fd = rt_beneath_parent(root, "x/y/z", 0700, &name);
    assert_true(fd >= 0);
    assert_string_equal(name, "z");
    sh(world, ".", "test -d x/y && test ! -e x/y/z");
    close(fd);
    close(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_clean_relative_paths_are_valid),
        cmocka_unit_test_setup_teardown(links_are_not_followed_on_the_way_or_at_the_end,
                                        world_start, world_end),
        cmocka_unit_test_setup_teardown(folders_on_the_way_are_made_when_asked, world_start,
                                        world_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
