#include "tests/expect.h"

#include "engine/placeholder.h"

static int expand(const char *word, struct rt_buf *out, struct rt_err *err)
{
    static const char text[] = "{\"lr\":0.1,\"n\":3,\"name\":\"a b\",\"opt\":{\"beta\":[1,2]},"
                               "\"a.b\":true,\"x\":{\"$float\":\"inf\"}}";
    struct rt_json *params;
    int rc;

    rt_buf_reset(out);
    expect_ok(*err, rt_json_parse(rt_span_text(text), &params, err));
    rc = rt_placeholder_expand(word, params, out, err);
    rt_json_free(params);
    return rc;
}

static void placeholders_become_values(void **state)
{
    static const char *const cases[][2] = {
        {"--lr={lr}", "--lr=0.1"}, {"{n}{n}", "33"},   {"{name}", "a b"}, {"{opt.beta}", "[1,2]"},
        {"{a.b}", "true"},         {"{{lr}}", "{lr}"}, {"{x}", "inf"},    {"", ""},
    };
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_ok(err, expand(cases[i][0], &out, &err));
        assert_string_equal(rt_buf_text(&out), cases[i][1]);
    }
    rt_buf_clear(&out);
}

static void what_no_param_fits_is_named(void **state)
{
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EUSAGE, "the parameter \"momentum\"", expand("{momentum}", &out, &err));
    expect_error(err, RT_EUSAGE, "the parameter \"opt.gamma\"", expand("{opt.gamma}", &out, &err));
    expect_error(err, RT_EUSAGE, "single brace", expand("{lr", &out, &err));
    expect_error(err, RT_EUSAGE, "single brace", expand("lr}", &out, &err));
    rt_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_become_values),
        cmocka_unit_test(what_no_param_fits_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
