#include "tests/expect.h"

#include "engine/kin.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that leaves a grandchild, in a session of its own and deaf to SIGTERM; tells its pid. */
static pid_t leave_grandchild(void)
{
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        setsid();
        pid = fork();
        if (pid == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            pid = getpid();
            if (write(ends[1], &pid, sizeof pid) != sizeof pid)
                _exit(1);
            pause();
        }
        _exit(0);
    }
    assert_int_equal(read(ends[0], &pid, sizeof pid), sizeof pid);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void nothing_below_is_left(void **state)
{
    pid_t grandchild = leave_grandchild();

    (void)state;
    assert_true(rt_kin_any());
    assert_int_equal(kill(grandchild, 0), 0);
    assert_int_equal(rt_kin_end(NULL, 0), 0);
    assert_int_equal(kill(grandchild, 0), -1);
    assert_false(rt_kin_any());
}

static void who_is_to_be_kept_is_kept_with_all_below(void **state)
{
    pid_t spared = fork();
    pid_t other;

    (void)state;
    if (spared == 0) {
        pause();
        _exit(0);
    }
    other = leave_grandchild();
    assert_int_equal(rt_kin_end(&spared, 1), 0);
    assert_int_equal(kill(other, 0), -1);
    assert_int_equal(kill(spared, 0), 0);
    assert_int_equal(rt_kin_end(NULL, 0), 0);
    assert_int_equal(kill(spared, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_below_is_left),
        cmocka_unit_test(who_is_to_be_kept_is_kept_with_all_below),
    };

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
