#include "tests/expect.h"

#include <math.h>
#include <stdlib.h>

#include "replay/change.h"

static const struct rt_study study = {.number = 1, .id = "k3f9ab"};

static struct rt_json *parse(const char *text)
{
    struct rt_json *json;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    return json;
}

/* What a setting makes of params, all combinations with blanks between. */
static void expect_change(const char *setting, const char *params, const char *want)
{
    struct rt_pick origin = {&study, 3};
    struct rt_changes changes = {0};
    struct rt_buf got = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_changes_add(&changes, setting, &err));
    for (uint64_t i = 0; i < rt_changes_combinations(&changes); i++) {
        struct rt_json *json = parse(params);

        expect_ok(err, rt_changes_apply(&changes, &origin, i, json, &err));
        rt_buf_add(&got, i ? " " : "");
        rt_json_canonical(json, &got);
        rt_json_free(json);
    }
    assert_string_equal(rt_buf_text(&got), want);
    rt_buf_clear(&got);
    rt_changes_clear(&changes);
}

static void the_grammar_is_that_of_studies_and_more(void **state)
{
    (void)state;
    expect_change("lr=0.1", "{\"lr\":1}", "{\"lr\":0.1}");
    expect_change("lr=0.1,0.2", "{\"lr\":1}", "{\"lr\":0.1} {\"lr\":0.2}");
    expect_change("lr=0:0.1:0.05", "{}", "{\"lr\":0.0} {\"lr\":0.05} {\"lr\":0.1}");
    expect_change("act=relu,tanh", "{}", "{\"act\":\"relu\"} {\"act\":\"tanh\"}");
    expect_change("hidden=[20,10]", "{\"hidden\":[5]}", "{\"hidden\":[20,10]}");
    expect_change("opt.lr=2", "{\"opt\":{\"lr\":1,\"m\":3}}", "{\"opt\":{\"lr\":2,\"m\":3}}");
    expect_change("epochs+=10", "{\"epochs\":40}", "{\"epochs\":50}");
    expect_change("epochs+=1,2", "{\"epochs\":40}", "{\"epochs\":41} {\"epochs\":42}");
    expect_change("epochs*=2", "{\"epochs\":40}", "{\"epochs\":80}");
    expect_change("epochs*=0.5", "{\"epochs\":40}", "{\"epochs\":20}");
    expect_change("epochs*=0.5", "{\"epochs\":5}", "{\"epochs\":2.5}");
    expect_change("lr+=0.2", "{\"lr\":0.1}", "{\"lr\":0.3}");
    expect_change("lr*=3", "{\"lr\":0.1}", "{\"lr\":0.3}");
    expect_change("lr*=1e300", "{\"lr\":1e-300}", "{\"lr\":1.0}");
}

static void combinations_cross_with_the_last_one_fastest(void **state)
{
    struct rt_pick origin = {&study, 3};
    struct rt_changes changes = {0};
    struct rt_json *json = parse("{\"a\":0,\"b\":0}");
    struct rt_err err;
    char *text;

    (void)state;
    expect_ok(err, rt_changes_add(&changes, "a=1,2", &err));
    expect_ok(err, rt_changes_add(&changes, "b=5,6,7", &err));
    assert_int_equal(rt_changes_combinations(&changes), 6);
    expect_ok(err, rt_changes_apply(&changes, &origin, 4, json, &err));
    text = rt_json_text(json);
    assert_string_equal(text, "{\"a\":2,\"b\":6}");
    free(text);
    rt_json_free(json);
    expect_error(err, RT_EUSAGE, "changed already", rt_changes_add(&changes, "a=3", &err));
    expect_error(err, RT_EUSAGE, "changed already", rt_changes_unset(&changes, "a.b", &err));
    rt_changes_clear(&changes);
}

static void unset_takes_a_parameter_away(void **state)
{
    struct rt_pick origin = {&study, 3};
    struct rt_changes changes = {0};
    struct rt_json *json = parse("{\"a\":0,\"o\":{\"b\":1,\"c\":2}}");
    struct rt_err err;
    char *text;

    (void)state;
    expect_ok(err, rt_changes_unset(&changes, "a", &err));
    expect_ok(err, rt_changes_unset(&changes, "o.b", &err));
    expect_ok(err, rt_changes_unset(&changes, "none", &err));
    expect_ok(err, rt_changes_apply(&changes, &origin, 0, json, &err));
    text = rt_json_text(json);
    assert_string_equal(text, "{\"o\":{\"c\":2}}");
    free(text);
    rt_json_free(json);
    rt_changes_clear(&changes);
}

/* The shaken value of trial `ordinal`, whose recorded one is 0. */
static double shaken(const char *setting, uint64_t ordinal)
{
    struct rt_pick origin = {&study, ordinal};
    struct rt_changes changes = {0};
    struct rt_json *json = parse("{\"x\":0.0}");
    struct rt_err err;
    double value;

    expect_ok(err, rt_changes_add(&changes, setting, &err));
    expect_ok(err, rt_changes_apply(&changes, &origin, 0, json, &err));
    value = rt_json_number(rt_json_get(json, "x"));
    rt_json_free(json);
    rt_changes_clear(&changes);
    return value;
}

static void draws_have_their_distribution_and_belong_to_the_original(void **state)
{
    double sum = 0;
    double squares = 0;
    int n = 4000;

    (void)state;
    for (int i = 1; i <= n; i++) {
        double x = shaken("x~normal(1,0.5)", (uint64_t)i);

        sum += x;
        squares += x * x;
        x = shaken("x~uniform(2,3)", (uint64_t)i);
        assert_true(x >= 2 && x <= 3);
    }
    assert_true(fabs(sum / n - 1) < 0.03);
    assert_true(fabs(sqrt(squares / n - sum / n * (sum / n)) - 0.5) < 0.03);
    assert_true(shaken("x~normal(0,1)", 7) == shaken("x~normal(0,1)", 7));
    assert_true(shaken("x~normal(0,1)", 7) != shaken("x~normal(0,1)", 8));
    assert_true(shaken("x=uniform(0,1)", 7) != shaken("x=uniform(0,1)", 8));
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const char *const bad[][2] = {
        {"lr", "there is no \"=\""},
        {"=3", ""},
        {"lr+=abc", "takes numbers"},
        {"lr*=uniform(0,1)", "takes numbers"},
        {"lr~3", "adds a draw"},
        {"lr~normal(0)", "adds a draw"},
        {"lr~normal(0,-1)", "not negative"},
        {"lr~uniform(2,1)", "lower bound first"},
        {"lr=", "value is missing"},
        {"lr=0.1 when x == 2", "no condition"},
    };
    struct rt_pick origin = {&study, 3};
    struct rt_changes changes = {0};
    struct rt_json *json = parse("{\"name\":\"x\"}");
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(err, RT_EUSAGE, bad[i][1], rt_changes_add(&changes, bad[i][0], &err));
    expect_ok(err, rt_changes_add(&changes, "name*=2", &err));
    expect_error(err, RT_EUSAGE, "not a number",
                 rt_changes_apply(&changes, &origin, 0, json, &err));
    rt_changes_clear(&changes);
    expect_ok(err, rt_changes_add(&changes, "none+=2", &err));
    expect_error(err, RT_EUSAGE, "no parameter \"none\"",
                 rt_changes_apply(&changes, &origin, 0, json, &err));
    rt_changes_clear(&changes);
    rt_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grammar_is_that_of_studies_and_more),
        cmocka_unit_test(combinations_cross_with_the_last_one_fastest),
        cmocka_unit_test(unset_takes_a_parameter_away),
        cmocka_unit_test(draws_have_their_distribution_and_belong_to_the_original),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
