#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"

#include "base/clock.h"
#include "store/lock.h"
#include "store/owner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A folder that looks like a store as far as locks care. */
static char *store_new(void)
{
    char *folder = folder_new();
    char *format = rt_fs_join(folder, "format");
    struct rt_err err;

    expect_ok(err, rt_fs_replace(format, rt_span_text("x"), 0600, &err));
    free(format);
    return folder;
}

/* Leaves a lock as this owner would have made it, `age_s` seconds ago. */
static void leave_lock(const char *folder, const struct rt_lock_owner *owner, int age_s)
{
    char *path = rt_fs_join(folder, "lock");
    struct rt_buf text = RT_BUF_INIT;
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, 0}};
    struct rt_err err;

    times[1].tv_sec = (time_t)(rt_wall_us() / 1000000u) - age_s;
    rt_owner_put(&text, owner);
    expect_ok(err, rt_fs_replace(path, rt_buf_span(&text), 0600, &err));
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    rt_buf_clear(&text);
    free(path);
}

static struct rt_lock_owner self(void)
{
    struct rt_lock_owner owner;
    struct rt_err err;

    expect_ok(err, rt_owner_self(&owner, &err));
    return owner;
}

static void expect_taken(const char *folder)
{
    struct rt_lock *lock;
    struct rt_err err;

    expect_ok(err, rt_lock_take(folder, &rt_io_plain, &lock, &err));
    expect_ok(err, rt_lock_check(lock, &err));
    rt_lock_release(lock);
}

static void expect_locked(const char *folder, const char *part)
{
    struct rt_lock *lock;
    struct rt_err err;

    expect_error(err, RT_ELOCKED, part, rt_lock_take(folder, &rt_io_plain, &lock, &err));
    assert_null(lock);
}

static void a_lock_is_held_until_it_is_released(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner;
    struct rt_lock *lock;
    struct rt_err err;

    (void)state;
    assert_int_equal(rt_lock_owner(folder, &owner, &err), 0);
    expect_ok(err, rt_lock_take(folder, &rt_io_plain, &lock, &err));
    expect_ok(err, rt_lock_set_fence(lock, 12, &err));
    expect_locked(folder, "is being written by process");
    assert_int_equal(rt_lock_owner(folder, &owner, &err), 1);
    assert_int_equal(owner.pid, getpid());
    assert_int_equal(owner.fence, 12);
    assert_true(owner.heartbeat_us + 10000000u > rt_wall_us());
    rt_lock_release(lock);
    assert_int_equal(rt_lock_owner(folder, &owner, &err), 0);
    expect_taken(folder);
    folder_free(folder);
}

static void the_lock_of_a_process_that_was_killed_is_taken_over(void **state)
{
    char *folder = store_new();
    siginfo_t info;
    int ready[2];
    char byte;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        struct rt_lock *lock;

        if (rt_lock_take(folder, &rt_io_plain, &lock, NULL) == 0 && write(ready[1], "x", 1) == 1)
            pause();
        child_end(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    expect_locked(folder, "on this host since");
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    expect_taken(folder); /* though nobody has waited for it */
    waitpid(pid, NULL, 0);
    expect_taken(folder);
    close(ready[0]);
    close(ready[1]);
    folder_free(folder);
}

static void another_process_with_the_number_of_a_dead_one_is_no_owner(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner = self();

    (void)state;
    owner.start--;
    leave_lock(folder, &owner, 0);
    expect_taken(folder);
    folder_free(folder);
}

static void the_lock_of_another_host_stands_however_old_it_is(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner = self();

    (void)state;
    snprintf(owner.host, sizeof owner.host, "elsewhere");
    snprintf(owner.boot, sizeof owner.boot, "00000000-0000-0000-0000-000000000000");
    owner.pid = 4711;
    leave_lock(folder, &owner, 100000);
    expect_locked(folder, "process 4711 on host \"elsewhere\"");
    expect_locked(folder, "if it is dead for certain, remove");
    folder_free(folder);
}

static void a_host_that_was_renamed_knows_its_processes(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner = self();

    (void)state;
    snprintf(owner.host, sizeof owner.host, "before");
    leave_lock(folder, &owner, 100000);
    expect_locked(folder, "is being written");
    owner.start--;
    leave_lock(folder, &owner, 0);
    expect_taken(folder);
    folder_free(folder);
}

static struct rt_lock_owner of_another_boot(const char *machine)
{
    struct rt_lock_owner owner = self();

    snprintf(owner.boot, sizeof owner.boot, "00000000-0000-0000-0000-000000000000");
    if (machine)
        snprintf(owner.machine, sizeof owner.machine, "%s", machine);
    return owner;
}

/* Whatever clocks say: a lock may be from the future, if one was set back. */
static void after_a_reboot_a_lock_is_taken_over(void **state)
{
    static const int ages_s[] = {-7200, 0, 1, 100, 7200};
    struct rt_lock_owner owner = of_another_boot(NULL);
    char *folder = store_new();

    (void)state;
    if (!owner.machine[0])
        skip();
    for (size_t i = 0; i < sizeof ages_s / sizeof *ages_s; i++) {
        leave_lock(folder, &owner, ages_s[i]);
        expect_taken(folder);
    }
    folder_free(folder);
}

static void another_machine_of_the_same_name_may_live(void **state)
{
    struct rt_lock_owner owner = of_another_boot("ffffffffffffffffffffffffffffffff");
    char *folder = store_new();

    (void)state;
    if (!self().machine[0])
        skip();
    leave_lock(folder, &owner, 7200);
    expect_locked(folder, "is being written");
    folder_free(folder);
}

/* A child that gives the lock's signs of life by a clock of its own. */
static pid_t beating(const char *folder, int age_s)
{
    char *path = rt_fs_join(folder, "lock");
    pid_t pid = fork();

    for (int i = 0; pid == 0 && i < 1000; i++) {
        struct timespec times[2] = {{0, UTIME_OMIT}, {0, 0}};

        times[1].tv_sec = (time_t)(rt_wall_us() / 1000000u) - age_s;
        times[1].tv_nsec = i;
        utimensat(AT_FDCWD, path, times, 0);
        usleep(20000);
    }
    if (pid == 0)
        child_end(0);
    free(path);
    return pid;
}

/* Whatever clocks say. */
static void without_a_machine_id_a_lock_of_another_boot_is_taken_over_once_it_is_silent(
    void **state)
{
    static const int ages_s[] = {-7200, 1, 7200};
    struct rt_lock_owner owner = of_another_boot("");
    char *folder = store_new();

    (void)state;
    for (size_t i = 0; i < sizeof ages_s / sizeof *ages_s; i++) {
        pid_t pid;

        leave_lock(folder, &owner, ages_s[i]);
        pid = beating(folder, ages_s[i]);
        setenv("RETRIAL_TAKEOVER", "20s", 1);
        expect_locked(folder, "if it is dead for certain, remove");
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        setenv("RETRIAL_TAKEOVER", "300ms", 1);
        expect_taken(folder);
    }
    unsetenv("RETRIAL_TAKEOVER");
    folder_free(folder);
}

static void a_container_with_the_same_host_name_may_live(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner = self();

    (void)state;
    owner.pid = 999999999;
    snprintf(owner.namespace, sizeof owner.namespace, "pid:[1]");
    leave_lock(folder, &owner, 100000);
    expect_locked(folder, "is being written");
    folder_free(folder);
}

static void a_lock_whose_maker_died_while_making_it_is_nobodys(void **state)
{
    char *folder = store_new();
    char *path = rt_fs_join(folder, "lock");
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_fs_replace(path, rt_span_text(""), 0600, &err));
    expect_taken(folder);
    expect_ok(err, rt_fs_replace(path, rt_span_text("{\"host\":\"h"), 0600, &err));
    expect_taken(folder);
    free(path);
    folder_free(folder);
}

static void a_lock_that_was_taken_away_is_noticed_and_left_alone(void **state)
{
    char *folder = store_new();
    struct rt_lock_owner owner = self();
    struct rt_lock *lock;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_lock_take(folder, &rt_io_plain, &lock, &err));
    owner.pid = 1;
    snprintf(owner.host, sizeof owner.host, "elsewhere");
    snprintf(owner.boot, sizeof owner.boot, "00000000-0000-0000-0000-000000000000");
    leave_lock(folder, &owner, 0);
    expect_error(err, RT_ELOCKED, "was taken away", rt_lock_check(lock, &err));
    rt_lock_release(lock);
    assert_int_equal(rt_lock_owner(folder, &owner, &err), 1);
    assert_int_equal(owner.pid, 1);
    folder_free(folder);
}

/* Many processes, one dead owner: exactly one gets the lock. */
static void of_many_takers_one_wins(void **state)
{
    enum { TAKERS = 16 };
    char *folder = store_new();
    struct rt_lock_owner owner = self();
    int won[2];
    int go[2];
    int winners = 0;
    struct rt_err err;
    char byte;

    (void)state;
    owner.start--;
    leave_lock(folder, &owner, 0);
    assert_int_equal(pipe(won), 0);
    assert_int_equal(pipe(go), 0);
    for (int i = 0; i < TAKERS; i++) {
        if (fork() == 0) {
            struct rt_lock *lock;
            int rc;

            close(go[1]);
            while (read(go[0], &byte, 1) > 0)
                continue;
            rc = rt_lock_take(folder, &rt_io_plain, &lock, NULL);
            if (write(won[1], rc == 0 ? "1" : "0", 1) != 1)
                child_end(1);
            if (rc == 0)
                pause(); /* a winner that ended would be dead for the others */
            child_end(0);
        }
    }
    close(go[1]);
    for (int i = 0; i < TAKERS; i++) {
        assert_int_equal(read(won[0], &byte, 1), 1);
        winners += byte == '1';
    }
    assert_int_equal(winners, 1);
    assert_int_equal(rt_lock_owner(folder, &owner, &err), 1);
    kill((pid_t)owner.pid, SIGKILL);
    while (wait(NULL) > 0)
        continue;
    close(go[0]);
    close(won[0]);
    close(won[1]);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_is_held_until_it_is_released),
        cmocka_unit_test(the_lock_of_a_process_that_was_killed_is_taken_over),
        cmocka_unit_test(another_process_with_the_number_of_a_dead_one_is_no_owner),
        cmocka_unit_test(the_lock_of_another_host_stands_however_old_it_is),
        cmocka_unit_test(a_host_that_was_renamed_knows_its_processes),
        cmocka_unit_test(after_a_reboot_a_lock_is_taken_over),
        cmocka_unit_test(another_machine_of_the_same_name_may_live),
        cmocka_unit_test(
            without_a_machine_id_a_lock_of_another_boot_is_taken_over_once_it_is_silent),
        cmocka_unit_test(a_container_with_the_same_host_name_may_live),
        cmocka_unit_test(a_lock_whose_maker_died_while_making_it_is_nobodys),
        cmocka_unit_test(a_lock_that_was_taken_away_is_noticed_and_left_alone),
        cmocka_unit_test(of_many_takers_one_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
