#include "tests/expect.h"

#include "engine/backlog.h"

static void trials_come_out_in_order_from_both_ends(void **state)
{
    struct rt_backlog backlog = {0};
    struct rt_waiting trial = {0, 0, 1};

    (void)state;
    for (uint64_t i = 100; i < 300; i++) {
        trial.ordinal = i;
        rt_backlog_push(&backlog, &trial);
        trial.ordinal = 199 - i;
        rt_backlog_push_front(&backlog, &trial);
    }
    assert_int_equal(backlog.count, 400);
    for (uint64_t i = 0; i < 400; i++) {
        assert_true(rt_backlog_pop(&backlog, &trial));
        assert_int_equal((int64_t)trial.ordinal, (int64_t)i - 100);
    }
    assert_false(rt_backlog_pop(&backlog, &trial));
    rt_backlog_clear(&backlog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials_come_out_in_order_from_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
