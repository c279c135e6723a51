/* Verdicts of the rules: known cases, and the order in which they are told. */
#include "tests/expect.h"

#include <math.h>

#include "engine/pruning.h"

static struct rt_pruning *judge_of(const char *rules)
{
    char text[512];
    struct rt_pruning *pruning;
    struct rt_json *json;
    struct rt_err err;

    snprintf(text, sizeof text, "{\"rules\":[%s]}", rules);
    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_pruning_new(json, &pruning, &err));
    assert_non_null(pruning);
    rt_json_free(json);
    return pruning;
}

struct told {
    uint64_t ordinal;
    uint32_t attempt;
    uint64_t number;
    int64_t step;
    double value;
};

static struct rt_ruling tell(struct rt_pruning *pruning, struct told told)
{
    struct rt_buf values = RT_BUF_INIT;
    struct rt_report report = {.study = 1,
                               .ordinal = told.ordinal,
                               .attempt = told.attempt,
                               .number = told.number,
                               .step = told.step,
                               .count = 1};
    struct rt_ruling verdict;

    rt_report_put_value(&values, rt_span_text("loss"), told.value);
    report.values = rt_buf_span(&values);
    rt_pruning_report(pruning, &report, &verdict);
    rt_buf_clear(&values);
    return verdict;
}

/* A first attempt that reports at each of its steps from 1 on. */
static bool stops(struct rt_pruning *pruning, uint64_t ordinal, int64_t step, double value)
{
    return tell(pruning, (struct told){ordinal, 1, (uint64_t)step, step, value}).stop;
}

#define MEDIAN "{\"rule\":\"median\",\"metric\":\"loss\",\"goal\":\"minimize\",\"after\":3}"

/* Three trials that ended well, with 1, 2 and 3 at step 1, and half of that at step 2. */
static struct rt_pruning *three_ended(const char *rules)
{
    struct rt_pruning *pruning = judge_of(rules);

    for (uint64_t i = 1; i <= 3; i++) {
        assert_false(stops(pruning, i, 1, (double)i));
        assert_false(stops(pruning, i, 2, (double)i / 2));
        rt_pruning_ended(pruning, i, RT_OUTCOME_OK);
    }
    return pruning;
}

static void what_is_worse_than_the_median_stops(void **state)
{
    struct rt_pruning *pruning = three_ended(MEDIAN);
    struct rt_ruling verdict;

    (void)state;
    assert_false(stops(pruning, 4, 1, 2)); /* equal is not worse */
    assert_false(stops(pruning, 5, 1, 0.9));
    assert_false(stops(pruning, 5, 2, 9)); /* its best is 0.9, and the median 1 */
    rt_pruning_free(pruning);
    pruning = three_ended(MEDIAN);
    verdict = tell(pruning, (struct told){4, 1, 1, 1, 2.5});
    assert_true(verdict.stop);
    assert_string_equal(verdict.rule, "median");
    assert_string_equal(verdict.text, "median: its best loss up to step 1, 2.5, is worse than 2, "
                                      "the median of 3 trials at that step");
    rt_pruning_free(pruning);
}

static void it_is_told_once_in_each_attempt(void **state)
{
    struct rt_pruning *pruning = three_ended(MEDIAN);

    (void)state;
    assert_true(tell(pruning, (struct told){4, 1, 1, 1, 9}).stop);
    assert_false(tell(pruning, (struct told){4, 1, 2, 2, 9}).stop);
    assert_true(tell(pruning, (struct told){4, 2, 1, 1, 9}).stop);
    rt_pruning_free(pruning);
}

static void before_enough_have_ended_nobody_is_compared(void **state)
{
    struct rt_pruning *pruning = judge_of(MEDIAN);

    (void)state;
    for (uint64_t i = 1; i <= 3; i++)
        assert_false(stops(pruning, i, 1, 1));
    rt_pruning_ended(pruning, 1, RT_OUTCOME_OK);
    rt_pruning_ended(pruning, 2, RT_OUTCOME_OK);
    rt_pruning_ended(pruning, 3, RT_OUTCOME_FAILED); /* does not count */
    assert_false(stops(pruning, 4, 1, 100));
    rt_pruning_free(pruning);
}

static void not_a_number_is_worse_than_all(void **state)
{
    struct rt_pruning *pruning = three_ended(MEDIAN);

    (void)state;
    assert_true(stops(pruning, 4, 1, NAN));
    rt_pruning_free(pruning);
}

static void late_and_repeated_reports_change_nothing(void **state)
{
    struct rt_pruning *pruning = judge_of("{\"rule\":\"patience\",\"metric\":\"loss\","
                                          "\"goal\":\"minimize\",\"steps\":2}");

    (void)state;
    assert_false(tell(pruning, (struct told){1, 2, 1, 1, 1}).stop);
    for (int i = 0; i < 5; i++) {
        assert_false(tell(pruning, (struct told){1, 2, 1, 1, 1}).stop); /* again */
        assert_false(tell(pruning, (struct told){1, 1, 7, 7, 1}).stop); /* of attempt 1 */
    }
    assert_false(tell(pruning, (struct told){1, 2, 2, 2, 1}).stop);
    assert_true(tell(pruning, (struct told){1, 2, 3, 3, 1}).stop);
    rt_pruning_free(pruning);
}

/* Nine trials with losses 1 to 9 come to rung 1 in order, factor 3: each is compared with those
 * that came before it, and itself. */
static void asha_lets_the_best_third_of_a_rung_go_on(void **state)
{
    struct rt_pruning *pruning = judge_of("{\"rule\":\"asha\",\"metric\":\"loss\",\"goal\":"
                                          "\"minimize\",\"min\":1,\"factor\":3,\"max\":9}");
    const double losses[] = {5, 4, 6, 3, 3.5, 9, 1, 2, 8};
    const bool wanted[] = {false, false, true, false, true, true, false, false, true};

    (void)state;
    for (uint64_t i = 0; i < 9; i++)
        assert_int_equal(stops(pruning, i + 1, 1, losses[i]), wanted[i]);
    assert_false(stops(pruning, 1, 2, 100)); /* between the rungs 1 and 3 */
    assert_false(stops(pruning, 7, 3, 1));
    assert_true(stops(pruning, 8, 3, 2));   /* 1 of 2 goes on */
    assert_false(stops(pruning, 7, 9, 50)); /* max is no rung */
    rt_pruning_free(pruning);
}

static void asha_says_what_it_saw(void **state)
{
    struct rt_pruning *pruning = judge_of("{\"rule\":\"asha\",\"metric\":\"loss\",\"goal\":"
                                          "\"maximize\",\"min\":2,\"factor\":2}");

    (void)state;
    assert_false(stops(pruning, 1, 2, 0.9));
    assert_string_equal(tell(pruning, (struct told){2, 1, 1, 3, 0.5}).text,
                        "asha: with loss 0.5 at step 3 it is number 2 of 2 trials that have "
                        "reached step 2, of which the best 1 goes on");
    rt_pruning_free(pruning);
}

static void threshold_and_its_warmup(void **state)
{
    struct rt_pruning *pruning = judge_of("{\"rule\":\"threshold\",\"metric\":\"loss\","
                                          "\"lower\":0,\"upper\":10,\"warmup_steps\":2}");

    (void)state;
    assert_false(stops(pruning, 1, 1, 11));
    assert_false(stops(pruning, 1, 2, 10));
    assert_true(stops(pruning, 1, 3, 10.5));
    assert_true(stops(pruning, 2, 2, -1));
    assert_true(stops(pruning, 3, 2, NAN));
    assert_true(stops(pruning, 4, 2, INFINITY));
    rt_pruning_free(pruning);
}

static void patience_ends_when_nothing_becomes_better(void **state)
{
    struct rt_pruning *pruning = judge_of("{\"rule\":\"patience\",\"metric\":\"loss\",\"goal\":"
                                          "\"minimize\",\"steps\":3,\"by\":0.1}");
    const double losses[] = {1, 0.8, 0.75, 0.71, 0.6, 0.59, 0.58};

    (void)state;
    for (int i = 0; i < 7; i++)
        assert_false(stops(pruning, 1, i + 1, losses[i]));
    assert_true(stops(pruning, 1, 8, 0.55)); /* 0.6 is not beaten by 0.1 in three reports */
    rt_pruning_free(pruning);
}

static void an_attempt_that_goes_on_keeps_what_came_before(void **state)
{
    struct rt_pruning *pruning = three_ended(MEDIAN);

    (void)state;
    assert_false(tell(pruning, (struct told){4, 1, 1, 1, 0.4}).stop);
    rt_pruning_ended(pruning, 4, RT_OUTCOME_CRASHED);
    assert_false(tell(pruning, (struct told){4, 2, 1, 2, 5}).stop); /* its best is 0.4 */
    rt_pruning_ended(pruning, 4, RT_OUTCOME_CRASHED);
    assert_true(tell(pruning, (struct told){4, 3, 1, 1, 5}).stop); /* from its start */
    rt_pruning_free(pruning);
}

static void of_several_rules_the_first_decides(void **state)
{
    struct rt_pruning *pruning =
        three_ended("{\"rule\":\"threshold\",\"metric\":\"loss\",\"upper\":50}," MEDIAN);

    (void)state;
    assert_string_equal(tell(pruning, (struct told){4, 1, 1, 1, 60}).rule, "threshold");
    assert_false(tell(pruning, (struct told){4, 1, 2, 2, 60}).stop);
    assert_string_equal(tell(pruning, (struct told){5, 1, 1, 1, 40}).rule, "median");
    rt_pruning_free(pruning);
}

static void rules_that_are_off_or_unknown(void **state)
{
    struct rt_pruning *pruning;
    struct rt_json *json;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_pruning_new(NULL, &pruning, &err));
    assert_null(pruning);
    expect_ok(err,
              rt_json_parse(rt_span_text("{\"rules\":[" MEDIAN "],\"off\":true}"), &json, &err));
    expect_ok(err, rt_pruning_new(json, &pruning, &err));
    assert_null(pruning);
    rt_json_free(json);
    expect_ok(err, rt_json_parse(rt_span_text("{\"rules\":[{\"rule\":\"new\"}]}"), &json, &err));
    expect_error(err, RT_ENEWER, "\"new\"", rt_pruning_new(json, &pruning, &err));
    rt_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_worse_than_the_median_stops),
        cmocka_unit_test(it_is_told_once_in_each_attempt),
        cmocka_unit_test(before_enough_have_ended_nobody_is_compared),
        cmocka_unit_test(not_a_number_is_worse_than_all),
        cmocka_unit_test(late_and_repeated_reports_change_nothing),
        cmocka_unit_test(asha_lets_the_best_third_of_a_rung_go_on),
        cmocka_unit_test(asha_says_what_it_saw),
        cmocka_unit_test(threshold_and_its_warmup),
        cmocka_unit_test(patience_ends_when_nothing_becomes_better),
        cmocka_unit_test(an_attempt_that_goes_on_keeps_what_came_before),
        cmocka_unit_test(of_several_rules_the_first_decides),
        cmocka_unit_test(rules_that_are_off_or_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
