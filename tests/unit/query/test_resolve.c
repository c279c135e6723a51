#include "query/resolve.h"

#include "store/named_study.h"
#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#define AXES "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":3,\"kind\":\"int\"}]"

static int set_up(void **state)
{
    static struct world world;

    world_begin(&world);
    world_study(&world, 1, "k3f9ab", "noise");
    world_study(&world, 2, "k3g000", "v1.2");
    world_study(&world, 3, "zzz111", "k3");
    world_study(&world, 4, "m00000", "x\"; DROP TABLE study; --");
    for (uint32_t i = 1; i <= 4; i++)
        world_plan(&world, i, "{}", AXES, 2, 0);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    world_end(*state);
    return 0;
}

static void expect_found(void **state, const char *text, uint32_t number, uint64_t want)
{
    struct world *world = *state;
    const struct rt_study *study;
    uint64_t ordinal;
    struct rt_err err;

    expect_ok(err, rt_resolve(world->state, text, &study, &ordinal, &err));
    assert_int_equal(study->number, number);
    assert_int_equal(ordinal, want);
}

static void expect_lost(void **state, const char *text, int code, const char *part)
{
    struct world *world = *state;
    const struct rt_study *study;
    uint64_t ordinal;
    struct rt_err err;

    expect_error(err, code, part, rt_resolve(world->state, text, &study, &ordinal, &err));
}

static void a_study_has_a_name_and_an_id(void **state)
{
    expect_found(state, "noise", 1, 0);
    expect_found(state, "k3f9ab", 1, 0);
    expect_found(state, "x\"; DROP TABLE study; --", 4, 0);
}

static void an_id_may_be_shortened(void **state)
{
    expect_found(state, "k3f", 1, 0);
    expect_found(state, "z", 3, 0);
    expect_found(state, "k3g.6", 2, 6);
}

static void an_exact_name_comes_before_a_short_id(void **state)
{
    expect_found(state, "k3", 3, 0);
    expect_found(state, "k3.2", 3, 2);
}

static void a_trial_is_a_study_and_a_number(void **state)
{
    expect_found(state, "noise.1", 1, 1);
    expect_found(state, "k3f9ab.6", 1, 6);
    expect_found(state, "v1.2.3", 2, 3);
}

static void a_name_with_a_number_behind_a_point_is_a_name(void **state)
{
    expect_found(state, "v1.2", 2, 0);
}

static void what_could_be_several_is_refused_with_them(void **state)
{
    expect_lost(state, "k", RT_EUSAGE, "\"k\" could be \"v1.2\" (k3g000), \"noise\" (k3f9ab)");
}

static void what_is_not_there_is_refused_with_what_is(void **state)
{
    expect_lost(state, "niose", RT_ENOTFOUND, "did you mean \"noise\"?");
    expect_lost(state, "entirely", RT_ENOTFOUND, "there is \"x\"; DROP");
    expect_lost(state, "", RT_ENOTFOUND, "no study \"\"");
    expect_lost(state, "noise.7", RT_ENOTFOUND,
                "no trial k3f9ab.7; study \"noise\" has k3f9ab.1 to k3f9ab.6");
    expect_lost(state, "noise.0", RT_ENOTFOUND, "no trial k3f9ab.0");
    expect_lost(state, "noise.99999999999999999999999", RT_ENOTFOUND, "no trial");
    expect_lost(state, "other.1", RT_ENOTFOUND, "no study \"other\"");
}

static void a_trial_needs_its_number(void **state)
{
    struct world *world = *state;
    const struct rt_study *study;
    uint64_t ordinal;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, "\"noise\" is no trial",
                 rt_resolve_trial(world->state, "noise", &study, &ordinal, &err));
    expect_error(err, RT_EUSAGE, "\"noise.x1\" is no trial",
                 rt_resolve_trial(world->state, "noise.x1", &study, &ordinal, &err));
}

static void an_empty_store_says_so(void **state)
{
    struct rt_state *empty = rt_state_new();
    const struct rt_study *study;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "none yet", rt_named_study(empty, "noise", &study, &err));
    rt_state_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_has_a_name_and_an_id),
        cmocka_unit_test(an_id_may_be_shortened),
        cmocka_unit_test(an_exact_name_comes_before_a_short_id),
        cmocka_unit_test(a_trial_is_a_study_and_a_number),
        cmocka_unit_test(a_name_with_a_number_behind_a_point_is_a_name),
        cmocka_unit_test(what_could_be_several_is_refused_with_them),
        cmocka_unit_test(what_is_not_there_is_refused_with_what_is),
        cmocka_unit_test(a_trial_needs_its_number),
        cmocka_unit_test(an_empty_store_says_so),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
