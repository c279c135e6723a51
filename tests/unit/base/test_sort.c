#include "tests/expect.h"

#include <stdlib.h>

#include "base/sort.h"

static size_t compared;

static int by_size(const void *a, const void *b)
{
    compared++;
    return *(const int *)a < *(const int *)b ? -1 : *(const int *)a > *(const int *)b;
}

static void what_is_in_order_is_looked_at_once(void **state)
{
    int items[] = {1, 2, 2, 3, 9};

    (void)state;
    compared = 0;
    rt_sort(items, 5, sizeof items[0], by_size);
    assert_int_equal(compared, 4);
    rt_sort(items, 0, sizeof items[0], by_size);
    rt_sort(NULL, 0, sizeof items[0], by_size);
    rt_sort(items, 1, sizeof items[0], by_size);
    assert_int_equal(compared, 4);
}

static void what_is_not_is_sorted(void **state)
{
    static const int wanted[] = {1, 2, 3, 4, 5};
    int last[] = {1, 2, 3, 5, 4};
    int first[] = {5, 1, 2, 3, 4};

    (void)state;
    rt_sort(last, 5, sizeof last[0], by_size);
    assert_memory_equal(last, wanted, sizeof wanted);
    rt_sort(first, 5, sizeof first[0], by_size);
    assert_memory_equal(first, wanted, sizeof wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_order_is_looked_at_once),
        cmocka_unit_test(what_is_not_is_sorted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
