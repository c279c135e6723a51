#include "query/template.h"

#include <stdlib.h>

#include "tests/expect.h"

static void expect_filled(const char *text, const char *a, const char *b, const char *want)
{
    const struct rt_ddl_slot slots[] = {{"a", a}, {"b", b}, {NULL, NULL}};
    char *got = rt_template_fill(text, slots);

    assert_string_equal(got, want);
    free(got);
}

static void slots_are_filled(void **state)
{
    (void)state;
    expect_filled("SELECT {a},\n  {b} AS {a}\nFROM t", "\"x\"", "1",
                  "SELECT \"x\",\n  1 AS \"x\"\nFROM t");
}

static void a_line_with_an_empty_slot_is_left_out(void **state)
{
    (void)state;
    expect_filled("SELECT\n  {a},\n  {b}\nFROM t", "1", NULL, "SELECT\n  1,\nFROM t");
    expect_filled("{a}", NULL, NULL, "");
}

static void what_fills_a_slot_is_not_filled_again(void **state)
{
    (void)state;
    expect_filled("{a}\n{b}", "\"{b}\"", "2", "\"{b}\"\n2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_filled),
        cmocka_unit_test(a_line_with_an_empty_slot_is_left_out),
        cmocka_unit_test(what_fills_a_slot_is_not_filled_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
