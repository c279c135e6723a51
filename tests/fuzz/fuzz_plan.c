/* Any JSON as a plan: refused, or one whose points can be derived. */
#include "store/plan.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_point(const struct rt_plan *plan, uint64_t index)
{
    struct rt_hash components[RT_KEY_COMPONENTS];
    struct rt_buf params = RT_BUF_INIT;
    struct rt_value value;
    struct rt_json *json;
    struct rt_hash key;
    struct rt_err err;

    rt_plan_params(plan, index, &params);
    if (rt_json_parse(rt_buf_span(&params), &json, &err) < 0)
        abort();
    rt_json_free(json);
    rt_buf_clear(&params);
    rt_plan_key(plan, index, NULL, components, &key);
    for (size_t i = 0; i < rt_plan_axes(plan); i++)
        rt_plan_axis_value(plan, i, rt_plan_level(plan, index, i), &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    if (rt_json_parse(rt_span(data, size), &json, &err) < 0)
        return 0;
    if (rt_plan_new(json, &plan, &err) == 0) {
        check_point(plan, 0);
        check_point(plan, rt_plan_count(plan) - 1);
        rt_plan_free(plan);
    } else if (err.code != RT_EDAMAGED && err.code != RT_ENEWER) {
        abort();
    }
    rt_json_free(json);
    return 0;
}
