#include "tests/expect.h"
#include "tests/child.h"

#include "base/host.h"
#include "engine/bound.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_rank_with_less_than_its_share_is_bound(void **state)
{
    (void)state;
    assert_true(rt_bound_matters(1, 64, 1, 0, 1));
    assert_true(rt_bound_matters(1, 64, 2, 0, 1));
    assert_true(rt_bound_matters(16, 64, 1, 32, 1));
    assert_false(rt_bound_matters(32, 64, 2, 0, 1)); /* all of its share */
    assert_false(rt_bound_matters(64, 64, 1, 0, 1));
    assert_false(rt_bound_matters(1, 0, 1, 0, 1)); /* nobody started it */
}

static void workers_that_fit_need_no_more_cores(void **state)
{
    (void)state;
    assert_false(rt_bound_matters(4, 64, 1, 4, 1));
    assert_false(rt_bound_matters(4, 64, 1, 2, 2));
    assert_true(rt_bound_matters(4, 64, 1, 4, 2));
}

/* A child called `name`, and below it a shell's worth of another and then the one that asks. */
static unsigned asked_below(const char *name)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_NAME, name);
        if (fork() == 0) {
            prctl(PR_SET_NAME, "sh) (x");
            if (fork() == 0)
                child_end((int)rt_bound_launcher_cores());
            wait(&status);
            child_end(WEXITSTATUS(status));
        }
        wait(&status);
        child_end(WEXITSTATUS(status));
    }
    waitpid(pid, &status, 0);
    return (unsigned)WEXITSTATUS(status);
}

static void the_launcher_is_found_among_those_above(void **state)
{
    (void)state;
    if (rt_host_cores() > 200)
        skip();
    assert_int_equal(asked_below("mpiexec.openmpi"), rt_host_cores());
    assert_int_equal(asked_below("orted"), rt_host_cores());
    assert_int_equal(asked_below("hydra_pmi_proxy"), rt_host_cores());
    assert_int_equal(asked_below("slurmstepd"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_with_less_than_its_share_is_bound),
        cmocka_unit_test(workers_that_fit_need_no_more_cores),
        cmocka_unit_test(the_launcher_is_found_among_those_above),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
