#include "tests/expect.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "store/index_metrics.h"

#include <stdlib.h>

/* "name=type:value" of every metric. */
static char *show(const char *result)
{
    struct rt_metrics metrics = {0};
    struct rt_buf out = RT_BUF_INIT;

    rt_metrics_read(&metrics, rt_span_text(result));
    for (size_t i = 0; i < metrics.count; i++) {
        const struct rt_metric *metric = &metrics.items[i];
        const struct rt_datum *value = &metric->value;

        rt_buf_add(&out, i ? " " : "");
        rt_buf_put(&out, metric->name.data, metric->name.size);
        rt_buf_printf(&out, "=%s:", rt_column_type_name(value->type));
        if (value->state)
            rt_buf_printf(&out, "%s", value->state);
        else if (value->type == RT_COLUMN_REAL)
            rt_buf_printf(&out, "%.17g", value->real);
        else if (value->type == RT_COLUMN_TEXT || value->type == RT_COLUMN_JSON)
            rt_buf_put(&out, value->text.data, value->text.size);
        else
            rt_buf_printf(&out, "%lld", (long long)value->integer);
    }
    rt_metrics_clear(&metrics);
    return rt_buf_take(&out);
}

#define expect_metrics(result, want)                                                               \
    do {                                                                                           \
        char *expect_got_ = show(result);                                                          \
        assert_string_equal(expect_got_, want);                                                    \
        free(expect_got_);                                                                         \
    } while (0)

static void a_flat_result_is_read_in_place(void **state)
{
    (void)state;
    expect_metrics("{\"a\":1,\"b\":-2.5e-3,\"c\":true,\"d\":null,\"e\":\"x\",\"f\":false}",
                   "a=integer:1 b=real:-0.0025000000000000001 c=boolean:1 d=none:0 e=text:x "
                   "f=boolean:0");
    expect_metrics("{}", "");
    expect_metrics("{\"a\":{\"$float\":\"nan\"},\"b\":{\"$float\":\"-inf\"}}",
                   "a=real:nan b=real:-inf");
}

static void nested_results_are_flattened(void **state)
{
    (void)state;
    expect_metrics("{\"a\":{\"b\":{\"c\":1},\"d\":[1,{\"x\":2}]},\"e\":{},\"f\":[]}",
                   "a.b.c=integer:1 a.d=json:[1,{\"x\":2}] e=json:{} f=json:[]");
    expect_metrics("{\"a\":{\"b\":{\"$float\":\"inf\"}}}", "a.b=real:inf");
    expect_metrics("{\"\\u00e9\\n\":\"\\\"\"}", "\xC3\xA9\n=text:\"");
}

static void what_is_no_object_has_no_metrics(void **state)
{
    static const char *const wrong[] = {
        "",           "1",           "[1]",           "\"x\"",
        "{",          "{\"a\"",      "{\"a\":",       "{\"a\":1",
        "{\"a\":1}x", "{\"a\":1,}",  "{\"a\":1e999}", "{\"a\":--1}",
        "{\"a\":}",   "{\"a\":tru}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_metrics(wrong[i], "");
}

static void integers_are_exact_to_their_last_digit(void **state)
{
    (void)state;
    expect_metrics("{\"a\":9223372036854775807,\"b\":-9223372036854775808}",
                   "a=integer:9223372036854775807 b=integer:-9223372036854775808");
    expect_metrics("{\"a\":9007199254740993}", "a=integer:9007199254740993");
    expect_metrics("{\"a\":-0,\"b\":-999999999999999999,\"c\":1000000000000000000}",
                   "a=integer:0 b=integer:-999999999999999999 c=integer:1000000000000000000");
}

static void reals_are_those_of_their_text(void **state)
{
    static const char *const texts[] = {
        "-0.0",
        "0.1",
        "-2.50",
        "0.000000000000001",
        "123456789012345.0",
        "1234567890.12345",
        "12345678901234.567",
        "0.30000000000000004",
        "9007199254740993.0",
        "1.7976931348623157e308",
        "1e-7",
        "0.0000000000000000000001",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *result = rt_printf("{\"a\":%s}", texts[i]);
        char *want = rt_printf("a=real:%.17g", strtod(texts[i], NULL));

        expect_metrics(result, want);
        free(result);
        free(want);
    }
}

static void types_widen_to_what_holds_both(void **state)
{
    static const struct {
        enum rt_column_type a, b, both;
    } cases[] = {
        {RT_COLUMN_NONE, RT_COLUMN_TEXT, RT_COLUMN_TEXT},
        {RT_COLUMN_BOOLEAN, RT_COLUMN_INTEGER, RT_COLUMN_INTEGER},
        {RT_COLUMN_INTEGER, RT_COLUMN_REAL, RT_COLUMN_REAL},
        {RT_COLUMN_BOOLEAN, RT_COLUMN_REAL, RT_COLUMN_REAL},
        {RT_COLUMN_TEXT, RT_COLUMN_JSON, RT_COLUMN_TEXT},
        {RT_COLUMN_REAL, RT_COLUMN_TEXT, RT_COLUMN_MIXED},
        {RT_COLUMN_INTEGER, RT_COLUMN_JSON, RT_COLUMN_MIXED},
        {RT_COLUMN_MIXED, RT_COLUMN_REAL, RT_COLUMN_MIXED},
        {RT_COLUMN_MIXED, RT_COLUMN_NONE, RT_COLUMN_MIXED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(rt_column_type_widen(cases[i].a, cases[i].b), cases[i].both);
        assert_int_equal(rt_column_type_widen(cases[i].b, cases[i].a), cases[i].both);
    }
    for (int type = RT_COLUMN_NONE; type <= RT_COLUMN_MIXED; type++) {
        const char *name = rt_column_type_name((enum rt_column_type)type);

        assert_int_equal(rt_column_type_from_name(name), type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_result_is_read_in_place),
        cmocka_unit_test(nested_results_are_flattened),
        cmocka_unit_test(what_is_no_object_has_no_metrics),
        cmocka_unit_test(integers_are_exact_to_their_last_digit),
        cmocka_unit_test(reals_are_those_of_their_text),
        cmocka_unit_test(types_widen_to_what_holds_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
