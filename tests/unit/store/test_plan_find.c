#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "store/plan_find.h"

static struct rt_plan *plan_of(const char *params, const char *axes, unsigned replicates)
{
    char *text =
        rt_printf("{\"format\":2,\"name\":\"t\","
                  "\"entry\":{\"kind\":\"python\",\"file\":\"m.py\",\"function\":\"f\"},"
                  "\"params\":%s,\"axes\":%s,\"replicates\":%u,\"seed\":0,\"seeds\":\"shared\","
                  "\"objective\":null,\"limits\":{\"timeout_us\":0,\"retries\":0,"
                  "\"output_bytes\":65536},\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}",
                  params, axes, replicates);
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    rt_json_free(json);
    free(text);
    return plan;
}

static struct rt_json *params_of(const struct rt_plan *plan, uint64_t index)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *params;
    struct rt_err err;

    rt_plan_params(plan, index, &text);
    expect_ok(err, rt_json_parse(rt_buf_span(&text), &params, &err));
    rt_buf_clear(&text);
    return params;
}

/* The first point that is alike, looked for one by one. */
static uint64_t look(const struct rt_plan *plan, uint64_t index)
{
    struct rt_json *wanted = params_of(plan, index);
    uint64_t found = 0;
    bool alike = false;

    for (; !alike; found += !alike) {
        struct rt_json *params = params_of(plan, found);

        alike = rt_json_equal(params, wanted) &&
                rt_plan_replicate(plan, found) == rt_plan_replicate(plan, index);
        rt_json_free(params);
    }
    rt_json_free(wanted);
    return found;
}

static void expect_all_found(const char *params, const char *axes, unsigned replicates)
{
    struct rt_plan *plan = plan_of(params, axes, replicates);

    for (uint64_t index = 0; index < rt_plan_count(plan); index++) {
        struct rt_json *wanted = params_of(plan, index);

        assert_int_equal(rt_plan_find(plan, wanted, rt_plan_replicate(plan, index)),
                         look(plan, index));
        rt_json_free(wanted);
    }
    rt_plan_free(plan);
}

static void every_point_is_found(void **state)
{
    (void)state;
    expect_all_found("{\"a\":1}", "[]", 3);
    expect_all_found("{\"a\":1}",
                     "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"0.05\",\"count\":11,\"kind\":"
                     "\"real\"},{\"key\":\"n\",\"from\":\"5\",\"step\":\"-1\",\"count\":4,\"kind\":"
                     "\"int\"}]",
                     3);
    expect_all_found("{\"opt\":{\"lr\":1,\"b\":2}}",
                     "[{\"key\":\"one\",\"values\":[7]},{\"key\":\"opt.lr\",\"values\":"
                     "[1,1.0,null,\"1\",[1],{\"a\":true}]}]",
                     2);
    expect_all_found("{}",
                     "[{\"key\":\"lr\",\"sample\":\"loguniform\",\"from\":\"1e-5\",\"to\":\"0.1\","
                     "\"count\":20},{\"key\":\"log\",\"from\":\"1e-3\",\"to\":\"10\",\"count\":5,"
                     "\"scale\":\"log\"}]",
                     1);
}

static void axes_that_change_together_are_found_together(void **state)
{
    (void)state;
    expect_all_found("{}",
                     "[{\"key\":\"a\",\"values\":[1,1,2,2],\"zip\":0},{\"key\":\"c\",\"values\":"
                     "[true,false]},{\"key\":\"b\",\"values\":[3,4,3,4],\"zip\":0,\"absent\":[3]}]",
                     2);
}

static void what_the_plan_has_not_is_not_found(void **state)
{
    struct rt_plan *plan = plan_of("{\"a\":1}",
                                   "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"0.5\",\"count\":3,"
                                   "\"kind\":\"real\"}]",
                                   2);
    static const struct {
        const char *params;
        uint32_t replicate;
    } wrong[] = {
        {"{\"a\":1,\"x\":0.25}", 1}, {"{\"a\":1,\"x\":1}", 1},           {"{\"a\":1,\"x\":9.0}", 1},
        {"{\"a\":2,\"x\":0.5}", 1},  {"{\"a\":1,\"x\":0.5,\"y\":0}", 1}, {"{\"a\":1}", 1},
        {"{\"a\":1,\"x\":0.5}", 3},  {"{\"a\":1,\"x\":\"0.5\"}", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct rt_json *params;
        struct rt_err err;

        expect_ok(err, rt_json_parse(rt_span_text(wrong[i].params), &params, &err));
        assert_true(rt_plan_find(plan, params, wrong[i].replicate) == UINT64_MAX);
        rt_json_free(params);
    }
    rt_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_is_found),
        cmocka_unit_test(axes_that_change_together_are_found_together),
        cmocka_unit_test(what_the_plan_has_not_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
