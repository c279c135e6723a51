/* What explain found, in lines for people. */
#include "replay/explain.h"

#include "base/escape.h"

#include <math.h>
#include <string.h>

static bool is_null(const struct rt_json *json)
{
    return !json || rt_json_kind(json) == RT_JSON_NULL;
}

static double number(const struct rt_json *object, const char *key)
{
    const struct rt_json *value = rt_json_get(object, key);
    double special;

    if (is_null(value))
        return NAN;
    return rt_json_special(value, &special) ? special : rt_json_number(value);
}

static bool counts(const struct rt_json *row, const char *key)
{
    double value = number(row, key);

    return isnan(value) || fabs(value) > number(row, "floor");
}

/* Whether there is anything to say of a metric. */
static bool differs(const struct rt_json *row)
{
    const struct rt_json *parts = rt_json_get(row, "parts");

    for (size_t i = 0; i < rt_json_count(parts); i++) {
        const struct rt_json *part = rt_json_at(parts, i);

        if (is_null(part) || fabs(rt_json_number(part)) > number(row, "floor"))
            return true;
    }
    return number(row, "difference") != 0;
}

static void put_label(struct rt_buf *out, const struct rt_json *component)
{
    rt_escape_line(out, rt_span_text(rt_json_get_text(component, "label", "")));
}

/* As %+g, but -0 is 0. */
static void put_part(struct rt_buf *out, double value)
{
    rt_buf_printf(out, " %+.3g", value == 0 ? 0.0 : value);
}

/* What the metric may do by itself is not due to the component. */
static void put_weighed(struct rt_buf *out, double value, double floor)
{
    put_part(out, value);
    if (value != 0 && fabs(value) <= floor)
        rt_buf_add(out, " (below the floor)");
}

static void put_parts(struct rt_buf *out, const struct rt_json *row,
                      const struct rt_json *components)
{
    const struct rt_json *parts = rt_json_get(row, "parts");

    for (size_t i = 0; i < rt_json_count(parts); i++) {
        const struct rt_json *component = rt_json_at(components, i);

        rt_buf_add(out, i ? ", " : " ");
        put_label(out, component);
        if (!is_null(rt_json_at(parts, i)))
            put_weighed(out, rt_json_number(rt_json_at(parts, i)), number(row, "floor"));
        else
            rt_buf_printf(out, " unknown (%s is %s)", rt_json_get_text(component, "trial", ""),
                          rt_json_get_text(component, "outcome", ""));
    }
    if (!rt_json_count(parts))
        rt_buf_add(out, " nothing to swap");
}

static void put_if(struct rt_buf *out, const struct rt_json *row, const char *key,
                   const char *label)
{
    double value = number(row, key);

    if (!counts(row, key))
        return;
    rt_buf_printf(out, ", %s", label);
    if (isnan(value))
        rt_buf_add(out, " unknown");
    else
        put_part(out, value);
}

static void put_left(struct rt_buf *out, const struct rt_json *left)
{
    for (size_t i = 0; i < rt_json_count(left); i++) {
        rt_buf_add(out, i ? ", " : "; not swapped: ");
        rt_escape_line(out, rt_span_text(rt_json_string(rt_json_at(left, i))));
    }
}

/* "floor 0.003 (2 and 2 runs)" */
static void put_floor(struct rt_buf *out, const struct rt_json *row)
{
    const struct rt_json *repeats = rt_json_get(row, "repeats");
    double floor = number(row, "floor");

    if (isnan(floor)) {
        rt_buf_add(out, ", floor unknown");
        return;
    }
    rt_buf_printf(out, ", floor %.3g", floor);
    if (number(row, "recorded") >= floor && floor > 0)
        rt_buf_add(out, " (recorded)");
    else
        rt_buf_printf(out, " (%lld and %lld runs)", (long long)rt_json_int(rt_json_at(repeats, 0)),
                      (long long)rt_json_int(rt_json_at(repeats, 1)));
}

static void put_metric(struct rt_buf *out, const struct rt_json *explained,
                       const struct rt_json *row)
{
    rt_escape_line(out, rt_span_text(rt_json_get_text(row, "metric", "")));
    rt_buf_printf(out, " %.6g against %.6g:", number(row, "a"), number(row, "b"));
    put_parts(out, row, rt_json_get(explained, "components"));
    put_if(out, row, "interaction", "together");
    put_if(out, row, "again", "A again");
    put_if(out, row, "rest", "not explained");
    put_floor(out, row);
    put_left(out, rt_json_get(explained, "not_swapped"));
    rt_buf_add(out, "\n");
}

void rt_explain_words(const struct rt_json *explained, struct rt_buf *out)
{
    const struct rt_json *metrics = rt_json_get(explained, "metrics");
    size_t shown = 0;

    for (size_t i = 0; i < rt_json_count(metrics); i++) {
        if (!differs(rt_json_at(metrics, i)))
            continue;
        put_metric(out, explained, rt_json_at(metrics, i));
        shown++;
    }
    if (!rt_json_count(metrics))
        rt_buf_add(out, "the two have no metric in common that is a number\n");
    else if (!shown)
        rt_buf_printf(out, "no metric differs, of %zu\n", rt_json_count(metrics));
}
