#include "tests/expect.h"

#include "engine/handover.h"

static struct rt_attempt ended(uint64_t ordinal)
{
    return (struct rt_attempt){
        .study = 1, .ordinal = ordinal, .attempt = 1, .launch = 1, .outcome = RT_OUTCOME_OK};
}

static void a_batch_is_kept_until_it_is_acknowledged(void **state)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt = ended(17);
    struct rt_handover handover;
    struct rt_err err;
    uint64_t number;

    (void)state;
    rt_handover_init(&handover);
    rt_handover_put(&handover, &attempt, 0);
    expect_ok(err, rt_attempts_open(&reader, rt_handover_close(&handover, &number), &err));
    assert_int_equal(rt_attempts_next(&reader, &attempt, &err), 1);
    assert_int_equal(attempt.ordinal, 17);
    assert_int_equal(rt_attempts_next(&reader, &attempt, &err), 0);
    assert_int_equal(number, 1);
    assert_false(rt_handover_empty(&handover));
    rt_handover_ack(&handover, 0);
    assert_false(rt_handover_empty(&handover));
    rt_handover_ack(&handover, 1);
    assert_true(rt_handover_empty(&handover));
    rt_handover_clear(&handover);
}

static void an_attempt_waits_a_little_for_company_unless_it_is_quiet(void **state)
{
    struct rt_attempt attempt = ended(1);
    struct rt_handover handover;

    (void)state;
    rt_handover_init(&handover);
    assert_false(rt_handover_due(&handover, 0, true));
    rt_handover_put(&handover, &attempt, 1000);
    assert_false(rt_handover_due(&handover, 1500, false));
    assert_true(rt_handover_due(&handover, 1500, true));
    assert_true(rt_handover_due(&handover, 1000 + rt_handover_wait_us(&handover, 1000), false));
    rt_handover_clear(&handover);
}

static void many_attempts_fill_a_batch(void **state)
{
    struct rt_handover handover;
    uint64_t count = 0;

    (void)state;
    rt_handover_init(&handover);
    while (!rt_handover_full(&handover)) {
        struct rt_attempt attempt = ended(++count);

        rt_handover_put(&handover, &attempt, 0);
        assert_true(count < 100000);
    }
    assert_true(count > 100);
    rt_handover_clear(&handover);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_kept_until_it_is_acknowledged),
        cmocka_unit_test(an_attempt_waits_a_little_for_company_unless_it_is_quiet),
        cmocka_unit_test(many_attempts_fill_a_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
