#include "tests/expect.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "engine/idle.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static void nobody_sleeps_while_messages_flow(void **state)
{
    struct rt_idle idle = {0};

    (void)state;
    for (uint64_t now = 1000; now < 2000; now += 10)
        assert_int_equal(rt_idle_sleep_us(&idle, true, now), 0);
}

static void the_sleep_doubles_from_50_us_to_4_ms(void **state)
{
    static const uint64_t want[] = {50, 50, 100, 200, 400, 800, 1600, 3200, 4000, 4000};
    struct rt_idle idle = {0};
    uint64_t now = 777;

    (void)state;
    rt_idle_sleep_us(&idle, true, now);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        uint64_t sleep_us = rt_idle_sleep_us(&idle, false, now);

        assert_int_equal(sleep_us, want[i]);
        now += sleep_us;
    }
}

static void a_message_ends_the_long_sleeps(void **state)
{
    struct rt_idle idle = {0};

    (void)state;
    rt_idle_sleep_us(&idle, false, 1);
    assert_int_equal(rt_idle_sleep_us(&idle, false, 1000000), 4000);
    assert_int_equal(rt_idle_sleep_us(&idle, true, 1000001), 0);
    assert_int_equal(rt_idle_sleep_us(&idle, false, 1000002), 50);
}

/* What a wake-up may cost so that an idle hour stays under 1 % of a core. */
static void an_idle_hour_is_at_most_250_wake_ups_per_second(void **state)
{
    struct rt_idle idle = {0};
    uint64_t now = 1;
    uint64_t wakes = 0;

    (void)state;
    for (; now < 3600000000u; wakes++)
        now += rt_idle_sleep_us(&idle, false, now);
    assert_true(wakes <= 3600 * 250 + 10);
}

static void a_descriptor_wakes_before_the_time(void **state)
{
    struct pollfd fd = {.events = POLLIN};
    struct rt_err err;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    fd.fd = ends[0];
    assert_int_equal(rt_idle_wait(&fd, 1, 1000, &err), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(rt_idle_wait(&fd, 1, UINT64_MAX, &err), 1);
    close(ends[0]);
    close(ends[1]);
}

static void the_time_is_kept_to_microseconds(void **state)
{
    uint64_t start = rt_mono_us();
    struct rt_err err;

    (void)state;
    assert_int_equal(rt_idle_wait(NULL, 0, 300, &err), 0);
    assert_true(rt_mono_us() - start >= 300);
}

static void nothing(int number)
{
    (void)number;
}

static void a_signal_ends_the_wait_without_an_error(void **state)
{
    struct sigaction action = {.sa_handler = nothing};
    struct itimerval soon = {.it_value = {0, 20000}};
    struct rt_err err;

    (void)state;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    assert_int_equal(rt_idle_wait(NULL, 0, UINT64_MAX, &err), 0);
}

/* More than the kernel lets us have; valgrind shows a lower limit than there is. */
static void too_many_descriptors_are_an_error(void **state)
{
    struct pollfd *fds;
    struct rlimit limit;
    struct rt_err err;
    size_t count;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    count = (size_t)limit.rlim_max + 10000;
    fds = rt_calloc(count, sizeof *fds);
    expect_error(err, RT_EINTERNAL, "cannot poll", rt_idle_wait(fds, count, 0, &err));
    free(fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_sleeps_while_messages_flow),
        cmocka_unit_test(the_sleep_doubles_from_50_us_to_4_ms),
        cmocka_unit_test(a_message_ends_the_long_sleeps),
        cmocka_unit_test(an_idle_hour_is_at_most_250_wake_ups_per_second),
        cmocka_unit_test(a_descriptor_wakes_before_the_time),
        cmocka_unit_test(the_time_is_kept_to_microseconds),
        cmocka_unit_test(a_signal_ends_the_wait_without_an_error),
        cmocka_unit_test(too_many_descriptors_are_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
