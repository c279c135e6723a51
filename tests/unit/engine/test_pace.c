#include "tests/expect.h"

#include "engine/pace.h"

static void nothing_is_queued_before_a_trial_has_ended(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    assert_true(rt_pace_mean_us(&pace) < 0);
    assert_int_equal(rt_pace_allowed(&pace, 4, 16, 1000000), 4);
}

static void long_trials_are_never_queued_behind_one_another(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    rt_pace_add(&pace, 3600ull * 1000000);
    assert_int_equal(rt_pace_allowed(&pace, 64, 64, 1000000), 64);
}

static void short_trials_are_queued_up_to_a_bound(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    rt_pace_add(&pace, 0);
    assert_int_equal(rt_pace_allowed(&pace, 2, 2, 10000000), 2 + RT_PACE_AHEAD_MAX);
}

static void near_the_end_half_is_kept_for_others(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    rt_pace_add(&pace, 1);
    assert_int_equal(rt_pace_allowed(&pace, 2, 8, 40), 2 + 5);
    assert_int_equal(rt_pace_allowed(&pace, 2, 8, 0), 2);
}

static void a_change_of_pace_is_noticed(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        rt_pace_add(&pace, 10);
    for (int i = 0; i < 10000; i++)
        rt_pace_add(&pace, 1000000);
    assert_true(rt_pace_mean_us(&pace) > 900000);
}

static void a_single_free_place_is_filled_only_when_workers_would_idle(void **state)
{
    (void)state;
    assert_true(rt_pace_worthwhile(4, 3, 4));
    assert_false(rt_pace_worthwhile(4, 4, 4));
    assert_false(rt_pace_worthwhile(1000, 999, 4));
    assert_true(rt_pace_worthwhile(1000, 700, 4));
}

static void work_lasts_as_long_as_each_worker_finds_another_trial(void **state)
{
    struct rt_pace pace = {0};

    (void)state;
    assert_int_equal(rt_pace_lasts_us(&pace, 100, 4), 0); /* nobody knows */
    rt_pace_add(&pace, 50000);
    assert_int_equal(rt_pace_lasts_us(&pace, 0, 0), 0);
    assert_int_equal(rt_pace_lasts_us(&pace, 3, 4), 0);
    assert_int_equal(rt_pace_lasts_us(&pace, 7, 4), 0); /* the fourth to end would find none */
    assert_int_equal(rt_pace_lasts_us(&pace, 8, 4), 50000);
    assert_int_equal(rt_pace_lasts_us(&pace, 15, 4), 100000);
    assert_int_equal(rt_pace_lasts_us(&pace, 16, 4), 150000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_queued_before_a_trial_has_ended),
        cmocka_unit_test(long_trials_are_never_queued_behind_one_another),
        cmocka_unit_test(short_trials_are_queued_up_to_a_bound),
        cmocka_unit_test(near_the_end_half_is_kept_for_others),
        cmocka_unit_test(a_change_of_pace_is_noticed),
        cmocka_unit_test(work_lasts_as_long_as_each_worker_finds_another_trial),
        cmocka_unit_test(a_single_free_place_is_filled_only_when_workers_would_idle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
