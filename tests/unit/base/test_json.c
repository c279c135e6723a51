#include "tests/expect.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"

static struct rt_json *json_of(const char *text)
{
    struct rt_json *json;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    return json;
}

static void expect_canonical(const char *text, const char *want)
{
    struct rt_json *json = json_of(text);
    char *got = rt_json_text(json);

    assert_string_equal(got, want);
    free(got);
    rt_json_free(json);
}

static void keys_are_sorted_by_bytes(void **state)
{
    (void)state;
    expect_canonical(" { \"b\" : 1 , \"a\" : [ ] ,\n\"\xC3\xA9\":{}, \"B\":2, \"\":3, \"aa\":4 } ",
                     "{\"\":3,\"B\":2,\"a\":[],\"aa\":4,\"b\":1,\"\xC3\xA9\":{}}");
}

static void numbers_keep_their_kind(void **state)
{
    (void)state;
    expect_canonical("[1, 1.0, -0, -0.0, 9223372036854775807, -9223372036854775808]",
                     "[1,1.0,0,-0.0,9223372036854775807,-9223372036854775808]");
    expect_canonical("[1e22, 5e-324, 0.30000000000000004, 1E2, 1e-7, 123456789.5]",
                     "[1e+22,5e-324,0.30000000000000004,100.0,1e-07,123456789.5]");
    expect_canonical("[9007199254740993]", "[9007199254740993]");
}

static void texts_are_escaped_no_more_than_needed(void **state)
{
    (void)state;
    expect_canonical("\"\\u0041\\/\\\"\\\\\\b\\f\\n\\r\\t\\u001b\\u007f\\u00e9\\ud83d\\ude00\"",
                     "\"A/\\\"\\\\\\b\\f\\n\\r\\t\\u001b\x7F\xC3\xA9\xF0\x9F\x98\x80\"");
}

static void one_value_of_any_kind_is_json(void **state)
{
    (void)state;
    expect_canonical("null", "null");
    expect_canonical(" true ", "true");
    expect_canonical("false", "false");
    expect_canonical("\"\"", "\"\"");
    expect_canonical("3", "3");
}

static void what_is_no_strict_json_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "{",
                                        "[1,]",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "'a'",
                                        "[01]",
                                        "[+1]",
                                        "[.5]",
                                        "[1.]",
                                        "[0x1]",
                                        "[NaN]",
                                        "[Infinity]",
                                        "[1] 2",
                                        "[1]x",
                                        "// c\n1",
                                        "\"\\x41\"",
                                        "\"a\nb\"",
                                        "\"\\ud800\"",
                                        "\"\\u0000\"",
                                        "\"\xFF\"",
                                        "\"\xC0\xAF\"",
                                        "\"\xED\xA0\x80\"",
                                        "tru",
                                        "[1e400]",
                                        "[9223372036854775808]",
                                        "[-9223372036854775809]",
                                        "{\"a\":1,\"a\":2}",
                                        "[{\"b\":{\"a\":1,\"a\":1}}]"};
    struct rt_json *json;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (rt_json_parse(rt_span_text(texts[i]), &json, &err) != RT_EUSAGE)
            fail_msg("%s was read", texts[i]);
        if (strncmp(err.text, "line ", 5) != 0)
            fail_msg("%s gave %s", texts[i], err.text);
        assert_null(json);
    }
    expect_error(err, RT_EUSAGE, "line 2, column",
                 rt_json_parse(rt_span("[1,\n\0]", 6), &json, &err));
    expect_error(err, RT_EUSAGE, "line", rt_json_parse(rt_span(NULL, 0), &json, &err));
}

static void deep_nesting_is_refused(void **state)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *json;
    struct rt_err err;

    (void)state;
    for (int i = 0; i < 100000; i++)
        rt_buf_add(&text, "[");
    expect_error(err, RT_EUSAGE, "depth", rt_json_parse(rt_buf_span(&text), &json, &err));
    rt_buf_clear(&text);
}

static void files_are_named_in_errors(void **state)
{
    struct rt_json *json;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "/no/such/file",
                 rt_json_parse_file("/no/such/file", &json, &err));
    expect_error(err, RT_EUSAGE, "/proc/self/comm: line 1",
                 rt_json_parse_file("/proc/self/comm", &json, &err));
}

static void expect_special(double value, const char *want)
{
    struct rt_json *json = rt_json_new_real(value);
    char *text = rt_json_text(json);
    double back = 0;

    assert_string_equal(text, want);
    assert_true(rt_json_special(json, &back));
    assert_true(isnan(value) ? isnan(back) : back == value);
    free(text);
    rt_json_free(json);
}

static void nan_and_infinities_have_one_form(void **state)
{
    struct rt_json *json;
    double value = 7;

    (void)state;
    expect_special(NAN, "{\"$float\":\"nan\"}");
    expect_special(INFINITY, "{\"$float\":\"inf\"}");
    expect_special(-INFINITY, "{\"$float\":\"-inf\"}");
    json = json_of("[{\"$float\":\"x\"},{\"$float\":1},{\"$float\":\"nan\",\"a\":1},{},\"nan\",1]");
    for (size_t i = 0; i < rt_json_count(json); i++)
        assert_false(rt_json_special(rt_json_at(json, i), &value));
    assert_true(value == 7);
    rt_json_free(json);
}

static void bad_texts_are_mended(void **state)
{
    struct rt_json *json = rt_json_new_string_span(rt_span("a\xFF\0b\xE2\x82", 6));

    (void)state;
    assert_string_equal(rt_json_string(json), "a\xEF\xBF\xBD\xEF\xBF\xBD"
                                              "b\xEF\xBF\xBD\xEF\xBF\xBD");
    rt_json_free(json);
}

static void accessors_forgive_other_kinds(void **state)
{
    struct rt_json *json =
        json_of("{\"i\":1,\"r\":2.5,\"s\":\"x\",\"b\":true,\"n\":null,\"a\":[7]}");

    (void)state;
    assert_int_equal(rt_json_get_int(json, "i", 9), 1);
    assert_int_equal(rt_json_get_int(json, "r", 9), 9);
    assert_int_equal(rt_json_get_int(json, "none", 9), 9);
    assert_string_equal(rt_json_get_text(json, "s", "?"), "x");
    assert_string_equal(rt_json_get_text(json, "i", "?"), "?");
    assert_true(rt_json_number(rt_json_get(json, "r")) == 2.5);
    assert_true(rt_json_number(rt_json_get(json, "i")) == 1);
    assert_true(rt_json_number(rt_json_get(json, "s")) == 0);
    assert_true(rt_json_bool(rt_json_get(json, "b")));
    assert_false(rt_json_bool(rt_json_get(json, "i")));
    assert_null(rt_json_string(rt_json_get(json, "i")));
    assert_int_equal(rt_json_count(json), 6);
    assert_int_equal(rt_json_count(rt_json_get(json, "a")), 1);
    assert_int_equal(rt_json_count(rt_json_get(json, "s")), 0);
    assert_null(rt_json_at(rt_json_get(json, "a"), 1));
    assert_int_equal(rt_json_kind(rt_json_get(json, "n")), RT_JSON_NULL);
    assert_string_equal(rt_json_kind_name(RT_JSON_REAL), "a real number");
    rt_json_free(json);
}

static void copies_are_deep_and_kept_values_shared(void **state)
{
    struct rt_json *json = json_of("{\"a\":{\"b\":1}}");
    struct rt_json *copy = rt_json_copy(json);
    struct rt_json *shared = rt_json_keep(json);

    (void)state;
    assert_true(rt_json_equal(json, copy));
    rt_json_set_int(rt_json_get(json, "a"), "b", 2);
    rt_json_set_text(json, "c", NULL);
    assert_false(rt_json_equal(json, copy));
    assert_true(rt_json_equal(json, shared));
    rt_json_remove(json, "c");
    assert_null(rt_json_get(json, "c"));
    rt_json_free(json);
    assert_int_equal(rt_json_get_int(rt_json_get(shared, "a"), "b", 0), 2);
    rt_json_free(shared);
    rt_json_free(copy);
    rt_json_free(NULL);
}

static void members_come_in_the_order_of_the_text(void **state)
{
    struct rt_json *json = json_of("{\"z\":1,\"a\":2,\"m\":3}");
    char seen[8] = "";

    (void)state;
    for (void *i = rt_json_first(json); i; i = rt_json_next(json, i)) {
        assert_non_null(rt_json_iter_value(i));
        strncat(seen, rt_json_iter_key(i), 1);
    }
    assert_string_equal(seen, "zam");
    rt_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_sorted_by_bytes),
        cmocka_unit_test(numbers_keep_their_kind),
        cmocka_unit_test(texts_are_escaped_no_more_than_needed),
        cmocka_unit_test(one_value_of_any_kind_is_json),
        cmocka_unit_test(what_is_no_strict_json_is_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(files_are_named_in_errors),
        cmocka_unit_test(nan_and_infinities_have_one_form),
        cmocka_unit_test(bad_texts_are_mended),
        cmocka_unit_test(accessors_forgive_other_kinds),
        cmocka_unit_test(copies_are_deep_and_kept_values_shared),
        cmocka_unit_test(members_come_in_the_order_of_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
