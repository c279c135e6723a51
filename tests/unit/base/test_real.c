#include "tests/expect.h"

#include <float.h>
#include <locale.h>
#include <math.h>

#include "base/real.h"

static void expect_real(double value, const char *want)
{
    char text[RT_REAL_TEXT];

    assert_string_equal(rt_real_text(value, text), want);
}

/* What Python's repr() gives. */
static void texts_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    expect_real(0.1, "0.1");
    expect_real(0.1 + 0.2, "0.30000000000000004");
    expect_real(2, "2.0");
    expect_real(-0.0, "-0.0");
    expect_real(0, "0.0");
    expect_real(1e-4, "0.0001");
    expect_real(1e-5, "1e-05");
    expect_real(100000, "100000.0");
    expect_real(9999999999999998, "9999999999999998.0");
    expect_real(1e16, "1e+16");
    expect_real(1e22, "1e+22");
    expect_real(1.5e300, "1.5e+300");
    expect_real(-123456.789, "-123456.789");
    expect_real(1.0 / 3, "0.3333333333333333");
    expect_real(DBL_MAX, "1.7976931348623157e+308");
    expect_real(DBL_MIN, "2.2250738585072014e-308");
}

static void subnormal_numbers_are_short_too(void **state)
{
    (void)state;
    expect_real(5e-324, "5e-324");
    expect_real(1.5e-323, "1.5e-323");
    expect_real(2.225073858507201e-308, "2.225073858507201e-308");
}

/* The nearest number of 16 digits is 5.684341886080801e-14, and that is another double. */
static void powers_of_two_may_need_the_next_number(void **state)
{
    (void)state;
    expect_real(ldexp(1, -44), "5.684341886080802e-14");
    expect_real(ldexp(1, 976), "6.386688990511104e+293");
    expect_real(ldexp(1, -1), "0.5");
    expect_real(ldexp(1, 1023), "8.98846567431158e+307");
}

static void every_text_reads_back(void **state)
{
    uint64_t bits = 88172645463325252u;
    char text[RT_REAL_TEXT];

    (void)state;
    for (int i = 0; i < 40000; i++) {
        double value;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value) && rt_real_parse(rt_real_text(value, text)) != value)
            fail_msg("%a became %s", value, text);
    }
}

static void texts_are_read_as_the_c_library_reads_them(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1.",
        "1.5,",
        "0.1}",
        "123456789012345",
        "-12345678.9012345",
        "1e3",
        "1.5E-3",
        "0x10",
        "00012",
        "7.0]",
        "1234567890123456",
        "0.1234567890123456",
        "1.7e308",
        "3e",
        "999999999999999.9",
        "0.000000000000001",
        "0.0000000000000012",
    };
    uint64_t bits = 88172645463325252u;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double got = rt_real_parse(texts[i]);
        double want = strtod(texts[i], NULL);

        if (memcmp(&got, &want, sizeof got) != 0)
            fail_msg("%s is read as %a instead of %a", texts[i], got, want);
    }
    for (int i = 0; i < 40000; i++) {
        double want;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        snprintf(text, sizeof text, "%.*f", i % 17, (double)(int64_t)(bits >> (i % 60)) / 1e4);
        want = strtod(text, NULL);
        if (rt_real_parse(text) != want)
            fail_msg("%s is read as %a instead of %a", text, rt_real_parse(text), want);
    }
}

/* Numbers of few digits, which take a short cut, get the text that printf() finds for them. */
static void short_numbers_have_no_digit_too_many(void **state)
{
    uint64_t bits = 88172645463325252u;
    char text[RT_REAL_TEXT];
    char want[64];

    (void)state;
    for (int i = 0; i < 30000; i++) {
        int places = i % 16;
        double value;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        value = (double)(int64_t)(bits % 1000000000000000u) / pow(10, places);
        rt_real_text(value, text);
        snprintf(want, sizeof want, "%.15g", value);
        if (!strchr(want, 'e') && !strchr(want, '.'))
            strcat(want, ".0");
        if (!strchr(want, 'e') && strcmp(text, want) != 0)
            fail_msg("%a became %s instead of %s", value, text, want);
    }
}

static void texts_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        setlocale(LC_NUMERIC, "");
    expect_real(1.5, "1.5");
    assert_true(rt_real_parse("1.5") == 1.5);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_the_shortest_that_read_back),
        cmocka_unit_test(subnormal_numbers_are_short_too),
        cmocka_unit_test(powers_of_two_may_need_the_next_number),
        cmocka_unit_test(every_text_reads_back),
        cmocka_unit_test(texts_are_read_as_the_c_library_reads_them),
        cmocka_unit_test(short_numbers_have_no_digit_too_many),
        cmocka_unit_test(texts_do_not_depend_on_the_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
