#include "tests/expect.h"

#include "store/metric_name.h"

static bool is_time(const char *name)
{
    return rt_metric_is_time(rt_span_text(name));
}

static void times_are_known_by_a_word_of_their_name(void **state)
{
    static const char *const times[] = {"seconds",       "fit_time", "train.elapsed", "time",
                                        "trainDuration", "Time",     "epoch-ms",      "runtime 1"};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        assert_true(is_time(times[i]));
}

static void other_names_are_no_times(void **state)
{
    static const char *const others[] = {"",          "loss",  "timesteps", "sometimes", "rms",
                                         "sectional", "items", "val_acc",   "."};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(is_time(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_known_by_a_word_of_their_name),
        cmocka_unit_test(other_names_are_no_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
