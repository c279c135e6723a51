#include "tests/expect.h"

#include "tests/unit/engine/support/stage.h"

static uint64_t ok(const struct stage *stage)
{
    return stage_study(stage)->done[RT_OUTCOME_OK];
}

static void work_leaves_only_after_its_lease_is_durable(void **state)
{
    struct stage *stage = stage_new(10, 0, 1);

    (void)state;
    stage_join(stage, 0, 2);
    assert_int_equal(stage->appended[RT_EVENT_LEASE], 1);
    assert_null(stage_take(stage, 0, RT_WIRE_WORK));
    stage_sync(stage);
    assert_int_equal(stage_work(stage_take(stage, 0, RT_WIRE_WORK)), 2);
    stage_free(stage);
}

static void a_result_is_acknowledged_only_when_it_is_durable(void **state)
{
    struct stage *stage = stage_new(10, 0, 1);

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    stage_tick(stage);
    assert_null(stage_take(stage, 0, RT_WIRE_ACK));
    stage_sync(stage);
    assert_non_null(stage_take(stage, 0, RT_WIRE_ACK));
    assert_int_equal(ok(stage), 1);
    stage_free(stage);
}

static void a_repeated_message_changes_nothing(void **state)
{
    struct stage *stage = stage_new(10, 0, 1);

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_FAILED, true);
    assert_int_equal(stage->appended[RT_EVENT_ATTEMPTS], 1);
    assert_int_equal(ok(stage), 1);
    stage_free(stage);
}

static void a_result_of_a_trial_never_leased_is_dropped(void **state)
{
    struct stage *stage = stage_new(10, 0, 1);

    (void)state;
    stage_join(stage, 0, 1);
    stage_result(stage, 0, 9, 1, RT_OUTCOME_OK, false);
    stage_result(stage, 0, 1, 7, RT_OUTCOME_OK, false);
    stage_result(stage, 0, 99999, 1, RT_OUTCOME_OK, false);
    assert_int_equal(stage->appended[RT_EVENT_ATTEMPTS], 0);
    stage_free(stage);
}

static void a_failed_trial_is_tried_again_as_often_as_allowed(void **state)
{
    struct stage *stage = stage_new(1, 1, 1);
    const struct rt_wire *work;

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    stage_take(stage, 0, RT_WIRE_WORK);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_FAILED, false);
    stage_tick(stage);
    stage_sync(stage);
    work = stage_take(stage, 0, RT_WIRE_WORK);
    assert_int_equal(stage_work(work), 1);
    assert_int_equal(work->work.ranges[0].attempt, 2);
    stage_result(stage, 0, 1, 2, RT_OUTCOME_FAILED, false);
    stage_tick(stage);
    stage_sync(stage);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_FAILED], 1);
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.code, RT_ETRIALS);
    stage_free(stage);
}

static void the_trials_of_a_silent_agent_go_to_others(void **state)
{
    struct stage *stage = stage_new(2, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    for (int second = 0; second < 32; second++) {
        struct rt_wire beat = {.kind = RT_WIRE_BEAT};

        stage->now_us += 1000000;
        stage_say(stage, 0, &beat);
        stage_tick(stage);
        stage_sync(stage);
    }
    stage_tick(stage);
    stage_sync(stage);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_LOST], 0);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).attempts, 2);
    stage_result(stage, 0, 2, 2, RT_OUTCOME_OK, false);
    assert_int_equal(ok(stage), 2);
    stage_free(stage);
}

static void silence_of_our_own_is_nobody_elses(void **state)
{
    struct stage *stage = stage_new(4, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    stage->now_us += 3600ull * 1000000; /* the laptop was closed */
    stage_tick(stage);
    assert_int_equal(stage->appended[RT_EVENT_ATTEMPTS], 0);
    assert_int_equal(stage_study(stage)->leased, 2);
    stage_free(stage);
}

static void a_late_result_completes_its_trial_if_nothing_else_has(void **state)
{
    struct stage *stage = stage_new(2, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    assert_int_equal(rt_state_trial(stage_study(stage), 2).status, RT_TRIAL_WAITING);
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    assert_int_equal(ok(stage), 1);
    assert_non_null(stage_take(stage, 1, RT_WIRE_FORGET));
    stage_tick(stage); /* it is not run again */
    assert_int_equal(rt_state_trial(stage_study(stage), 2).attempts, 1);
    stage_free(stage);
}

static void every_rank_on_its_way_up_keeps_its_share(void **state)
{
    struct stage *stage = stage_new(8, 0, 4);
    uint64_t given = 0;

    (void)state;
    stage_join(stage, 0, 8);
    stage_sync(stage);
    given = stage_work(stage_take(stage, 0, RT_WIRE_WORK));
    assert_int_equal(given, 2);
    stage->now_us += 14000000;
    stage_tick(stage);
    stage->now_us += 14000000; /* the others are too late */
    stage_tick(stage);
    stage_sync(stage);
    assert_int_equal(stage_work(stage_take(stage, 0, RT_WIRE_WORK)), 6);
    stage_free(stage);
}

static void a_complete_study_stops_its_agents_and_then_ends(void **state)
{
    struct stage *stage = stage_new(1, 0, 2);
    struct rt_wire bye = {.kind = RT_WIRE_BYE};

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    stage_tick(stage);
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.code, 0);
    stage_say(stage, 0, &bye);
    stage_join(stage, 1, 1); /* late for everything, but it has to be told */
    assert_non_null(stage_take(stage, 1, RT_WIRE_STOP));
    stage_say(stage, 1, &bye);
    stage_tick(stage);
    assert_int_equal(stage->appended[RT_EVENT_LAUNCH_END], 1);
    assert_false(stage->finished);
    stage_sync(stage);
    assert_true(stage->finished);
    stage_free(stage);
}

static void a_stop_takes_unsent_work_back_as_if_never_leased(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    struct rt_wire bye = {.kind = RT_WIRE_BYE};

    (void)state;
    stage_join(stage, 0, 2); /* leased, not durable, not sent */
    stage_stop(stage);
    assert_int_equal(stage_study(stage)->leased, 0);
    assert_int_equal(rt_state_trial(stage_study(stage), 1).attempts, 0);
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.code, RT_EINTERRUPTED);
    stage_sync(stage);
    assert_null(stage_take(stage, 0, RT_WIRE_WORK));
    stage_say(stage, 0, &bye);
    stage_tick(stage);
    stage_sync(stage);
    assert_true(stage->finished);
    assert_int_equal(stage->appended[RT_EVENT_ATTEMPTS], 0);
    stage_free(stage);
}

static void work_given_back_unstarted_waits_again(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    struct rt_wire_range range = {1, 0, 2, 1};
    struct rt_wire back = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = &range, .count = 1}};

    (void)state;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    stage_stop(stage);
    stage_say(stage, 0, &back);
    assert_int_equal(stage_study(stage)->leased, 0);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).attempts, 0);
    stage_say(stage, 0, &back); /* once more: nothing is leased any more */
    assert_int_equal(stage->appended[RT_EVENT_RETURN], 1);
    stage_free(stage);
}

static void a_second_stop_gives_no_grace(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);

    (void)state;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    stage_stop(stage);
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.grace_us, 10000000);
    stage_stop(stage);
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.grace_us, 0);
    stage_free(stage);
}

static void an_agent_that_does_not_stop_is_given_up(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);

    (void)state;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    stage_stop(stage);
    for (int second = 0; second < 42; second++) {
        stage->now_us += 1000000;
        stage_tick(stage);
    }
    stage_sync(stage);
    assert_true(stage->finished);
    assert_int_equal(stage_study(stage)->leased, 0);
    stage_free(stage);
}

static void a_study_whose_template_fails_everywhere_ends_with_the_reason(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    struct rt_wire hello = {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), 2}};
    struct rt_wire failed = {.kind = RT_WIRE_READY,
                             .ready = {1, RT_EUSAGE, rt_span_text("no module named torch")}};
    struct rt_progress progress;

    (void)state;
    stage_say(stage, 0, &hello);
    stage_say(stage, 0, &failed);
    stage_tick(stage);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.failure, RT_EUSAGE);
    assert_non_null(strstr(progress.why.text, "no module named torch"));
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.code, RT_EUSAGE);
    stage_free(stage);
}

static void messages_of_ranks_that_do_not_exist_are_ignored(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    struct rt_wire bye = {.kind = RT_WIRE_BYE};

    (void)state;
    stage_say(stage, 77, &bye);
    stage_say(stage, -1, &bye);
    assert_int_equal(stage->count, 0);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_leaves_only_after_its_lease_is_durable),
        cmocka_unit_test(a_result_is_acknowledged_only_when_it_is_durable),
        cmocka_unit_test(a_repeated_message_changes_nothing),
        cmocka_unit_test(a_result_of_a_trial_never_leased_is_dropped),
        cmocka_unit_test(a_failed_trial_is_tried_again_as_often_as_allowed),
        cmocka_unit_test(the_trials_of_a_silent_agent_go_to_others),
        cmocka_unit_test(silence_of_our_own_is_nobody_elses),
        cmocka_unit_test(a_late_result_completes_its_trial_if_nothing_else_has),
        cmocka_unit_test(every_rank_on_its_way_up_keeps_its_share),
        cmocka_unit_test(a_complete_study_stops_its_agents_and_then_ends),
        cmocka_unit_test(a_stop_takes_unsent_work_back_as_if_never_leased),
        cmocka_unit_test(work_given_back_unstarted_waits_again),
        cmocka_unit_test(a_second_stop_gives_no_grace),
        cmocka_unit_test(an_agent_that_does_not_stop_is_given_up),
        cmocka_unit_test(a_study_whose_template_fails_everywhere_ends_with_the_reason),
        cmocka_unit_test(messages_of_ranks_that_do_not_exist_are_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
