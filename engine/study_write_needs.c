/* Writes what trials need, and what they are held to, as a study file says it. */
#include "engine/study_own.h"

static void put_limits(struct rt_buf *out, const struct rt_json *limits)
{
    int64_t timeout_us = rt_json_get_int(limits, "timeout_us", 0);
    int64_t memory = rt_json_get_int(limits, "memory_bytes", 0);
    char seconds[RT_REAL_TEXT];

    rt_buf_printf(out, "limits: {retries: %lld, output: %lld",
                  (long long)rt_json_get_int(limits, "retries", 0),
                  (long long)rt_json_get_int(limits, "output_bytes", 0));
    if (timeout_us)
        rt_buf_printf(out, ", timeout: %s", rt_real_text((double)timeout_us / 1e6, seconds));
    if (memory)
        rt_buf_printf(out, ", memory: %lld", (long long)memory);
    rt_buf_add(out, "}\n");
}

static void put_each(struct rt_buf *out, const struct rt_json *each)
{
    int64_t memory = rt_json_get_int(each, "memory_bytes", 0);
    int64_t permille = rt_json_get_int(each, "gpus_permille", 0);

    rt_buf_printf(out, "each: {threads: %lld", (long long)rt_json_get_int(each, "threads", 1));
    if (memory)
        rt_buf_printf(out, ", memory: %lld", (long long)memory);
    if (permille % 1000)
        rt_buf_printf(out, ", gpus: 0.%03lld", (long long)permille);
    else if (permille)
        rt_buf_printf(out, ", gpus: %lld", (long long)permille / 1000);
    rt_buf_add(out, "}\n");
}

static void put_text(struct rt_buf *out, const char *text)
{
    struct rt_json *json = rt_json_new_string(text);

    rt_json_canonical(json, out);
    rt_json_free(json);
}

/* What was in the inputs is known to the plan, and no part of the file. */
static void put_inputs(struct rt_buf *out, const struct rt_json *inputs)
{
    for (size_t i = 0; i < rt_json_count(inputs); i++) {
        rt_buf_add(out, i ? ", " : "inputs: [");
        put_text(out, rt_json_get_text(rt_json_at(inputs, i), "path", ""));
    }
    rt_buf_add(out, rt_json_count(inputs) ? "]\n" : "");
}

void rt_study_write_needs(const struct rt_json *plan, struct rt_buf *out)
{
    const struct rt_json *ignore = rt_json_get(plan, "code_ignore");

    put_limits(out, rt_json_get(plan, "limits"));
    put_each(out, rt_json_get(plan, "each"));
    if (rt_json_get(plan, "isolation"))
        rt_buf_printf(out, "isolation: %s\n", rt_json_get_text(plan, "isolation", "fresh"));
    put_inputs(out, rt_json_get(plan, "inputs"));
    if (ignore) {
        rt_buf_add(out, "code: {ignore: ");
        rt_json_canonical(ignore, out);
        rt_buf_add(out, "}\n");
    }
}
