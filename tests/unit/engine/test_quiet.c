#include "tests/expect.h"

#include "engine/quiet.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int sink;

static void compute(void)
{
    for (int i = 0; i < 1000; i++)
        sink += i;
}

static void ask(void)
{
    assert_int_equal(syscall(SYS_getpid), getpid());
}

/* What is found of a trial that is observed: after the pause that follows one that was not quiet.
 */
static bool observe(struct rt_quiet *quiet, void (*trial)(void))
{
    while (quiet->pause) {
        rt_quiet_begin(quiet);
        compute();
        assert_false(rt_quiet_end(quiet));
    }
    rt_quiet_begin(quiet);
    trial();
    return rt_quiet_end(quiet);
}

static bool is_able(void)
{
    struct rt_quiet quiet = {0};

    observe(&quiet, compute);
    return !quiet.unable;
}

static void a_trial_that_asks_nothing_is_quiet_and_others_get_their_answers(void **state)
{
    struct rt_quiet quiet = {0};

    (void)state;
    if (!is_able())
        skip();
    for (int i = 0; i < 10; i++) {
        assert_true(observe(&quiet, compute));
        assert_false(observe(&quiet, ask));
    }
    assert_true(observe(&quiet, compute));
    assert_int_equal(quiet.next, 0);
}

static void after_some_that_were_not_quiet_more_go_unobserved(void **state)
{
    struct rt_quiet quiet = {0};

    (void)state;
    if (!is_able())
        skip();
    for (int i = 0; i < 20; i++)
        assert_false(observe(&quiet, ask));
    assert_int_equal(quiet.pause, 64);
    assert_true(observe(&quiet, compute));
}

static void *wait_for_end(void *fd)
{
    char byte;

    assert_int_equal(read(*(int *)fd, &byte, 1), 0);
    return NULL;
}

static void beside_threads_and_children_nothing_is_known(void **state)
{
    struct rt_quiet quiet = {0};
    pthread_t thread;
    int fds[2];
    pid_t child;

    (void)state;
    if (!is_able())
        skip();
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_end, &fds[0]), 0);
    assert_false(observe(&quiet, compute));
    close(fds[1]);
    pthread_join(thread, NULL);
    close(fds[0]);
    assert_int_equal(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        close(fds[1]);
        wait_for_end(&fds[0]);
        _exit(0);
    }
    assert_false(observe(&quiet, compute));
    close(fds[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(fds[0]);
    assert_true(observe(&quiet, compute));
}

static void handle(int number)
{
    (void)number;
}

static void a_handler_of_the_trials_own_is_left_alone(void **state)
{
    struct rt_quiet quiet = {0};
    struct sigaction before;

    (void)state;
    if (!is_able())
        skip();
    sigaction(SIGSYS, NULL, &before);
    signal(SIGSYS, handle);
    assert_false(observe(&quiet, compute));
    assert_true(quiet.unable);
    assert_true(signal(SIGSYS, SIG_DFL) == handle);
    sigaction(SIGSYS, &before, NULL);
}

static void fork_once(void)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(getppid() > 0 ? 7 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void children_of_an_observed_trial_live_undisturbed(void **state)
{
    struct rt_quiet quiet = {0};

    (void)state;
    assert_false(observe(&quiet, fork_once));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_that_asks_nothing_is_quiet_and_others_get_their_answers),
        cmocka_unit_test(after_some_that_were_not_quiet_more_go_unobserved),
        cmocka_unit_test(beside_threads_and_children_nothing_is_known),
        cmocka_unit_test(a_handler_of_the_trials_own_is_left_alone),
        cmocka_unit_test(children_of_an_observed_trial_live_undisturbed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
