#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "engine/study.h"

static const char study[] = "entry: m.py:f\n"
                            "params: {epochs: 40, opt: {name: sgd}}\n"
                            "sweep: {noise: \"0:0.5:0.05\", opt.lr: [0.1, 0.2], whole: [{a: 1}]}\n";

static struct rt_json *study_plan(void)
{
    struct rt_study_file file;
    struct rt_json *plan;
    struct rt_err err;

    expect_ok(err, rt_study_file_parse(rt_span_text(study), "/f/a.yaml", &file, &err));
    plan = rt_json_keep(file.plan);
    rt_study_file_clear(&file);
    return plan;
}

/* After the setting, "axes" and "params" of the plan contain this. */
static void expect_set(const char *setting, const char *member, const char *piece)
{
    struct rt_json *plan = study_plan();
    struct rt_err err;
    char *text;

    expect_ok(err, rt_study_set(plan, setting, 5, &err));
    text = rt_json_text(rt_json_get(plan, member));
    if (!strstr(text, piece))
        fail_msg("after %s, %s is %s and lacks %s", setting, member, text, piece);
    free(text);
    rt_json_free(plan);
}

static void one_value_is_a_fixed_parameter(void **state)
{
    (void)state;
    expect_set("epochs=3", "params", "\"epochs\":3");
    expect_set(" a.b.c = 1e-4 ", "params", "\"a\":{\"b\":{\"c\":0.0001}}");
    expect_set("opt.name=adam", "params", "\"opt\":{\"name\":\"adam\"}");
    expect_set("x=no", "params", "\"x\":\"no\"");
    expect_set("x=true", "params", "\"x\":true");
    expect_set("x=null", "params", "\"x\":null");
    expect_set("x=\"\"", "params", "\"x\":\"\"");
    expect_set("x='1'", "params", "\"x\":\"1\"");
    expect_set("x=\"a,b\"", "params", "\"x\":\"a,b\"");
    expect_set("x=\"a\\\",b\"", "params", "\"x\":\"a\\\",b\"");
    expect_set("x=[20]", "params", "\"x\":[20]");
    expect_set("x={a: 1, b: [2, 3]}", "params", "\"x\":{\"a\":1,\"b\":[2,3]}");
}

/* These would be something else, or nothing, in YAML. */
static void words_may_have_any_characters(void **state)
{
    (void)state;
    expect_set("x=*.csv", "params", "\"x\":\"*.csv\"");
    expect_set("x=a: b # c", "params", "\"x\":\"a: b # c\"");
    expect_set("x=@&!%|>", "params", "\"x\":\"@&!%|>\"");
    expect_set("x=a=b", "params", "\"x\":\"a=b\"");
    expect_set("x=C:\\dir", "params", "\"x\":\"C:\\\\dir\"");
    expect_set("x=\xC3\xA9", "params", "\"x\":\"\xC3\xA9\"");
    expect_set("x=ab:30:00", "params", "\"x\":\"ab:30:00\"");
}

static void several_values_are_an_axis(void **state)
{
    (void)state;
    expect_set("lr=1e-4,1e-3", "axes",
               "{\"key\":\"whole\",\"values\":[{\"a\":1}]},"
               "{\"key\":\"lr\",\"values\":[0.0001,0.001]}]");
    expect_set("x=1, 0.5", "axes", "\"values\":[1.0,0.5]");
    expect_set("x=no,1,null", "axes", "\"values\":[\"no\",1,null]");
    expect_set("x=[20],[40,20]", "axes", "\"values\":[[20],[40,20]]");
    expect_set("x=0:1:0.25", "axes",
               "{\"count\":5,\"from\":\"0\",\"key\":\"x\",\"kind\":\"real\",\"step\":\"0.25\"}");
    expect_set("x=0:1:lin5", "axes",
               "{\"count\":5,\"from\":\"0\",\"key\":\"x\",\"kind\":\"real\",\"step\":\"0.25\"}");
    expect_set("x=1:9:lin3", "axes", "\"count\":3,\"from\":\"1\",\"key\":\"x\",\"kind\":\"int\"");
    expect_set("x=0:1:lin", "params", "\"x\":\"0:1:lin\"");
    expect_set("x=3:1:-1", "axes", "\"count\":3,\"from\":\"3\",\"key\":\"x\",\"kind\":\"int\"");
}

static void an_axis_keeps_its_place_when_it_is_set_again(void **state)
{
    (void)state;
    expect_set("noise=0,1", "axes", "[{\"key\":\"noise\",\"values\":[0,1]},{\"key\":\"opt.lr\"");
}

static void a_swept_parameter_can_be_fixed(void **state)
{
    (void)state;
    expect_set("noise=0.1", "axes", "[{\"key\":\"opt.lr\"");
    expect_set("noise=0.1", "params", "\"noise\":0.1");
    expect_set("opt.lr=3", "params", "\"opt\":{\"lr\":3,\"name\":\"sgd\"}");
}

static void distributions_are_drawn_first_and_together(void **state)
{
    struct rt_json *plan = study_plan();
    struct rt_err err;
    char *axes;

    (void)state;
    expect_ok(err, rt_study_set(plan, "lr = loguniform(1e-4, 1e-1) ", 5, &err));
    expect_ok(err, rt_study_set(plan, "noise=choice(a,b)", 0, &err));
    expect_ok(err, rt_study_set(plan, "n=int(1,9)", 0, &err));
    expect_ok(err, rt_study_set(plan, "n=1,2", 0, &err));
    expect_ok(err, rt_study_set(plan, "lr=uniform(0,1)", 0, &err));
    expect_ok(err, rt_study_set_samples(plan, 7, &err));
    axes = rt_json_text(rt_json_get(plan, "axes"));
    assert_string_equal(
        axes,
        "[{\"count\":7,\"from\":\"0\",\"key\":\"lr\",\"sample\":\"uniform\",\"to\":\"1\","
        "\"zip\":0},"
        "{\"count\":7,\"key\":\"noise\",\"sample\":\"choice\",\"values\":[\"a\",\"b\"],"
        "\"zip\":0},"
        "{\"key\":\"opt.lr\",\"values\":[0.1,0.2]},{\"key\":\"whole\",\"values\":[{\"a\":1}]},"
        "{\"key\":\"n\",\"values\":[1,2]}]");
    free(axes);
    expect_ok(err, rt_study_set(plan, "lr=1", 0, &err));
    expect_ok(err, rt_study_set(plan, "noise=1", 0, &err));
    expect_error(err, RT_EUSAGE, "nothing is drawn", rt_study_set_samples(plan, 7, &err));
    rt_json_free(plan);
}

static void wrong_settings_change_nothing(void **state)
{
    static const struct {
        const char *setting;
        const char *part;
    } cases[] = {
        {"lr", "setting \"lr\": there is no \"=\""},
        {"=1", "the name of the parameter is empty"},
        {"a..b=1", "the name of the parameter is empty"},
        {"$float=1", "stands for NaN"},
        {"x=", "a value is missing"},
        {"x=1,,2", "a value is missing"},
        {"x=1,", "a value is missing"},
        {"x=.nan", ".nan is not a value"},
        {"x=1e999", "larger than any real"},
        {"x=1,1.0,1", "1.0 is listed twice"},
        {"x=a,b,a", "\"a\" is listed twice; to repeat trials, use \"replicates\""},
        {"x=0:1", "looks like a range without its step; write 0:1:STEP"},
        {"x=0:1:0.3", "the nearest levels are 0.9 and 1.2"},
        {"x=0:1:0.5,3", "either a range or a list"},
        {"x=loguniform(1e-4,1e-1)", "add --samples N: how often to draw"},
        {"x=gauss(0,1)", "looks like a distribution"},
        {"x=uniform(0,1),3", "looks like a distribution"},
        {"x=uniform(1,0)", "write the lower bound first"},
        {"x=int(0,1.5)", "expected an integer"},
        {"x=choice(a,a)", "listed twice"},
        {"x=[1", "a [ is not closed; add its ]"},
        {"x=\"a", "closing quote"},
        {"x=[1]]", "bracket"},
        {"x={a: 1, a: 2}", "given twice"},
        {"x={a.b: 1}", "has a dot"},
        {"x=[&a 1]", "anchors are not supported"},
        {"epochs+=1", "\"+=\" changes recorded trials"},
        {"epochs*=2", "\"*=\" changes recorded trials"},
        {"epochs.x=3", "\"epochs\" is an integer and has no members"},
        {"opt=3", "no mapping"},
        {"opt=3,4", "twice"},
        {"whole.a=3", "\"whole\" is swept as a whole"},
        {"whole.a=3,4", "\"whole\" is swept as a whole"},
        {"noise=0:999999999:1", "more than 1000000000 trials"},
        {"x=\xFF", "not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rt_json *plan = study_plan();
        char *before = rt_json_text(plan);
        struct rt_err err;
        char *after;

        expect_error(err, RT_EUSAGE, cases[i].part, rt_study_set(plan, cases[i].setting, 0, &err));
        after = rt_json_text(plan);
        assert_string_equal(before, after);
        free(before);
        free(after);
        rt_json_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_is_a_fixed_parameter),
        cmocka_unit_test(words_may_have_any_characters),
        cmocka_unit_test(several_values_are_an_axis),
        cmocka_unit_test(an_axis_keeps_its_place_when_it_is_set_again),
        cmocka_unit_test(a_swept_parameter_can_be_fixed),
        cmocka_unit_test(distributions_are_drawn_first_and_together),
        cmocka_unit_test(wrong_settings_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
