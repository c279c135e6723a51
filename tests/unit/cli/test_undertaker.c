/* Who waits for the end of a launcher that hangs. */
#include "tests/expect.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/undertaker.h"

#define TURNS 300 /* of a tenth of a second, on a machine that is busy */

/* Such as init, whose child a rank is when its launcher was killed before it had looked. */
static void nobody_waits_for_the_end_of_who_takes_in_orphans(void **state)
{
    pid_t rank;
    pid_t left = 0;
    int handle = (int)syscall(SYS_pidfd_open, getpid(), 0);

    (void)state;
    if (handle < 0)
        skip(); /* as under older valgrinds: nobody is left behind */
    close(handle);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    rank = fork();
    if (rank == 0) {
        rt_undertaker_leave(getppid());
        _exit(0);
    }
    assert_int_equal(waitpid(rank, NULL, 0), rank);
    for (int i = 0; i < TURNS && left == 0; i++) {
        usleep(100000);
        left = waitpid(-1, NULL, WNOHANG);
    }
    assert_true(left > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_waits_for_the_end_of_who_takes_in_orphans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
