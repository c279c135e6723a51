#include "tests/expect.h"

#include "base/host.h"

#include <sched.h>
#include <stdlib.h>

static void a_host_says_what_it_is(void **state)
{
    char *texts[] = {rt_host_name(), rt_host_boot(), rt_host_system(), rt_host_cpu(),
                     rt_host_user()};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(strlen(texts[i]) > 0);
        assert_null(strchr(texts[i], '\n'));
        free(texts[i]);
    }
    assert_true(rt_host_memory_kib() > 1024);
}

static void cores_are_those_that_we_may_run_on(void **state)
{
    cpu_set_t before;
    cpu_set_t one;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(rt_host_cores(), CPU_COUNT(&before));
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    }
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(rt_host_cores(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_says_what_it_is),
        cmocka_unit_test(cores_are_those_that_we_may_run_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
