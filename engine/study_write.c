/* From a plan back to a study file that reads as the same plan. */
#include "engine/study.h"

#include "base/alloc.h"
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

/* Canonical JSON is YAML, too. */
static void put(struct rt_buf *out, const char *key, const struct rt_json *value)
{
    rt_buf_printf(out, "%s: ", key);
    rt_json_canonical(value, out);
    rt_buf_add(out, "\n");
}

static void put_entry(struct rt_buf *out, const struct rt_json *entry)
{
    const char *kind = rt_json_get_text(entry, "kind", "");
    struct rt_json *value;
    char *text;

    if (strcmp(kind, "command") == 0) {
        value = rt_json_new_object();
        rt_json_set(value, "command", rt_json_copy(rt_json_get(entry, "argv")));
    } else {
        text = rt_printf("%s:%s", rt_json_get_text(entry, "file", ""),
                         rt_json_get_text(entry, "function", ""));
        value = rt_json_new_string(text);
        free(text);
    }
    put(out, "entry", value);
    rt_json_free(value);
}

static void put_log_range(struct rt_buf *out, const struct rt_json *axis)
{
    struct rt_decimal ends[2] = {{1, 0}, {1, 0}};
    char text[2][RT_REAL_TEXT];

    rt_decimal_parse(rt_json_get_text(axis, "from", "1"), &ends[0], NULL);
    rt_decimal_parse(rt_json_get_text(axis, "to", "1"), &ends[1], NULL);
    rt_buf_printf(out, "{from: %s, to: %s, count: %lld, scale: log}",
                  rt_decimal_text(ends[0], true, text[0]), rt_decimal_text(ends[1], true, text[1]),
                  (long long)rt_json_get_int(axis, "count", 2));
}

static void put_range(struct rt_buf *out, const struct rt_json *axis)
{
    bool real = strcmp(rt_json_get_text(axis, "kind", ""), "real") == 0;
    int64_t steps = rt_json_get_int(axis, "count", 1) - 1;
    struct rt_decimal from = {0, 0};
    struct rt_decimal step = {0, 0};
    struct rt_decimal way = {0, 0};
    struct rt_decimal to = {0, 0};
    char text[3][RT_REAL_TEXT];

    /* A plan was checked: its decimals read, and none of its values overflows. */
    rt_decimal_parse(rt_json_get_text(axis, "from", "0"), &from, NULL);
    rt_decimal_parse(rt_json_get_text(axis, "step", "1"), &step, NULL);
    rt_decimal_times(step, steps, &way, NULL);
    rt_decimal_add(from, way, &to, NULL);
    rt_buf_printf(out, "{from: %s, to: %s, step: %s}", rt_decimal_text(from, real, text[0]),
                  rt_decimal_text(to, real, text[1]), rt_decimal_text(step, real, text[2]));
}

static void put_sweep(struct rt_buf *out, const struct rt_json *axes)
{
    if (rt_json_count(axes))
        rt_buf_add(out, "sweep:\n");
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        const struct rt_json *axis = rt_json_at(axes, i);
        const struct rt_json *values = rt_json_get(axis, "values");
        struct rt_json *key = rt_json_new_string(rt_json_get_text(axis, "key", ""));

        rt_buf_add(out, "  ");
        rt_json_canonical(key, out);
        rt_buf_add(out, ": ");
        if (values)
            rt_json_canonical(values, out);
        else if (rt_json_get(axis, "scale"))
            put_log_range(out, axis);
        else
            put_range(out, axis);
        rt_buf_add(out, "\n");
        rt_json_free(key);
    }
}

static void put_seed(struct rt_buf *out, const struct rt_json *plan)
{
    int64_t seed = rt_json_get_int(plan, "seed", 0);

    if (strcmp(rt_json_get_text(plan, "seeds", ""), "per-trial") == 0)
        rt_buf_printf(out, "seed: {base: %lld, per: trial}\n", (long long)seed);
    else
        rt_buf_printf(out, "seed: %lld\n", (long long)seed);
}

static void put_objective(struct rt_buf *out, const struct rt_json *objective)
{
    struct rt_json *value;

    if (!objective || rt_json_kind(objective) != RT_JSON_OBJECT)
        return;
    value = rt_json_new_object();
    rt_json_set_text(value, rt_json_get_text(objective, "goal", "maximize"),
                     rt_json_get_text(objective, "metric", ""));
    put(out, "objective", value);
    rt_json_free(value);
}

static void put_limits(struct rt_buf *out, const struct rt_json *limits)
{
    int64_t timeout_us = rt_json_get_int(limits, "timeout_us", 0);
    char seconds[RT_REAL_TEXT];

    rt_buf_printf(out, "limits: {retries: %lld, output: %lld",
                  (long long)rt_json_get_int(limits, "retries", 0),
                  (long long)rt_json_get_int(limits, "output_bytes", 0));
    if (timeout_us)
        rt_buf_printf(out, ", timeout: %s", rt_real_text((double)timeout_us / 1e6, seconds));
    rt_buf_add(out, "}\n");
}

void rt_study_write(const struct rt_json *plan, struct rt_buf *out)
{
    put(out, "name", rt_json_get(plan, "name"));
    put_entry(out, rt_json_get(plan, "entry"));
    put(out, "params", rt_json_get(plan, "params"));
    put_sweep(out, rt_json_get(plan, "axes"));
    put(out, "replicates", rt_json_get(plan, "replicates"));
    put_seed(out, plan);
    put_objective(out, rt_json_get(plan, "objective"));
    put_limits(out, rt_json_get(plan, "limits"));
    put(out, "each", rt_json_get(plan, "each"));
    if (rt_json_get(rt_json_get(plan, "entry"), "python"))
        put(out, "python", rt_json_get(rt_json_get(plan, "entry"), "python"));
}
