#include "tests/expect.h"

#include "base/clock.h"

static void expect_time(uint64_t us, const char *want)
{
    char text[RT_TIME_TEXT];

    assert_string_equal(rt_time_text(us, text), want);
}

static void times_are_utc(void **state)
{
    (void)state;
    expect_time(0, "1970-01-01T00:00:00.000000Z");
    expect_time(UINT64_C(1795446453123456), "2026-11-23T15:07:33.123456Z");
    expect_time(UINT64_C(951782400000001), "2000-02-29T00:00:00.000001Z");
}

static void a_time_beyond_all_calendars_has_a_text(void **state)
{
    char text[RT_TIME_TEXT];

    (void)state;
    assert_true(strlen(rt_time_text(UINT64_MAX, text)) > 0);
    assert_int_equal(text[strlen(text) - 1], 'Z');
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
    uint64_t last = rt_mono_us();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t now = rt_mono_us();

        assert_true(now >= last);
        last = now;
    }
}

static void the_wall_clock_knows_the_century(void **state)
{
    (void)state;
    assert_true(rt_wall_us() > UINT64_C(1700000000000000));
    assert_true(rt_wall_us() < UINT64_C(5000000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_utc),
        cmocka_unit_test(a_time_beyond_all_calendars_has_a_text),
        cmocka_unit_test(the_monotonic_clock_does_not_go_back),
        cmocka_unit_test(the_wall_clock_knows_the_century),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
