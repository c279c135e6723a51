/* Trials that are done without success, tried again. */
#include "tests/expect.h"

#include "engine/retry.h"
#include "tests/unit/engine/support/stage.h"

static void outcomes_are_named_with_commas_between(void **state)
{
    unsigned outcomes;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_retry_parse("failed,timeout", &outcomes, &err));
    assert_int_equal(outcomes, 1u << RT_OUTCOME_FAILED | 1u << RT_OUTCOME_TIMEOUT);
    expect_ok(err, rt_retry_parse("all", &outcomes, &err));
    assert_int_equal(outcomes, 1u << RT_OUTCOME_FAILED | 1u << RT_OUTCOME_TIMEOUT |
                                   1u << RT_OUTCOME_CRASHED | 1u << RT_OUTCOME_LOST);
    assert_int_equal(rt_retry_parse("ok", &outcomes, &err), RT_EUSAGE);
    assert_int_equal(rt_retry_parse("failed,", &outcomes, &err), RT_EUSAGE);
    assert_int_equal(rt_retry_parse("", &outcomes, &err), RT_EUSAGE);
}

/* A study whose trials 1 and 2 failed and crashed; then a launch that tries `outcomes` again. */
static struct stage *failed_study(unsigned retries, unsigned outcomes)
{
    struct stage *stage = stage_new(2, retries, 1);

    stage_join(stage, 0, 2);
    stage_sync(stage);
    for (uint32_t attempt = 1; attempt <= 1 + retries; attempt++) {
        stage_result(stage, 0, 1, attempt, RT_OUTCOME_FAILED, false);
        stage_result(stage, 0, 2, attempt, RT_OUTCOME_CRASHED, false);
        stage_sync(stage);
        stage_tick(stage);
        stage_sync(stage);
    }
    assert_int_equal(rt_state_trial(stage_study(stage), 1).status, RT_TRIAL_DONE);
    assert_int_equal(rt_retry_count(stage_study(stage), outcomes), 1);
    stage->retry = outcomes;
    stage_relaunch(stage, 1);
    stage->ended_in = stage->launch;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    return stage;
}

static void only_the_chosen_outcome_is_tried_again(void **state)
{
    struct stage *stage = failed_study(0, 1u << RT_OUTCOME_FAILED);

    (void)state;
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 2));
    assert_int_equal(rt_state_trial(stage_study(stage), 2).status, RT_TRIAL_DONE);
    stage_result(stage, 0, 1, 2, RT_OUTCOME_OK, false);
    stage_sync(stage);
    assert_int_equal(rt_state_trial(stage_study(stage), 1).outcome, RT_OUTCOME_OK);
    stage_tick(stage);
    assert_non_null(stage_take(stage, 0, RT_WIRE_STOP));
    stage_free(stage);
}

static void the_retries_of_the_plan_count_anew(void **state)
{
    struct stage *stage = failed_study(1, 1u << RT_OUTCOME_FAILED);

    (void)state;
    for (uint32_t attempt = 3; attempt <= 4; attempt++) {
        assert_true(rt_state_holds(stage->state, 0, 1, 1, attempt));
        stage_result(stage, 0, 1, attempt, RT_OUTCOME_FAILED, false);
        stage_sync(stage);
        stage_tick(stage);
        stage_sync(stage);
    }
    assert_int_equal(rt_state_trial(stage_study(stage), 1).status, RT_TRIAL_DONE);
    assert_int_equal(rt_state_trial(stage_study(stage), 1).attempts, 4);
    assert_non_null(stage_take(stage, 0, RT_WIRE_STOP));
    stage_free(stage);
}

static void what_comes_back_unstarted_has_not_used_its_turn(void **state)
{
    struct stage *stage = failed_study(0, 1u << RT_OUTCOME_FAILED);
    struct rt_wire_range range = {1, 0, 1, 2};
    struct rt_wire back = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = &range, .count = 1}};
    struct rt_progress progress;

    (void)state;
    stage_say(stage, 0, &back);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.again, 1);
    stage_sync(stage);
    stage_tick(stage);
    stage_sync(stage);
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 2));
    stage_free(stage);
}

static void a_stop_leaves_what_was_to_be_tried_again(void **state)
{
    struct stage *stage = failed_study(0, 1u << RT_OUTCOME_FAILED | 1u << RT_OUTCOME_TIMEOUT);
    struct rt_progress progress;

    (void)state;
    stage_result(stage, 0, 1, 2, RT_OUTCOME_FAILED, false);
    stage_sync(stage);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.again, 0);
    stage_relaunch(stage, 1);
    stage_stop(stage);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.again, 1);
    stage_free(stage);
}

/* It may have been leased as one that waits, and have come back to the queue meanwhile. */
static void a_trial_that_stands_in_the_queue_twice_gets_no_more_attempts(void **state)
{
    struct stage *stage = failed_study(0, 1u << RT_OUTCOME_FAILED);
    struct rt_retry retry;

    (void)state;
    stage_result(stage, 0, 1, 2, RT_OUTCOME_FAILED, false);
    stage_sync(stage);
    rt_retry_init(&retry, stage_study(stage), 1u << RT_OUTCOME_FAILED);
    assert_int_equal(rt_retry_next(&retry, stage_study(stage)), 1);
    rt_retry_returned(&retry, 1);
    rt_retry_leased(&retry);
    rt_retry_failed(&retry, 1);
    assert_int_equal(rt_retry_next(&retry, stage_study(stage)), 0);
    rt_retry_clear(&retry);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_are_named_with_commas_between),
        cmocka_unit_test(only_the_chosen_outcome_is_tried_again),
        cmocka_unit_test(the_retries_of_the_plan_count_anew),
        cmocka_unit_test(what_comes_back_unstarted_has_not_used_its_turn),
        cmocka_unit_test(a_stop_leaves_what_was_to_be_tried_again),
        cmocka_unit_test(a_trial_that_stands_in_the_queue_twice_gets_no_more_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
