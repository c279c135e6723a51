#include "tests/expect.h"

#include "base/suggest.h"

static const char *const known[] = {"name",    "entry", "params",      "sweep", "replicates",
                                    "seed",    "code",  "limits",      "each",  "objective",
                                    "timeout", "lr",    "label_noise", NULL};

static void the_nearest_name_is_suggested(void **state)
{
    (void)state;
    assert_string_equal(rt_suggest("replicate", known), "replicates");
    assert_string_equal(rt_suggest("repilcates", known), "replicates");
    assert_string_equal(rt_suggest("Seed", known), "seed");
    assert_string_equal(rt_suggest("sweeps", known), "sweep");
    assert_string_equal(rt_suggest("limit", known), "limits");
    assert_string_equal(rt_suggest("rl", known), "lr");
    assert_string_equal(rt_suggest("label-noise", known), "label_noise");
    assert_string_equal(rt_suggest("time_out", known), "timeout");
}

static void nothing_near_is_no_suggestion(void **state)
{
    const char *const none[] = {NULL};

    (void)state;
    assert_null(rt_suggest("gpus", known));
    assert_null(rt_suggest("", known));
    assert_null(rt_suggest("xy", known));
    assert_null(rt_suggest("lr", none));
    assert_null(rt_suggest("replicatesreplicatesreplicatesreplicatesreplicates", known));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_is_suggested),
        cmocka_unit_test(nothing_near_is_no_suggestion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
