#include "tests/expect.h"

#include "engine/footprint.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)

static void *touch(size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    for (size_t i = 0; i < bytes; i += 4096)
        memory[i] = 1;
    return memory;
}

/* A child that runs until it is killed, once `before` has been done in it. */
static pid_t child(void (*before)(void))
{
    int ends[2];
    char ready;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        before();
        if (write(ends[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void nothing(void)
{
}

static void touch_some(void)
{
    touch(32 * MIB);
}

static void leave_to_a_grandchild(void)
{
    pid_t pid = child(touch_some);

    (void)pid;
}

static void memory_of_descendants_counts(void **state)
{
    pid_t pid = child(leave_to_a_grandchild);
    uint64_t bytes = rt_footprint_bytes(pid, 0);

    (void)state;
    assert_true(bytes >= 32 * MIB);
    assert_true(rt_footprint_bytes(pid, UINT64_MAX) >= bytes);
    end(pid);
}

static void what_is_shared_with_others_counts_in_shares(void **state)
{
    void *memory = touch(64 * MIB);
    pid_t pid = child(nothing);

    (void)state;
    assert_true(rt_footprint_bytes(pid, UINT64_MAX) >= 64 * MIB);
    assert_true(rt_footprint_bytes(pid, 0) < 64 * MIB);
    end(pid);
    munmap(memory, 64 * MIB);
}

static void of_a_process_that_is_gone_there_is_nothing(void **state)
{
    pid_t pid = child(nothing);

    (void)state;
    end(pid);
    assert_true(rt_footprint_bytes(pid, 0) == 0);
}

static void the_nearer_the_limit_the_sooner_it_is_looked_at(void **state)
{
    (void)state;
    assert_true(rt_footprint_pause_us(0, 1024 * MIB) >
                rt_footprint_pause_us(1000 * MIB, 1024 * MIB));
    assert_true(rt_footprint_pause_us(2 * MIB, MIB) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_descendants_counts),
        cmocka_unit_test(what_is_shared_with_others_counts_in_shares),
        cmocka_unit_test(of_a_process_that_is_gone_there_is_nothing),
        cmocka_unit_test(the_nearer_the_limit_the_sooner_it_is_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
