#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#include <stdio.h>

#define CHECKS "SELECT key, read, pairs, differing, left_out FROM axis_check ORDER BY key"
#define AXES                                                                                       \
    "[{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.1\",\"count\":%d,\"kind\":\"real\"},"         \
    "{\"key\":\"lr\",\"values\":[\"a\",\"b\"]}]"

static void plan(struct world *world, int levels, const char *params, unsigned replicates)
{
    char *axes = rt_printf(AXES, levels);

    world_plan(world, 1, params, axes, replicates, 0);
    free(axes);
}

static void begin(struct world *world)
{
    world_begin(world);
    world_study(world, 1, "k3f9", "s");
    plan(world, 3, "{}", 2);
    world_launch(world, 1);
}

/* Trials first..last end with a metric of their own lr, and noise if it matters. */
static void finish(struct world *world, uint64_t first, uint64_t last, bool noise)
{
    const struct rt_study *study = rt_state_study(world->state, 1);

    world_lease(world, 1, first, last - first + 1, 1, (uint32_t)rt_state_launches(world->state));
    for (uint64_t ordinal = first; ordinal <= last; ordinal++) {
        uint64_t point = rt_study_index(study, ordinal);
        char *text = rt_printf(
            "{\"loss\":%llu.5,\"seconds\":%llu}",
            (unsigned long long)(rt_plan_level(study->plan, point, 1) + (noise ? ordinal * 2 : 0)),
            (unsigned long long)ordinal);

        world_ended(world, 1, ordinal, 1, RT_OUTCOME_OK, text, 0);
        free(text);
    }
    world_commit(world);
}

static void expect_checks(struct world *world, const char *wanted)
{
    char *found = world_ask(world, CHECKS);

    assert_string_equal(found, wanted);
    free(found);
}

static void a_parameter_without_effect_is_told_from_one_with(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    finish(&world, 1, 12, false);
    expect_checks(&world, "lr|NULL|1|1|seconds\nnoise|NULL|8|0|seconds");
    world_end(&world);
}

static void reopen(struct world *world)
{
    rt_index_close(world->index);
    expect_ok(world->err, rt_index_open(world->path, world_uuid, &world->index, &world->err));
}

/* Points 1 to 4 have a, b = 1, 1; 2, 2; 3, 2; 3, absent: two differ in a alone, two in b alone. */
#define ZIPPED                                                                                     \
    "[{\"key\":\"a\",\"values\":[1,2,3,3],\"zip\":0},"                                             \
    "{\"key\":\"b\",\"values\":[1,2,2,null],\"absent\":[3],\"zip\":0},"                            \
    "{\"key\":\"same\",\"values\":[1,1,1,1],\"zip\":0}]"

static void end_with(struct world *world, uint64_t ordinal, const char *result)
{
    world_lease(world, 1, ordinal, 1, 1, 1);
    world_ended(world, 1, ordinal, 1, RT_OUTCOME_OK, result, 0);
    world_commit(world);
}

static void parameters_that_change_together_are_judged_together(void **state)
{
    static const char all[] = "SELECT key, members, pairs, differing FROM axis_check ORDER BY "
                              "members, key";
    struct world world;
    char *found;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "k3f9", "s");
    world_plan(&world, 1, "{}", ZIPPED, 1, 0);
    world_launch(&world, 1);
    for (uint64_t ordinal = 1; ordinal <= 3; ordinal++)
        end_with(&world, ordinal, "{\"loss\":1.5}");
    found = world_ask(&world, all);
    assert_string_equal(found, "a|1|1|0\nb|1|0|0\nsame|1|0|0\na, b|2|2|0");
    free(found);
    reopen(&world);
    end_with(&world, 4, "{\"loss\":2.5}");
    found = world_ask(&world, all);
    assert_string_equal(found, "a|1|1|0\nb|1|1|1\nsame|1|0|0\na, b|2|3|1");
    free(found);
    world_end(&world);
}

static void a_study_in_order_keeps_nothing_to_compare_with(void **state)
{
    struct world world;
    char *kept;

    (void)state;
    begin(&world);
    finish(&world, 1, 12, true);
    expect_checks(&world, "lr|NULL|1|1|seconds\nnoise|NULL|1|1|seconds");
    kept = world_ask(&world, "SELECT count(*) FROM axis_pair");
    assert_string_equal(kept, "0");
    free(kept);
    world_end(&world);
}

static void an_index_that_was_closed_goes_on_comparing(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    for (uint64_t ordinal = 1; ordinal <= 12; ordinal += 3) {
        finish(&world, ordinal, ordinal + 2, false);
        reopen(&world);
    }
    expect_checks(&world, "lr|NULL|1|1|seconds\nnoise|NULL|8|0|seconds");
    world_end(&world);
}

static void a_plan_with_more_levels_goes_on_and_one_with_other_params_starts_anew(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    finish(&world, 1, 12, false);
    plan(&world, 4, "{}", 2);
    world_commit(&world);
    expect_checks(&world, "lr|NULL|1|1|seconds\nnoise|NULL|8|0|seconds");
    finish(&world, 13, 16, false);
    expect_checks(&world, "lr|NULL|1|1|seconds\nnoise|NULL|12|0|seconds");
    plan(&world, 4, "{\"epochs\":3}", 2);
    world_commit(&world);
    expect_checks(&world, "lr|NULL|0|0|NULL\nnoise|NULL|0|0|NULL");
    world_end(&world);
}

static void failed_and_late_attempts_are_not_compared(void **state)
{
    struct world world;

    (void)state;
    begin(&world);
    world_lease(&world, 1, 1, 12, 1, 1);
    for (uint64_t ordinal = 1; ordinal <= 12; ordinal++)
        world_ended(&world, 1, ordinal, 1, RT_OUTCOME_FAILED, "no", 0);
    world_commit(&world);
    expect_checks(&world, "lr|NULL|0|0|NULL\nnoise|NULL|0|0|NULL");
    world_end(&world);
}

static void reads_are_kept_and_judged(void **state)
{
    struct world world;
    char *found;

    (void)state;
    begin(&world);
    world_say_text(&world, RT_EVENT_READS, "{\"study\":1,\"revision\":1,\"keys\":[\"lr\"]}");
    world_commit(&world);
    expect_checks(&world, "lr|yes|0|0|NULL\nnoise|no|0|0|NULL");
    reopen(&world);
    world_say_text(&world, RT_EVENT_READS, "{\"study\":1,\"revision\":1,\"keys\":[\"*\"]}");
    world_commit(&world);
    expect_checks(&world, "lr|yes|0|0|NULL\nnoise|NULL|0|0|NULL");
    plan(&world, 4, "{}", 2);
    world_commit(&world);
    expect_checks(&world, "lr|yes|0|0|NULL\nnoise|NULL|0|0|NULL");
    found = world_ask(&world, "SELECT key FROM model_read");
    assert_string_equal(found, "*\nlr");
    free(found);
    world_end(&world);
}

static void count(void *context, const struct rt_axis_check *check)
{
    size_t *pairs = context;

    *pairs += check->pairs;
}

static void checks_are_told_to_who_asks(void **state)
{
    struct world world;
    size_t pairs = 0;

    (void)state;
    begin(&world);
    finish(&world, 1, 12, false);
    assert_true(rt_index_checks_changed(world.index));
    expect_ok(world.err, rt_index_checks(world.index, count, &pairs, &world.err));
    assert_int_equal(pairs, 9);
    assert_false(rt_index_checks_changed(world.index));
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parameter_without_effect_is_told_from_one_with),
        cmocka_unit_test(parameters_that_change_together_are_judged_together),
        cmocka_unit_test(a_study_in_order_keeps_nothing_to_compare_with),
        cmocka_unit_test(an_index_that_was_closed_goes_on_comparing),
        cmocka_unit_test(a_plan_with_more_levels_goes_on_and_one_with_other_params_starts_anew),
        cmocka_unit_test(failed_and_late_attempts_are_not_compared),
        cmocka_unit_test(reads_are_kept_and_judged),
        cmocka_unit_test(checks_are_told_to_who_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
