#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include <sys/stat.h>

static struct rt_nursery *nursery;

static void of_a_flood_the_start_the_end_and_the_count_are_kept(void **state)
{
    struct rig rig;
    const struct rig_ended *flood = NULL;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"flood\",\"whisper\"]",
                        (struct rig_study){.output_bytes = 1000});
    rig_run(&rig);
    flood = &rig.ended[0];
    rig_expect(flood, RT_OUTCOME_OK, "{\"value\":1}", "");
    assert_int_equal(flood->attempt.out.total, (50u << 20) + 8);
    assert_int_equal(flood->attempt.out.head, 500);
    assert_int_equal(strlen(flood->out), 1000);
    assert_memory_equal(flood->out, "startx", 6);
    assert_string_equal(flood->out + 996, "xend");
    assert_string_equal(rig.ended[1].out, "no newline");
    assert_string_equal(rig.ended[1].err, "err too");
    rig_close(&rig);
}

static void no_trial_sees_what_another_changed(void **state)
{
    struct rig rig;
    const char *want = "{\"blocked\":0,\"code\":true,\"files\":0,\"home\":true,\"left\":\"\","
                       "\"umask\":18}";

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"change\",\"look\",\"write\"]",
                        (struct rig_study){.slots = 1});
    assert_int_equal(rig_run_one(&rig, 0)->attempt.outcome, RT_OUTCOME_OK);
    rig_expect(rig_run_one(&rig, 1), RT_OUTCOME_OK, want, "");
    assert_int_equal(rig_run_one(&rig, 2)->attempt.outcome, RT_OUTCOME_OK);
    rig_expect(rig_run_one(&rig, 1), RT_OUTCOME_OK, want, "");
    assert_int_equal(rig.ended[0].attempt.pid, rig.ended[1].attempt.pid);
    rig_close(&rig);
}

static void among_silent_trials_each_keeps_its_own_output(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"python\",\"file\":\"styles.py\",\"function\":\"says\"}",
        .axes = "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":700,\"kind\":\"int\"}]",
        .checkout = RT_TEST_MODELS};
    char want[16];
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (unsigned i = 0; i < rig.count; i++) {
        want[0] = '\0';
        if (i % 50 == 7)
            snprintf(want, sizeof want, "%u\n", i);
        assert_string_equal(rig.ended[i].out, want);
        assert_string_equal(rig.ended[i].err, "");
        assert_int_equal(rig.ended[i].attempt.out.total, strlen(want));
        assert_true(rig.ended[i].attempt.max_rss_kib > 1000);
    }
    rig_close(&rig);
}

static void a_result_may_be_larger_than_the_ring(void **state)
{
    struct rig rig;

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"large\",\"number\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    assert_int_equal(strlen(rig.ended[0].result), 3000000 + strlen("{\"end\":1,\"text\":\"\"}"));
    rig_expect(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_flood_the_start_the_end_and_the_count_are_kept),
        cmocka_unit_test(no_trial_sees_what_another_changed),
        cmocka_unit_test(among_silent_trials_each_keeps_its_own_output),
        cmocka_unit_test(a_result_may_be_larger_than_the_ring),
    };
    int failed;

    umask(022);
    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
