#include "tests/expect.h"

#include "store/git_list.h"

static void a_list_is_sorted_by_bytes_and_finds_what_it_has(void **state)
{
    static const char *const paths[] = {"b", "a/x", "a-b", "a.c", "a/x", "\xC3\xA9"};
    struct rt_git_list list = {NULL, 0, 0};
    struct rt_git_id id = {{0}};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        rt_git_list_add(&list, paths[i], 0100644, &id);
    rt_git_list_sort(&list);
    assert_int_equal(list.count, 5);
    assert_string_equal(list.entries[0].path, "a-b");
    assert_string_equal(list.entries[1].path, "a.c");
    assert_string_equal(list.entries[2].path, "a/x");
    assert_string_equal(list.entries[4].path, "\xC3\xA9");
    assert_non_null(rt_git_list_get(&list, "a/x"));
    assert_null(rt_git_list_get(&list, "a"));
    assert_null(rt_git_list_get(&list, "zz"));
    assert_true(rt_git_list_has_below(&list, "a"));
    assert_false(rt_git_list_has_below(&list, "b"));
    assert_false(rt_git_list_has_below(&list, "a/x"));
    rt_git_list_clear(&list);
    assert_null(rt_git_list_get(&list, "b"));
}

static void ids_have_a_text(void **state)
{
    struct rt_git_id id = {{0x01, 0xAB}};
    struct rt_git_id other = {{0x01, 0xAC}};
    char hex[RT_GIT_HEX];

    (void)state;
    assert_string_equal(rt_git_hex(&id, hex), "01ab000000000000000000000000000000000000");
    assert_true(rt_git_id_equal(&id, &id));
    assert_false(rt_git_id_equal(&id, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_sorted_by_bytes_and_finds_what_it_has),
        cmocka_unit_test(ids_have_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
