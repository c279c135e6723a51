/* What the conductor believes of what agents tell it. */
#include "tests/expect.h"

#include "tests/unit/engine/support/stage.h"

static struct rt_attempt row_of(int rank, uint64_t ordinal, uint32_t attempt)
{
    return (struct rt_attempt){.study = 1,
                               .ordinal = ordinal,
                               .attempt = attempt,
                               .launch = 1,
                               .rank = (uint32_t)rank,
                               .outcome = RT_OUTCOME_OK};
}

static void say_rows(struct stage *stage, int rank, const struct rt_attempt *rows, size_t count)
{
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    struct rt_buf bytes = RT_BUF_INIT;

    rt_attempts_put(&bytes, rows, count);
    wire.results = (struct rt_wire_results){++stage->results[rank], rt_buf_span(&bytes)};
    stage_say(stage, rank, &wire);
    rt_buf_clear(&bytes);
}

/* Two ranks of one slot each, with trials 1 and 2. */
static struct stage *two_agents(unsigned trials)
{
    struct stage *stage = stage_new(trials, 0, 2);

    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 1));
    assert_true(rt_state_holds(stage->state, 1, 1, 2, 1));
    return stage;
}

static void results_that_cannot_be_read_end_the_agent_and_not_the_launch(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS, .results = {1, rt_span_text("nonsense")}};

    (void)state;
    stage_say(stage, 1, &wire);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).status, RT_TRIAL_WAITING);
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 1));
    assert_non_null(stage_take(stage, 1, RT_WIRE_STOP));
    stage_free(stage);
}

static void an_agent_that_spoke_nonsense_is_not_believed_again(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS, .results = {1, rt_span_text("nonsense")}};
    struct rt_wire beat = {.kind = RT_WIRE_BEAT};

    (void)state;
    stage_say(stage, 1, &wire);
    stage->results[1] = 1;
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    stage_say(stage, 1, &beat);
    stage_tick(stage);
    stage_sync(stage);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_OK], 0);
    assert_null(stage_take(stage, 1, RT_WIRE_ACK)); /* would acknowledge the nonsense, too */
    stage_free(stage);
}

static void a_result_of_work_that_was_not_sent_is_not_believed(void **state)
{
    struct stage *stage = stage_new(2, 0, 2);
    struct rt_attempt row = row_of(1, 2, 1);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    assert_true(rt_state_holds(stage->state, 1, 1, 2, 1)); /* but it is not durable */
    say_rows(stage, 1, &row, 1);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_OK], 0);
    assert_non_null(stage_take(stage, 1, RT_WIRE_STOP));
    stage_free(stage);
}

static void results_that_leave_a_gap_are_not_believed(void **state)
{
    struct stage *stage = two_agents(4);

    (void)state;
    stage->results[1] = 1;
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    stage_sync(stage);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).outcome, RT_OUTCOME_LOST);
    assert_null(stage_take(stage, 1, RT_WIRE_ACK));
    stage_free(stage);
}

static void an_attempt_that_ends_twice_in_a_batch_is_not_believed(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_attempt rows[] = {row_of(1, 2, 1), row_of(1, 2, 1)};

    (void)state;
    say_rows(stage, 1, rows, 2);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).outcome, RT_OUTCOME_LOST);
    stage_free(stage);
}

static void an_attempt_that_another_agent_holds_is_not_believed(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_attempt rows[] = {row_of(1, 1, 1), row_of(0, 1, 1), row_of(1, 2, 1)};

    (void)state;
    say_rows(stage, 1, rows, 3);
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 1));
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_OK], 1);
    stage_free(stage);
}

static void a_trial_that_another_agent_holds_cannot_be_given_back(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_wire_range range = {1, 0, 2, 1};
    struct rt_wire back = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = &range, .count = 1}};

    (void)state;
    stage_say(stage, 1, &back);
    assert_true(rt_state_holds(stage->state, 0, 1, 1, 1));
    assert_false(rt_state_holds(stage->state, 1, 1, 2, 1));
    assert_int_equal(rt_state_trial(stage_study(stage), 2).attempts, 0);
    stage_free(stage);
}

static void a_trial_given_back_twice_at_once_is_not_believed(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_wire_range ranges[] = {{2, 1, 1, 1}, {2, 1, 1, 1}};
    struct rt_wire back = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = ranges, .count = 2}};

    (void)state;
    stage_say(stage, 1, &back);
    assert_int_equal(stage->appended[RT_EVENT_RETURN], 0);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).outcome, RT_OUTCOME_LOST);
    stage_free(stage);
}

/* Its first attempt was lost and came late, its second runs on and ends in time. */
static void an_attempt_that_a_late_success_overtook_is_not_late_itself(void **state)
{
    struct stage *stage = two_agents(2);
    const struct rt_study *study = stage_study(stage);

    (void)state;
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    stage_tick(stage);
    stage_sync(stage);
    assert_true(rt_state_holds(stage->state, 0, 1, 2, 2));
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    assert_int_equal(rt_state_trial(study, 2).status, RT_TRIAL_DONE);
    stage_result(stage, 0, 2, 2, RT_OUTCOME_OK, false);
    assert_int_equal(stage->last_flags, 0);
    assert_false(rt_state_holds(stage->state, 0, 1, 2, 2));
    stage_free(stage);
}

static void results_without_anything_to_record_are_acknowledged_in_their_turn(void **state)
{
    struct stage *stage = two_agents(4);
    struct rt_attempt old = row_of(1, 2, 1);

    (void)state;
    old.launch = 0;
    say_rows(stage, 1, &old, 1);
    assert_int_equal(stage_take(stage, 1, RT_WIRE_ACK)->ack, 1);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    say_rows(stage, 1, &old, 1); /* behind an event that is not durable yet */
    assert_null(stage_take(stage, 1, RT_WIRE_ACK));
    stage_sync(stage);
    assert_int_equal(stage_take(stage, 1, RT_WIRE_ACK)->ack, 2);
    stage_free(stage);
}

static void an_agent_that_is_given_up_still_hears_what_is_durable(void **state)
{
    struct stage *stage = two_agents(4);

    (void)state;
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_sync(stage);
    assert_int_equal(stage_take(stage, 1, RT_WIRE_ACK)->ack, 1);
    stage_free(stage);
}

static void an_agent_whose_template_failed_gets_no_work_when_it_comes_back(void **state)
{
    struct stage *stage = stage_new(4, 0, 2);
    struct rt_wire hello = {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), 2}};
    struct rt_wire failed = {.kind = RT_WIRE_READY, .ready = {1, RT_EUSAGE, rt_span_text("no")}};
    struct rt_wire beat = {.kind = RT_WIRE_BEAT};

    (void)state;
    stage_join(stage, 0, 1);
    stage_say(stage, 1, &hello);
    stage_say(stage, 1, &failed);
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_say(stage, 1, &beat);
    stage_tick(stage);
    stage_sync(stage);
    assert_null(stage_take(stage, 1, RT_WIRE_WORK));
    stage_free(stage);
}

static void nothing_is_recorded_behind_the_last_event(void **state)
{
    struct stage *stage = two_agents(2);
    struct rt_wire bye = {.kind = RT_WIRE_BYE};
    uint64_t last;

    (void)state;
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_stop(stage);
    stage_say(stage, 0, &bye);
    stage_tick(stage);
    assert_int_equal(stage->appended[RT_EVENT_LAUNCH_END], 1);
    last = stage->seq;
    stage_result(stage, 1, 2, 1, RT_OUTCOME_OK, false);
    stage_join(stage, 1, 1);
    assert_int_equal(stage->seq, last);
    assert_non_null(stage_take(stage, 1, RT_WIRE_STOP));
    stage_free(stage);
}

static void a_rank_that_never_was_cannot_be_gone(void **state)
{
    struct stage *stage = two_agents(2);
    struct rt_input gone = {.kind = RT_INPUT_GONE, .rank = 2};
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EINTERNAL, "rank 2 is gone",
                 rt_conductor_step(stage->conductor, &gone, stage->now_us, &stage->actions, &err));
    stage_free(stage);
}

static void a_rank_that_finds_the_code_changed_ends_the_launch(void **state)
{
    struct rt_wire changed = {.kind = RT_WIRE_READY,
                              .ready = {1, RT_ECONFLICT, rt_span_text("model.py was changed")}};
    struct stage *stage = two_agents(4);
    struct rt_progress progress;

    (void)state;
    stage_tick(stage);
    changed.ready.study = 7; /* which nobody runs */
    stage_say(stage, 1, &changed);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.failure, 0);
    changed.ready.study = 1;
    stage_say(stage, 1, &changed);
    rt_conductor_progress(stage->conductor, &progress);
    assert_int_equal(progress.failure, RT_ECONFLICT);
    assert_string_equal(progress.why.text, "model.py was changed");
    assert_int_equal(stage_take(stage, 0, RT_WIRE_STOP)->stop.code, RT_ECONFLICT);
    assert_int_equal(stage->appended[RT_EVENT_AGENT], 3);
    stage_free(stage);
}

static void what_a_spool_gives_back_is_not_run_again(void **state)
{
    struct rt_wire hello = {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), 1}};
    struct rt_wire ready = {.kind = RT_WIRE_READY, .ready = {.study = 1}};
    struct rt_attempt row = row_of(1, 1, 1);
    struct stage *stage = two_agents(2);

    (void)state;
    stage_relaunch(stage, 2);
    stage_join(stage, 0, 2);
    assert_int_equal(stage_study(stage)->leased, 0); /* rank 1 may know more */
    stage_say(stage, 1, &hello);
    say_rows(stage, 1, &row, 1);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_OK], 1);
    say_rows(stage, 1, &row, 1); /* from another file: it is recorded once */
    assert_int_equal(stage->appended[RT_EVENT_ATTEMPTS], 1);
    stage_say(stage, 1, &ready);
    stage_tick(stage);
    assert_int_equal(rt_state_trial(stage_study(stage), 1).attempts, 1);
    assert_int_equal(rt_state_trial(stage_study(stage), 2).attempts, 2);
    stage_free(stage);
}

static void lost_trials_do_not_wait_for_ever_for_a_spool(void **state)
{
    struct stage *stage = two_agents(2);

    (void)state;
    stage_relaunch(stage, 2);
    stage_join(stage, 0, 2);
    for (int second = 0; second < 21; second++) {
        stage->now_us += 1000000;
        stage_tick(stage);
    }
    assert_int_equal(stage_study(stage)->leased, 2);
    stage_free(stage);
}

static void end_trial(struct stage *stage, int rank, uint64_t ordinal)
{
    stage_result(stage, rank, ordinal, rt_state_trial(stage_study(stage), ordinal).attempts,
                 RT_OUTCOME_OK, false);
    stage_sync(stage);
    stage_tick(stage);
    stage_sync(stage);
}

static bool holds(const struct stage *stage, uint32_t rank, uint64_t ordinal)
{
    return rt_state_holds(stage->state, rank, 1, ordinal,
                          rt_state_trial(stage_study(stage), ordinal).attempts);
}

static void a_trial_that_agents_vanish_with_comes_last_and_is_set_aside_at_last(void **state)
{
    struct stage *stage = stage_new(5, 0, 3);

    (void)state;
    for (int rank = 0; rank < 3; rank++)
        stage_join(stage, rank, 1);
    stage_sync(stage);
    assert_true(holds(stage, 1, 2));
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_sync(stage);
    end_trial(stage, 0, 1);
    end_trial(stage, 2, 3);
    assert_true(holds(stage, 0, 4) && holds(stage, 2, 5));
    end_trial(stage, 2, 5);
    assert_true(holds(stage, 2, 2));
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 2});
    stage_sync(stage);
    assert_int_equal(stage_study(stage)->done[RT_OUTCOME_LOST], 1);
    end_trial(stage, 0, 4);
    assert_int_equal(stage_study(stage)->leased, 0);
    assert_non_null(stage_take(stage, 0, RT_WIRE_STOP));
    stage_free(stage);
}

static void one_agent_has_one_suspect_at_a_time(void **state)
{
    struct stage *stage = stage_new(4, 0, 2);

    (void)state;
    stage_join(stage, 0, 2);
    stage_join(stage, 1, 2);
    stage_sync(stage);
    assert_true(holds(stage, 1, 3) && holds(stage, 1, 4));
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = 1});
    stage_sync(stage);
    end_trial(stage, 0, 1);
    end_trial(stage, 0, 2);
    assert_int_equal(stage_study(stage)->leased, 1);
    end_trial(stage, 0, 3);
    assert_true(holds(stage, 0, 4));
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_that_finds_the_code_changed_ends_the_launch),
        cmocka_unit_test(what_a_spool_gives_back_is_not_run_again),
        cmocka_unit_test(lost_trials_do_not_wait_for_ever_for_a_spool),
        cmocka_unit_test(results_that_cannot_be_read_end_the_agent_and_not_the_launch),
        cmocka_unit_test(an_agent_that_spoke_nonsense_is_not_believed_again),
        cmocka_unit_test(a_result_of_work_that_was_not_sent_is_not_believed),
        cmocka_unit_test(results_that_leave_a_gap_are_not_believed),
        cmocka_unit_test(an_attempt_that_ends_twice_in_a_batch_is_not_believed),
        cmocka_unit_test(an_attempt_that_another_agent_holds_is_not_believed),
        cmocka_unit_test(a_trial_that_another_agent_holds_cannot_be_given_back),
        cmocka_unit_test(a_trial_given_back_twice_at_once_is_not_believed),
        cmocka_unit_test(an_attempt_that_a_late_success_overtook_is_not_late_itself),
        cmocka_unit_test(results_without_anything_to_record_are_acknowledged_in_their_turn),
        cmocka_unit_test(an_agent_that_is_given_up_still_hears_what_is_durable),
        cmocka_unit_test(an_agent_whose_template_failed_gets_no_work_when_it_comes_back),
        cmocka_unit_test(nothing_is_recorded_behind_the_last_event),
        cmocka_unit_test(a_rank_that_never_was_cannot_be_gone),
        cmocka_unit_test(a_trial_that_agents_vanish_with_comes_last_and_is_set_aside_at_last),
        cmocka_unit_test(one_agent_has_one_suspect_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
