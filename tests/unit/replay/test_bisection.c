#include "tests/expect.h"

#include "replay/bisection.h"

/* Looks until there is no use in it; returns how often. `skip` cannot be judged (64 bits). */
static unsigned search(size_t count, size_t bad, uint64_t skip, size_t *first, size_t *last)
{
    struct rt_bisection bisection;
    unsigned looks = 0;
    size_t commit;

    rt_bisection_init(&bisection, count);
    while (rt_bisection_next(&bisection, &commit)) {
        looks++;
        assert_true(commit < count - 1);
        rt_bisection_note(&bisection, commit,
                          skip >> commit & 1 ? RT_BISECT_SKIPPED
                          : commit >= bad    ? RT_BISECT_BAD
                                             : RT_BISECT_GOOD);
    }
    rt_bisection_found(&bisection, first, last);
    rt_bisection_clear(&bisection);
    return looks;
}

static void every_commit_of_a_row_is_found_by_halving(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 64; count++) {
        unsigned most = 0;

        while ((size_t)1 << most < count)
            most++;
        for (size_t bad = 0; bad < count; bad++) {
            size_t first;
            size_t last;

            assert_true(search(count, bad, 0, &first, &last) <= most);
            assert_int_equal(first, bad);
            assert_int_equal(last, bad);
        }
    }
}

static void what_cannot_be_judged_is_gone_around(void **state)
{
    (void)state;
    for (unsigned skip = 0; skip < 1u << 9; skip++) {
        for (size_t bad = 0; bad < 10; bad++) {
            size_t wanted = bad;
            size_t reached = bad;
            size_t first;
            size_t last;

            search(10, bad, skip, &first, &last);
            while (reached < 9 && skip >> reached & 1)
                reached++; /* the first that was seen to be bad */
            while (wanted > 0 && skip >> (wanted - 1) & 1)
                wanted--; /* those before may be it as well */
            assert_int_equal(last, reached);
            assert_int_equal(first, wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_commit_of_a_row_is_found_by_halving),
        cmocka_unit_test(what_cannot_be_judged_is_gone_around),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
