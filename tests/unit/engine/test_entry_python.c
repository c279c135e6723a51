#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include "base/clock.h"

#include <stdlib.h>

static struct rt_nursery *nursery;

static void a_function_s_result_comes_back_with_all_that_is_known_of_it(void **state)
{
    struct rig rig;
    const struct rt_attempt *attempt;
    char want[128];

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"ok\",\"number\",\"nan\"]",
                        (struct rig_study){.slots = 1});
    rig_run(&rig);
    snprintf(want, sizeof want, "{\"id\":\"k3f9.1\",\"loss\":0.25,\"same\":true,\"seed\":%u}",
             rt_plan_seed(rig.plan, 0));
    rig_expect(&rig.ended[0], RT_OUTCOME_OK, want, "");
    rig_expect(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_expect(&rig.ended[2], RT_OUTCOME_OK,
               "{\"best\":{\"$float\":\"-inf\"},\"loss\":{\"$float\":\"nan\"}}", "");
    attempt = &rig.ended[1].attempt;
    assert_int_equal(attempt->launch, 7);
    assert_int_equal(attempt->rank, 3);
    assert_int_equal(attempt->worker, 0);
    assert_int_equal(attempt->position, 2);
    assert_int_equal(attempt->attempt, 1);
    assert_int_equal(attempt->seed, rt_plan_seed(rig.plan, 1));
    assert_true(attempt->pid > 0 && attempt->max_rss_kib > 1000);
    assert_true(rt_wall_us() - attempt->start_us < 60000000u);
    assert_non_null(strstr(rt_pool_python(rig.pool), "\"executable\":\"/usr/bin/python3\""));
    rig_close(&rig);
}

static void what_a_function_does_wrong_fails_its_attempt_alone(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"raise\",\"nothing\",\"object\",\"exit\",\"number\"]",
                        (struct rig_study){.slots = 1});
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_FAILED, "", "ValueError: no such luck: \xC3\xBC");
    assert_non_null(strstr(rig.ended[0].reason, "behave.py\", line"));
    rig_expect(&rig.ended[1], RT_OUTCOME_FAILED, "", "the function returned nothing");
    rig_expect(&rig.ended[2], RT_OUTCOME_FAILED, "", "\"history.model\" is of type object");
    rig_expect(&rig.ended[3], RT_OUTCOME_FAILED, "", "sys.exit(3)");
    assert_int_equal(rig.ended[3].attempt.status, 3);
    rig_expect(&rig.ended[4], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    assert_int_equal(rig.ended[0].attempt.pid, rig.ended[4].attempt.pid);
    rig_close(&rig);
}

static void params_come_as_a_dict_or_by_keywords(void **state)
{
    static const char *const functions[][2] = {
        {"keywords", "{\"sum\":6}"},
        {"anything", "{\"sum\":3}"},
        {"single", "{\"sum\":3}"},
        {"nothing", "{\"score\":0}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char entry[256];
        struct rig_study study = {.entry = entry,
                                  .params = "{\"a\":1,\"b\":2}",
                                  .metric = "score",
                                  .checkout = RT_TEST_MODELS};
        struct rig rig;

        snprintf(entry, sizeof entry,
                 "{\"kind\":\"python\",\"file\":\"styles.py\",\"function\":\"%s\"}",
                 functions[i][0]);
        rig_open(&rig, nursery, &study);
        rig_run(&rig);
        rig_expect(&rig.ended[0], RT_OUTCOME_OK, functions[i][1], "");
        rig_close(&rig);
    }
}

static void each_trial_gets_its_own_params_whatever_the_one_before_made_of_its(void **state)
{
    static const char *const want[] = {"1",
                                       "'1'",
                                       "10",
                                       "-10",
                                       "True",
                                       "1.5",
                                       "[1]",
                                       "None",
                                       "1",
                                       "nan",
                                       "1.2345678901234568e+20"};
    struct rig_study study = {
        .entry = "{\"kind\":\"python\",\"file\":\"styles.py\",\"function\":\"spoils\"}",
        .params = "{\"a\":0.1,\"list\":[0],\"tree\":{\"leaf\":\"t\"}}",
        .axes = "[{\"key\":\"x\",\"values\":[1,\"1\",10,-10,true,1.5,[1],null,1,"
                "{\"$float\":\"nan\"},1.2345678901234568e20]}]",
        .checkout = RT_TEST_MODELS,
        .slots = 1};
    char got[256];
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (size_t i = 0; i < rig.count; i++) {
        snprintf(got, sizeof got,
                 "{\"got\":\"[('a', 0.1), ('list', [0]), ('tree', {'leaf': 't'}), ('x', %s)]\"}",
                 want[i]);
        rig_expect(&rig.ended[i], RT_OUTCOME_OK, got, "");
    }
    rig_close(&rig);
}

static void equal_seeds_draw_equal_numbers(void **state)
{
    struct rig rig;
    char *first;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"random\",\"number\"]", (struct rig_study){.slots = 1});
    first = strdup(rig_run_one(&rig, 0)->result);
    assert_string_equal(rig_run_one(&rig, 0)->result, first);
    rig_close(&rig);
    rig_open_behaviours(&rig, nursery, "[\"random\",\"number\"]", (struct rig_study){.slots = 1});
    rig_run_one(&rig, 1);
    assert_string_equal(rig_run_one(&rig, 0)->result, first);
    free(first);
    rig_close(&rig);
}

static void numpy_is_seeded_as_it_is_imported_and_its_types_are_known(void **state)
{
    struct rig rig;
    char *first;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"numpy\",\"number\"]", (struct rig_study){.slots = 1});
    first = strdup(rig_run_one(&rig, 0)->result);
    if (!strstr(first, ",\"b\":0.5,\"n\":3}") || strncmp(first, "{\"a\":[0.", 8) != 0)
        fail_msg("%s%s", first, rig.ended[0].reason);
    assert_string_equal(rig_run_one(&rig, 0)->result, first); /* now it had been imported */
    free(first);
    rig_close(&rig);
}

static void the_environment_chooses_no_other_interpreter(void **state)
{
    struct rig rig;
    struct rt_nursery *shared = nursery;
    struct rt_err err;
    const char *result;

    (void)state;
    setenv("PYTHONHOME", "/nonexistent", 1);
    setenv("PYTHONPATH", "/retrial-test-path/python2.7/lib:/retrial-test-path/mine", 1);
    setenv("CONDA_PREFIX", "/usr/share", 1); /* an environment without Python */
    setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
    setenv("PMI_RANK", "1", 1);
    expect_ok(err, rt_nursery_fork(&nursery, &err));
    rig_open_behaviours(&rig, nursery, "[\"paths\"]", (struct rig_study){.slots = 1});
    result = rig_run_one(&rig, 0)->result;
    assert_non_null(strstr(result, "\"launcher\":[]"));
    assert_non_null(strstr(result, "\"path\":[\"/retrial-test-path/mine\"]"));
    assert_non_null(strstr(result, "\"prefix\":\"/usr\""));
    assert_non_null(strstr(result, "\"threads\":\"1\""));
    rig_close(&rig);
    rt_nursery_free(nursery);
    nursery = shared;
    unsetenv("PYTHONHOME");
    unsetenv("PYTHONPATH");
    unsetenv("CONDA_PREFIX");
    unsetenv("OMPI_COMM_WORLD_SIZE");
    unsetenv("PMI_RANK");
}

static void expect_refused(const char *file, const char *function, const char *part)
{
    char entry[256];
    struct rig_study study = {
        .entry = entry, .params = "{\"a\":1,\"b\":2}", .checkout = RT_TEST_MODELS};
    struct rig rig;
    struct rt_err err;

    snprintf(entry, sizeof entry, "{\"kind\":\"python\",\"file\":\"%s\",\"function\":\"%s\"}", file,
             function);
    rig_open(&rig, nursery, &study);
    expect_error(err, RT_EUSAGE, part, rig_ready(&rig, &err));
    rig_close(&rig);
}

static void an_entry_that_cannot_be_loaded_says_why(void **state)
{
    (void)state;
    expect_refused("broken.py", "train",
                   "ModuleNotFoundError: No module named 'a_module_that_nobody_has'");
    expect_refused("dies.py", "train", "exit status 7; it printed: last words");
    expect_refused("styles.py", "keyword", "did you mean \"keywords\"?");
    expect_refused("styles.py", "value", "is not a function");
    expect_refused("missing.py", "train", "no file \"missing.py\"");
}

static void a_parameter_that_the_function_does_not_take_is_refused(void **state)
{
    (void)state;
    expect_refused("styles.py", "wrong", "wrong() takes no argument \"b\"");
    expect_refused("styles.py", "more", "more() needs the argument \"c\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_s_result_comes_back_with_all_that_is_known_of_it),
        cmocka_unit_test(what_a_function_does_wrong_fails_its_attempt_alone),
        cmocka_unit_test(params_come_as_a_dict_or_by_keywords),
        cmocka_unit_test(each_trial_gets_its_own_params_whatever_the_one_before_made_of_its),
        cmocka_unit_test(equal_seeds_draw_equal_numbers),
        cmocka_unit_test(numpy_is_seeded_as_it_is_imported_and_its_types_are_known),
        cmocka_unit_test(the_environment_chooses_no_other_interpreter),
        cmocka_unit_test(an_entry_that_cannot_be_loaded_says_why),
        cmocka_unit_test(a_parameter_that_the_function_does_not_take_is_refused),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
