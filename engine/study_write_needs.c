/* Writes what trials need, and what they are held to, as a study file says it. */
#include "engine/study_own.h"

#include <stdio.h>

/* "KEY: {first, second, ...}" as far as there is anything. */
struct members {
    struct rt_buf *out;
    const char *key;
    bool any;
};

static void put_member(struct members *members, const char *name, const char *value)
{
    rt_buf_printf(members->out, "%s%s%s: %s", members->any ? "" : members->key,
                  members->any ? ", " : ": {", name, value);
    members->any = true;
}

static void put_count(struct members *members, const char *name, int64_t value, int64_t usual)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)value);
    if (value != usual)
        put_member(members, name, text);
}

static void end_members(struct members *members)
{
    rt_buf_add(members->out, members->any ? "}\n" : "");
}

static void put_limits(struct rt_buf *out, const struct rt_json *limits)
{
    struct members members = {out, "limits", false};
    int64_t timeout_us = rt_json_get_int(limits, "timeout_us", 0);
    char seconds[RT_REAL_TEXT];

    put_count(&members, "retries", rt_json_get_int(limits, "retries", 0), 0);
    put_count(&members, "output", rt_json_get_int(limits, "output_bytes", 0),
              RT_STUDY_OUTPUT_BYTES);
    if (timeout_us)
        put_member(&members, "timeout", rt_real_text((double)timeout_us / 1e6, seconds));
    put_count(&members, "memory", rt_json_get_int(limits, "memory_bytes", 0), 0);
    end_members(&members);
}

static void put_each(struct rt_buf *out, const struct rt_json *each)
{
    struct members members = {out, "each", false};
    int64_t permille = rt_json_get_int(each, "gpus_permille", 0);
    char part[32];

    put_count(&members, "threads", rt_json_get_int(each, "threads", 1), 1);
    put_count(&members, "memory", rt_json_get_int(each, "memory_bytes", 0), 0);
    snprintf(part, sizeof part, "0.%03lld", (long long)permille % 1000);
    if (permille % 1000)
        put_member(&members, "gpus", part);
    else
        put_count(&members, "gpus", permille / 1000, 0);
    end_members(&members);
}

/* What was in the inputs is known to the plan, and no part of the file. */
static void put_inputs(struct rt_buf *out, const struct rt_json *inputs)
{
    for (size_t i = 0; i < rt_json_count(inputs); i++) {
        rt_buf_add(out, i ? ", " : "inputs: [");
        rt_study_write_text(rt_json_get_text(rt_json_at(inputs, i), "path", ""), out);
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
