#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "engine/range.h"
#include "store/plan.h"

static struct rt_range range(const char *text)
{
    struct rt_range out;

    if (!rt_range_parse(text, &out))
        fail_msg("%s is no range", text);
    return out;
}

/* The same with a count instead of the step. */
static struct rt_range counted(const char *from, const char *to, int64_t count)
{
    char *text = rt_printf("%s:%s:1", from, to);
    struct rt_range out = range(text);

    free(text);
    out.step = rt_decimal_int(0);
    out.count = count;
    return out;
}

static void expect_axis(struct rt_range range, const char *want)
{
    struct rt_json *axis;
    struct rt_err err;
    char *text;

    expect_ok(err, rt_range_axis(&range, &axis, &err));
    text = rt_json_text(axis);
    assert_string_equal(text, want);
    free(text);
    rt_json_free(axis);
}

static void expect_refused(struct rt_range range, const char *part)
{
    struct rt_json *axis;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, part, rt_range_axis(&range, &axis, &err));
    assert_null(axis);
}

static void only_three_numbers_are_a_range(void **state)
{
    static const char *const others[] = {"",           "1",
                                         "1:2",        "1:2:",
                                         ":1:2",       "1:2:3:4",
                                         "a:b:c",      "1:2:x",
                                         "1:2:log",    "1:2:log0",
                                         "1:2:logx",   "1:2:log-3",
                                         "1:2:log2.5", "1:2:Log3",
                                         "1::2",       "1:2: 3",
                                         "null:1:2",   "1:2:.inf",
                                         "1:2:1e999",  "0x1:2",
                                         "1,2:3",      "1:2:1234567890.1234567890123"};
    struct rt_range out;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (rt_range_parse(others[i], &out))
            fail_msg("%s is taken for a range", others[i]);
    }
    assert_true(rt_range_parse("-1:+1:.5", &out));
    assert_true(rt_range_parse("0x10:0o20:1", &out));
    assert_int_equal(out.from.coefficient, 16);
}

static void steps_include_both_ends(void **state)
{
    (void)state;
    expect_axis(range("0:0.5:0.05"),
                "{\"count\":11,\"from\":\"0\",\"kind\":\"real\",\"step\":\"0.05\"}");
    expect_axis(range("1:10:3"), "{\"count\":4,\"from\":\"1\",\"kind\":\"int\",\"step\":\"3\"}");
    expect_axis(range("1:0:-0.25"),
                "{\"count\":5,\"from\":\"1\",\"kind\":\"real\",\"step\":\"-0.25\"}");
    expect_axis(range("3:3:1"), "{\"count\":1,\"from\":\"3\",\"kind\":\"int\",\"step\":\"1\"}");
    expect_axis(range("0:1e-6:1e-7"),
                "{\"count\":11,\"from\":\"0\",\"kind\":\"real\",\"step\":\"1e-07\"}");
    expect_axis(range("0.0:4:2"), "{\"count\":3,\"from\":\"0\",\"kind\":\"real\",\"step\":\"2\"}");
}

static void counts_divide_evenly_where_a_decimal_can(void **state)
{
    (void)state;
    expect_axis(counted("0", "10", 11),
                "{\"count\":11,\"from\":\"0\",\"kind\":\"int\",\"step\":\"1\"}");
    expect_axis(counted("0", "10", 5),
                "{\"count\":5,\"from\":\"0\",\"kind\":\"real\",\"step\":\"2.5\"}");
    expect_axis(counted("1", "0", 3),
                "{\"count\":3,\"from\":\"1\",\"kind\":\"real\",\"step\":\"-0.5\"}");
    expect_axis(counted("7", "7", 1),
                "{\"count\":1,\"from\":\"7\",\"kind\":\"int\",\"step\":\"1\"}");
}

/* What numpy.linspace() gives, but for its rounding errors. */
static void other_counts_give_the_nearest_reals(void **state)
{
    (void)state;
    expect_axis(counted("0", "1", 4),
                "{\"values\":[0.0,0.3333333333333333,0.6666666666666666,1.0]}");
    expect_axis(counted("-1", "1", 4),
                "{\"values\":[-1.0,-0.3333333333333333,0.3333333333333333,1.0]}");
    expect_axis(counted("1e-5", "1e-4", 8),
                "{\"values\":[1e-05,2.2857142857142858e-05,3.571428571428572e-05,"
                "4.857142857142857e-05,6.142857142857143e-05,7.428571428571429e-05,"
                "8.714285714285714e-05,0.0001]}");
}

static void ranges_that_cannot_be_are_refused(void **state)
{
    (void)state;
    expect_refused(range("0:1:0.3"), "the nearest levels are 0.9 and 1.2");
    expect_refused(range("1:-1:-0.3"), "the nearest levels are -0.8 and -1.1");
    expect_refused(range("0:1:2"), "the nearest levels are 0 and 2");
    expect_refused(range("0:1:0"), "step is 0");
    expect_refused(range("0:1:-1"), "step -1 leads away from 1");
    expect_refused(range("0:1000000000:1"), "more than 1000000000 levels");
    expect_refused(range("0:1e300:1e-300"), "too small or too large");
    expect_refused(range("1e17:100000000000000001:1"), "too small to tell");
    expect_refused(range("0:9223372036854775807:4611686018427387904"),
                   "does not reach 9.223372036854775807e+18 exactly");
    expect_refused(range("-9223372036854775807:9223372036854775807:1"), "18 digits");
    expect_refused(range("9223372036854775807:-1:-1"), "18 digits");
    expect_refused(counted("0", "1", 1), "the ends are different");
    expect_refused(counted("1", "1", 2), "the ends are equal");
    expect_refused(counted("0", "1", 1000000), "do not divide this range evenly");
    expect_refused(counted("0", "1", -3), "count is -3");
    expect_refused(counted("1", "1.0000000000000002", 4), "more levels than there are reals");
}

static void ranges_by_factors_keep_their_ends(void **state)
{
    (void)state;
    expect_axis(range("1e-5:1e-1:log5"),
                "{\"count\":5,\"from\":\"1e-05\",\"scale\":\"log\",\"to\":\"0.1\"}");
    expect_axis(range("512:16:log6"), "{\"values\":[512,256,128,64,32,16]}");
    expect_axis(range("4:9:log3"), "{\"values\":[4,6,9]}");
    expect_axis(range("1:10:log3"), "{\"count\":3,\"from\":\"1\",\"scale\":\"log\",\"to\":\"10\"}");
    expect_axis(range("1:8.0:log4"), "{\"count\":4,\"from\":\"1\",\"scale\":\"log\",\"to\":\"8\"}");
    expect_axis(range("1:2:log1000000"),
                "{\"count\":1000000,\"from\":\"1\",\"scale\":\"log\",\"to\":\"2\"}");
}

static void ranges_by_factors_that_cannot_be_are_refused(void **state)
{
    (void)state;
    expect_refused(range("0:1:log5"), "goes from 0 to 1; both ends must be between");
    expect_refused(range("-1:1:log5"), "goes from -1 to 1");
    expect_refused(range("1e-300:1:log5"), "goes from 1e-300 to 1");
    expect_refused(range("1:2:log1"), "2 levels or more");
    expect_refused(range("2:2.0:log5"), "ends that differ");
    expect_refused(range("1:2:log2000000000"), "count is 2000000000");
    expect_refused(range("1:1.0000001:log1000000000"), "more levels than there are reals");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_three_numbers_are_a_range),
        cmocka_unit_test(steps_include_both_ends),
        cmocka_unit_test(counts_divide_evenly_where_a_decimal_can),
        cmocka_unit_test(other_counts_give_the_nearest_reals),
        cmocka_unit_test(ranges_that_cannot_be_are_refused),
        cmocka_unit_test(ranges_by_factors_keep_their_ends),
        cmocka_unit_test(ranges_by_factors_that_cannot_be_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
