#include "tests/expect.h"

#include "base/process.h"
#include "base/program.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONG_US 60000000u

static int ask(const char *script, uint64_t limit_us, struct rt_buf *out, struct rt_err *err)
{
    const char *const argv[] = {"sh", "-c", script, NULL};

    return rt_program_ask(argv, limit_us, 1000, out, err);
}

static void what_a_program_prints_is_its_answer(void **state)
{
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    rt_buf_add(&out, "said: ");
    expect_ok(err, ask("cat; echo one; echo none >&2; echo two", LONG_US, &out, &err));
    assert_string_equal(rt_buf_text(&out), "said: one\ntwo\n");
    rt_buf_clear(&out);
}

static void one_that_ends_badly_gives_none(void **state)
{
    static const struct {
        const char *script;
        const char *why;
    } bad[] = {{"echo 1; exit 3", "\"sh\" ended with 3"},
               {"kill -9 $$", "\"sh\" was killed by signal 9"},
               {"head -c 1001 /dev/zero; exec sleep 60", "says too much"}};
    const char *const missing[] = {"no-such-program-anywhere", NULL};
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_error(err, RT_EPEER, bad[i].why, ask(bad[i].script, LONG_US, &out, &err));
    expect_error(err, RT_ENOTFOUND, "\"no-such-program-anywhere\" cannot be run",
                 rt_program_ask(missing, LONG_US, 1000, &out, &err));
    rt_buf_clear(&out);
}

static bool runs(pid_t pid)
{
    struct rt_process process;

    return rt_process_look(pid, &process) && process.state != 'Z' && process.state != 'X';
}

/* Also if it has closed its stdout, and with what it has started. */
static void one_that_hangs_is_killed(void **state)
{
    static const char *const hanging[] = {"sleep 60 & echo $!; wait",
                                          "echo $$; exec >&-; sleep 60"};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct rt_buf out = RT_BUF_INIT;
        struct rt_err err;
        int pid;

        expect_error(err, RT_EPEER, "did not answer within 1 s",
                     ask(hanging[k], 1000000, &out, &err));
        assert_int_equal(sscanf(rt_buf_text(&out), "%d", &pid), 1);
        for (int i = 0; i < 1000 && runs(pid); i++)
            usleep(10000);
        assert_false(runs(pid));
        rt_buf_clear(&out);
    }
}

/* What it leaves running may hold its stdout. */
static void one_that_has_ended_is_not_waited_for(void **state)
{
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;
    int pid;

    (void)state;
    expect_ok(err, ask("sleep 60 & echo $!", LONG_US, &out, &err));
    assert_int_equal(sscanf(rt_buf_text(&out), "%d", &pid), 1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    rt_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_program_prints_is_its_answer),
        cmocka_unit_test(one_that_ends_badly_gives_none),
        cmocka_unit_test(one_that_hangs_is_killed),
        cmocka_unit_test(one_that_has_ended_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
