#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include "base/clock.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rt_nursery *nursery;

#define PYTHON(function)                                                                           \
    "{\"kind\":\"python\",\"file\":\"behave.py\",\"function\":\"" function "\"}"

static void open_behaviours(struct rig *rig, const char *values, struct rig_study study)
{
    char axes[512];
    char params[64];

    snprintf(axes, sizeof axes, "[{\"key\":\"do\",\"values\":%s}]", values);
    snprintf(params, sizeof params, "{\"tag\":%d}", (int)getpid());
    study.entry = PYTHON("train");
    study.axes = axes;
    study.params = params;
    study.checkout = RT_TEST_MODELS;
    rig_open(rig, nursery, &study);
}

static void expect_ended(const struct rig_ended *ended, enum rt_outcome outcome, const char *result,
                         const char *reason)
{
    if (ended->attempt.outcome != outcome || strcmp(ended->result, result) != 0 ||
        !strstr(ended->reason, reason))
        fail_msg("trial %d ended as %s, result %.200s, reason \"%.900s\"; stderr \"%.500s\"",
                 (int)ended->attempt.ordinal, rt_outcome_name(ended->attempt.outcome),
                 ended->result, ended->reason, ended->err);
}

static void a_function_s_result_comes_back_with_all_that_is_known_of_it(void **state)
{
    struct rig rig;
    const struct rt_attempt *attempt;
    char want[128];

    (void)state;
    open_behaviours(&rig, "[\"ok\",\"number\",\"nan\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    snprintf(want, sizeof want, "{\"id\":\"k3f9.1\",\"loss\":0.25,\"same\":true,\"seed\":%u}",
             rt_plan_seed(rig.plan, 0));
    expect_ended(&rig.ended[0], RT_OUTCOME_OK, want, "");
    expect_ended(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    expect_ended(&rig.ended[2], RT_OUTCOME_OK,
                 "{\"best\":{\"$float\":\"-inf\"},\"loss\":{\"$float\":\"nan\"}}", "");
    attempt = &rig.ended[1].attempt;
    assert_int_equal(attempt->launch, 7);
    assert_int_equal(attempt->rank, 3);
    assert_int_equal(attempt->worker, 0);
    assert_int_equal(attempt->position, 2);
    assert_int_equal(attempt->attempt, 1);
    assert_int_equal(attempt->seed, rt_plan_seed(rig.plan, 1));
    assert_true(attempt->pid > 0 && attempt->max_rss_kib > 1000);
    assert_true(rt_wall_us() - attempt->start_us < 60000000u);
    assert_non_null(strstr(rt_pool_python(rig.pool), "\"executable\":\"/usr/bin/python3\""));
    rig_close(&rig);
}

static void what_a_function_does_wrong_fails_its_attempt_alone(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"raise\",\"nothing\",\"object\",\"exit\",\"number\"]",
                    (struct rig_study){.slots = 1});
    rig_run(&rig);
    expect_ended(&rig.ended[0], RT_OUTCOME_FAILED, "", "ValueError: no such luck: \xC3\xBC");
    assert_non_null(strstr(rig.ended[0].reason, "behave.py\", line"));
    expect_ended(&rig.ended[1], RT_OUTCOME_FAILED, "", "the function returned nothing");
    expect_ended(&rig.ended[2], RT_OUTCOME_FAILED, "", "\"history.model\" is of type object");
    expect_ended(&rig.ended[3], RT_OUTCOME_FAILED, "", "sys.exit(3)");
    assert_int_equal(rig.ended[3].attempt.status, 3);
    expect_ended(&rig.ended[4], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    assert_int_equal(rig.ended[0].attempt.pid, rig.ended[4].attempt.pid);
    rig_close(&rig);
}

static void a_dead_worker_ends_its_trial_and_is_replaced(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"segfault\",\"vanish\",\"twice\",\"number\"]",
                    (struct rig_study){.slots = 1});
    rig_run(&rig);
    expect_ended(&rig.ended[0], RT_OUTCOME_CRASHED, "", "signal 11 (SIGSEGV)");
    assert_int_equal(rig.ended[0].attempt.status, SIGSEGV);
    assert_non_null(strstr(rig.ended[0].err, "do_segfault")); /* from faulthandler */
    expect_ended(&rig.ended[1], RT_OUTCOME_FAILED, "", "ended without a result (exit status 0)");
    expect_ended(&rig.ended[2], RT_OUTCOME_OK, "{\"loss\":1}", "");
    expect_ended(&rig.ended[3], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    assert_true(rig.ended[0].attempt.pid != rig.ended[1].attempt.pid);
    rig_close(&rig);
}

static void a_trial_past_its_limit_is_killed(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"sleep\",\"number\"]", (struct rig_study){.timeout_us = 300000});
    rig_run(&rig);
    expect_ended(&rig.ended[0], RT_OUTCOME_TIMEOUT, "", "its limit is 0.300 s");
    assert_in_range(rig.ended[0].attempt.duration_us, 300000, 5000000);
    assert_string_equal(rig.ended[0].out, "sleeping\n");
    expect_ended(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

static void of_a_flood_the_start_the_end_and_the_count_are_kept(void **state)
{
    struct rig rig;
    const struct rig_ended *flood = NULL;

    (void)state;
    open_behaviours(&rig, "[\"flood\",\"whisper\"]", (struct rig_study){.output_bytes = 1000});
    rig_run(&rig);
    flood = &rig.ended[0];
    expect_ended(flood, RT_OUTCOME_OK, "{\"value\":1}", "");
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
    const char *want = "{\"blocked\":0,\"files\":0,\"home\":true,\"left\":\"\",\"linked\":true,"
                       "\"umask\":18}";

    (void)state;
    open_behaviours(&rig, "[\"change\",\"look\",\"write\"]", (struct rig_study){.slots = 1});
    assert_int_equal(rig_run_one(&rig, 0)->attempt.outcome, RT_OUTCOME_OK);
    expect_ended(rig_run_one(&rig, 1), RT_OUTCOME_OK, want, "");
    assert_int_equal(rig_run_one(&rig, 2)->attempt.outcome, RT_OUTCOME_OK);
    expect_ended(rig_run_one(&rig, 1), RT_OUTCOME_OK, want, "");
    assert_int_equal(rig.ended[0].attempt.pid, rig.ended[1].attempt.pid);
    rig_close(&rig);
}

static void a_result_may_be_larger_than_the_ring(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"large\",\"number\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    assert_int_equal(strlen(rig.ended[0].result), 3000000 + strlen("{\"end\":1,\"text\":\"\"}"));
    expect_ended(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

static void equal_seeds_draw_equal_numbers(void **state)
{
    struct rig rig;
    char *first;

    (void)state;
    open_behaviours(&rig, "[\"random\",\"number\"]", (struct rig_study){.slots = 1});
    first = strdup(rig_run_one(&rig, 0)->result);
    assert_string_equal(rig_run_one(&rig, 0)->result, first);
    rig_close(&rig);
    open_behaviours(&rig, "[\"random\",\"number\"]", (struct rig_study){.slots = 1});
    rig_run_one(&rig, 1);
    assert_string_equal(rig_run_one(&rig, 0)->result, first);
    free(first);
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
    open_behaviours(&rig, "[\"daemon\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    expect_ended(&rig.ended[0], RT_OUTCOME_FAILED, "", "ended without a result");
    assert_int_equal(kill(read_daemon(path), 0), -1);
    rig_close(&rig);
}

static void a_killed_template_is_started_again(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"orphan_template\",\"number\"]", (struct rig_study){.slots = 1});
    rig_run(&rig);
    assert_int_equal(rig.ended[0].attempt.outcome, RT_OUTCOME_CRASHED);
    expect_ended(&rig.ended[1], RT_OUTCOME_OK, "{\"value\":0.5}", "");
    rig_close(&rig);
}

static void expect_refused(const char *file, const char *function, const char *part)
{
    char entry[256];
    struct rig_study study = {
        .entry = entry, .params = "{\"a\":1,\"b\":2}", .checkout = RT_TEST_MODELS};
    struct rig rig;
    struct rt_err err;

    snprintf(entry, sizeof entry, "{\"kind\":\"python\",\"file\":\"%s\",\"function\":\"%s\"}", file,
             function);
    rig_open(&rig, nursery, &study);
    expect_error(err, RT_EUSAGE, part, rig_ready(&rig, &err));
    rig_close(&rig);
}

static void an_entry_that_cannot_be_loaded_says_why(void **state)
{
    (void)state;
    expect_refused("broken.py", "train",
                   "ModuleNotFoundError: No module named 'a_module_that_nobody_has'");
    expect_refused("dies.py", "train", "exit status 7; it printed: last words");
    expect_refused("styles.py", "keyword", "did you mean \"keywords\"?");
    expect_refused("styles.py", "value", "is not a function");
    expect_refused("missing.py", "train", "no file \"missing.py\"");
}

static void a_parameter_that_the_function_does_not_take_is_refused(void **state)
{
    (void)state;
    expect_refused("styles.py", "wrong", "wrong() takes no argument \"b\"");
    expect_refused("styles.py", "more", "more() needs the argument \"c\"");
}

static void params_come_as_a_dict_or_by_keywords(void **state)
{
    static const char *const functions[][2] = {
        {"keywords", "{\"sum\":6}"},
        {"anything", "{\"sum\":3}"},
        {"single", "{\"sum\":3}"},
        {"nothing", "{\"score\":0}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        char entry[256];
        struct rig_study study = {.entry = entry,
                                  .params = "{\"a\":1,\"b\":2}",
                                  .metric = "score",
                                  .checkout = RT_TEST_MODELS};
        struct rig rig;

        snprintf(entry, sizeof entry,
                 "{\"kind\":\"python\",\"file\":\"styles.py\",\"function\":\"%s\"}",
                 functions[i][0]);
        rig_open(&rig, nursery, &study);
        rig_run(&rig);
        expect_ended(&rig.ended[0], RT_OUTCOME_OK, functions[i][1], "");
        rig_close(&rig);
    }
}

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
    expect_ended(&rig.ended[0], RT_OUTCOME_OK, "{\"loss\":1.5}", "");
    expect_ended(&rig.ended[1], RT_OUTCOME_FAILED, "", "the matrix is singular");
    assert_int_equal(rig.ended[1].attempt.status, 5);
    expect_ended(&rig.ended[2], RT_OUTCOME_CRASHED, "", "SIGSEGV");
    expect_ended(&rig.ended[3], RT_OUTCOME_OK, "{\"loss\":1.5}", "");
    assert_string_equal(rig.ended[3].out, "printed");
    expect_ended(&rig.ended[4], RT_OUTCOME_FAILED, "", "reported no metric");
    rig_close(&rig);
}

static void many_short_trials_all_come_back_once(void **state)
{
    struct rig_study study = {
        .entry = "{\"kind\":\"c\",\"file\":\"c_model.so\",\"function\":\"quick\"}",
        .axes = "[{\"key\":\"i\",\"from\":\"0\",\"step\":\"1\",\"count\":20000,\"kind\":\"int\"}]",
        .checkout = RT_TEST_BUILT_MODELS,
        .slots = 3};
    struct rig rig;

    (void)state;
    rig_open(&rig, nursery, &study);
    rig_run(&rig);
    for (size_t i = 0; i < rig.count; i++) {
        char want[32];

        snprintf(want, sizeof want, "{\"n\":%zu}", i);
        assert_string_equal(rig.ended[i].result, want);
    }
    rig_close(&rig);
}

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
    expect_ended(&rig.ended[0], RT_OUTCOME_OK, want, "");
    expect_ended(&rig.ended[1], RT_OUTCOME_OK, "{\"n\":1}", "");
    assert_string_equal(rig.ended[1].out, "{\"do\":\"file\"}\n");
    expect_ended(&rig.ended[2], RT_OUTCOME_OK, "{\"value\":42}", "");
    expect_ended(&rig.ended[3], RT_OUTCOME_FAILED, "", "exit status 3: something broke");
    assert_int_equal(rig.ended[3].attempt.status, 3);
    expect_ended(&rig.ended[4], RT_OUTCOME_CRASHED, "", "signal 6 (SIGABRT)");
    expect_ended(&rig.ended[5], RT_OUTCOME_OK, "", "");
    expect_ended(&rig.ended[6], RT_OUTCOME_OK, "", "");
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
    expect_ended(&rig.ended[0], RT_OUTCOME_FAILED, "", "the objective needs \"loss\"");
    expect_ended(&rig.ended[1], RT_OUTCOME_FAILED, "", "the objective needs \"loss\"");
    expect_ended(&rig.ended[2], RT_OUTCOME_OK, "{\"loss\":42}", "");
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

static void count_dropped(void *context, uint32_t study, uint64_t ordinal, uint64_t index,
                          uint32_t attempt)
{
    (void)study;
    (void)index;
    (void)attempt;
    *(uint64_t *)context |= UINT64_C(1) << ordinal;
}

static void what_has_not_started_can_be_taken_back_and_what_runs_killed(void **state)
{
    struct rig rig;
    struct rt_err err;
    uint64_t dropped = 0;

    (void)state;
    open_behaviours(&rig, "[\"sleep\",\"number\",\"ok\"]", (struct rig_study){.slots = 1});
    for (uint64_t i = 0; i < 3; i++)
        rt_pool_submit(rig.pool, 1, i + 1, i, 1);
    expect_ok(err, rig_ready(&rig, &err));
    for (int i = 0; i < 5; i++)
        rig_step(&rig);
    assert_int_equal(rt_pool_running(rig.pool), 1);
    assert_int_equal(rt_pool_queued(rig.pool), 2);
    assert_int_equal(rt_pool_drop_queued(rig.pool, count_dropped, &dropped), 2);
    assert_int_equal(dropped, 1 << 2 | 1 << 3);
    rt_pool_kill_running(rig.pool, RT_OUTCOME_LOST, "the launch was stopped");
    while (rig_step(&rig) == 0)
        ;
    expect_ended(&rig.ended[0], RT_OUTCOME_LOST, "", "the launch was stopped");
    assert_int_equal(rt_pool_running(rig.pool), 0);
    rig_close(&rig);
}

static void an_idle_pool_asks_for_no_time(void **state)
{
    struct rig rig;

    (void)state;
    open_behaviours(&rig, "[\"number\"]", (struct rig_study){.timeout_us = 1000000});
    rig_run(&rig);
    rig_step(&rig);
    assert_true(rt_pool_wait_us(rig.pool, rt_mono_us()) == UINT64_MAX);
    rig_close(&rig);
}

static pid_t parent_of(pid_t pid)
{
    char path[64];
    int parent = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (file && fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = -1;
    if (file)
        fclose(file);
    return parent;
}

/* The processes below one, up to `room`. */
static size_t descendants(pid_t of, pid_t *pids, size_t room)
{
    size_t count = 0;
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    assert_non_null(proc);
    while ((entry = readdir(proc)) != NULL && count < room) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        pid_t above = pid;

        while (above > 1 && above != of)
            above = parent_of(above);
        if (pid != of && above == of)
            pids[count++] = pid;
    }
    closedir(proc);
    return count;
}

/* An agent of its own, in a process that can be killed. */
static _Noreturn void be_agent(int report)
{
    struct rt_nursery *own;
    struct rig rig;
    pid_t below[16];
    char go = 'x';

    alarm(60);
    if (rt_nursery_fork(&own, NULL) < 0)
        _exit(1);
    nursery = own;
    open_behaviours(&rig, "[\"sleep\",\"sleep\"]", (struct rig_study){.slots = 2});
    rt_pool_submit(rig.pool, 1, 1, 0, 1);
    rt_pool_submit(rig.pool, 1, 2, 1, 1);
    while (descendants(getpid(), below, 16) < 4) /* nursery, template, two workers */
        rig_step(&rig);
    if (write(report, &go, 1) != 1)
        _exit(1);
    for (;;)
        rig_step(&rig);
}

static void nothing_is_left_of_an_agent_that_was_killed(void **state)
{
    pid_t below[16];
    size_t count;
    size_t left;
    int ends[2];
    char go = 0;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        be_agent(ends[1]);
    close(ends[1]);
    left = read(ends[0], &go, 1) == 1;
    count = descendants(pid, below, 16);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_true(left);
    assert_int_equal(count, 4);
    for (int i = 0; i < 200 && left; i++) {
        left = 0;
        for (size_t k = 0; k < count; k++)
            left += kill(below[k], 0) == 0;
        usleep(20000);
    }
    assert_int_equal(left, 0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_s_result_comes_back_with_all_that_is_known_of_it),
        cmocka_unit_test(what_a_function_does_wrong_fails_its_attempt_alone),
        cmocka_unit_test(a_dead_worker_ends_its_trial_and_is_replaced),
        cmocka_unit_test(a_trial_past_its_limit_is_killed),
        cmocka_unit_test(of_a_flood_the_start_the_end_and_the_count_are_kept),
        cmocka_unit_test(no_trial_sees_what_another_changed),
        cmocka_unit_test(a_result_may_be_larger_than_the_ring),
        cmocka_unit_test(equal_seeds_draw_equal_numbers),
        cmocka_unit_test(what_a_dead_worker_left_running_dies_with_it),
        cmocka_unit_test(a_killed_template_is_started_again),
        cmocka_unit_test(an_entry_that_cannot_be_loaded_says_why),
        cmocka_unit_test(a_parameter_that_the_function_does_not_take_is_refused),
        cmocka_unit_test(params_come_as_a_dict_or_by_keywords),
        cmocka_unit_test(a_c_function_runs_and_fails_like_any_other),
        cmocka_unit_test(many_short_trials_all_come_back_once),
        cmocka_unit_test(a_command_s_result_is_its_file_or_its_last_line),
        cmocka_unit_test(a_command_without_the_objective_s_metric_fails),
        cmocka_unit_test(what_a_command_leaves_running_is_ended),
        cmocka_unit_test(a_command_that_cannot_run_is_refused),
        cmocka_unit_test(what_has_not_started_can_be_taken_back_and_what_runs_killed),
        cmocka_unit_test(an_idle_pool_asks_for_no_time),
        cmocka_unit_test(nothing_is_left_of_an_agent_that_was_killed),
    };
    int failed;

    umask(022);
    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
