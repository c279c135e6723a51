#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "store/plan.h"

/* A plan object with these members in place of the usual ones; `"x": null` leaves nothing. */
static struct rt_json *plan_object(const char *members)
{
    static const char usual[] =
        "{\"format\":1,\"name\":\"t\","
        "\"entry\":{\"kind\":\"python\",\"file\":\"m.py\",\"function\":\"f\"},"
        "\"params\":{},\"axes\":[],\"replicates\":1,\"seed\":0,\"seeds\":\"shared\","
        "\"objective\":null,\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}";
    struct rt_json *plan;
    struct rt_json *changes;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(usual), &plan, &err));
    expect_ok(err, rt_json_parse(rt_span_text(members), &changes, &err));
    for (void *i = rt_json_first(changes); i; i = rt_json_next(changes, i))
        rt_json_set(plan, rt_json_iter_key(i), rt_json_keep(rt_json_iter_value(i)));
    rt_json_free(changes);
    return plan;
}

static struct rt_plan *plan_with(const char *members)
{
    struct rt_json *object = plan_object(members);
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_plan_new(object, &plan, &err));
    rt_json_free(object);
    return plan;
}

static void expect_params(const struct rt_plan *plan, uint64_t index, const char *want)
{
    struct rt_buf params = RT_BUF_INIT;

    rt_plan_params(plan, index, &params);
    assert_string_equal(rt_buf_text(&params), want);
    rt_buf_clear(&params);
}

#define NOISE "{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.05\",\"count\":11,\"kind\":\"real\"}"

static void a_range_contains_what_people_typed(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[" NOISE "]}");
    struct rt_value value;

    (void)state;
    assert_int_equal(rt_plan_count(plan), 11);
    assert_int_equal(rt_plan_axis_count(plan, 0), 11);
    assert_string_equal(rt_plan_axis_key(plan, 0), "noise");
    rt_plan_axis_value(plan, 0, 3, &value);
    assert_int_equal(value.kind, RT_JSON_REAL);
    assert_string_equal(value.text, "0.15");
    assert_true(value.real == 0.15);
    rt_plan_axis_value(plan, 0, 10, &value);
    assert_string_equal(value.text, "0.5");
    expect_params(plan, 0, "{\"noise\":0.0}");
    rt_plan_free(plan);
}

static void ranges_of_integers_stay_integers(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[{\"key\":\"n\",\"from\":\"1e3\",\"step\":\"-250\","
                                     "\"count\":9,\"kind\":\"int\"}]}");
    struct rt_value value;

    (void)state;
    rt_plan_axis_value(plan, 0, 8, &value);
    assert_int_equal(value.kind, RT_JSON_INT);
    assert_int_equal(value.integer, -1000);
    assert_string_equal(value.text, "-1000");
    expect_params(plan, 1, "{\"n\":750}");
    rt_plan_free(plan);
}

static void a_range_by_factors_has_the_nearest_reals(void **state)
{
    struct rt_plan *plan =
        plan_with("{\"format\":2,\"axes\":[{\"key\":\"lr\",\"from\":\"1e-5\",\"to\":\"0.1\","
                  "\"count\":9,\"scale\":\"log\"}]}");

    (void)state;
    assert_int_equal(rt_plan_axis_kind(plan, 0), RT_AXIS_DERIVED);
    expect_params(plan, 0, "{\"lr\":1e-05}");
    expect_params(plan, 1, "{\"lr\":3.1622776601683795e-05}");
    expect_params(plan, 2, "{\"lr\":0.0001}");
    expect_params(plan, 4, "{\"lr\":0.001}");
    expect_params(plan, 8, "{\"lr\":0.1}");
    rt_plan_free(plan);
}

static void a_long_decimal_becomes_the_shortest_text_of_its_double(void **state)
{
    struct rt_plan *plan =
        plan_with("{\"axes\":[{\"key\":\"x\",\"from\":\"0.123456789012345678\",\"step\":\"1\","
                  "\"count\":2,\"kind\":\"real\"}]}");

    (void)state;
    expect_params(plan, 0, "{\"x\":0.12345678901234568}");
    expect_params(plan, 1, "{\"x\":1.1234567890123457}");
    rt_plan_free(plan);
}

static void a_plan_without_axes_has_one_level(void **state)
{
    struct rt_plan *plan = plan_with("{\"params\":{\"b\":1,\"a\":[1.0]},\"replicates\":3}");

    (void)state;
    assert_int_equal(rt_plan_count(plan), 3);
    assert_int_equal(rt_plan_levels(plan), 1);
    assert_int_equal(rt_plan_replicate(plan, 0), 1);
    assert_int_equal(rt_plan_replicate(plan, 2), 3);
    expect_params(plan, 2, "{\"a\":[1.0],\"b\":1}");
    rt_plan_free(plan);
}

static void replicates_change_slowest_and_the_last_axis_fastest(void **state)
{
    struct rt_plan *plan =
        plan_with("{\"axes\":[{\"key\":\"b\",\"values\":[1,2]},"
                  "{\"key\":\"a\",\"values\":[\"x\",null,true]}],\"replicates\":2}");

    (void)state;
    assert_int_equal(rt_plan_count(plan), 12);
    expect_params(plan, 0, "{\"a\":\"x\",\"b\":1}");
    expect_params(plan, 1, "{\"a\":null,\"b\":1}");
    expect_params(plan, 2, "{\"a\":true,\"b\":1}");
    expect_params(plan, 3, "{\"a\":\"x\",\"b\":2}");
    expect_params(plan, 6, "{\"a\":\"x\",\"b\":1}");
    assert_int_equal(rt_plan_replicate(plan, 5), 1);
    assert_int_equal(rt_plan_replicate(plan, 6), 2);
    assert_int_equal(rt_plan_level(plan, 11, 0), 1);
    assert_int_equal(rt_plan_level(plan, 11, 1), 2);
    rt_plan_free(plan);
}

static void axes_that_change_together_count_as_one(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[{\"key\":\"a\",\"values\":[1,2,3],\"zip\":0},"
                                     "{\"key\":\"x\",\"values\":[7,8]},"
                                     "{\"key\":\"b\",\"from\":\"0\",\"step\":\"1\",\"count\":3,"
                                     "\"kind\":\"int\",\"zip\":0}]}");

    (void)state;
    assert_int_equal(rt_plan_count(plan), 6);
    assert_int_equal(rt_plan_axes(plan), 3);
    assert_int_equal(rt_plan_axis_stride(plan, 0), 2);
    assert_int_equal(rt_plan_axis_stride(plan, 1), 1);
    assert_int_equal(rt_plan_axis_stride(plan, 2), 2);
    expect_params(plan, 0, "{\"a\":1,\"b\":0,\"x\":7}");
    expect_params(plan, 1, "{\"a\":1,\"b\":0,\"x\":8}");
    expect_params(plan, 5, "{\"a\":3,\"b\":2,\"x\":8}");
    rt_plan_free(plan);
}

#define DRAWN(key, members) "{\"key\":\"" key "\"," members ",\"count\":1000000,\"zip\":0}"

/* The values are those that a script computes from what docs/plan.md says. */
static void a_sample_is_a_function_of_seed_number_and_key(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[" DRAWN(
        "lr",
        "\"sample\":\"loguniform\",\"from\":\"1e-5\",\"to\":"
        "\"0.1\"") "," DRAWN("units",
                             "\"sample\":\"int\","
                             "\"from\":\"16\",\"to\":"
                             "\"512\"") "," DRAWN("act",
                                                  "\"sample\":\"choice\",\"values\":[\"relu\","
                                                  "\"tanh\"]") "," DRAWN("p",
                                                                         "\"sample\":"
                                                                         "\"uniform\","
                                                                         "\"from\":\"0\","
                                                                         "\"to\":\"0.5\"") "]"
                                                                                           "}");
    struct rt_value value;

    (void)state;
    assert_int_equal(rt_plan_count(plan), 1000000);
    assert_int_equal(rt_plan_axis_kind(plan, 2), RT_AXIS_DERIVED);
    assert_int_equal(rt_plan_axis_listed(plan, 1), 0);
    assert_int_equal(rt_plan_axis_listed(plan, 2), 2);
    rt_plan_axis_listed_value(plan, 2, 1, &value);
    assert_string_equal(value.string, "tanh");
    expect_params(plan, 0,
                  "{\"act\":\"relu\",\"lr\":0.0010564599426415512,"
                  "\"p\":0.1152876696462245,\"units\":255}");
    rt_plan_free(plan);
}

static void samples_stay_within_their_bounds(void **state)
{
    struct rt_plan *plan = plan_with("{\"seed\":7,\"axes\":[" DRAWN(
        "a", "\"sample\":\"int\",\"from\":\"-1\",\"to\":"
             "\"1\"") "," DRAWN("b", "\"sample\":\"uniform\",\"from\":\"-3\",\"to\":\"-"
                                     "2\"") "," DRAWN("c", "\"sample\":\"int\","
                                                           "\"from\":\"-"
                                                           "9223372036854775807"
                                                           "\","
                                                           "\"to\":"
                                                           "\"922337203685477580"
                                                           "7\"") "]}");
    struct rt_value value;
    int seen[3] = {0, 0, 0};

    (void)state;
    for (uint64_t level = 0; level < 3000; level++) {
        rt_plan_axis_value(plan, 0, level, &value);
        assert_in_range(value.integer + 1, 0, 2);
        seen[value.integer + 1]++;
        rt_plan_axis_value(plan, 1, level, &value);
        assert_true(value.real >= -3 && value.real < -2);
        rt_plan_axis_value(plan, 2, level, &value);
        assert_int_equal(value.kind, RT_JSON_INT);
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(seen[i], 900, 1100);
    rt_plan_free(plan);
}

static void absent_keys_leave_no_trace(void **state)
{
    struct rt_plan *plan =
        plan_with("{\"params\":{\"m\":{\"q\":1}},\"axes\":["
                  "{\"key\":\"a\",\"values\":[null,1,null,1],\"absent\":[0,2],\"zip\":0},"
                  "{\"key\":\"m.p\",\"values\":[\"{\",null,null,2],\"absent\":[1,2],\"zip\":0},"
                  "{\"key\":\"z\",\"values\":[null,null,{},[]],\"absent\":[0,1],\"zip\":0}]}");
    struct rt_value value;

    (void)state;
    expect_params(plan, 0, "{\"m\":{\"p\":\"{\",\"q\":1}}");
    expect_params(plan, 1, "{\"a\":1,\"m\":{\"q\":1}}");
    expect_params(plan, 2, "{\"m\":{\"q\":1},\"z\":{}}");
    expect_params(plan, 3, "{\"a\":1,\"m\":{\"p\":2,\"q\":1},\"z\":[]}");
    rt_plan_axis_value(plan, 0, 2, &value);
    assert_int_equal(value.kind, RT_JSON_NULL);
    rt_plan_free(plan);
    plan = plan_with("{\"axes\":[{\"key\":\"a\",\"values\":[1,0],\"absent\":[1],\"zip\":0},"
                     "{\"key\":\"b\",\"values\":[0,2],\"absent\":[0],\"zip\":0}]}");
    expect_params(plan, 0, "{\"a\":1}");
    expect_params(plan, 1, "{\"b\":2}");
    rt_plan_free(plan);
}

static void listed_values_keep_their_kinds(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[{\"key\":\"v\",\"values\":"
                                     "[1,1.0,\"q\\\"\",false,null,[1,{\"b\":2,\"a\":1}]]}]}");
    struct rt_value value;

    (void)state;
    rt_plan_axis_value(plan, 0, 0, &value);
    assert_int_equal(value.kind, RT_JSON_INT);
    assert_string_equal(value.text, "1");
    rt_plan_axis_value(plan, 0, 1, &value);
    assert_int_equal(value.kind, RT_JSON_REAL);
    assert_string_equal(value.text, "1.0");
    rt_plan_axis_value(plan, 0, 2, &value);
    assert_int_equal(value.kind, RT_JSON_STRING);
    assert_string_equal(value.string, "q\"");
    assert_string_equal(value.json, "\"q\\\"\"");
    rt_plan_axis_value(plan, 0, 3, &value);
    assert_int_equal(value.kind, RT_JSON_BOOL);
    assert_int_equal(value.integer, 0);
    rt_plan_axis_value(plan, 0, 4, &value);
    assert_int_equal(value.kind, RT_JSON_NULL);
    assert_string_equal(value.json, "null");
    rt_plan_axis_value(plan, 0, 5, &value);
    assert_int_equal(value.kind, RT_JSON_ARRAY);
    assert_string_equal(value.json, "[1,{\"a\":1,\"b\":2}]");
    rt_plan_free(plan);
}

static void dotted_keys_reach_into_objects(void **state)
{
    struct rt_plan *plan = plan_with("{\"params\":{\"opt\":{\"name\":\"sgd\",\"lr\":1},\"z\":0},"
                                     "\"axes\":[{\"key\":\"opt.lr\",\"values\":[0.1,0.2]},"
                                     "{\"key\":\"a.b.c\",\"values\":[1]}]}");

    (void)state;
    expect_params(plan, 1,
                  "{\"a\":{\"b\":{\"c\":1}},\"opt\":{\"lr\":0.2,\"name\":\"sgd\"},\"z\":0}");
    rt_plan_free(plan);
}

static void params_that_look_like_holes_are_kept(void **state)
{
    struct rt_plan *plan = plan_with("{\"params\":{\"hole-0\":\"hole-0\",\"hole--\":\"hole---1\"},"
                                     "\"axes\":[{\"key\":\"hole-x\",\"values\":[7]}]}");

    (void)state;
    expect_params(plan, 0, "{\"hole--\":\"hole---1\",\"hole-0\":\"hole-0\",\"hole-x\":7}");
    rt_plan_free(plan);
}

static void a_range_of_ten_million_levels_is_not_unrolled(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1e-7\","
                                     "\"count\":10000001,\"kind\":\"real\"}],\"replicates\":90}");

    (void)state;
    assert_int_equal(rt_plan_count(plan), 900000090);
    expect_params(plan, 10000000, "{\"x\":1.0}");
    expect_params(plan, 10000001 + 3, "{\"x\":3e-07}");
    rt_plan_free(plan);
}

static void levels_share_seeds_and_replicates_do_not(void **state)
{
    struct rt_plan *plan = plan_with("{\"axes\":[" NOISE "],\"replicates\":2}");
    struct rt_plan *other = plan_with("{\"axes\":[" NOISE "],\"replicates\":2,\"seed\":1}");

    (void)state;
    for (uint64_t i = 1; i < 11; i++)
        assert_int_equal(rt_plan_seed(plan, i), rt_plan_seed(plan, 0));
    assert_int_not_equal(rt_plan_seed(plan, 11), rt_plan_seed(plan, 0));
    assert_int_equal(rt_plan_seed(plan, 12), rt_plan_seed(plan, 11));
    assert_int_not_equal(rt_plan_seed(other, 0), rt_plan_seed(plan, 0));
    rt_plan_free(other);
    rt_plan_free(plan);
}

/* The values are those of docs/plan.md, computed with Python's hashlib. */
static void the_seed_is_the_documented_one(void **state)
{
    struct rt_plan *shared = plan_with("{\"seed\":3,\"replicates\":2}");
    struct rt_plan *own = plan_with("{\"seed\":3,\"replicates\":2,\"seeds\":\"per-trial\","
                                    "\"params\":{\"lr\":0.1}}");

    (void)state;
    assert_int_equal(rt_plan_seed(shared, 1), 880166169u);
    assert_int_equal(rt_plan_seed(own, 1), 2794111834u);
    rt_plan_free(own);
    rt_plan_free(shared);
}

static void seeds_per_trial_differ_and_survive_a_change_of_the_plan(void **state)
{
    struct rt_plan *plan = plan_with("{\"seeds\":\"per-trial\",\"axes\":[{\"key\":\"a\","
                                     "\"values\":[1,2,3]}]}");
    struct rt_plan *longer = plan_with("{\"seeds\":\"per-trial\",\"axes\":[{\"key\":\"a\","
                                       "\"values\":[0,1,2,3]}]}");

    (void)state;
    assert_int_not_equal(rt_plan_seed(plan, 0), rt_plan_seed(plan, 1));
    assert_int_not_equal(rt_plan_seed(plan, 1), rt_plan_seed(plan, 2));
    assert_int_equal(rt_plan_seed(plan, 1), rt_plan_seed(longer, 2));
    rt_plan_free(longer);
    rt_plan_free(plan);
}

/* Which components differ between points of two plans, as bits; bit 7 is the key itself. */
static unsigned key_difference(const char *a_members, uint64_t a_index, const char *b_members,
                               uint64_t b_index)
{
    struct rt_plan *a = plan_with(a_members);
    struct rt_plan *b = plan_with(b_members);
    struct rt_hash a_parts[RT_KEY_COMPONENTS];
    struct rt_hash b_parts[RT_KEY_COMPONENTS];
    struct rt_hash a_key;
    struct rt_hash b_key;
    unsigned bits;

    rt_plan_key(a, a_index, NULL, a_parts, &a_key);
    rt_plan_key(b, b_index, NULL, b_parts, &b_key);
    bits = rt_hash_equal(&a_key, &b_key) ? 0 : 1u << 7;
    for (unsigned i = 0; i < RT_KEY_COMPONENTS; i++)
        bits |= rt_hash_equal(&a_parts[i], &b_parts[i]) ? 0 : 1u << i;
    rt_plan_free(a);
    rt_plan_free(b);
    return bits;
}

#define CODE_A "\"code\":\"00000000000000000000000000000000000000000000000000000000000000aa\""

static void a_key_changes_with_what_a_trial_depends_on_and_nothing_else(void **state)
{
    const char *lr = "{\"axes\":[{\"key\":\"lr\",\"values\":[1,2]}]}";

    (void)state;
    assert_string_equal(rt_key_names[0], "entry");
    assert_string_equal(rt_key_names[6], "threads");
    assert_int_equal(key_difference("{}", 0, "{}", 0), 0);
    assert_int_equal(key_difference("{}", 0, "{\"name\":\"other\"}", 0), 0);
    assert_int_equal(key_difference("{}", 0, "{\"replicates\":9}", 0), 0);
    assert_int_equal(key_difference(lr, 1, "{\"params\":{\"lr\":2}}", 0), 0);
    assert_int_equal(key_difference(lr, 0, lr, 1), 1 << 7 | 1 << 2);
    assert_int_equal(key_difference("{}", 0, "{\"seed\":1}", 0), 1 << 7 | 1 << 4);
    assert_int_equal(key_difference("{}", 0, "{" CODE_A "}", 0), 1 << 7 | 1 << 1);
    assert_int_equal(key_difference("{}", 0, "{\"root\":\"u\"}", 0), 1 << 7 | 1 << 0);
    assert_int_equal(key_difference("{}", 0, "{\"each\":{\"threads\":2}}", 0), 1 << 7 | 1 << 6);
}

static void the_environment_is_no_part_of_a_plan_but_of_a_key(void **state)
{
    struct rt_plan *plan = plan_with("{}");
    struct rt_hash environment = {{7}};
    struct rt_hash parts[RT_KEY_COMPONENTS];
    struct rt_hash of_nothing = rt_hash(rt_span_text("{}"));
    struct rt_hash before;
    struct rt_hash after;

    (void)state;
    rt_plan_key(plan, 0, NULL, parts, &before);
    assert_true(rt_hash_equal(&parts[5], &of_nothing));
    rt_plan_key(plan, 0, &environment, parts, &after);
    assert_true(rt_hash_equal(&parts[5], &environment));
    assert_false(rt_hash_equal(&before, &after));
    rt_plan_key(plan, 0, &of_nothing, parts, &after);
    assert_true(rt_hash_equal(&before, &after));
    rt_plan_free(plan);
}

static void the_numbers_of_a_plan_are_read(void **state)
{
    struct rt_plan *plan = plan_with("{\"limits\":{\"timeout_us\":60000000,\"retries\":2,"
                                     "\"output_bytes\":10},\"each\":{\"threads\":4}}");

    (void)state;
    assert_int_equal(rt_plan_timeout_us(plan), 60000000);
    assert_int_equal(rt_plan_retries(plan), 2);
    assert_int_equal(rt_plan_output_bytes(plan), 10);
    assert_int_equal(rt_plan_threads(plan), 4);
    assert_string_equal(rt_plan_name(plan), "t");
    assert_int_equal(rt_json_get_int(rt_plan_json(plan), "format", 0), 1);
    rt_plan_free(plan);
}

static struct rt_hash key_component(const char *members, size_t component)
{
    struct rt_plan *plan = plan_with(members);
    struct rt_hash components[RT_KEY_COMPONENTS];
    struct rt_hash key;

    rt_plan_key(plan, 0, NULL, components, &key);
    rt_plan_free(plan);
    return components[component];
}

static void needs_and_limits_are_read(void **state)
{
    struct rt_plan *plan = plan_with(
        "{\"format\":3,\"isolation\":\"fresh\",\"code_ignore\":[\"*.csv\"],"
        "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":0,\"memory_bytes\":7},"
        "\"each\":{\"threads\":1,\"memory_bytes\":8,\"gpus_permille\":500}}");

    (void)state;
    assert_int_equal(rt_plan_memory_limit(plan), 7);
    assert_int_equal(rt_plan_memory(plan), 8);
    assert_int_equal(rt_plan_gpus_permille(plan), 500);
    assert_true(rt_plan_fresh(plan));
    rt_plan_free(plan);
    plan = plan_with("{}");
    assert_int_equal(rt_plan_memory_limit(plan), 0);
    assert_int_equal(rt_plan_gpus_permille(plan), 0);
    assert_false(rt_plan_fresh(plan));
    rt_plan_free(plan);
}

static void inputs_are_a_component_of_keys(void **state)
{
    struct rt_hash none = key_component("{}", 3);
    struct rt_hash one = key_component("{\"format\":3,\"inputs\":[{\"path\":\"a\"}]}", 3);
    struct rt_hash other = key_component("{\"format\":3,\"inputs\":[{\"path\":\"b\"}]}", 3);

    (void)state;
    assert_memory_not_equal(&none, &one, sizeof one);
    assert_memory_not_equal(&one, &other, sizeof one);
}

static void damaged_plans_are_refused(void **state)
{
    static const struct {
        const char *members;
        const char *part;
    } cases[] = {
        {"{\"format\":null}", "\"format\""},
        {"{\"format\":0}", "\"format\""},
        {"{\"name\":7}", "\"name\""},
        {"{\"name\":\"\"}", "\"name\""},
        {"{\"entry\":null}", "\"entry\""},
        {"{\"entry\":{\"kind\":\"cobol\"}}", "\"entry\""},
        {"{\"entry\":{\"kind\":\"c\",\"file\":\"a.so\"}}", "\"entry\""},
        {"{\"entry\":{\"kind\":\"command\",\"argv\":[]}}", "\"entry\""},
        {"{\"entry\":{\"kind\":\"command\",\"argv\":[\"a\",1]}}", "\"entry\""},
        {"{\"params\":[]}", "\"params\""},
        {"{\"axes\":null}", "\"axes\""},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"normal\",\"count\":1}]}", "no known \"sample\""},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"int\",\"count\":0}]}", "no \"count\""},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"choice\",\"count\":1}]}", "no values"},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"int\",\"from\":\"2\",\"to\":\"1\",\"count\":1}]}",
         "in this order"},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"int\",\"from\":\"1\",\"to\":\"1.5\",\"count\":1}]"
         "}",
         "no integers"},
        {"{\"axes\":[{\"key\":\"a\",\"sample\":\"loguniform\",\"from\":\"0\",\"to\":\"1\","
         "\"count\":1"
         "}]}",
         "cannot be"},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1],\"zip\":-1}]}", "no usable \"zip\""},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1],\"zip\":null}]}", "no usable \"zip\""},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1],\"zip\":3},{\"key\":\"b\",\"values\":[1,2],"
         "\"zip\":3}]}",
         "have 1 and 2 levels"},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1],\"absent\":[1]}]}", "no usable \"absent\""},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1],\"absent\":0}]}", "no usable \"absent\""},
        {"{\"axes\":[{\"key\":\"a\",\"scale\":\"ln\"}]}", "no known \"scale\""},
        {"{\"axes\":[{\"key\":\"a\",\"scale\":\"log\",\"from\":\"0\",\"to\":\"1\",\"count\":2}]}",
         "from 1e-250"},
        {"{\"axes\":[{\"key\":\"a\",\"scale\":\"log\",\"from\":\"1\",\"to\":\"2\",\"count\":1}]}",
         "\"count\" of 2"},
        {"{\"axes\":[1]}", "no usable key"},
        {"{\"axes\":[{\"key\":\"a..b\",\"values\":[1]}]}", "no usable key"},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[]}]}", "no values"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"x\",\"step\":\"1\"}]}", "no decimal"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1\",\"step\":\"1\",\"count\":2}]}", "\"kind\""},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1\",\"step\":\"1\",\"kind\":\"int\"}]}",
         "\"count\""},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1\",\"step\":\"0\",\"kind\":\"int\",\"count\":2}]}",
         "zero"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1\",\"step\":\"0.5\",\"kind\":\"int\",\"count\":2}]"
         "}",
         "do not fit"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1e300\",\"step\":\"1e-9\",\"kind\":\"real\","
         "\"count\":2}]}",
         "too far apart"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"1e399\",\"step\":\"1e399\",\"kind\":\"real\","
         "\"count\":2}]}",
         "do not fit"},
        {"{\"axes\":[{\"key\":\"a\",\"from\":\"0\",\"step\":\"9000000000000000001\","
         "\"kind\":\"int\",\"count\":3}]}",
         "can be counted"},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1]},{\"key\":\"a\",\"values\":[2]}]}", "twice"},
        {"{\"axes\":[{\"key\":\"a.b\",\"values\":[1]},{\"key\":\"a\",\"values\":[2]}]}", "twice"},
        {"{\"axes\":[{\"key\":\"a\",\"values\":[1]},{\"key\":\"a.b\",\"values\":[2]}]}",
         "no mapping"},
        {"{\"params\":{\"a\":1},\"axes\":[{\"key\":\"a.b\",\"values\":[2]}]}", "no mapping"},
        {"{\"replicates\":0}", "\"replicates\""},
        {"{\"replicates\":-1}", "\"replicates\""},
        {"{\"replicates\":1000000001}", "more than 1000000000 trials"},
        {"{\"replicates\":4294967295,\"axes\":[{\"key\":\"a\",\"from\":\"0\",\"step\":\"1\","
         "\"kind\":\"int\",\"count\":9223372036854775807}]}",
         "more than 1000000000 trials"},
        {"{\"seed\":-1}", "\"seed\""},
        {"{\"seeds\":\"x\"}", "\"seeds\""},
        {"{\"objective\":{\"goal\":\"maximise\",\"metric\":\"m\"}}", "\"objective\""},
        {"{\"objective\":{\"goal\":\"minimize\"}}", "\"objective\""},
        {"{\"limits\":{}}", "\"timeout_us\""},
        {"{\"limits\":{\"timeout_us\":0,\"retries\":251,\"output_bytes\":0}}", "\"retries\""},
        {"{\"each\":{\"threads\":0}}", "\"threads\""},
        {"{\"code\":\"123\"}", "\"code\""},
        {"{\"root\":1}", "\"root\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rt_json *object = plan_object(cases[i].members);
        struct rt_plan *plan;
        struct rt_err err;

        expect_error(err, RT_EDAMAGED, cases[i].part, rt_plan_new(object, &plan, &err));
        assert_null(plan);
        rt_json_free(object);
    }
}

#define LISTED_POINTS                                                                              \
    "{\"format\":4,\"params\":{\"a\":1},\"replicates\":2,\"axes\":["                               \
    "{\"key\":\"x\",\"values\":[3,5,3],\"zip\":0},{\"key\":\"y\",\"values\":[1,null,2],"           \
    "\"absent\":[1],\"zip\":0}],\"points\":{\"count\":3,\"replicates\":[1,9,2],\"seeds\":"

static void listed_points_bring_their_seeds_and_replicates(void **state)
{
    struct rt_plan *plan = plan_with(LISTED_POINTS "[7,8,4294967295]}}");

    (void)state;
    assert_true(rt_plan_lists_points(plan));
    assert_int_equal(rt_plan_count(plan), 6);
    expect_params(plan, 0, "{\"a\":1,\"x\":3,\"y\":1}");
    expect_params(plan, 4, "{\"a\":1,\"x\":5}");
    assert_int_equal(rt_plan_seed(plan, 2), UINT32_MAX);
    assert_int_equal(rt_plan_seed(plan, 5), UINT32_MAX);
    assert_int_equal(rt_plan_replicate(plan, 1), 9);
    assert_int_equal(rt_plan_replicate(plan, 4), 9);
    assert_int_equal(rt_plan_repeat(plan, 1), 1);
    assert_int_equal(rt_plan_repeat(plan, 4), 2);
    rt_plan_free(plan);
}

static void a_point_is_told_the_same_in_all_repeats(void **state)
{
    struct rt_plan *plan =
        plan_with(LISTED_POINTS "[1,2,3]},\"replay\":{\"told\":[[0,[{\"call\":4}]],"
                                "[2,[{\"call\":5},{\"call\":6}]]]}}");

    (void)state;
    assert_int_equal(rt_json_count(rt_plan_told(plan, 0)), 1);
    assert_null(rt_plan_told(plan, 1));
    assert_int_equal(rt_json_count(rt_plan_told(plan, 2)), 2);
    assert_ptr_equal(rt_plan_told(plan, 5), rt_plan_told(plan, 2));
    assert_null(rt_plan_told(plan, 4));
    rt_plan_free(plan);
}

static void repeats_of_listed_points_may_have_seeds_of_their_own(void **state)
{
    struct rt_plan *plan = plan_with(LISTED_POINTS "[1,2,3,4,5,6]}}");

    (void)state;
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(rt_plan_seed(plan, i), i + 1);
    rt_plan_free(plan);
}

static void equal_points_may_be_listed_without_any_axis(void **state)
{
    struct rt_plan *plan =
        plan_with("{\"format\":4,\"points\":{\"count\":2,\"seeds\":[5,6],\"replicates\":[1,2]}}");

    (void)state;
    assert_int_equal(rt_plan_count(plan), 2);
    expect_params(plan, 1, "{}");
    assert_int_equal(rt_plan_seed(plan, 1), 6);
    rt_plan_free(plan);
}

static void listed_points_that_do_not_add_up_are_refused(void **state)
{
    static const char *const bad[][2] = {
        {LISTED_POINTS "[1,2]}}", "points.seeds"},
        {LISTED_POINTS "[1,2,-3]}}", "0 to 4294967295"},
        {LISTED_POINTS "[1,2,\"x\"]}}", "points.seeds"},
        {"{\"points\":{\"count\":0}}", "points.count"},
        {"{\"points\":{\"count\":2,\"seeds\":[1,2],\"replicates\":[1,0]}}", "points.replicates"},
        {"{\"points\":{\"count\":2,\"seeds\":[1,2],\"replicates\":[1,2]},\"axes\":["
         "{\"key\":\"x\",\"values\":[1,2,3]}]}",
         "does not go with"},
        {"{\"points\":{\"count\":2,\"seeds\":[1,2],\"replicates\":[1,2]},\"axes\":["
         "{\"key\":\"x\",\"values\":[1,2]},{\"key\":\"y\",\"values\":[1,2]}]}",
         "does not go with"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct rt_json *object = plan_object(bad[i][0]);
        struct rt_plan *plan;
        struct rt_err err;

        expect_error(err, RT_EDAMAGED, bad[i][1], rt_plan_new(object, &plan, &err));
        rt_json_free(object);
    }
}

static void a_later_format_is_not_damage(void **state)
{
    struct rt_json *object = plan_object("{\"format\":99,\"params\":[]}");
    struct rt_plan *plan;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENEWER, "format 99", rt_plan_new(object, &plan, &err));
    rt_json_free(object);
}

/* A small generator of our own: tests must not depend on rand(). */
static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % below;
}

static struct rt_json *random_scalar(uint64_t *seed)
{
    switch (draw(seed, 6)) {
    case 0:
        return rt_json_new_null();
    case 1:
        return rt_json_new_bool(draw(seed, 2));
    case 2:
        return rt_json_new_int((int64_t)draw(seed, 2000) - 1000);
    case 3:
        return rt_json_new_real(((double)draw(seed, 100000) - 50000) / 1024);
    case 4:
        return rt_json_new_string(draw(seed, 2) ? "\"\\\n\x01 \xC3\xA9" : "hole-0");
    default:
        return rt_json_new_array();
    }
}

/* Keys a..e at two depths, so that plans meet one another's keys often. */
static struct rt_json *random_plan(uint64_t *seed)
{
    static const char *const names[] = {"a", "b", "c.d", "c.e", "f.g.h"};
    struct rt_json *object = plan_object("{}");
    struct rt_json *params = rt_json_get(object, "params");
    struct rt_json *axes = rt_json_get(object, "axes");

    rt_json_set_int(object, "replicates", 1 + (int64_t)draw(seed, 3));
    rt_json_set(params, "z", random_scalar(seed));
    rt_json_set(params, "b", random_scalar(seed));
    if (draw(seed, 2)) {
        rt_json_set(params, "c", rt_json_new_object());
        rt_json_set(rt_json_get(params, "c"), "c", random_scalar(seed));
        rt_json_set(rt_json_get(params, "c"), "d", random_scalar(seed));
    }
    for (size_t i = draw(seed, 5), step = 1 + draw(seed, 2); i < 5; i += step) {
        struct rt_json *axis = rt_json_new_object();
        struct rt_json *values = rt_json_new_array();

        for (uint64_t n = 1 + draw(seed, 4); n; n--)
            rt_json_append(values, random_scalar(seed));
        rt_json_set_text(axis, "key", names[i]);
        rt_json_set(axis, "values", values);
        rt_json_append(axes, axis);
    }
    return object;
}

static void set_member(struct rt_json *object, const char *key, struct rt_json *value)
{
    const char *dot;

    for (; (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        char *name = rt_strndup(key, (size_t)(dot - key));

        if (!rt_json_get(object, name))
            rt_json_set(object, name, rt_json_new_object());
        object = rt_json_get(object, name);
        free(name);
    }
    rt_json_set(object, key, value);
}

/* The params of a point the slow way. */
static char *merged_params(const struct rt_plan *plan, uint64_t index)
{
    const struct rt_json *object = rt_plan_json(plan);
    struct rt_json *params = rt_json_copy(rt_json_get(object, "params"));
    const struct rt_json *axes = rt_json_get(object, "axes");
    uint64_t rest = index % rt_plan_levels(plan);
    char *text;

    for (size_t i = rt_json_count(axes); i-- > 0;) {
        const struct rt_json *axis = rt_json_at(axes, i);
        const struct rt_json *values = rt_json_get(axis, "values");

        set_member(params, rt_json_get_text(axis, "key", ""),
                   rt_json_keep(rt_json_at(values, rest % rt_json_count(values))));
        rest /= rt_json_count(values);
    }
    text = rt_json_text(params);
    rt_json_free(params);
    return text;
}

static void params_equal_the_canonical_text_of_the_merged_object(void **state)
{
    uint64_t seed = 20;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct rt_json *object = random_plan(&seed);
        struct rt_plan *plan;
        struct rt_err err;

        expect_ok(err, rt_plan_new(object, &plan, &err));
        for (uint64_t i = 0; i < rt_plan_count(plan); i += 1 + draw(&seed, 5)) {
            char *want = merged_params(plan, i);

            expect_params(plan, i, want);
            free(want);
        }
        rt_plan_free(plan);
        rt_json_free(object);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_contains_what_people_typed),
        cmocka_unit_test(ranges_of_integers_stay_integers),
        cmocka_unit_test(a_range_by_factors_has_the_nearest_reals),
        cmocka_unit_test(a_long_decimal_becomes_the_shortest_text_of_its_double),
        cmocka_unit_test(a_plan_without_axes_has_one_level),
        cmocka_unit_test(replicates_change_slowest_and_the_last_axis_fastest),
        cmocka_unit_test(axes_that_change_together_count_as_one),
        cmocka_unit_test(absent_keys_leave_no_trace),
        cmocka_unit_test(a_sample_is_a_function_of_seed_number_and_key),
        cmocka_unit_test(samples_stay_within_their_bounds),
        cmocka_unit_test(listed_values_keep_their_kinds),
        cmocka_unit_test(dotted_keys_reach_into_objects),
        cmocka_unit_test(params_that_look_like_holes_are_kept),
        cmocka_unit_test(a_range_of_ten_million_levels_is_not_unrolled),
        cmocka_unit_test(levels_share_seeds_and_replicates_do_not),
        cmocka_unit_test(the_seed_is_the_documented_one),
        cmocka_unit_test(seeds_per_trial_differ_and_survive_a_change_of_the_plan),
        cmocka_unit_test(a_key_changes_with_what_a_trial_depends_on_and_nothing_else),
        cmocka_unit_test(the_environment_is_no_part_of_a_plan_but_of_a_key),
        cmocka_unit_test(the_numbers_of_a_plan_are_read),
        cmocka_unit_test(needs_and_limits_are_read),
        cmocka_unit_test(inputs_are_a_component_of_keys),
        cmocka_unit_test(damaged_plans_are_refused),
        cmocka_unit_test(listed_points_bring_their_seeds_and_replicates),
        cmocka_unit_test(repeats_of_listed_points_may_have_seeds_of_their_own),
        cmocka_unit_test(equal_points_may_be_listed_without_any_axis),
        cmocka_unit_test(listed_points_that_do_not_add_up_are_refused),
        cmocka_unit_test(a_point_is_told_the_same_in_all_repeats),
        cmocka_unit_test(a_later_format_is_not_damage),
        cmocka_unit_test(params_equal_the_canonical_text_of_the_merged_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
