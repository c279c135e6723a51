#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include <signal.h>
#include <unistd.h>

static struct rt_nursery *nursery;

static void a_dead_worker_ends_its_trial_and_is_replaced(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"segfault\",\"vanish\",\"twice\",\"number\"]",
                        (struct rig_study){.slots = 1});
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_CRASHED, "", "signal 11 (SIGSEGV)");
    assert_int_equal(rig.ended[0].attempt.status, SIGSEGV);
    assert_non_null(strstr(rig.ended[0].err, "do_segfault")); /* from faulthandler */
    rig_expect(&rig.ended[1], RT_OUTCOME_FAILED, "", "ended without a result (exit status 0)");
    rig_expect(&rig.ended[2], RT_OUTCOME_OK, "{\"loss\":1}", "");
    rig_expect(&rig.ended[3], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    assert_true(rig.ended[0].attempt.pid != rig.ended[1].attempt.pid);
    rig_close(&rig);
}

static void a_trial_past_its_limit_is_killed(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"sleep\",\"number\"]",
                        (struct rig_study){.timeout_us = 300000});
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_TIMEOUT, "", "its limit is 0.300 s");
    assert_in_range(rig.ended[0].attempt.duration_us, 300000, 5000000);
    assert_string_equal(rig.ended[0].out, "sleeping\n");
    rig_expect(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

static void a_flood_until_the_limit_is_counted_and_thinned(void **state)
{
    struct rig rig;
    const struct rt_output *out;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"fill\"]",
                        (struct rig_study){.timeout_us = 700000, .output_bytes = 4096});
    rig_run(&rig);
    out = &rig.ended[0].attempt.out;
    rig_expect(&rig.ended[0], RT_OUTCOME_TIMEOUT, "", "its limit");
    assert_true(out->total > 1 << 20);
    assert_int_equal(out->head, 2048);
    assert_int_equal(strlen(rig.ended[0].out), 4096);
    assert_int_equal(strspn(rig.ended[0].out, "y"), 4096);
    rig_close(&rig);
}

static pid_t read_daemon(char path[64])
{
    FILE *file;
    long pid = 0;

    snprintf(path, 64, "/tmp/retrial-test-daemon.%d", (int)getpid());
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld", &pid), 1);
    fclose(file);
    unlink(path);
    return (pid_t)pid;
}

static void what_a_dead_worker_left_running_dies_with_it(void **state)
{
    struct rig rig;
    char path[64];

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"daemon\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    rig_expect(&rig.ended[0], RT_OUTCOME_FAILED, "", "ended without a result");
    assert_int_equal(kill(read_daemon(path), 0), -1);
    rig_close(&rig);
}

static void a_killed_template_is_started_again(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"orphan_template\",\"number\"]",
                        (struct rig_study){.slots = 1});
    rig_run(&rig);
    assert_int_equal(rig.ended[0].attempt.outcome, RT_OUTCOME_CRASHED);
    rig_expect(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_worker_ends_its_trial_and_is_replaced),
        cmocka_unit_test(a_trial_past_its_limit_is_killed),
        cmocka_unit_test(a_flood_until_the_limit_is_counted_and_thinned),
        cmocka_unit_test(what_a_dead_worker_left_running_dies_with_it),
        cmocka_unit_test(a_killed_template_is_started_again),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
