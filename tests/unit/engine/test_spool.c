#include "tests/expect.h"

#include "base/fs.h"
#include "engine/handover.h"
#include "engine/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/retrial-spool-test-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? setenv("RETRIAL_SPOOL", folder, 1) : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rt_fs_remove(folder, NULL);
}

static struct rt_attempt ended(uint64_t ordinal)
{
    return (struct rt_attempt){
        .study = 1, .ordinal = ordinal, .attempt = 1, .launch = 1, .outcome = RT_OUTCOME_OK};
}

/* An agent that hands over `batches` batches of one attempt each, and is killed. */
static void die_with(const char *study, uint64_t batches, uint64_t acknowledged)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        struct rt_handover handover;

        rt_handover_init(&handover);
        rt_handover_open_spool(&handover, study, 1, 0);
        for (uint64_t i = 1; i <= batches; i++) {
            struct rt_attempt attempt = ended(i);
            uint64_t number;

            rt_handover_put(&handover, &attempt, 0);
            rt_handover_close(&handover, &number);
        }
        if (acknowledged)
            rt_handover_ack(&handover, acknowledged);
        raise(SIGKILL);
    }
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static uint64_t ordinal_of(struct rt_span rows)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    struct rt_err err;

    expect_ok(err, rt_attempts_open(&reader, rows, &err));
    assert_int_equal(rt_attempts_next(&reader, &attempt, &err), 1);
    return attempt.ordinal;
}

static size_t files(const char *study)
{
    struct rt_harvest harvest;
    size_t count;

    rt_harvest_find(&harvest, study);
    count = harvest.count;
    rt_harvest_clear(&harvest);
    return count;
}

static void what_a_killed_agent_handed_over_is_handed_over_again(void **state)
{
    struct rt_handover handover;
    struct rt_span rows;
    uint64_t number;

    (void)state;
    die_with("aaa", 3, 0);
    rt_handover_init(&handover);
    rt_handover_open_spool(&handover, "aaa", 2, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        rows = rt_handover_unsent(&handover, &number);
        assert_int_equal(ordinal_of(rows), i);
        assert_int_equal(number, i);
    }
    assert_int_equal(rt_handover_unsent(&handover, &number).size, 0);
    rt_handover_ack(&handover, 2);
    assert_int_equal(files("aaa"), 1); /* not all of it is durable yet */
    rt_handover_ack(&handover, 3);
    assert_int_equal(files("aaa"), 0);
    rt_handover_clear(&handover);
}

static void what_was_durable_is_not_kept(void **state)
{
    struct rt_harvest harvest;

    (void)state;
    die_with("bbb", 3, 3);
    rt_harvest_find(&harvest, "bbb");
    assert_int_equal(harvest.count, 1);
    rt_harvest_clear(&harvest);
    die_with("bbb", 0, 0); /* takes the empty file up, and is killed as well */
    rt_harvest_find(&harvest, "bbb");
    rt_harvest_clear(&harvest);
}

static void a_live_agent_s_spool_and_another_study_s_are_left_alone(void **state)
{
    struct rt_spool *spool;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_spool_open("ccc", 1, 0, &spool, &err));
    expect_ok(err, rt_spool_put(spool, rt_span_text("rows"), &err));
    assert_int_equal(files("ccc"), 0);
    assert_int_equal(files("cc"), 0);
    expect_ok(err, rt_spool_clear(spool, &err));
    rt_spool_close(spool);
    assert_int_equal(files("ccc"), 0);
}

static void count_batch(void *context, struct rt_span rows)
{
    size_t *count = context;

    assert_true(rows.size > 0);
    ++*count;
}

static void a_torn_or_changed_batch_ends_the_reading(void **state)
{
    struct rt_harvest harvest;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_err err;
    size_t whole;
    int damaged;

    (void)state;
    die_with("ddd", 4, 0);
    rt_harvest_find(&harvest, "ddd");
    assert_int_equal(harvest.count, 1);
    expect_ok(err, rt_fs_read(harvest.paths[0], &text, &err));
    for (size_t size = 0; size <= text.size; size++) {
        whole = 0;
        assert_int_equal(truncate(harvest.paths[0], 0), 0);
        expect_ok(err, rt_fs_replace(harvest.paths[0], rt_span(text.data, size), 0600, &err));
        expect_ok(err, rt_harvest_read(harvest.paths[0], count_batch, &whole, &err));
        assert_int_equal(whole, size * 4 / text.size);
    }
    for (size_t at = 0; at < text.size; at++) {
        whole = 0;
        text.data[at] ^= 0x10;
        expect_ok(err, rt_fs_replace(harvest.paths[0], rt_buf_span(&text), 0600, &err));
        damaged = rt_harvest_read(harvest.paths[0], count_batch, &whole, &err);
        assert_int_equal(whole, at * 4 / text.size);
        /* A size that became too large in the last batch looks like the end of a killed agent. */
        assert_true(damaged == 1 || (damaged == 0 && whole == 3));
        text.data[at] ^= 0x10;
    }
    expect_ok(err, rt_harvest_set_aside(harvest.paths[0], &err));
    assert_int_equal(files("ddd"), 0);
    rt_harvest_clear(&harvest);
    rt_buf_clear(&text);
}

/* Of a file that may have so many bytes. */
static void a_spool_on_a_full_disk_is_told_of_and_costs_nothing_else(void **state)
{
    struct rlimit before;
    struct rlimit small;
    struct rt_handover handover;
    struct rt_attempt attempt = ended(1);
    struct rt_err err;
    uint64_t number;

    (void)state;
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){40, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    rt_handover_init(&handover);
    rt_handover_open_spool(&handover, "eee", 1, 0);
    assert_int_equal(rt_handover_trouble(&handover, &err), 0);
    setrlimit(RLIMIT_FSIZE, &small);
    rt_handover_put(&handover, &attempt, 0);
    assert_true(rt_handover_close(&handover, &number).size > 0);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(rt_handover_trouble(&handover, &err), RT_EIO);
    assert_non_null(strstr(err.text, "eee-1-0-"));
    rt_handover_ack(&handover, number);
    assert_true(rt_handover_empty(&handover));
    assert_int_equal(rt_handover_trouble(&handover, &err), RT_EIO);
    rt_handover_clear(&handover);
    assert_int_equal(files("eee"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_agent_handed_over_is_handed_over_again),
        cmocka_unit_test(what_was_durable_is_not_kept),
        cmocka_unit_test(a_live_agent_s_spool_and_another_study_s_are_left_alone),
        cmocka_unit_test(a_spool_on_a_full_disk_is_told_of_and_costs_nothing_else),
        cmocka_unit_test(a_torn_or_changed_batch_ends_the_reading),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
