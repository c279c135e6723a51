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

void rt_study_write(const struct rt_json *plan, struct rt_buf *out)
{
    put(out, "name", rt_json_get(plan, "name"));
    put_entry(out, rt_json_get(plan, "entry"));
    put(out, "params", rt_json_get(plan, "params"));
    rt_study_write_axes(rt_json_get(plan, "axes"), out);
    put(out, "replicates", rt_json_get(plan, "replicates"));
    put_seed(out, plan);
    put_objective(out, rt_json_get(plan, "objective"));
    rt_study_write_needs(plan, out);
    if (rt_json_get(rt_json_get(plan, "entry"), "python"))
        put(out, "python", rt_json_get(rt_json_get(plan, "entry"), "python"));
}
