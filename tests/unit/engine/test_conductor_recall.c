/* Work that waits with one agent while workers of another idle. */
#include "tests/expect.h"

#include "tests/unit/engine/support/stage.h"

#define TRIALS 200

static bool holds(const struct stage *stage, uint32_t rank, uint64_t ordinal)
{
    return rt_state_holds(stage->state, rank, 1, ordinal,
                          rt_state_trial(stage_study(stage), ordinal).attempts);
}

/* The first trial that a rank holds from an ordinal on; 0: none. */
static uint64_t next_held(const struct stage *stage, uint32_t rank, uint64_t ordinal)
{
    for (; ordinal <= TRIALS; ordinal++) {
        if (holds(stage, rank, ordinal))
            return ordinal;
    }
    return 0;
}

static void end_quickly(struct stage *stage, int rank, uint64_t ordinal)
{
    struct rt_attempt row = {.study = 1,
                             .ordinal = ordinal,
                             .attempt = 1,
                             .launch = 1,
                             .rank = (uint32_t)rank,
                             .duration_us = 1000,
                             .outcome = RT_OUTCOME_OK};
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    struct rt_buf rows = RT_BUF_INIT;

    rt_attempts_put(&rows, &row, 1);
    wire.results = (struct rt_wire_results){++stage->results[rank], rt_buf_span(&rows)};
    stage_say(stage, rank, &wire);
    rt_buf_clear(&rows);
    stage_sync(stage);
    stage_tick(stage);
    stage_sync(stage);
}

static void wait_us(struct stage *stage, uint64_t us)
{
    stage->now_us += us;
    stage_tick(stage);
}

/* Rank 0 sits on its first trial, with others behind it; rank 1 has ended all the rest. */
static struct stage *one_idles(void)
{
    struct stage *stage = stage_new(TRIALS, 0, 2);
    uint64_t ordinal;

    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    while ((ordinal = next_held(stage, 1, 1)) != 0)
        end_quickly(stage, 1, ordinal);
    assert_true(next_held(stage, 0, next_held(stage, 0, 1) + 1) != 0);
    return stage;
}

static uint64_t recalls(struct stage *stage, int rank)
{
    uint64_t count = 0;

    while (stage_take(stage, rank, RT_WIRE_FORGET))
        count++;
    return count;
}

/* All but its first. */
static void give_back(struct stage *stage, int rank)
{
    struct rt_wire_range ranges[TRIALS];
    struct rt_wire wire = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = ranges, .count = 0}};
    uint64_t ordinal = next_held(stage, (uint32_t)rank, 1);

    while ((ordinal = next_held(stage, (uint32_t)rank, ordinal + 1)) != 0)
        ranges[wire.work.count++] = (struct rt_wire_range){ordinal, ordinal - 1, 1, 1};
    stage_say(stage, rank, &wire);
    stage_tick(stage);
    stage_sync(stage);
}

static void what_waits_with_one_agent_is_taken_back_for_idle_workers(void **state)
{
    struct stage *stage = one_idles();
    uint64_t first = next_held(stage, 0, 1);

    (void)state;
    wait_us(stage, 1);
    wait_us(stage, 60000);
    assert_int_equal(recalls(stage, 0), 1);
    give_back(stage, 0);
    assert_int_equal(next_held(stage, 0, 1), first);
    assert_int_equal(next_held(stage, 0, first + 1), 0);
    assert_true(next_held(stage, 1, 1) != 0);
    stage_free(stage);
}

static void it_is_asked_for_once_and_not_at_once(void **state)
{
    struct stage *stage = one_idles();

    (void)state;
    wait_us(stage, 1);
    assert_int_equal(recalls(stage, 0), 0);
    assert_true(rt_conductor_wake_us(stage->conductor) <= stage->now_us + 50000);
    wait_us(stage, 50000);
    assert_int_equal(recalls(stage, 0), 1);
    assert_int_equal(recalls(stage, 1), 0);
    wait_us(stage, 60000);
    wait_us(stage, 60000);
    assert_int_equal(recalls(stage, 0), 0);
    stage_free(stage);
}

static void workers_that_run_are_left_alone(void **state)
{
    struct stage *stage = stage_new(2, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 2);
    stage_sync(stage);
    assert_true(holds(stage, 0, 1) && holds(stage, 1, 2));
    wait_us(stage, 1);
    wait_us(stage, 60000);
    assert_int_equal(recalls(stage, 0), 0);
    assert_int_equal(recalls(stage, 1), 0);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_with_one_agent_is_taken_back_for_idle_workers),
        cmocka_unit_test(it_is_asked_for_once_and_not_at_once),
        cmocka_unit_test(workers_that_run_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
