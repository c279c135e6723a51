#include "tests/expect.h"

#include "base/decimal.h"

static struct rt_decimal decimal(const char *text)
{
    struct rt_decimal value;
    struct rt_err err;

    expect_ok(err, rt_decimal_parse(text, &value, &err));
    return value;
}

static void expect_decimal(const char *text, int64_t coefficient, int exponent)
{
    struct rt_decimal value = decimal(text);

    assert_true(value.coefficient == coefficient);
    assert_int_equal(value.exponent, exponent);
}

static void decimals_are_read_in_lowest_terms(void **state)
{
    (void)state;
    expect_decimal("0.05", 5, -2);
    expect_decimal("-1e-4", -1, -4);
    expect_decimal("+1200", 12, 2);
    expect_decimal(".50", 5, -1);
    expect_decimal("5.", 5, 0);
    expect_decimal("010", 1, 1);
    expect_decimal("-0.00e7", 0, 0);
    expect_decimal("1.5E+3", 15, 2);
    expect_decimal("0.10000000000000000000000", 1, -1);
    expect_decimal("9223372036854775807", INT64_MAX, 0);
    expect_decimal("0e999999999999", 0, 0);
}

static void what_is_no_decimal_is_refused(void **state)
{
    static const char *const wrong[] = {"",   "-",  ".",   "1.2.3", "1e",  "1e+", "e5", "0x10",
                                        "1 ", " 1", "nan", "inf",   "1,5", "--1", "1_0"};
    struct rt_decimal value;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_error(err, RT_EUSAGE, "not a decimal", rt_decimal_parse(wrong[i], &value, &err));
    expect_error(err, RT_EUSAGE, "too many digits",
                 rt_decimal_parse("9223372036854775808", &value, &err));
    expect_error(err, RT_EUSAGE, "too many digits",
                 rt_decimal_parse("1.00000000000000000000000001", &value, &err));
    expect_error(err, RT_EUSAGE, "out of range", rt_decimal_parse("1e401", &value, &err));
    expect_error(err, RT_EUSAGE, "out of range",
                 rt_decimal_parse("1e-99999999999999999999", &value, &err));
}

static void sums_and_products_are_exact(void **state)
{
    struct rt_decimal sum = decimal("0");
    struct rt_decimal product;
    struct rt_err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        expect_ok(err, rt_decimal_add(sum, decimal("0.05"), &sum, &err));
    assert_int_equal(rt_decimal_compare(sum, decimal("0.15")), 0);
    expect_ok(err, rt_decimal_times(decimal("0.05"), 3, &product, &err));
    assert_int_equal(rt_decimal_compare(sum, product), 0);
    assert_true(rt_decimal_real(sum) == 0.15);
    expect_ok(err, rt_decimal_sub(decimal("1e18"), decimal("1"), &sum, &err));
    assert_true(sum.coefficient == 999999999999999999);
}

static void what_does_not_fit_is_an_error(void **state)
{
    struct rt_decimal big = decimal("9223372036854775807");
    struct rt_decimal out;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EUSAGE, "18 digits", rt_decimal_add(big, big, &out, &err));
    expect_error(err, RT_EUSAGE, "18 digits", rt_decimal_times(big, 2, &out, &err));
    expect_error(err, RT_EUSAGE, "18 digits",
                 rt_decimal_add(decimal("1e20"), decimal("1e-20"), &out, &err));
    expect_error(err, RT_EUSAGE, "18 digits",
                 rt_decimal_sub(decimal("-9223372036854775807"), big, &out, &err));
}

static void comparison_never_overflows(void **state)
{
    (void)state;
    assert_int_equal(rt_decimal_compare(decimal("1e400"), decimal("9e-400")), 1);
    assert_int_equal(rt_decimal_compare(decimal("9e-400"), decimal("1e400")), -1);
    assert_int_equal(rt_decimal_compare(decimal("-1e400"), decimal("-9e-400")), -1);
    assert_int_equal(rt_decimal_compare(decimal("-9e-400"), decimal("-1e400")), 1);
    assert_int_equal(rt_decimal_compare(decimal("-1"), decimal("0")), -1);
    assert_int_equal(rt_decimal_compare(decimal("0"), decimal("1e-400")), -1);
    assert_int_equal(rt_decimal_compare(decimal("1.0"), decimal("1")), 0);
    assert_int_equal(rt_decimal_compare(decimal("0.1"), decimal("0.09")), 1);
}

static void integers_are_recognised(void **state)
{
    int64_t value;

    (void)state;
    assert_true(rt_decimal_to_int(decimal("12e2"), &value));
    assert_int_equal(value, 1200);
    assert_true(rt_decimal_to_int(rt_decimal_int(INT64_MIN), &value));
    assert_true(value == INT64_MIN);
    assert_false(rt_decimal_to_int(decimal("0.5"), &value));
    assert_false(rt_decimal_to_int(decimal("1e19"), &value));
}

static void expect_text(const char *text, bool real, const char *want)
{
    char out[RT_REAL_TEXT];

    assert_string_equal(rt_decimal_text(decimal(text), real, out), want);
}

static void texts_are_what_people_write(void **state)
{
    (void)state;
    expect_text("0.15", true, "0.15");
    expect_text("3", true, "3.0");
    expect_text("3", false, "3");
    expect_text("-0", true, "0.0");
    expect_text("0.0001", false, "0.0001");
    expect_text("0.00001", false, "1e-05");
    expect_text("1e15", true, "1000000000000000.0");
    expect_text("1e16", true, "1e+16");
    expect_text("-1.25e-7", false, "-1.25e-07");
}

static void doubles_are_the_nearest(void **state)
{
    (void)state;
    assert_true(rt_decimal_real(decimal("0.3")) == 0.3);
    assert_true(rt_decimal_real(decimal("1234567890.123456789")) == 1234567890.123456789);
    assert_true(rt_decimal_real(decimal("5e-324")) == 5e-324);
    assert_true(rt_decimal_real(decimal("1e-400")) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read_in_lowest_terms),
        cmocka_unit_test(what_is_no_decimal_is_refused),
        cmocka_unit_test(sums_and_products_are_exact),
        cmocka_unit_test(what_does_not_fit_is_an_error),
        cmocka_unit_test(comparison_never_overflows),
        cmocka_unit_test(integers_are_recognised),
        cmocka_unit_test(texts_are_what_people_write),
        cmocka_unit_test(doubles_are_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
