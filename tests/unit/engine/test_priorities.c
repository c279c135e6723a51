/* Which trials come before, or after, all others. */
#include "tests/expect.h"

#include "engine/priorities.h"
#include "tests/unit/engine/support/stage.h"

static void the_highest_comes_first_then_the_oldest(void **state)
{
    struct stage *stage = stage_new(9, 0, 1);
    struct rt_priorities priorities = {0};

    (void)state;
    rt_priorities_set(&priorities, 4, 5);
    rt_priorities_set(&priorities, 7, 9);
    rt_priorities_set(&priorities, 2, 5);
    rt_priorities_set(&priorities, 3, -1);
    assert_true(rt_priorities_has(&priorities, 3));
    assert_false(rt_priorities_has(&priorities, 1));
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 7);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 2);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 4);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 0);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), false), 3);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), false), 0);
    assert_true(rt_priorities_has(&priorities, 3)); /* until what was given out is leased */
    rt_priorities_settle(&priorities);
    assert_false(rt_priorities_has(&priorities, 3));
    rt_priorities_clear(&priorities);
    stage_free(stage);
}

static void a_priority_can_change_and_end(void **state)
{
    struct stage *stage = stage_new(9, 0, 1);
    struct rt_priorities priorities = {0};

    (void)state;
    for (uint64_t i = 1; i <= 9; i++)
        rt_priorities_set(&priorities, i, (int32_t)i);
    rt_priorities_set(&priorities, 9, 0);
    rt_priorities_set(&priorities, 1, 100);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 1);
    for (uint64_t i = 8; i >= 2; i--)
        assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), i);
    assert_int_equal(rt_priorities_next(&priorities, stage_study(stage), true), 0);
    rt_priorities_clear(&priorities);
    stage_free(stage);
}

static void the_conductor_leases_by_priority(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    const struct rt_wire *wire;

    (void)state;
    rt_conductor_prefer(stage->conductor, 1, -3);
    rt_conductor_prefer(stage->conductor, 4, 3);
    stage_join(stage, 0, 1);
    stage_sync(stage);
    wire = stage_take(stage, 0, RT_WIRE_WORK);
    assert_non_null(wire);
    assert_int_equal(wire->work.ranges[0].ordinal, 4);
    stage_free(stage);
}

static void what_is_given_back_keeps_its_priority(void **state)
{
    struct stage *stage = stage_new(4, 0, 1);
    const struct rt_wire *wire;

    (void)state;
    rt_conductor_prefer(stage->conductor, 4, 3);
    stage_join(stage, 0, 1);
    stage_sync(stage);
    wire = stage_take(stage, 0, RT_WIRE_WORK);
    assert_non_null(wire);
    stage_say(stage, 0, &(struct rt_wire){.kind = RT_WIRE_RETURN, .work = wire->work});
    stage_sync(stage);
    stage_tick(stage);
    stage_sync(stage);
    wire = stage_take(stage, 0, RT_WIRE_WORK);
    assert_non_null(wire);
    assert_int_equal(wire->work.ranges[0].ordinal, 4);
    stage_free(stage);
}

static void an_open_study_does_not_end_for_lack_of_trials(void **state)
{
    struct stage *stage = stage_new(1, 0, 1);

    (void)state;
    rt_conductor_set_open(stage->conductor, true);
    stage_join(stage, 0, 1);
    stage_sync(stage);
    stage_result(stage, 0, 1, 1, RT_OUTCOME_OK, false);
    stage_sync(stage);
    stage_tick(stage);
    assert_null(stage_take(stage, 0, RT_WIRE_STOP));
    rt_conductor_set_open(stage->conductor, false);
    stage_tick(stage);
    assert_non_null(stage_take(stage, 0, RT_WIRE_STOP));
    stage_free(stage);
}

static void what_runs_may_end_when_a_study_is_given_out(void **state)
{
    struct stage *stage = stage_new(2, 0, 1);
    const struct rt_wire *wire;
    struct rt_err why;

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    rt_err_set(&why, RT_ETRIALS, "the driver died");
    rt_conductor_give_out(stage->conductor, &why, stage->now_us, &stage->actions);
    stage_tick(stage);
    wire = stage_take(stage, 0, RT_WIRE_STOP);
    assert_non_null(wire);
    assert_true(wire->stop.grace_us > UINT64_C(86400) * 1000000);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_comes_first_then_the_oldest),
        cmocka_unit_test(a_priority_can_change_and_end),
        cmocka_unit_test(the_conductor_leases_by_priority),
        cmocka_unit_test(what_is_given_back_keeps_its_priority),
        cmocka_unit_test(an_open_study_does_not_end_for_lack_of_trials),
        cmocka_unit_test(what_runs_may_end_when_a_study_is_given_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
