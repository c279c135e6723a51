#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include "base/clock.h"

static struct rt_nursery *nursery;

static void many_short_trials_all_come_back_once(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"c\",\"file\":\"c_model.so\",\"function\":\"quick\"}",
        .axes = "[{\"key\":\"i\",\"from\":\"0\",\"step\":\"1\",\"count\":20000,\"kind\":\"int\"}]",
        .checkout = RT_TEST_BUILT_MODELS,
        .slots = 3};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (size_t i = 0; i < rig.count; i++) {
        char want[32];

        snprintf(want, sizeof want, "{\"n\":%zu}", i);
        assert_string_equal(rig.ended[i].result, want);
    }
    rig_close(&rig);
}

static void crashes_and_delays_among_short_trials_cost_no_other_trial_anything(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"c\",\"file\":\"c_model.so\",\"function\":\"shaky\"}",
        .axes = "[{\"key\":\"i\",\"from\":\"0\",\"step\":\"1\",\"count\":2000,\"kind\":\"int\"}]",
        .checkout = RT_TEST_BUILT_MODELS,
        .slots = 2};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (size_t i = 0; i < rig.count; i++) {
        char want[32];

        snprintf(want, sizeof want, "{\"n\":%zu}", i);
        if (i % 97 == 96)
            rig_expect(&rig.ended[i], RT_OUTCOME_CRASHED, "", "SIGKILL");
        else
            rig_expect(&rig.ended[i], RT_OUTCOME_OK, want, "");
    }
    rig_close(&rig);
}

static void count_dropped(void *context, uint32_t study, uint64_t ordinal, uint64_t index,
                          uint32_t attempt)
{
    (void)study;
    (void)index;
    (void)attempt;
    *(uint64_t *)context |= UINT64_C(1) << ordinal;
}

static void what_has_not_started_can_be_taken_back_and_what_runs_killed(void **state)
{
    struct rig rig;
    struct rt_err err;
    uint64_t dropped = 0;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"sleep\",\"number\",\"ok\"]",
                        (struct rig_study){.slots = 1});
    for (uint64_t i = 0; i < 3; i++)
        rt_pool_submit(rig.pool, 1, i + 1, i, 1);
    expect_ok(err, rig_ready(&rig, &err));
    for (int i = 0; i < 5; i++)
        rig_step(&rig);
    assert_int_equal(rt_pool_running(rig.pool), 1);
    assert_int_equal(rt_pool_queued(rig.pool), 2);
    assert_int_equal(rt_pool_drop_queued(rig.pool, count_dropped, &dropped), 2);
    assert_int_equal(dropped, 1 << 2 | 1 << 3);
    rt_pool_kill_running(rig.pool, RT_OUTCOME_LOST, "the launch was stopped");
    while (rig_step(&rig) == 0)
        ;
    rig_expect(&rig.ended[0], RT_OUTCOME_LOST, "", "the launch was stopped");
    assert_int_equal(rt_pool_running(rig.pool), 0);
    rig_close(&rig);
}

static void an_idle_pool_asks_for_no_time(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"number\"]", (struct rig_study){.timeout_us = 1000000});
    rig_run(&rig);
    rig_step(&rig);
    assert_true(rt_pool_wait_us(rig.pool, rt_mono_us()) == UINT64_MAX);
    rig_close(&rig);
}

static void workers_of_one_study_make_room_for_another(void **state)
{
    struct rig rig;
    struct rt_task task = {.study = 2, .study_id = "m2", .checkout = RT_TEST_MODELS};
    struct rt_span row;
    struct rt_err err;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"number\",\"ok\"]", (struct rig_study){.slots = 1});
    rig_run_one(&rig, 0);
    task.plan = rig.plan;
    expect_ok(err, rt_pool_study(rig.pool, &task, &err));
    rt_pool_submit(rig.pool, 2, 2, 1, 1);
    while (rig_step(&rig) == 0)
        ;
    assert_int_equal(rig.ended[1].attempt.study, 2);
    assert_non_null(strstr(rig.ended[1].result, "\"id\":\"m2.2\""));
    assert_int_equal(rt_pool_take(rig.pool, &row), 0);
    rig_close(&rig);
}

static void a_fresh_process_for_each_trial_knows_nothing_of_others(void **state)
{
    struct rig_study study = {.slots = 2, .fresh = true};
    struct rig rig;
    pid_t pids[5];

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"count\",\"number\",\"segfault\",\"ok\",\"raise\"]",
                        study);
    for (size_t i = 0; i < 5; i++) {
        const struct rig_ended *ended = rig_run_one(&rig, 0);

        rig_expect(ended, RT_OUTCOME_OK, "{\"value\":1}", "");
        assert_int_equal(ended->attempt.position, 1);
        pids[i] = (pid_t)ended->attempt.pid;
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(pids[i], pids[j]);
    }
    rig_expect(rig_run_one(&rig, 1), RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_expect(rig_run_one(&rig, 2), RT_OUTCOME_CRASHED, "", "SIGSEGV");
    rig_expect(rig_run_one(&rig, 4), RT_OUTCOME_FAILED, "", "no such luck");
    rig_close(&rig);
}

static void fresh_processes_run_many_trials_one_each(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"c\",\"file\":\"c_model.so\",\"function\":\"quick\"}",
        .axes = "[{\"key\":\"i\",\"from\":\"0\",\"step\":\"1\",\"count\":300,\"kind\":\"int\"}]",
        .checkout = RT_TEST_BUILT_MODELS,
        .slots = 3,
        .fresh = true};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (size_t i = 0; i < rig.count; i++)
        assert_int_equal(rig.ended[i].attempt.position, 1);
    rig_close(&rig);
}

static void a_trial_above_its_memory_is_killed_with_what_it_started(void **state)
{
    struct rig_study study = {.memory_bytes = 200u << 20};
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"hoard\",\"hoard_below\",\"number\"]", study);
    rig_expect(rig_run_one(&rig, 0), RT_OUTCOME_FAILED, "", "its limit is 200.0 MiB");
    rig_expect(rig_run_one(&rig, 1), RT_OUTCOME_FAILED, "", "its limit is 200.0 MiB");
    rig_expect(rig_run_one(&rig, 2), RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_short_trials_all_come_back_once),
        cmocka_unit_test(crashes_and_delays_among_short_trials_cost_no_other_trial_anything),
        cmocka_unit_test(what_has_not_started_can_be_taken_back_and_what_runs_killed),
        cmocka_unit_test(an_idle_pool_asks_for_no_time),
        cmocka_unit_test(workers_of_one_study_make_room_for_another),
        cmocka_unit_test(a_fresh_process_for_each_trial_knows_nothing_of_others),
        cmocka_unit_test(fresh_processes_run_many_trials_one_each),
        cmocka_unit_test(a_trial_above_its_memory_is_killed_with_what_it_started),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
