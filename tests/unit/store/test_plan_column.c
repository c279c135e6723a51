#include "tests/expect.h"

#include <stdlib.h>

#include "store/plan_column.h"

#define SIZE(list) (sizeof(list) / sizeof *(list))

static void expect_column(const int64_t *values, size_t count, const char *expected,
                          bool expected_runs)
{
    struct rt_plan_column column;
    bool runs = false;
    struct rt_json *json = rt_plan_column_new(values, count, &runs);
    char *text = rt_json_text(json);

    assert_string_equal(text, expected);
    assert_int_equal(runs, expected_runs);
    assert_true(rt_plan_column_read(&column, json, INT64_MIN, INT64_MAX));
    assert_int_equal(column.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rt_plan_column_get(&column, i), values[i]);
    rt_plan_column_clear(&column);
    rt_json_free(json);
    free(text);
}

static void what_is_alike_or_even_is_a_run(void **state)
{
    static const int64_t alike[] = {7, 7, 7, 7, 7};
    static const int64_t rising[] = {1, 2, 3, 4, 9, 9, 9, 9, 5, 3, 1, -1, 8};
    static const int64_t far[] = {INT64_MIN, INT64_MAX, INT64_MIN, 0};

    (void)state;
    expect_column(alike, SIZE(alike), "[[7,0,5]]", true);
    expect_column(alike, 3, "[7,7,7]", false);
    expect_column(rising, SIZE(rising), "[[1,1,4],[9,0,4],[5,-2,4],8]", true);
    expect_column(far, SIZE(far),
                  "[-9223372036854775808,9223372036854775807,-9223372036854775808,0]", false);
}

static void what_is_no_column_is_refused(void **state)
{
    static const char *const wrong[] = {
        "[]",
        "7",
        "[\"x\"]",
        "[0]",
        "[11]",
        "[[1,1]]",
        "[[1,1,0]]",
        "[[1,1,11]]",
        "[[1,-1,3]]",
        "[[1,1,2,3]]",
        "[[1,1.0,2]]",
        "[{\"first\":1}]",
        "[[10,1,2],1]",
        "[[1,0,-1]]",
        "[[1,4611686018427387904,9]]",
        "[[1,0,9223372036854775807],[1,0,9223372036854775807],[1,0,9]]"};

    (void)state;
    for (size_t i = 0; i < SIZE(wrong); i++) {
        struct rt_plan_column column;
        struct rt_json *json;
        struct rt_err err;

        expect_ok(err, rt_json_parse(rt_span_text(wrong[i]), &json, &err));
        assert_false(rt_plan_column_read(&column, json, 1, 10));
        assert_int_equal(column.count, 0);
        rt_json_free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_alike_or_even_is_a_run),
        cmocka_unit_test(what_is_no_column_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
