#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include <signal.h>

static struct rt_nursery *nursery;

static void a_c_function_runs_and_fails_like_any_other(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"c\",\"file\":\"c_model.so\",\"function\":\"train\"}",
        .axes = "[{\"key\":\"do\",\"values\":[\"ok\",\"fail\",\"segfault\",\"print\",\"empty\"]}]",
        .params = "{\"lr\":3}",
        .checkout = RT_TEST_BUILT_MODELS,
        .slots = 2};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_OK, "{\"loss\":1.5}", "");
    rig_expect(&rig.ended[1], RT_OUTCOME_FAILED, "", "the matrix is singular");
    assert_int_equal(rig.ended[1].attempt.status, 5);
    rig_expect(&rig.ended[2], RT_OUTCOME_CRASHED, "", "SIGSEGV");
    rig_expect(&rig.ended[3], RT_OUTCOME_OK, "{\"loss\":1.5}", "");
    assert_string_equal(rig.ended[3].out, "printed");
    rig_expect(&rig.ended[4], RT_OUTCOME_FAILED, "", "reported no metric");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_c_function_runs_and_fails_like_any_other),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
