/* From a plan back to a study file that reads as the same plan. */
#include "engine/study_own.h"

#include "base/alloc.h"

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
        if (rt_json_get(entry, "result"))
            rt_json_set(value, "result", rt_json_copy(rt_json_get(entry, "result")));
    } else {
        text = rt_printf("%s:%s", rt_json_get_text(entry, "file", ""),
                         rt_json_get_text(entry, "function", ""));
        value = rt_json_new_string(text);
        free(text);
    }
    put(out, "entry", value);
    rt_json_free(value);
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
    rt_study_write_axes(rt_json_get(plan, "axes"), out);
    put(out, "replicates", rt_json_get(plan, "replicates"));
    put_seed(out, plan);
    put_objective(out, rt_json_get(plan, "objective"));
    put_limits(out, rt_json_get(plan, "limits"));
    put(out, "each", rt_json_get(plan, "each"));
    if (rt_json_get(rt_json_get(plan, "entry"), "python"))
        put(out, "python", rt_json_get(rt_json_get(plan, "entry"), "python"));
}
