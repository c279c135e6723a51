/* When a driver waits, what it waits for is brought to the disk as soon as nothing else can come
 * along. */
#include "tests/expect.h"

#include "engine/record.h"

#define COMMIT_US 1000000u /* when the last commit ended */
#define LATER_US  100u     /* since then */

static uint64_t wait_us(uint64_t running, bool answered, uint64_t later_us)
{
    struct rt_recorder recorder = {.driven = true,
                                   .running = running,
                                   .answered = answered,
                                   .last = 5,
                                   .durable = 4,
                                   .urgent = true,
                                   .commit_us = COMMIT_US};

    return rt_record_wait_us(&recorder, COMMIT_US + later_us);
}

static void once_all_is_back_and_the_driver_has_answered_it_is_committed_at_once(void **state)
{
    (void)state;
    assert_int_equal(wait_us(0, true, LATER_US), 0);
    assert_int_equal(wait_us(0, true, 0), 0);
}

static void what_is_about_to_come_is_waited_for_but_not_for_long(void **state)
{
    (void)state;
    assert_int_equal(wait_us(1, true, LATER_US), RT_RECORD_TOLD_US - LATER_US);
    assert_int_equal(wait_us(0, false, LATER_US), RT_RECORD_TOLD_US - LATER_US);
    assert_in_range(RT_RECORD_TOLD_US, 1, 1000);
}

/* Long trials: the last commit is long ago. */
static void a_result_that_comes_alone_waits_for_nobody(void **state)
{
    (void)state;
    assert_int_equal(wait_us(7, false, RT_RECORD_TOLD_US), 0);
    assert_int_equal(wait_us(7, true, 60000000), 0);
}

static void nothing_is_committed_for_nothing(void **state)
{
    struct rt_recorder recorder = {
        .driven = true, .answered = true, .last = 4, .durable = 4, .commit_us = COMMIT_US};

    (void)state;
    assert_true(rt_record_wait_us(&recorder, 2 * COMMIT_US) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_all_is_back_and_the_driver_has_answered_it_is_committed_at_once),
        cmocka_unit_test(what_is_about_to_come_is_waited_for_but_not_for_long),
        cmocka_unit_test(a_result_that_comes_alone_waits_for_nobody),
        cmocka_unit_test(nothing_is_committed_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
