#include "tests/expect.h"

#include <math.h>

#include "replay/student.h"

/* From tables of the distribution (NIST/SEMATECH e-Handbook, 1.3.6.7.2). */
static void quantiles_are_those_of_tables(void **state)
{
    static const double want[][3] = {
        {0.975, 1, 12.706},  {0.975, 2, 4.303},   {0.975, 5, 2.571},   {0.975, 10, 2.228},
        {0.975, 30, 2.042},  {0.975, 219, 1.971}, {0.95, 9, 1.833},    {0.9995, 4, 8.610},
        {0.9995, 1, 636.62}, {0.999, 100, 3.174}, {0.975, 1e6, 1.960},
    };

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        double t = rt_student_quantile(want[i][0], want[i][1]);

        if (fabs(t - want[i][2]) > 0.001 * want[i][2])
            fail_msg("t(%g, %g) is %g, not %g", want[i][0], want[i][1], t, want[i][2]);
        assert_true(fabs(rt_student_below(t, want[i][1]) - want[i][0]) < 1e-9);
        assert_true(fabs(rt_student_quantile(1 - want[i][0], want[i][1]) + t) < 1e-6 * t);
    }
}

static void one_degree_of_freedom_is_the_cauchy_distribution(void **state)
{
    (void)state;
    for (double t = -20; t <= 20; t += 0.7)
        assert_true(fabs(rt_student_below(t, 1) - (0.5 + atan(t) / M_PI)) < 1e-12);
    assert_true(rt_student_below(INFINITY, 3) == 1);
    assert_true(rt_student_below(-INFINITY, 3) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_tables),
        cmocka_unit_test(one_degree_of_freedom_is_the_cauchy_distribution),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
