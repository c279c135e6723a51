#include "tests/unit/store/code_world.h"

#include "engine/code_guard.h"

static struct rt_code_guard *guarded(struct world *world)
{
    struct rt_buf bundle = RT_BUF_INIT;
    char *folder = at(world, "work/code");
    struct rt_code_guard *guard;
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    expect_ok(err, rt_code_bundle(world->store, &world->code, world->record, &bundle, &err));
    expect_ok(err, rt_code_unpack(rt_buf_span(&bundle), &world->code, folder, &err));
    expect_ok(err, rt_code_guard_new(rt_buf_span(&bundle), folder, &guard, &err));
    rt_buf_clear(&bundle);
    free(folder);
    return guard;
}

static void a_change_is_told_once_and_since_when(void **state)
{
    struct world *world = *state;
    struct rt_code_guard *guard = guarded(world);
    char *text;

    assert_null(rt_code_guard_look(guard, 1000));
    sh(world, "work/code/noise", "rm model.py");
    text = rt_code_guard_look(guard, 2000);
    assert_non_null(text);
    assert_non_null(strstr(text, "a trial on "));
    assert_non_null(strstr(text, "\"noise/model.py\", and what ran there since 20"));
    free(text);
    assert_null(rt_code_guard_look(guard, 3000));
    assert_false(rt_code_guard_due(guard, UINT64_MAX));
    rt_code_guard_free(guard);
}

static void before_the_first_look_it_was_the_import(void **state)
{
    struct world *world = *state;
    struct rt_code_guard *guard = guarded(world);
    char *text;

    sh(world, "work/code/noise", "rm model.py");
    text = rt_code_guard_look(guard, 1000);
    assert_non_null(text);
    assert_non_null(strstr(text, "importing the entry on "));
    free(text);
    rt_code_guard_free(guard);
}

static void looks_are_apart(void **state)
{
    struct rt_code_guard *guard = guarded(*state);

    assert_true(rt_code_guard_due(guard, 1));
    assert_null(rt_code_guard_look(guard, 1000));
    assert_false(rt_code_guard_due(guard, 100000));
    assert_true(rt_code_guard_due(guard, 3600000000u));
    rt_code_guard_free(guard);
}

#define test(function) cmocka_unit_test_setup_teardown(function, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_change_is_told_once_and_since_when),
        test(before_the_first_look_it_was_the_import),
        test(looks_are_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
