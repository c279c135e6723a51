/* From a plan back to a study file that reads as the same plan; it leaves out what is so anyhow. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "engine/scalar.h"

#include <stdlib.h>
#include <string.h>

/* Canonical JSON is YAML, too. */
static void put(struct rt_buf *out, const char *key, const struct rt_json *value)
{
    rt_buf_printf(out, "%s: ", key);
    rt_json_canonical(value, out);
    rt_buf_add(out, "\n");
}

/* Words that YAML takes for the texts that they are, in brackets, too. */
static bool is_bare(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_./";
    static const char others[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_./0123456789-";
    struct rt_json *value = NULL;
    bool bare = text[0] && strchr(first, text[0]) && strspn(text, others) == strlen(text) &&
                rt_scalar_parse(text, &value, NULL) == 0 && rt_json_kind(value) == RT_JSON_STRING;

    rt_json_free(value);
    return bare;
}

void rt_study_write_text(const char *text, struct rt_buf *out)
{
    struct rt_json *json;

    if (is_bare(text)) {
        rt_buf_add(out, text);
        return;
    }
    json = rt_json_new_string(text);
    rt_json_canonical(json, out);
    rt_json_free(json);
}

static void put_text(struct rt_buf *out, const char *key, const char *text)
{
    rt_buf_printf(out, "%s: ", key);
    rt_study_write_text(text, out);
    rt_buf_add(out, "\n");
}

/* FILE:FUNCTION is bare if both are. */
static void put_function(struct rt_buf *out, const struct rt_json *entry)
{
    const char *file = rt_json_get_text(entry, "file", "");
    const char *function = rt_json_get_text(entry, "function", "");
    char *text = rt_printf("%s:%s", file, function);

    if (is_bare(file) && is_bare(function))
        rt_buf_printf(out, "entry: %s\n", text);
    else
        put_text(out, "entry", text);
    free(text);
}

static void put_entry(struct rt_buf *out, const struct rt_json *entry)
{
    struct rt_json *value;

    if (strcmp(rt_json_get_text(entry, "kind", ""), "command") != 0) {
        put_function(out, entry);
        return;
    }
    value = rt_json_new_object();
    rt_json_set(value, "command", rt_json_copy(rt_json_get(entry, "argv")));
    if (rt_json_get(entry, "result"))
        rt_json_set(value, "result", rt_json_copy(rt_json_get(entry, "result")));
    put(out, "entry", value);
    rt_json_free(value);
}

static void put_seed(struct rt_buf *out, const struct rt_json *plan)
{
    int64_t seed = rt_json_get_int(plan, "seed", 0);

    if (strcmp(rt_json_get_text(plan, "seeds", ""), "per-trial") == 0)
        rt_buf_printf(out, "seed: {base: %lld, per: trial}\n", (long long)seed);
    else if (seed)
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
    put_text(out, "name", rt_json_get_text(plan, "name", ""));
    put_entry(out, rt_json_get(plan, "entry"));
    if (rt_json_count(rt_json_get(plan, "params")))
        put(out, "params", rt_json_get(plan, "params"));
    rt_study_write_axes(rt_json_get(plan, "axes"), out);
    rt_study_write_driver(plan, out);
    if (rt_json_get_int(plan, "replicates", 1) != 1)
        put(out, "replicates", rt_json_get(plan, "replicates"));
    put_seed(out, plan);
    put_objective(out, rt_json_get(plan, "objective"));
    rt_study_write_pruning(plan, out);
    rt_study_write_needs(plan, out);
    if (rt_json_get(rt_json_get(plan, "entry"), "python"))
        put(out, "python", rt_json_get(rt_json_get(plan, "entry"), "python"));
}
