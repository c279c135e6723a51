#include "tests/expect.h"

#include <stdlib.h>

#include "engine/scalar.h"

static void expect_scalar(const char *text, const char *json)
{
    struct rt_json *value;
    struct rt_err err;
    char *got;

    expect_ok(err, rt_scalar_parse(text, &value, &err));
    got = rt_json_text(value);
    assert_string_equal(got, json);
    free(got);
    rt_json_free(value);
}

static void numbers_are_those_of_the_core_schema(void **state)
{
    (void)state;
    expect_scalar("0", "0");
    expect_scalar("-12", "-12");
    expect_scalar("+12", "12");
    expect_scalar("010", "10");
    expect_scalar("0o17", "15");
    expect_scalar("0x1f", "31");
    expect_scalar("-9223372036854775808", "-9223372036854775808");
    expect_scalar("1.", "1.0");
    expect_scalar(".5", "0.5");
    expect_scalar("-.5e1", "-5.0");
    expect_scalar("1e3", "1000.0");
    expect_scalar("1E-4", "0.0001");
    expect_scalar("-0", "0");
    expect_scalar("-0.0", "-0.0");
    expect_scalar("1e-999", "0.0");
}

static void words_that_look_like_numbers_stay_texts(void **state)
{
    static const char *const texts[] = {"1_000", "1,5", "0b1", "0x",  "0o8",   "-0x1",  "1e",
                                        "e5",    ".",   "-",   "+",   "1.2.3", "12:30", "1 2",
                                        "0x1g",  "--1", "nan", "inf", "NaN",   ".e5",   "1e+"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char json[32];

        snprintf(json, sizeof json, "\"%s\"", texts[i]);
        expect_scalar(texts[i], json);
    }
}

static void yes_and_no_are_texts(void **state)
{
    (void)state;
    expect_scalar("true", "true");
    expect_scalar("FALSE", "false");
    expect_scalar("null", "null");
    expect_scalar("~", "null");
    expect_scalar("", "null");
    expect_scalar("no", "\"no\"");
    expect_scalar("yes", "\"yes\"");
    expect_scalar("on", "\"on\"");
    expect_scalar("tRue", "\"tRue\"");
}

static void what_no_trial_can_be_given_is_refused(void **state)
{
    static const char *const texts[] = {".nan", ".NaN", ".inf", "-.inf", "+.INF"};
    struct rt_json *value;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_error(err, RT_EUSAGE, texts[i], rt_scalar_parse(texts[i], &value, &err));
    expect_error(err, RT_EUSAGE, "does not fit an integer",
                 rt_scalar_parse("9223372036854775808", &value, &err));
    expect_error(err, RT_EUSAGE, "does not fit an integer",
                 rt_scalar_parse("0xFFFFFFFFFFFFFFFF", &value, &err));
    expect_error(err, RT_EUSAGE, "larger than any real", rt_scalar_parse("-1e400", &value, &err));
    assert_null(value);
}

static void decimals_are_exact(void **state)
{
    struct rt_decimal decimal;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_scalar_decimal("0.15", &decimal, &err));
    assert_int_equal(decimal.coefficient, 15);
    assert_int_equal(decimal.exponent, -2);
    expect_ok(err, rt_scalar_decimal("0x10", &decimal, &err));
    assert_int_equal(decimal.coefficient, 16);
    expect_error(err, RT_EUSAGE, "not a number", rt_scalar_decimal("x", &decimal, &err));
    expect_error(err, RT_EUSAGE, "does not fit",
                 rt_scalar_decimal("0xFFFFFFFFFFFFFFFFF", &decimal, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_core_schema),
        cmocka_unit_test(words_that_look_like_numbers_stay_texts),
        cmocka_unit_test(yes_and_no_are_texts),
        cmocka_unit_test(what_no_trial_can_be_given_is_refused),
        cmocka_unit_test(decimals_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
