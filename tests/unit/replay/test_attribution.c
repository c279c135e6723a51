#include "tests/expect.h"

#include <math.h>

#include "replay/attribution.h"

/* A model whose parts are known: seed and code add, epochs and lr multiply each other. */
static double model(double seed, double epochs, double lr, double code)
{
    return 0.5 + seed + code + epochs * lr;
}

static void expect_near(double value, double wanted)
{
    if (isnan(wanted) ? !isnan(value) : fabs(value - wanted) > 1e-12)
        fail_msg("%.17g is not %.17g", value, wanted);
}

static double sum_of(const struct rt_attribution *made)
{
    double sum = made->again + made->interaction + made->rest;

    for (size_t i = 0; i < made->count; i++)
        sum += made->parts[i];
    return sum;
}

static void each_component_gets_what_it_does(void **state)
{
    const double repeats[] = {model(0, 2, 0.1, 0), model(0, 2, 0.1, 0)};
    const double swapped[] = {model(0.02, 2, 0.1, 0), model(0, 4, 0.1, 0), model(0, 2, 0.1, -0.3)};
    struct rt_attribution_data data = {.a = model(0, 2, 0.1, 0),
                                       .b = model(0.02, 4, 0.1, -0.3),
                                       .repeats = repeats,
                                       .repeat_count = 2,
                                       .swapped = swapped,
                                       .count = 3,
                                       .together = model(0.02, 4, 0.1, -0.3),
                                       .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.parts[0], 0.02);
    expect_near(made.parts[1], 0.2);
    expect_near(made.parts[2], -0.3);
    expect_near(made.interaction, 0);
    expect_near(made.rest, 0);
    assert_true(made.again == 0);
    assert_true(made.floor == 0);
    expect_near(sum_of(&made), made.whole);
    rt_attribution_clear(&made);
}

static void what_components_do_to_each_other_is_told_apart(void **state)
{
    const double repeats[] = {model(0, 2, 0.1, 0)};
    const double swapped[] = {model(0, 4, 0.1, 0), model(0, 2, 0.3, 0)};
    struct rt_attribution_data data = {.a = model(0, 2, 0.1, 0),
                                       .b = model(0, 4, 0.3, 0) + 0.25,
                                       .repeats = repeats,
                                       .repeat_count = 1,
                                       .swapped = swapped,
                                       .count = 2,
                                       .together = model(0, 4, 0.3, 0),
                                       .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.parts[0], 0.2);
    expect_near(made.parts[1], 0.4);
    expect_near(made.interaction, 0.4); /* 1.2 - 0.2 - 0.2 - 0.4 */
    expect_near(made.rest, 0.25);       /* a host that B alone had */
    expect_near(sum_of(&made), made.whole);
    rt_attribution_clear(&made);
}

static void what_is_other_now_is_no_part_of_the_components(void **state)
{
    const double repeats[] = {1.5, 1.5, 1.5};
    const double swapped[] = {1.75};
    struct rt_attribution_data data = {.a = 1,
                                       .b = 1.25,
                                       .repeats = repeats,
                                       .repeat_count = 3,
                                       .swapped = swapped,
                                       .count = 1,
                                       .together = NAN,
                                       .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.again, 0.5);
    expect_near(made.parts[0], 0.25);
    expect_near(made.rest, -0.5);
    expect_near(made.interaction, 0);
    expect_near(sum_of(&made), made.whole);
    rt_attribution_clear(&made);
}

static void the_floor_is_the_larger_of_recorded_and_seen(void **state)
{
    const double repeats[] = {1.0, 1.25, NAN, 0.75};
    const double swapped[] = {1.5, 1.75};
    struct rt_attribution_data data = {.a = 1,
                                       .b = 2,
                                       .repeats = repeats,
                                       .repeat_count = 4,
                                       .swapped = swapped,
                                       .count = 2,
                                       .together = 2,
                                       .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.floor, 0.5);
    assert_false(rt_attribution_counts(&made, made.parts[0]));
    assert_false(rt_attribution_counts(&made, -0.5));
    assert_true(rt_attribution_counts(&made, made.parts[1]));
    assert_false(rt_attribution_counts(&made, NAN));
    rt_attribution_clear(&made);
    data.floor = 0.8;
    rt_attribution_init(&made, &data);
    expect_near(made.floor, 0.8);
    rt_attribution_clear(&made);
}

static void a_trial_that_failed_leaves_its_part_open(void **state)
{
    const double repeats[] = {1};
    const double swapped[] = {NAN, 3};
    struct rt_attribution_data data = {.a = 1,
                                       .b = 4,
                                       .repeats = repeats,
                                       .repeat_count = 1,
                                       .swapped = swapped,
                                       .count = 2,
                                       .together = 4,
                                       .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.parts[0], NAN);
    expect_near(made.parts[1], 2);
    expect_near(made.interaction, NAN);
    expect_near(made.rest, 0);
    rt_attribution_clear(&made);
}

static void nothing_to_swap_leaves_all_to_the_rest(void **state)
{
    const double repeats[] = {1};
    struct rt_attribution_data data = {
        .a = 1, .b = 4, .repeats = repeats, .repeat_count = 1, .together = NAN, .floor = NAN};
    struct rt_attribution made;

    (void)state;
    rt_attribution_init(&made, &data);
    expect_near(made.rest, 3);
    expect_near(sum_of(&made), made.whole);
    rt_attribution_clear(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_component_gets_what_it_does),
        cmocka_unit_test(what_components_do_to_each_other_is_told_apart),
        cmocka_unit_test(what_is_other_now_is_no_part_of_the_components),
        cmocka_unit_test(the_floor_is_the_larger_of_recorded_and_seen),
        cmocka_unit_test(a_trial_that_failed_leaves_its_part_open),
        cmocka_unit_test(nothing_to_swap_leaves_all_to_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
