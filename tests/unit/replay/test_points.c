#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "replay/points.h"
#include "store/plan_column.h"

/* A plan that has params and axes in `object`, and so many points; the object is yours still. */
static struct rt_plan *plan_with(struct rt_json *object, size_t count)
{
    int64_t *values = rt_calloc(count, sizeof *values);
    struct rt_json *points = rt_json_new_object();
    struct rt_plan *plan;
    struct rt_err err;
    bool runs = false;

    for (size_t i = 0; i < count; i++)
        values[i] = (int64_t)i + 1;
    rt_json_set_int(points, "count", (int64_t)count);
    rt_json_set(points, "seeds", rt_plan_column_new(values, count, &runs));
    rt_json_set(points, "replicates", rt_plan_column_new(values, count, &runs));
    rt_json_set(object, "points", points);
    expect_ok(err, rt_plan_new(object, &plan, &err));
    free(values);
    return plan;
}

static struct rt_json *usual(void)
{
    static const char text[] =
        "{\"format\":7,\"name\":\"t\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"replicates\":1,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
        "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}";
    struct rt_json *object;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &object, &err));
    return object;
}

static void expect_point(const struct rt_plan *plan, uint64_t point, const char *expected)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_plan_params(plan, point, &text);
    assert_string_equal(rt_buf_text(&text), expected);
    rt_buf_clear(&text);
}

/* As objects, too, from the last to the first and again; what is done to one is not done to
 * another. */
static void expect_objects(const struct rt_plan *plan, const char *const *texts, size_t count)
{
    struct rt_pattern *pattern = rt_pattern_new();
    struct rt_err err;

    for (size_t i = 0; i < 2 * count; i++) {
        size_t point = (2 * count - 1 - i) % count;
        struct rt_json *params;
        struct rt_json *nested;
        char *text;

        expect_ok(err, rt_pattern_params(pattern, plan, point, &params, &err));
        text = rt_json_text(params);
        assert_string_equal(text, texts[point]);
        if ((nested = rt_json_get(params, "o")) && rt_json_kind(nested) == RT_JSON_OBJECT)
            rt_json_set_int(nested, "other", 1);
        rt_json_set_int(params, "other", 1);
        rt_json_free(params);
        free(text);
    }
    rt_pattern_free(pattern);
}

/* Of all points backwards, and of the last one alone. */
static void expect_taken(const struct rt_plan *from, const char *const *texts, size_t count)
{
    uint64_t *points = rt_calloc(count, sizeof *points);
    struct rt_json *object = usual();
    struct rt_plan *plan;

    for (size_t i = 0; i < count; i++)
        points[i] = count - 1 - i;
    rt_points_take(object, from, points, count);
    plan = plan_with(object, count);
    for (size_t i = 0; i < count; i++)
        expect_point(plan, i, texts[count - 1 - i]);
    rt_plan_free(plan);
    rt_points_take(object, from, points, 1);
    plan = plan_with(object, 1);
    expect_point(plan, 0, texts[count - 1]);
    rt_plan_free(plan);
    rt_json_free(object);
    free(points);
}

/* A plan that lists these params gives them back, byte for byte, and so does one that takes its
 * points.
 */
static void expect_round_trip(const char *const *texts, size_t count, size_t axes)
{
    struct rt_json **params = rt_calloc(count, sizeof(struct rt_json *));
    struct rt_json *object = usual();
    struct rt_plan *plan;
    struct rt_err err;

    for (size_t i = 0; i < count; i++)
        expect_ok(err, rt_json_parse(rt_span_text(texts[i]), &params[i], &err));
    expect_ok(err, rt_points_set(object, params, count, &err));
    plan = plan_with(object, count);
    assert_int_equal(rt_plan_axes(plan), axes);
    for (size_t i = 0; i < count; i++) {
        expect_point(plan, i, texts[i]);
        rt_json_free(params[i]);
    }
    expect_objects(plan, texts, count);
    expect_taken(plan, texts, count);
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
    static const char *const even[] = {"{\"a\":-3}", "{\"a\":4}", "{\"a\":11}"};
    static const char *const far[] = {"{\"a\":-9223372036854775808}", "{\"a\":-1}",
                                      "{\"a\":9223372036854775806}"};

    (void)state;
    expect_round_trip(equal, 2, 0);
    expect_round_trip(some, 3, 1);
    expect_round_trip(nested, 3, 1);
    expect_round_trip(mixed, 4, 1);
    expect_round_trip(empty, 2, 1);
    expect_round_trip(one, 1, 0);
    expect_round_trip(even, 3, 1);
    expect_round_trip(far, 3, 1);
}

/* So that a plan with a hundred thousand of them is a short one. */
static void integers_at_even_distances_are_a_range(void **state)
{
    static const char *const texts[] = {"{\"a\":-3,\"b\":1}", "{\"a\":4,\"b\":2}",
                                        "{\"a\":11,\"b\":4}"};
    struct rt_json *params[3];
    struct rt_json *object = usual();
    struct rt_plan *plan;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        expect_ok(err, rt_json_parse(rt_span_text(texts[i]), &params[i], &err));
    expect_ok(err, rt_points_set(object, params, 3, &err));
    plan = plan_with(object, 3);
    assert_int_equal(rt_plan_axes(plan), 2);
    assert_int_equal(rt_plan_axis_listed(plan, 0), 0);
    assert_int_equal(rt_plan_axis_listed(plan, 1), 3);
    for (size_t i = 0; i < 3; i++)
        rt_json_free(params[i]);
    rt_plan_free(plan);
    rt_json_free(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(params_come_back_byte_for_byte),
        cmocka_unit_test(integers_at_even_distances_are_a_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
