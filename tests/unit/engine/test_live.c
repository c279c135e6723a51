#include "tests/expect.h"

#include "engine/live.h"

#include <stdio.h>
#include <stdlib.h>

static void modules_are_listed_in_the_order_in_which_they_were_noticed_each_once(void **state)
{
    struct rt_json *list = NULL;
    struct rt_json *found = rt_json_new_object();
    char *text;

    (void)state;
    rt_json_set_text(found, "pkg", "/pkg.py");
    assert_int_equal(rt_live_add(&list, found), 1);
    rt_json_set_text(found, "pkg", "/elsewhere/pkg.py");
    rt_json_set_text(found, "a", "/a.py");
    assert_int_equal(rt_live_add(&list, found), 1);
    text = rt_json_text(list);
    assert_string_equal(text, "[[\"pkg\",\"/pkg.py\"],[\"a\",\"/a.py\"]]");
    free(text);
    rt_json_free(found);
    found = rt_live_object(list);
    text = rt_json_text(found);
    assert_string_equal(text, "{\"a\":\"/a.py\",\"pkg\":\"/pkg.py\"}");
    free(text);
    rt_json_free(found);
    rt_json_free(list);
}

static void what_is_no_module_is_passed_over(void **state)
{
    struct rt_json *list = NULL;
    struct rt_json *found = rt_json_new_array();

    (void)state;
    assert_int_equal(rt_live_add(&list, NULL), 0);
    assert_int_equal(rt_live_add(&list, found), 0);
    rt_json_free(found);
    found = rt_json_new_object();
    rt_json_set_int(found, "pkg", 3);
    assert_int_equal(rt_live_add(&list, found), 0);
    assert_null(list);
    rt_json_free(found);
}

static void there_is_an_end_to_it(void **state)
{
    struct rt_json *list = NULL;
    struct rt_json *found = rt_json_new_object();
    char name[16];

    (void)state;
    for (unsigned i = 0; i < RT_LIVE_MAX + 9; i++) {
        snprintf(name, sizeof name, "m%u", i);
        rt_json_set_text(found, name, "/m.py");
    }
    assert_int_equal(rt_live_add(&list, found), RT_LIVE_MAX);
    rt_json_free(found);
    rt_json_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_listed_in_the_order_in_which_they_were_noticed_each_once),
        cmocka_unit_test(what_is_no_module_is_passed_over),
        cmocka_unit_test(there_is_an_end_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
