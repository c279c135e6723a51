#include "tests/expect.h"
#include "tests/unit/engine/support/rig.h"

#include "base/fs.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rt_nursery *nursery;

/* An agent of its own, in a process that can be killed. */
static _Noreturn void be_agent(int report)
{
    struct rt_nursery *own;
    struct rig rig;
    pid_t below[16];

    alarm(60);
    if (rt_nursery_fork(&own, NULL) < 0)
        _exit(1);
    nursery = own;
    rig_open_behaviours(&rig, nursery, "[\"sleep\",\"sleep\"]", (struct rig_study){.slots = 2});
    rt_pool_submit(rig.pool, 1, 1, 0, 1);
    rt_pool_submit(rig.pool, 1, 2, 1, 1);
    while (rig_descendants(getpid(), below, 16) < 4) /* nursery, template, two workers */
        rig_step(&rig);
    if (write(report, rig.scratch, sizeof rig.scratch) != sizeof rig.scratch)
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
    char scratch[sizeof((struct rig *)0)->scratch] = "";
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        be_agent(ends[1]);
    close(ends[1]);
    left = read(ends[0], scratch, sizeof scratch) == sizeof scratch;
    count = rig_descendants(pid, below, 16);
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
    rt_fs_remove(scratch, NULL);
    close(ends[0]);
}

static size_t count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void a_pool_leaves_no_descriptor_and_no_process(void **state)
{
    struct rig rig;
    size_t fds = count_fds();
    pid_t below[16];
    size_t processes = rig_descendants(getpid(), below, 16);

    (void)state;
    rig_open_behaviours(&rig, nursery, "[\"number\",\"segfault\",\"vanish\"]",
                        (struct rig_study){.slots = 2});
    rig_run(&rig);
    assert_true(rig_descendants(getpid(), below, 16) > processes);
    rig_close(&rig);
    assert_int_equal(rig_descendants(getpid(), below, 16), processes);
    assert_int_equal(count_fds(), fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_of_an_agent_that_was_killed),
        cmocka_unit_test(a_pool_leaves_no_descriptor_and_no_process),
    };
    int failed;

    if (rt_nursery_fork(&nursery, NULL) < 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    rt_nursery_free(nursery);
    return failed;
}
