#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/unit/store/store_world.h"

#include "base/clock.h"
#include "engine/record.h"

#define NOW_US UINT64_C(100000000)

/* One event that came at NOW_US, long after the last commit. */
static struct rt_recorder recorder_with_one(void)
{
    return (struct rt_recorder){.last = 2, .durable = 1, .since_us = NOW_US};
}

static void nothing_is_committed_before_something_was_appended(void **state)
{
    struct rt_recorder recorder = {.last = 7, .durable = 7, .urgent = true};

    (void)state;
    assert_false(rt_record_due(&recorder, NOW_US));
    assert_true(rt_record_wait_us(&recorder, NOW_US) == UINT64_MAX);
}

static void what_nobody_waits_for_gathers(void **state)
{
    struct rt_recorder recorder = recorder_with_one();
    uint64_t due_us = NOW_US + RT_RECORD_LATE_US;

    (void)state;
    assert_false(rt_record_due(&recorder, NOW_US));
    assert_int_equal(rt_record_wait_us(&recorder, NOW_US), RT_RECORD_LATE_US);
    assert_true(rt_record_due(&recorder, due_us));
    /* Who is awake shortly before goes ahead. */
    assert_false(rt_record_due(&recorder, due_us - RT_RECORD_SLACK_US - 1));
    assert_true(rt_record_due(&recorder, due_us - RT_RECORD_SLACK_US));
}

static void what_somebody_waits_for_goes_at_once_but_not_too_often(void **state)
{
    struct rt_recorder recorder = recorder_with_one();

    (void)state;
    recorder.urgent = true;
    assert_true(rt_record_due(&recorder, NOW_US));
    recorder.commit_us = NOW_US;
    assert_int_equal(rt_record_wait_us(&recorder, NOW_US), RT_RECORD_GROUP_US);
    assert_false(rt_record_due(&recorder, NOW_US + RT_RECORD_GROUP_US - 1));
    assert_true(rt_record_due(&recorder, NOW_US + RT_RECORD_GROUP_US));
}

static void a_driver_waits_less_than_anybody(void **state)
{
    struct rt_recorder recorder = recorder_with_one();

    (void)state;
    recorder.driven = true;
    recorder.commit_us = NOW_US;
    assert_false(rt_record_due(&recorder, NOW_US + RT_RECORD_TOLD_US - 1));
    assert_true(rt_record_due(&recorder, NOW_US + RT_RECORD_TOLD_US));
}

static void trials_that_seem_to_have_ended_long_ago_do_not_each_have_a_commit(void **state)
{
    struct rt_recorder recorder = recorder_with_one();

    (void)state;
    recorder.since_us = NOW_US - RT_RECORD_LATE_US;
    recorder.commit_us = NOW_US;
    assert_false(rt_record_due(&recorder, NOW_US));
    assert_int_equal(rt_record_wait_us(&recorder, NOW_US), RT_RECORD_GROUP_US);
}

/* Records that the trial has ended, at this time by a clock on the wall. */
static void record_end(struct rt_recorder *recorder, uint64_t ordinal, uint64_t end_us)
{
    struct rt_attempt row = {.study = 1,
                             .ordinal = ordinal,
                             .attempt = 1,
                             .launch = 1,
                             .start_us = end_us - 1000,
                             .duration_us = 1000,
                             .outcome = RT_OUTCOME_OK};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;
    uint64_t seq;

    rt_attempts_put(&body, &row, 1);
    expect_ok(err, rt_record(recorder, RT_EVENT_ATTEMPTS, rt_buf_span(&body), &seq, &err));
    rt_buf_clear(&body);
}

static void the_wait_counts_from_the_end_of_the_oldest_trial(void **state)
{
    struct rt_recorder recorder = {.store = NULL};
    char *folder = folder_new();
    char *path = rt_fs_join(folder, ".retrial");
    struct rt_buf body = RT_BUF_INIT;
    uint64_t before_us;
    uint64_t seq;
    struct rt_err err;

    (void)state;
    recorder.store = make_store(path);
    recorder.last = recorder.durable = rt_store_durable(recorder.store);
    story_lease(&body, 2, 3, 1, 1, 0);
    before_us = rt_mono_us();
    expect_ok(err, rt_record(&recorder, RT_EVENT_LEASE, rt_buf_span(&body), &seq, &err));
    assert_true(recorder.since_us >= before_us);
    expect_ok(err, rt_record_commit(&recorder, &err));
    assert_int_equal(recorder.durable, seq);

    before_us = rt_mono_us();
    record_end(&recorder, 2, rt_wall_us() + 3600000000); /* by a clock that is fast */
    assert_true(recorder.since_us >= before_us);
    record_end(&recorder, 3, rt_wall_us() - 3600000000);
    assert_true(recorder.since_us < before_us);
    assert_true(recorder.since_us >= before_us - RT_RECORD_LATE_US);
    assert_true(rt_record_due(&recorder, rt_mono_us() + RT_RECORD_GROUP_US));
    before_us = recorder.since_us;
    record_end(&recorder, 4, rt_wall_us() + 3600000000);
    assert_int_equal(recorder.since_us, before_us);
    expect_ok(err, rt_store_close(recorder.store, &err));
    rt_buf_clear(&body);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_committed_before_something_was_appended),
        cmocka_unit_test(what_nobody_waits_for_gathers),
        cmocka_unit_test(what_somebody_waits_for_goes_at_once_but_not_too_often),
        cmocka_unit_test(a_driver_waits_less_than_anybody),
        cmocka_unit_test(trials_that_seem_to_have_ended_long_ago_do_not_each_have_a_commit),
        cmocka_unit_test(the_wait_counts_from_the_end_of_the_oldest_trial),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
