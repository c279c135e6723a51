#include "tests/expect.h"

#include <stdio.h>

#include "base/between.h"

static struct rt_decimal decimal(const char *text)
{
    struct rt_decimal out;
    struct rt_err err;

    expect_ok(err, rt_decimal_parse(text, &out, &err));
    return out;
}

static void powers_of_ten_between_powers_of_ten_are_exact(void **state)
{
    struct rt_between between;
    char text[16];

    (void)state;
    assert_true(rt_between_init(&between, decimal("1e-250"), decimal("1e250"), true));
    for (int i = 0; i <= 500; i++) {
        snprintf(text, sizeof text, "1e%d", i - 250);
        assert_true(rt_between_at(&between, (uint64_t)i, 500) == rt_decimal_real(decimal(text)));
    }
}

static void even_steps_are_those_of_decimals(void **state)
{
    struct rt_between between;

    (void)state;
    assert_true(rt_between_init(&between, decimal("-0.1"), decimal("0.9"), false));
    assert_true(rt_between_at(&between, 0, 10) == -0.1);
    assert_true(rt_between_at(&between, 4, 10) == 0.3);
    assert_true(rt_between_at(&between, 7, 10) == 0.6);
    assert_true(rt_between_at(&between, 10, 10) == 0.9);
}

static void the_way_down_is_the_way_up(void **state)
{
    struct rt_between up;
    struct rt_between down;

    (void)state;
    assert_true(rt_between_init(&up, decimal("0.003"), decimal("70"), true));
    assert_true(rt_between_init(&down, decimal("70"), decimal("0.003"), true));
    for (uint64_t i = 0; i <= 1000; i++)
        assert_true(rt_between_at(&up, i, 1000) == rt_between_at(&down, 1000 - i, 1000));
}

static void ends_without_a_factor_are_refused(void **state)
{
    struct rt_between between;

    (void)state;
    assert_false(rt_between_init(&between, decimal("0"), decimal("1"), true));
    assert_false(rt_between_init(&between, decimal("1"), decimal("-1"), true));
    assert_false(rt_between_init(&between, decimal("1e-251"), decimal("1"), true));
    assert_false(rt_between_init(&between, decimal("1"), decimal("1e251"), true));
    assert_false(rt_between_init(&between, decimal("-1e308"), decimal("1e308"), false));
    assert_true(rt_between_init(&between, decimal("0"), decimal("1"), false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_ten_between_powers_of_ten_are_exact),
        cmocka_unit_test(even_steps_are_those_of_decimals),
        cmocka_unit_test(the_way_down_is_the_way_up),
        cmocka_unit_test(ends_without_a_factor_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
