#include "store/plan_needs.h"

static int damaged(const char *member, const char *expected, struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "member \"%s\" of the plan is not %s", member, expected);
}

/* A member that need not be there. */
static int read_integer(const struct rt_json *object, const char *member, int64_t max,
                        uint64_t *out, struct rt_err *err)
{
    const struct rt_json *value = rt_json_get(object, member);

    *out = 0;
    if (!value)
        return 0;
    if (rt_json_kind(value) != RT_JSON_INT || rt_json_int(value) < 0 || rt_json_int(value) > max)
        return rt_err_set(err, RT_EDAMAGED,
                          "member \"%s\" of the plan is not an integer from 0 to %lld", member,
                          (long long)max);
    *out = (uint64_t)rt_json_int(value);
    return 0;
}

static int read_gpus(struct rt_plan_needs *needs, const struct rt_json *each, struct rt_err *err)
{
    uint64_t permille;
    int rc = read_integer(each, "gpus_permille", RT_PLAN_GPUS_MAX, &permille, err);

    if (rc < 0)
        return rc;
    if (permille > 1000 && permille % 1000 != 0)
        return damaged("gpus_permille", "a part of one GPU, or whole GPUs", err);
    needs->gpus_permille = (uint32_t)permille;
    return 0;
}

static int read_isolation(struct rt_plan_needs *needs, const struct rt_json *isolation,
                          struct rt_err *err)
{
    const char *text = isolation ? rt_json_string(isolation) : "warm";

    needs->fresh = text && strcmp(text, "fresh") == 0;
    if (!needs->fresh && !(text && strcmp(text, "warm") == 0))
        return damaged("isolation", "\"fresh\" or \"warm\"", err);
    return 0;
}

static bool is_filled_text(const struct rt_json *value)
{
    return value && rt_json_string(value) && rt_json_string(value)[0];
}

/* The content of an input is known once the study was started. */
static int check_input(const struct rt_json *input, struct rt_err *err)
{
    const struct rt_json *hex = rt_json_get(input, "sha256");
    struct rt_hash hash;
    uint64_t bytes;

    if (!is_filled_text(rt_json_get(input, "path")))
        return damaged("inputs", "a list of paths", err);
    if (hex && (!rt_json_string(hex) || rt_hash_from_hex(&hash, rt_json_string(hex)) < 0))
        return damaged("inputs", "a list of paths with their SHA-256", err);
    return read_integer(input, "bytes", INT64_MAX, &bytes, err);
}

static int check_inputs(const struct rt_json *inputs, struct rt_err *err)
{
    int rc = 0;

    if (inputs && rt_json_kind(inputs) != RT_JSON_ARRAY)
        return damaged("inputs", "a list", err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++)
        rc = check_input(rt_json_at(inputs, i), err);
    return rc;
}

static int check_ignore(const struct rt_json *patterns, struct rt_err *err)
{
    if (patterns && rt_json_kind(patterns) != RT_JSON_ARRAY)
        return damaged("code_ignore", "a list", err);
    for (size_t i = 0; i < rt_json_count(patterns); i++) {
        if (!is_filled_text(rt_json_at(patterns, i)))
            return damaged("code_ignore", "a list of patterns", err);
    }
    return 0;
}

int rt_plan_needs_read(struct rt_plan_needs *needs, const struct rt_json *plan, struct rt_err *err)
{
    const struct rt_json *limits = rt_json_get(plan, "limits");
    const struct rt_json *each = rt_json_get(plan, "each");
    int rc;

    if ((rc = read_integer(limits, "memory_bytes", RT_PLAN_MEMORY_MAX, &needs->memory_limit, err)) <
            0 ||
        (rc = read_integer(each, "memory_bytes", RT_PLAN_MEMORY_MAX, &needs->memory, err)) < 0 ||
        (rc = read_gpus(needs, each, err)) < 0 ||
        (rc = read_isolation(needs, rt_json_get(plan, "isolation"), err)) < 0 ||
        (rc = check_inputs(rt_json_get(plan, "inputs"), err)) < 0)
        return rc;
    return check_ignore(rt_json_get(plan, "code_ignore"), err);
}
