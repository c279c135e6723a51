/* For which events somebody waits, so that they are to be durable soon. */
#include "tests/expect.h"

#include "tests/unit/engine/support/stage.h"

#define TRIAL_US 10000 /* 22 trials of it are held by an agent with two workers */

/* So many trials of rank 0 have ended. */
static void end_trials(struct stage *stage, uint64_t first, uint64_t count)
{
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    struct rt_buf rows = RT_BUF_INIT;

    rt_buf_put_varint(&rows, count);
    for (uint64_t i = 0; i < count; i++) {
        struct rt_attempt row = {.study = 1,
                                 .ordinal = first + i,
                                 .attempt = 1,
                                 .launch = 1,
                                 .duration_us = TRIAL_US,
                                 .outcome = RT_OUTCOME_OK};

        rt_attempt_put(&rows, &row);
    }
    wire.results = (struct rt_wire_results){++stage->results[0], rt_buf_span(&rows)};
    stage_say(stage, 0, &wire);
    rt_buf_clear(&rows);
}

static bool awaits(const struct stage *stage)
{
    return rt_conductor_awaits(stage->conductor);
}

/* An agent with two workers that knows how long trials take, and has as many as it may. */
static struct stage *agent_at_work(unsigned trials)
{
    struct stage *stage = stage_new(trials, 0, 1);

    stage_join(stage, 0, 2);
    stage_sync(stage);
    end_trials(stage, 1, 1);
    stage_tick(stage);
    stage_sync(stage);
    assert_int_equal(stage_study(stage)->leased, 22);
    return stage;
}

static void workers_that_idle_wait_for_a_lease(void **state)
{
    struct stage *stage = stage_new(1000, 0, 1);

    (void)state;
    assert_false(awaits(stage));
    stage_join(stage, 0, 2);
    assert_int_equal(stage_study(stage)->leased, 2);
    assert_true(awaits(stage));
    stage_sync(stage);
    assert_false(awaits(stage));
    end_trials(stage, 1, 1);
    assert_false(awaits(stage));
    stage_tick(stage);
    assert_true(awaits(stage));
    stage_sync(stage);
    assert_false(awaits(stage));
    stage_free(stage);
}

static void nobody_waits_for_a_lease_behind_work_enough(void **state)
{
    struct stage *stage = agent_at_work(1000);

    (void)state;
    end_trials(stage, 2, 6);
    stage_tick(stage);
    assert_int_equal(stage_study(stage)->leased, 22);
    assert_false(awaits(stage));
    stage_sync(stage);
    end_trials(stage, 8, 19); /* three are left */
    stage_tick(stage);
    assert_int_equal(stage_study(stage)->leased, 22);
    assert_true(awaits(stage));
    stage_free(stage);
}

static void whoever_stops_waits_for_all(void **state)
{
    struct stage *stage = agent_at_work(1000);

    (void)state;
    end_trials(stage, 2, 1);
    assert_false(awaits(stage));
    stage_stop(stage);
    assert_true(awaits(stage));
    stage_sync(stage);
    end_trials(stage, 3, 1);
    assert_true(awaits(stage));
    stage_free(stage);
}

static void the_last_results_are_waited_for(void **state)
{
    struct stage *stage = stage_new(2, 0, 1);

    (void)state;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    end_trials(stage, 1, 1);
    stage_tick(stage);
    assert_false(awaits(stage));
    end_trials(stage, 2, 1);
    stage_tick(stage);
    assert_true(awaits(stage));
    stage_free(stage);
}

static void a_running_trial_waits_to_be_told(void **state)
{
    struct stage *stage = agent_at_work(1000);
    struct rt_tell tell = {.ordinal = 2, .by = "driver", .stop = "enough"};

    (void)state;
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_TELL, .tell = &tell});
    assert_true(awaits(stage));
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_that_idle_wait_for_a_lease),
        cmocka_unit_test(nobody_waits_for_a_lease_behind_work_enough),
        cmocka_unit_test(whoever_stops_waits_for_all),
        cmocka_unit_test(the_last_results_are_waited_for),
        cmocka_unit_test(a_running_trial_waits_to_be_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
