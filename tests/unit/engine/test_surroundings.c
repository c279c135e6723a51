#include "tests/expect.h"

#include "engine/surroundings.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct rt_surroundings kept;

static void what_changed_is_put_back(void **state)
{
    struct rlimit limit;
    sigset_t set;
    mode_t mask;

    (void)state;
    assert_false(rt_surroundings_restore_environment(&kept));
    setenv("RETRIAL_TEST_NEW", "1", 1);
    setenv("RETRIAL_TEST_OLD", "changed", 1);
    umask(0);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 20;
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_true(rt_surroundings_restore_environment(&kept));
    rt_surroundings_restore(&kept);
    rt_surroundings_restore_rest(&kept);
    assert_null(getenv("RETRIAL_TEST_NEW"));
    assert_string_equal(getenv("RETRIAL_TEST_OLD"), "first");
    assert_int_equal(mask = umask(027), 027);
    sigprocmask(SIG_SETMASK, NULL, &set);
    assert_false(sigismember(&set, SIGUSR1));
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_true(limit.rlim_cur > 20);
    assert_false(rt_surroundings_restore_environment(&kept));
}

static void an_environment_that_was_cleared_comes_back(void **state)
{
    (void)state;
    clearenv();
    assert_true(rt_surroundings_restore_environment(&kept));
    assert_string_equal(getenv("RETRIAL_TEST_OLD"), "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changed_is_put_back),
        cmocka_unit_test(an_environment_that_was_cleared_comes_back),
    };

    setenv("RETRIAL_TEST_OLD", "first", 1);
    umask(027);
    rt_surroundings_keep(&kept);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
