#include "tests/expect.h"

#include "base/process.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_process_is_told_of(void **state)
{
    struct rt_process self;

    (void)state;
    assert_true(rt_process_look(getpid(), &self));
    assert_int_equal(self.parent, getppid());
    assert_int_equal(self.state, 'R');
    assert_int_equal(self.threads, 1);
    assert_true(self.start > 0);
}

static void a_process_keeps_its_start(void **state)
{
    struct rt_process self;
    struct rt_process again;
    struct rt_process child;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        pause();
        _exit(0);
    }
    assert_true(rt_process_look(getpid(), &self) && rt_process_look(getpid(), &again));
    assert_true(self.start == again.start);
    assert_true(rt_process_look(pid, &child));
    assert_true(child.start >= self.start);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A child that bears this name, stopped. */
static pid_t named(const char *name)
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_NAME, name);
        raise(SIGSTOP);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
    return child;
}

static void a_name_may_hold_anything(void **state)
{
    static const char *const names[] = {"a) Z 1 (b", ") (", "(", "line\nend)", ""};
    struct rt_process process;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pid_t child = named(names[i]);

        assert_true(rt_process_look(child, &process));
        assert_string_equal(process.name, names[i]);
        assert_int_equal(process.parent, getpid());
        assert_int_equal(process.state, 'T');
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
}

static void one_that_is_dead_is_there_until_it_was_waited_for(void **state)
{
    struct rt_process process;
    siginfo_t info;
    pid_t child = fork();

    (void)state;
    if (child == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_true(rt_process_look(child, &process));
    assert_int_equal(process.state, 'Z');
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_false(rt_process_look(child, &process));
    assert_false(rt_process_look(-1, &process));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_is_told_of),
        cmocka_unit_test(a_process_keeps_its_start),
        cmocka_unit_test(a_name_may_hold_anything),
        cmocka_unit_test(one_that_is_dead_is_there_until_it_was_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
