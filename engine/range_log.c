/* Ranges by equal factors: 1e-5, 1e-4, ... 1e-1. */
#include "engine/range.h"

#include "base/between.h"
#include "store/plan.h"

#include <float.h>
#include <math.h>

/* Integers that grow by a fixed factor are few, because the factor is 2 or more, or a fraction
 * whose denominator goes into the first of them often enough. */
#define INTEGERS_MAX 64

static const char *shown(struct rt_decimal value, char text[RT_REAL_TEXT])
{
    return rt_decimal_text(value, false, text);
}

static int check(const struct rt_range *range, struct rt_between *between, struct rt_err *err)
{
    int64_t count = range->count;
    char from[RT_REAL_TEXT];
    char to[RT_REAL_TEXT];

    if (count < 0 || count > (int64_t)RT_PLAN_POINTS_MAX)
        return rt_err_set(err, RT_EUSAGE, "count is %lld; it must be from 2 to %llu",
                          (long long)count, (unsigned long long)RT_PLAN_POINTS_MAX);
    if (!rt_between_init(between, range->from, range->to, true))
        return rt_err_set(err, RT_EUSAGE,
                          "a range with a logarithmic scale goes from %s to %s; both ends must be "
                          "between 1e-250 and 1e250",
                          shown(range->from, from), shown(range->to, to));
    if (count < 2 || rt_decimal_compare(range->from, range->to) == 0)
        return rt_err_set(err, RT_EUSAGE,
                          "a range with a logarithmic scale has 2 levels or more, and ends that "
                          "differ");
    /* Neighbours that are two units in the last place apart cannot be the same double. */
    if (fabs(between->span.high) / (double)(count - 1) < 2 * DBL_EPSILON)
        return rt_err_set(err, RT_EUSAGE, "the range has more levels than there are reals");
    return 0;
}

/* The levels as integers, if all of them are: then each one squared is the product of its
 * neighbours. NULL if not. */
static struct rt_json *integers(const struct rt_range *range, const struct rt_between *between)
{
    int64_t levels[INTEGERS_MAX];
    struct rt_json *values;

    if (range->real || range->count > INTEGERS_MAX)
        return NULL;
    for (int64_t i = 0; i < range->count; i++) {
        double real = rt_between_at(between, (uint64_t)i, (uint64_t)range->count - 1);

        if (real > 0x1p53)
            return NULL;
        levels[i] = llrint(real);
    }
    for (int64_t i = 1; i + 1 < range->count; i++) {
        if ((__int128)levels[i] * levels[i] != (__int128)levels[i - 1] * levels[i + 1])
            return NULL;
    }
    values = rt_json_new_array();
    for (int64_t i = 0; i < range->count; i++)
        rt_json_append(values, rt_json_new_int(levels[i]));
    return values;
}

int rt_range_log_axis(const struct rt_range *range, struct rt_json **axis, struct rt_err *err)
{
    struct rt_between between;
    struct rt_json *values;
    char text[RT_REAL_TEXT];
    int rc = check(range, &between, err);

    *axis = NULL;
    if (rc < 0)
        return rc;
    *axis = rt_json_new_object();
    values = integers(range, &between);
    if (values) {
        rt_json_set(*axis, "values", values);
        return 0;
    }
    rt_json_set_text(*axis, "from", shown(range->from, text));
    rt_json_set_text(*axis, "to", shown(range->to, text));
    rt_json_set_int(*axis, "count", range->count);
    rt_json_set_text(*axis, "scale", "log");
    return 0;
}
