#include "engine/range.h"

#include "base/alloc.h"
#include "engine/scalar.h"
#include "store/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads the number up to `end`. */
static bool read_number(const char *text, const char *end, struct rt_decimal *number, bool *real)
{
    char *copy = rt_strndup(text, (size_t)(end - text));
    struct rt_json *value = NULL;
    bool ok = rt_scalar_parse(copy, &value, NULL) == 0 &&
              (rt_json_kind(value) == RT_JSON_INT || rt_json_kind(value) == RT_JSON_REAL) &&
              rt_scalar_decimal(copy, number, NULL) == 0;

    if (ok)
        *real |= rt_json_kind(value) == RT_JSON_REAL;
    rt_json_free(value);
    free(copy);
    return ok;
}

/* "log5", levels by equal factors, or "lin5", by equal steps. */
static bool read_scale(const char *text, struct rt_range *range)
{
    struct rt_decimal count;
    bool real = false;

    if ((strncmp(text, "log", 3) != 0 && strncmp(text, "lin", 3) != 0) || text[3] < '0' ||
        text[3] > '9' || !read_number(text + 3, text + strlen(text), &count, &real) || real ||
        !rt_decimal_to_int(count, &range->count) || range->count == 0)
        return false;
    range->log = text[1] == 'o';
    return true;
}

bool rt_range_parse(const char *text, struct rt_range *range)
{
    const char *first = strchr(text, ':');
    const char *second = first ? strchr(first + 1, ':') : NULL;

    memset(range, 0, sizeof *range);
    return second && read_number(text, first, &range->from, &range->real) &&
           read_number(first + 1, second, &range->to, &range->real) &&
           (read_scale(second + 1, range) ||
            read_number(second + 1, second + strlen(second), &range->step, &range->real));
}

static const char *shown(struct rt_decimal value, char text[RT_REAL_TEXT])
{
    return rt_decimal_text(value, false, text);
}

static struct rt_json *range_object(const struct rt_range *range, int64_t count, bool real)
{
    struct rt_json *axis = rt_json_new_object();
    char text[RT_REAL_TEXT];

    rt_json_set_text(axis, "from", shown(range->from, text));
    rt_json_set_text(axis, "step", shown(range->step, text));
    rt_json_set_int(axis, "count", count);
    rt_json_set_text(axis, "kind", real ? "real" : "int");
    return axis;
}

static bool is_integral(struct rt_decimal value)
{
    int64_t ignored;

    return rt_decimal_to_int(value, &ignored);
}

/* Levels that become the same double would be the same trial. They lie densest at the end that is
 * farther from zero. */
static int check_spacing(const struct rt_range *range, struct rt_err *err)
{
    struct rt_decimal next;
    struct rt_decimal last;
    char text[RT_REAL_TEXT];
    int rc;

    if ((rc = rt_decimal_add(range->from, range->step, &next, err)) < 0 ||
        (rc = rt_decimal_sub(range->to, range->step, &last, err)) < 0)
        return rc;
    if (rt_decimal_real(range->from) == rt_decimal_real(next) ||
        rt_decimal_real(range->to) == rt_decimal_real(last))
        return rt_err_set(err, RT_EUSAGE,
                          "step %s is too small to tell levels of this range apart; write a "
                          "larger one",
                          shown(range->step, text));
    return 0;
}

static int finish(const struct rt_range *range, int64_t count, struct rt_json **axis,
                  struct rt_err *err)
{
    bool real = range->real || !is_integral(range->from) || !is_integral(range->step);
    int rc = real && count > 1 ? check_spacing(range, err) : 0;

    if (rc == 0)
        *axis = range_object(range, count, real);
    return rc;
}

/* Names the two levels between which the end lies. */
static int misses_end(const struct rt_range *range, int64_t steps, struct rt_err *err)
{
    struct rt_decimal before;
    struct rt_decimal after;
    char step[RT_REAL_TEXT];
    char to[RT_REAL_TEXT];
    char low[RT_REAL_TEXT];
    char high[RT_REAL_TEXT];

    if (rt_decimal_times(range->step, steps, &before, NULL) < 0 ||
        rt_decimal_add(range->from, before, &before, NULL) < 0 ||
        rt_decimal_add(before, range->step, &after, NULL) < 0)
        return rt_err_set(err, RT_EUSAGE, "step %s does not reach %s exactly; change one of them",
                          shown(range->step, step), shown(range->to, to));
    return rt_err_set(err, RT_EUSAGE,
                      "step %s does not reach %s exactly; the nearest levels are %s and %s: change "
                      "\"step\" or \"to\"",
                      shown(range->step, step), shown(range->to, to), shown(before, low),
                      shown(after, high));
}

static int by_step(const struct rt_range *range, struct rt_json **axis, struct rt_err *err)
{
    struct rt_decimal step = range->step;
    struct rt_decimal span;
    char text[RT_REAL_TEXT];
    char to[RT_REAL_TEXT];
    int rc;

    if ((rc = rt_decimal_sub(range->to, range->from, &span, err)) < 0)
        return rc;
    if (step.coefficient == 0)
        return rt_err_set(err, RT_EUSAGE, "step is 0; write how far one level is from the next");
    if (span.coefficient != 0 && (span.coefficient < 0) != (step.coefficient < 0))
        return rt_err_set(err, RT_EUSAGE, "step %s leads away from %s; change its sign",
                          shown(range->step, text), shown(range->to, to));
    if (!rt_decimal_align(&span, &step))
        return rt_err_set(err, RT_EUSAGE, "step %s is too small or too large for this range",
                          shown(range->step, text));
    if (span.coefficient % step.coefficient != 0)
        return misses_end(range, span.coefficient / step.coefficient, err);
    if (span.coefficient / step.coefficient >= (int64_t)RT_PLAN_POINTS_MAX)
        return rt_err_set(err, RT_EUSAGE, "step %s makes more than %llu levels; write a larger one",
                          shown(range->step, text), (unsigned long long)RT_PLAN_POINTS_MAX);
    return finish(range, span.coefficient / step.coefficient + 1, axis, err);
}

/* True if span / parts is a decimal of 18 digits. */
static bool divide(struct rt_decimal span, int64_t parts, struct rt_decimal *step)
{
    for (; span.coefficient % parts != 0; span.exponent--) {
        if (__builtin_mul_overflow(span.coefficient, 10, &span.coefficient))
            return false;
    }
    span.coefficient /= parts;
    *step = rt_decimal_reduce(span);
    return true;
}

/* The double nearest to numerator / parts * 10^exponent: 25 digits behind the quotient are enough
 * to round by, because parts is small and the numerator an integer. */
static double nearest_quotient(__int128 numerator, int64_t parts, int exponent)
{
    bool negative = numerator < 0;
    unsigned __int128 rest =
        negative ? -(unsigned __int128)numerator : (unsigned __int128)numerator;
    unsigned __int128 whole = rest / (uint64_t)parts;
    char digits[80];
    char text[96];
    size_t at = 45;
    double value;

    rest %= (uint64_t)parts;
    for (size_t i = 0; i < 25; i++) {
        rest *= 10;
        digits[45 + i] = (char)('0' + (int)(rest / (uint64_t)parts));
        rest %= (uint64_t)parts;
    }
    digits[70] = '\0';
    do {
        digits[--at] = (char)('0' + (int)(whole % 10));
        whole /= 10;
    } while (whole && at > 0);
    snprintf(text, sizeof text, "%se%d", digits + at, exponent - 25);
    value = rt_real_parse(text);
    return negative ? -value : value;
}

static int by_uneven_count(const struct rt_range *range, struct rt_decimal span,
                           struct rt_json **axis, struct rt_err *err)
{
    struct rt_decimal from = range->from;
    int64_t parts = range->count - 1;
    struct rt_json *values;
    double last = NAN;

    if (range->count > RT_RANGE_UNEVEN_MAX)
        return rt_err_set(err, RT_EUSAGE,
                          "%lld levels do not divide this range evenly; change \"count\", or "
                          "write \"step\" instead",
                          (long long)range->count);
    if (!rt_decimal_align(&from, &span))
        return rt_err_set(err, RT_EUSAGE, "the ends of the range are too far apart");
    values = rt_json_new_array();
    for (int64_t i = 0; i < range->count; i++) {
        __int128 numerator = (__int128)from.coefficient * parts + (__int128)span.coefficient * i;
        double value = nearest_quotient(numerator, parts, from.exponent);

        if (value == last || !isfinite(value)) {
            rt_json_free(values);
            return rt_err_set(err, RT_EUSAGE, "the range has more levels than there are reals");
        }
        rt_json_append(values, rt_json_new_real(value));
        last = value;
    }
    *axis = rt_json_new_object();
    rt_json_set(*axis, "values", values);
    return 0;
}

static int by_count(const struct rt_range *range, struct rt_json **axis, struct rt_err *err)
{
    struct rt_range even = *range;
    struct rt_decimal span;
    int rc;

    if (range->count < 0 || range->count > (int64_t)RT_PLAN_POINTS_MAX)
        return rt_err_set(err, RT_EUSAGE, "count is %lld; it must be from 1 to %llu",
                          (long long)range->count, (unsigned long long)RT_PLAN_POINTS_MAX);
    if ((rc = rt_decimal_sub(range->to, range->from, &span, err)) < 0)
        return rc;
    if ((span.coefficient == 0) != (range->count == 1))
        return rt_err_set(err, RT_EUSAGE, "count is %lld, but the ends are %s; correct one of them",
                          (long long)range->count, range->count == 1 ? "different" : "equal");
    if (range->count == 1) {
        even.step = rt_decimal_int(1);
        return finish(&even, 1, axis, err);
    }
    if (divide(span, range->count - 1, &even.step))
        return finish(&even, range->count, axis, err);
    return by_uneven_count(range, span, axis, err);
}

int rt_range_axis(const struct rt_range *range, struct rt_json **axis, struct rt_err *err)
{
    *axis = NULL;
    if (range->log)
        return rt_range_log_axis(range, axis, err);
    return range->count ? by_count(range, axis, err) : by_step(range, axis, err);
}
