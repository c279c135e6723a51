#include "tests/expect.h"

#include <stdlib.h>

#include "replay/judge.h"

static struct rt_measured ok(const char *result)
{
    return (struct rt_measured){.outcome = RT_OUTCOME_OK, .result = rt_span_text(result)};
}

/* The verdict on two results, with tolerances as typed, ended by NULL; *why is the reason. */
static enum rt_verdict judge(struct rt_measured a, struct rt_measured b,
                             const char *const *tolerances, char *why, size_t size)
{
    struct rt_tolerances all = {0};
    struct rt_buf reason = RT_BUF_INIT;
    enum rt_verdict verdict;
    struct rt_err err;

    for (; tolerances && *tolerances; tolerances++)
        expect_ok(err, rt_tolerances_add(&all, *tolerances, &err));
    rt_tolerances_add_floor(&all, "k3f9ab", "loss", 0.5);
    verdict = rt_judge(&a, &b, &all, "k3f9ab", &reason);
    snprintf(why, size, "%s", rt_buf_text(&reason));
    rt_buf_clear(&reason);
    rt_tolerances_clear(&all);
    return verdict;
}

static void results_are_compared_bit_by_bit(void **state)
{
    static const char *const pairs[][3] = {
        {"{\"loss\":0.5}", "{\"loss\":0.5}", ""},
        {"{\"loss\":{\"$float\":\"nan\"}}", "{\"loss\":{\"$float\":\"nan\"}}", ""},
        {"{\"loss\":0.5}", "{\"loss\":0.5000000000000001}", "loss 0.5 -> 0.5000000000000001"},
        {"{\"loss\":0.0}", "{\"loss\":-0.0}", "loss 0.0 -> -0.0"},
        {"{\"loss\":1}", "{\"loss\":1.0}", "loss 1 -> 1.0"},
        {"{\"loss\":1.0}", "{\"loss\":{\"$float\":\"nan\"}}", "loss 1.0 -> nan"},
        {"{\"loss\":1.0}", "{}", "loss 1.0 -> missing"},
        {"{}", "{\"loss\":1.0}", "loss missing -> 1.0"},
        {"{\"name\":\"a\"}", "{\"name\":\"b\"}", "name a -> b"},
        {"{\"list\":[1,2]}", "{\"list\":[1,3]}", "list [1,2] -> [1,3]"},
        {"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}", "a.b 1 -> 2"},
        {"{\"a\":1,\"b\":1,\"c\":1,\"d\":1}", "{\"a\":2,\"b\":2,\"c\":2,\"d\":2}",
         "a 1 -> 2, b 1 -> 2, c 1 -> 2 and 1 more"},
    };
    char why[200];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        enum rt_verdict verdict = judge(ok(pairs[i][0]), ok(pairs[i][1]), NULL, why, sizeof why);

        assert_int_equal(verdict, pairs[i][2][0] ? RT_VERDICT_DIFFERENT : RT_VERDICT_IDENTICAL);
        assert_string_equal(why, pairs[i][2]);
    }
}

static void tolerances_are_absolute_relative_or_the_floor(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        const char *tolerances[3];
        enum rt_verdict want;
    } cases[] = {
        {"{\"loss\":0.9}", "{\"loss\":0.91}", {"loss=0.01"}, RT_VERDICT_WITHIN},
        {"{\"loss\":0.9}", "{\"loss\":0.92}", {"loss=0.01"}, RT_VERDICT_DIFFERENT},
        {"{\"loss\":100.0}", "{\"loss\":104.0}", {"loss=0.01,0.05"}, RT_VERDICT_WITHIN},
        {"{\"loss\":100.0}", "{\"loss\":106.0}", {"loss=0.01,0.05"}, RT_VERDICT_DIFFERENT},
        {"{\"acc\":0.9}", "{\"acc\":0.91}", {"loss=0.01"}, RT_VERDICT_DIFFERENT},
        {"{\"acc\":0.9}", "{\"acc\":0.91}", {"0.01"}, RT_VERDICT_WITHIN},
        {"{\"acc\":0.9}", "{\"acc\":0.91}", {"0.01", "acc=0"}, RT_VERDICT_DIFFERENT},
        {"{\"loss\":1.0}", "{\"loss\":1.5}", {"floor"}, RT_VERDICT_WITHIN},
        {"{\"loss\":1.0}", "{\"loss\":1.6}", {"floor"}, RT_VERDICT_DIFFERENT},
        {"{\"acc\":1.0}", "{\"acc\":1.1}", {"floor"}, RT_VERDICT_DIFFERENT},
        {"{\"loss\":1}", "{\"loss\":1.0}", {"loss=0"}, RT_VERDICT_WITHIN},
        {"{\"loss\":1.0}", "{\"loss\":{\"$float\":\"nan\"}}", {"loss=100"}, RT_VERDICT_DIFFERENT},
        {"{\"loss\":1.0,\"acc\":1}", "{\"loss\":1.1,\"acc\":2}", {"loss=1"}, RT_VERDICT_DIFFERENT},
    };
    char why[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum rt_verdict got =
            judge(ok(cases[i].a), ok(cases[i].b), cases[i].tolerances, why, sizeof why);

        if (got != cases[i].want)
            fail_msg("%s, %s: %s (%s)", cases[i].a, cases[i].b, rt_verdict_name(got), why);
        assert_true(why[0] != '\0');
    }
}

static void times_do_not_count_unless_they_are_named(void **state)
{
    struct rt_measured a = ok("{\"fit_seconds\":1.5,\"loss\":1.0}");
    struct rt_measured b = ok("{\"fit_seconds\":1.25,\"loss\":1.0}");
    char why[200];

    (void)state;
    assert_int_equal(judge(a, b, NULL, why, sizeof why), RT_VERDICT_IDENTICAL);
    assert_int_equal(judge(a, b, (const char *const[]){"fit_seconds=0.1", NULL}, why, sizeof why),
                     RT_VERDICT_DIFFERENT);
}

static void outcomes_come_first(void **state)
{
    struct rt_measured good = ok("{}");
    struct rt_measured failed = {.outcome = RT_OUTCOME_FAILED};
    struct rt_measured crashed = {.outcome = RT_OUTCOME_CRASHED, .status = 11};
    struct rt_measured aborted = {.outcome = RT_OUTCOME_CRASHED, .status = 6};
    struct rt_measured lost = {.outcome = RT_OUTCOME_LOST};
    struct rt_measured none = {.outcome = RT_OUTCOME_NONE};
    struct rt_measured gone = {.outcome = RT_OUTCOME_OK, .missing = "object 3f is missing"};
    char why[200];

    (void)state;
    assert_int_equal(judge(good, failed, NULL, why, sizeof why), RT_VERDICT_OUTCOME);
    assert_string_equal(why, "ok -> failed");
    assert_int_equal(judge(failed, failed, NULL, why, sizeof why), RT_VERDICT_IDENTICAL);
    assert_int_equal(judge(crashed, aborted, NULL, why, sizeof why), RT_VERDICT_OUTCOME);
    assert_string_equal(why, "crashed with 11 -> 6");
    assert_int_equal(judge(good, lost, NULL, why, sizeof why), RT_VERDICT_NOT_COMPARABLE);
    assert_string_equal(why, "the replay was lost with its host");
    assert_int_equal(judge(gone, good, NULL, why, sizeof why), RT_VERDICT_NOT_COMPARABLE);
    assert_string_equal(why, "object 3f is missing");
    assert_int_equal(judge(good, none, NULL, why, sizeof why), RT_VERDICT_NONE);
}

static void what_may_come_out_otherwise_by_itself_is_not_blamed(void **state)
{
    struct rt_measured a = ok("{\"loss\":1}");
    char why[200];

    (void)state;
    a.loose = "it looks when it likes";
    assert_int_equal(judge(a, ok("{\"loss\":1}"), NULL, why, sizeof why), RT_VERDICT_IDENTICAL);
    assert_string_equal(why, "");
    assert_int_equal(judge(a, ok("{\"loss\":2}"), NULL, why, sizeof why),
                     RT_VERDICT_NOT_COMPARABLE);
    assert_string_equal(why, "loss 1 -> 2; it looks when it likes");
    assert_int_equal(
        judge(a, (struct rt_measured){.outcome = RT_OUTCOME_PRUNED}, NULL, why, sizeof why),
        RT_VERDICT_NOT_COMPARABLE);
    assert_string_equal(why, "ok -> pruned; it looks when it likes");
}

static void tolerances_that_make_no_sense_are_refused(void **state)
{
    static const char *const bad[] = {"",        "loss",       "loss=",    "loss=-1",
                                      "loss=1,", "loss=1,2,3", "loss=nan", "loss=x"};
    struct rt_tolerances all = {0};
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(err, RT_EUSAGE, "--tol takes", rt_tolerances_add(&all, bad[i], &err));
    expect_error(err, RT_EUSAGE, "--equiv takes",
                 rt_tolerances_add_equivalence(&all, "loss=0", &err));
    expect_error(err, RT_EUSAGE, "--equiv takes", rt_tolerances_add_equivalence(&all, "1", &err));
    rt_tolerances_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_compared_bit_by_bit),
        cmocka_unit_test(tolerances_are_absolute_relative_or_the_floor),
        cmocka_unit_test(times_do_not_count_unless_they_are_named),
        cmocka_unit_test(outcomes_come_first),
        cmocka_unit_test(what_may_come_out_otherwise_by_itself_is_not_blamed),
        cmocka_unit_test(tolerances_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
