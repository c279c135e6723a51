/* Writes the axes of a plan as "list" and "sweep" of a study file. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

static void put_log_range(struct rt_buf *out, const struct rt_json *axis)
{
    struct rt_decimal ends[2] = {{1, 0}, {1, 0}};
    char text[2][RT_REAL_TEXT];

    rt_decimal_parse(rt_json_get_text(axis, "from", "1"), &ends[0], NULL);
    rt_decimal_parse(rt_json_get_text(axis, "to", "1"), &ends[1], NULL);
    rt_buf_printf(out, "{from: %s, to: %s, count: %lld, scale: log",
                  rt_decimal_text(ends[0], true, text[0]), rt_decimal_text(ends[1], true, text[1]),
                  (long long)rt_json_get_int(axis, "count", 2));
}

/* An integer with an exponent would be read as a real. */
static void put_number(struct rt_buf *out, struct rt_decimal number, bool real)
{
    char text[RT_REAL_TEXT];
    int64_t integer;

    if (!real && rt_decimal_to_int(number, &integer))
        rt_buf_printf(out, "%lld", (long long)integer);
    else
        rt_buf_add(out, rt_decimal_text(number, real, text));
}

static void put_bound(struct rt_buf *out, const struct rt_json *axis, const char *name)
{
    struct rt_decimal bound = {0, 0};

    rt_decimal_parse(rt_json_get_text(axis, name, "0"), &bound, NULL);
    put_number(out, bound, false);
}

static void put_range(struct rt_buf *out, const struct rt_json *axis)
{
    bool real = strcmp(rt_json_get_text(axis, "kind", ""), "real") == 0;
    int64_t steps = rt_json_get_int(axis, "count", 1) - 1;
    struct rt_decimal from = {0, 0};
    struct rt_decimal step = {0, 0};
    struct rt_decimal way = {0, 0};
    struct rt_decimal to = {0, 0};

    /* A plan was checked: its decimals read, and none of its values overflows. */
    rt_decimal_parse(rt_json_get_text(axis, "from", "0"), &from, NULL);
    rt_decimal_parse(rt_json_get_text(axis, "step", "1"), &step, NULL);
    rt_decimal_times(step, steps, &way, NULL);
    rt_decimal_add(from, way, &to, NULL);
    rt_buf_add(out, "{from: ");
    put_number(out, from, real);
    rt_buf_add(out, ", to: ");
    put_number(out, to, real);
    rt_buf_add(out, ", step: ");
    put_number(out, step, real);
}

static void put_name(struct rt_buf *out, const struct rt_json *axis)
{
    rt_study_write_text(rt_json_get_text(axis, "key", ""), out);
    rt_buf_add(out, ": ");
}

/* What an axis with conditions was made from says more than its own values. */
static void put_levels(struct rt_buf *out, const struct rt_json *axis)
{
    const struct rt_json *source = rt_json_get(axis, "source");
    const struct rt_json *said = source ? source : axis;
    const struct rt_json *values = rt_json_get(said, "values");
    const struct rt_json *when = rt_json_get(axis, "when");

    rt_buf_add(out, values && when ? "{values: " : "");
    if (values)
        rt_json_canonical(values, out);
    else if (rt_json_get(said, "scale"))
        put_log_range(out, said);
    else
        put_range(out, said);
    if (when) {
        rt_buf_add(out, ", when: ");
        rt_json_canonical(when, out);
    }
    rt_buf_add(out, values && !when ? "" : "}");
}

/* -1 for what the study did not say changes together. */
static int64_t group_of(const struct rt_json *axis)
{
    return rt_json_get(axis, "source") ? -1 : rt_json_get_int(axis, "zip", -1);
}

/* The end of the axes that change together with this one. */
static size_t end_of_group(const struct rt_json *axes, size_t first)
{
    int64_t group = group_of(rt_json_at(axes, first));
    size_t end = first + 1;

    while (group >= 0 && group_of(rt_json_at(axes, end)) == group)
        end++;
    return end;
}

static bool is_listed(const struct rt_json *axes, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (!rt_json_get(rt_json_at(axes, i), "values"))
            return false;
    }
    return true;
}

/* The axis' values without those that stand for nothing; the caller frees the flags. */
static bool *absences(const struct rt_json *axis)
{
    const struct rt_json *absent = rt_json_get(axis, "absent");
    bool *flags = rt_calloc(rt_json_count(rt_json_get(axis, "values")), sizeof *flags);

    for (size_t i = 0; i < rt_json_count(absent); i++)
        flags[rt_json_int(rt_json_at(absent, i))] = true;
    return flags;
}

/* Members stand in the order of the axes: read again, they become axes in this order. */
static void put_item(struct rt_buf *out, const struct rt_json *axes, size_t first, size_t end,
                     bool *const *absent, size_t level)
{
    const char *comma = "";

    rt_buf_add(out, "  - {");
    for (size_t i = first; i < end; i++) {
        const struct rt_json *axis = rt_json_at(axes, i);

        if (absent[i][level])
            continue;
        rt_buf_add(out, comma);
        put_name(out, axis);
        rt_json_canonical(rt_json_at(rt_json_get(axis, "values"), level), out);
        comma = ", ";
    }
    rt_buf_add(out, "}\n");
}

static void put_list(struct rt_buf *out, const struct rt_json *axes, size_t first, size_t end)
{
    size_t levels = rt_json_count(rt_json_get(rt_json_at(axes, first), "values"));
    bool **absent = rt_calloc(end, sizeof *absent);

    for (size_t i = first; i < end; i++)
        absent[i] = absences(rt_json_at(axes, i));
    rt_buf_add(out, "list:\n");
    for (size_t level = 0; level < levels; level++)
        put_item(out, axes, first, end, absent, level);
    for (size_t i = first; i < end; i++)
        free(absent[i]);
    free(absent);
}

static void put_zip(struct rt_buf *out, const struct rt_json *axes, size_t first, size_t end)
{
    rt_buf_add(out, "  - zip:\n");
    for (size_t i = first; i < end; i++) {
        rt_buf_add(out, "      ");
        put_name(out, rt_json_at(axes, i));
        put_levels(out, rt_json_at(axes, i));
        rt_buf_add(out, "\n");
    }
}

static void put_sample(struct rt_buf *out, const struct rt_json *axes, size_t end)
{
    rt_buf_printf(out, "samples: %lld\nsample:\n",
                  (long long)rt_json_get_int(rt_json_at(axes, 0), "count", 1));
    for (size_t i = 0; i < end; i++) {
        const struct rt_json *axis = rt_json_at(axes, i);
        const struct rt_json *values = rt_json_get(axis, "values");

        rt_buf_add(out, "  ");
        put_name(out, axis);
        rt_buf_printf(out, "{%s: ", rt_json_get_text(axis, "sample", ""));
        if (values) {
            rt_json_canonical(values, out);
        } else {
            rt_buf_add(out, "[");
            put_bound(out, axis, "from");
            rt_buf_add(out, ", ");
            put_bound(out, axis, "to");
            rt_buf_add(out, "]");
        }
        rt_buf_add(out, "}\n");
    }
}

static bool has_groups(const struct rt_json *axes, size_t first)
{
    for (size_t i = first; i < rt_json_count(axes); i++) {
        if (group_of(rt_json_at(axes, i)) >= 0)
            return true;
    }
    return false;
}

/* Groups need a list of mappings, for there may be several; keys alone are one mapping. */
void rt_study_write_axes(const struct rt_json *axes, struct rt_buf *out)
{
    size_t at = 0;
    bool plain;

    if (rt_json_get(rt_json_at(axes, 0), "sample")) {
        at = end_of_group(axes, 0);
        put_sample(out, axes, at);
    }
    if (group_of(rt_json_at(axes, at)) >= 0 && is_listed(axes, at, end_of_group(axes, at))) {
        put_list(out, axes, at, end_of_group(axes, at));
        at = end_of_group(axes, at);
    }
    if (at < rt_json_count(axes))
        rt_buf_add(out, "sweep:\n");
    plain = !has_groups(axes, at);
    for (size_t end; at < rt_json_count(axes); at = end) {
        end = end_of_group(axes, at);
        if (group_of(rt_json_at(axes, at)) >= 0) {
            put_zip(out, axes, at, end);
            continue;
        }
        rt_buf_add(out, plain ? "  " : "  - ");
        put_name(out, rt_json_at(axes, at));
        put_levels(out, rt_json_at(axes, at));
        rt_buf_add(out, "\n");
    }
}
