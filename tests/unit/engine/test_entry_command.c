#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include <signal.h>

static struct rt_nursery *nursery;

static void a_command_s_result_is_its_file_or_its_last_line(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"command\",\"argv\":[\"./command.sh\",\"{do}\"]}",
        .axes = "[{\"key\":\"do\",\"values\":[\"line\",\"file\",\"number\",\"fail\",\"crash\","
                "\"silent\",\"text\"]}]",
        .checkout = RT_TEST_MODELS,
        .slots = 2};
    struct rig rig;
    char want[64];

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    snprintf(want, sizeof want, "{\"loss\":0.5,\"seed\":%u}", rt_plan_seed(rig.plan, 0));
    rig_expect(&rig.ended[0], RT_OUTCOME_OK, want, "");
    rig_expect(&rig.ended[1], RT_OUTCOME_OK, "{\"n\":1}", "");
    assert_string_equal(rig.ended[1].out, "{\"do\":\"file\"}\n");
    rig_expect(&rig.ended[2], RT_OUTCOME_OK, "{\"value\":42}", "");
    rig_expect(&rig.ended[3], RT_OUTCOME_FAILED, "", "exit status 3: something broke");
    assert_int_equal(rig.ended[3].attempt.status, 3);
    rig_expect(&rig.ended[4], RT_OUTCOME_CRASHED, "", "signal 6 (SIGABRT)");
    rig_expect(&rig.ended[5], RT_OUTCOME_OK, "", "");
    rig_expect(&rig.ended[6], RT_OUTCOME_OK, "", "");
    rig_close(&rig);
}

static void a_command_without_the_objective_s_metric_fails(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"command\",\"argv\":[\"./command.sh\",\"{do}\"]}",
        .axes = "[{\"key\":\"do\",\"values\":[\"silent\",\"text\",\"number\"]}]",
        .metric = "loss",
        .checkout = RT_TEST_MODELS,
        .slots = 2};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_FAILED, "", "the objective needs \"loss\"");
    rig_expect(&rig.ended[1], RT_OUTCOME_FAILED, "", "the objective needs \"loss\"");
    rig_expect(&rig.ended[2], RT_OUTCOME_OK, "{\"loss\":42}", "");
    rig_close(&rig);
}

static void what_a_command_leaves_running_is_ended(void **state)
{
    struct rig_study study = {.entry =
                                  "{\"kind\":\"command\",\"argv\":[\"./command.sh\",\"leave\"]}",
                              .checkout = RT_TEST_MODELS};
    struct rig rig;
    int pid;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    assert_int_equal(sscanf(rig.ended[0].result, "{\"pid\":%d}", &pid), 1);
    assert_int_equal(kill(pid, 0), -1);
    rig_close(&rig);
}

static void a_command_that_cannot_run_is_refused(void **state)
{
    static const char *const wrong[][2] = {
        {"[\"./no-such.sh\"]", "does not exist"},
        {"[\"./behave.py\"]", "chmod +x"},
        {"[\"no-such-program-anywhere\"]", "is not on the PATH"},
        {"[\"./command.sh\",\"{lr}\"]", "asks for the parameter \"lr\""},
        {"[\"./command.sh\",\"{lr\"]", "single brace"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char entry[256];
        struct rig_study study = {.entry = entry, .checkout = RT_TEST_MODELS};
        struct rig rig;
        struct rt_err err;

        snprintf(entry, sizeof entry, "{\"kind\":\"command\",\"argv\":%s}", wrong[i][0]);
        rig_open(&rig, nursery, &study);
        expect_error(err, RT_EUSAGE, wrong[i][1], rig_ready(&rig, &err));
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_s_result_is_its_file_or_its_last_line),
        cmocka_unit_test(a_command_without_the_objective_s_metric_fails),
        cmocka_unit_test(what_a_command_leaves_running_is_ended),
        cmocka_unit_test(a_command_that_cannot_run_is_refused),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
