#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "replay/points.h"
#include "store/plan.h"

/* A plan that lists these params gives them back, byte for byte. */
static void expect_round_trip(const char *const *texts, size_t count, size_t axes)
{
    static const char usual[] =
        "{\"format\":4,\"name\":\"t\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"replicates\":1,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
        "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}";
    struct rt_json **params = rt_calloc(count, sizeof(struct rt_json *));
    struct rt_json *points = rt_json_new_object();
    struct rt_json *seeds = rt_json_new_array();
    struct rt_json *replicates = rt_json_new_array();
    struct rt_json *object;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(usual), &object, &err));
    for (size_t i = 0; i < count; i++) {
        expect_ok(err, rt_json_parse(rt_span_text(texts[i]), &params[i], &err));
        rt_json_append(seeds, rt_json_new_int((int64_t)i));
        rt_json_append(replicates, rt_json_new_int(1));
    }
    rt_json_set_int(points, "count", (int64_t)count);
    rt_json_set(points, "seeds", seeds);
    rt_json_set(points, "replicates", replicates);
    rt_json_set(object, "points", points);
    expect_ok(err, rt_points_set(object, params, count, &err));
    expect_ok(err, rt_plan_new(object, &plan, &err));
    assert_int_equal(rt_plan_axes(plan), axes);
    for (size_t i = 0; i < count; i++) {
        struct rt_buf text = RT_BUF_INIT;

        rt_plan_params(plan, i, &text);
        assert_string_equal(rt_buf_text(&text), texts[i]);
        rt_buf_clear(&text);
        rt_json_free(params[i]);
    }
    free(params);
    rt_plan_free(plan);
    rt_json_free(object);
}

static void params_come_back_byte_for_byte(void **state)
{
    static const char *const equal[] = {"{\"a\":1}", "{\"a\":1}"};
    static const char *const some[] = {"{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2.0}", "{\"a\":1}"};
    static const char *const nested[] = {"{\"o\":{\"m\":0.9,\"x\":1}}",
                                         "{\"o\":{\"m\":0.9,\"x\":2}}", "{\"o\":{\"m\":0.9}}"};
    static const char *const mixed[] = {"{\"o\":{\"x\":1}}", "{\"o\":3}", "{}", "{\"o\":null}"};
    static const char *const empty[] = {"{\"o\":{}}", "{\"o\":{\"x\":{\"$float\":\"nan\"}}}"};
    static const char *const one[] = {"{\"a\":{\"b\":[1,{\"c\":2}]}}"};

    (void)state;
    expect_round_trip(equal, 2, 0);
    expect_round_trip(some, 3, 1);
    expect_round_trip(nested, 3, 1);
    expect_round_trip(mixed, 4, 1);
    expect_round_trip(empty, 2, 1);
    expect_round_trip(one, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(params_come_back_byte_for_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
