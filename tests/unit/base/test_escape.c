#include "base/escape.h"

#include <stdlib.h>

#include "tests/expect.h"

typedef void escape_fn(struct rt_buf *out, struct rt_span text);

static void expect_escaped(escape_fn *escape, struct rt_span text, const char *want)
{
    struct rt_buf out = RT_BUF_INIT;

    escape(&out, text);
    assert_string_equal(rt_buf_text(&out), want);
    rt_buf_clear(&out);
}

static void a_line_shows_every_control_character(void **state)
{
    (void)state;
    expect_escaped(rt_escape_line, rt_span("a\0b", 3), "a\\x00b");
    expect_escaped(rt_escape_line, rt_span_text("\033[2J\a\x7f"), "\\x1b[2J\\x07\\x7f");
    expect_escaped(rt_escape_line, rt_span_text("a\r\n\tb"), "a\\r\\n\\tb");
    expect_escaped(rt_escape_line,
                   rt_span_text("\xc2\x9b"
                                "31m\xc2\x85"),
                   "\\u009b31m\\u0085");
}

static void a_text_keeps_its_lines(void **state)
{
    (void)state;
    expect_escaped(rt_escape_text, rt_span_text("a\n\tb\r\n\033c"), "a\n\tb\\r\n\\x1bc");
}

static void characters_that_turn_or_hide_text_are_shown(void **state)
{
    (void)state;
    expect_escaped(rt_escape_line, rt_span_text("ab\u202etxt.exe\u2066"),
                   "ab\\u202etxt.exe\\u2066");
    expect_escaped(rt_escape_line, rt_span_text("a\u200bb\ufeff\u2028"), "a\\u200bb\\ufeff\\u2028");
    expect_escaped(rt_escape_line, rt_span_text("\U000E0041"), "\\U000e0041");
}

static void ordinary_text_stays_as_it_is(void **state)
{
    const char *text = "Größe \\d+ 日本 \U0001F600 e\u0301 \u0915\u094d\u200d\u0937";

    (void)state;
    expect_escaped(rt_escape_line, rt_span_text(text), text);
    expect_escaped(rt_escape_line, rt_span(NULL, 0), "");
}

static void bytes_that_are_no_utf8_are_shown(void **state)
{
    (void)state;
    expect_escaped(rt_escape_line, rt_span_text("a\xff\xc3"), "a\\xff\\xc3");
    expect_escaped(rt_escape_line, rt_span_text("\xc0\xaf\xed\xa0\x80"),
                   "\\xc0\\xaf\\xed\\xa0\\x80");
    expect_escaped(rt_escape_text, rt_span_text("\xe2\x82"), "\\xe2\\x82");
}

static void nothing_in_a_markdown_cell_is_markup(void **state)
{
    (void)state;
    expect_escaped(rt_escape_markdown, rt_span_text("a|b`c`\n<b>&\\"),
                   "a\\|b\\`c\\`<br>&lt;b&gt;&amp;\\\\");
    expect_escaped(rt_escape_markdown, rt_span_text("[x](y) *z* \033"), "\\[x\\](y) \\*z\\* \\x1b");
}

static void csv_is_quoted_where_it_must_be(void **state)
{
    (void)state;
    expect_escaped(rt_escape_csv, rt_span_text("plain"), "plain");
    expect_escaped(rt_escape_csv, rt_span_text("a,b"), "\"a,b\"");
    expect_escaped(rt_escape_csv, rt_span_text("say \"x\"\r\n"), "\"say \"\"x\"\"\r\n\"");
    expect_escaped(rt_escape_csv, rt_span_text(" x"), "\" x\"");
    expect_escaped(rt_escape_csv, rt_span(NULL, 0), "");
}

static void expect_shell(const char *text, const char *want)
{
    struct rt_buf out = RT_BUF_INIT;

    rt_escape_shell(&out, rt_span_text(text));
    assert_string_equal(rt_buf_text(&out), want);
    rt_buf_clear(&out);
}

static void a_word_is_one_for_a_shell(void **state)
{
    (void)state;
    expect_shell("noise.yaml", "noise.yaml");
    expect_shell("lr=1e-4,1e-3", "lr=1e-4,1e-3");
    expect_shell("", "''");
    expect_shell("{lr}", "'{lr}'");
    expect_shell("a b; $(x) `y` \\", "'a b; $(x) `y` \\'");
    expect_shell("it's", "'it'\\''s'");
    expect_shell("it's\n\x1b[0m \\", "$'it\\'s\\x0a\\x1b[0m \\\\'");
    expect_shell("\u202e\xff", "$'\\xe2\\x80\\xae\\xff'");
    expect_shell("größe", "'größe'");
}

static void json_keeps_its_lines(void **state)
{
    struct rt_buf out = RT_BUF_INIT;

    (void)state;
    rt_escape_json_text(&out, rt_span_text("{\n  \"a\u202e\": \"\xc2\x9b\"\n}"));
    assert_string_equal(rt_buf_text(&out), "{\n  \"a\\u202e\": \"\\u009b\"\n}");
    rt_buf_clear(&out);
}

static void json_shows_and_loses_nothing(void **state)
{
    const char *text = "\"\\\n\x7f\xc2\x85\u202e\U000E0041\"";
    struct rt_json *json = rt_json_new_string(text);
    struct rt_json *back;
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    rt_escape_json(&out, json);
    assert_string_equal(rt_buf_text(&out),
                        "\"\\\"\\\\\\n\\u007f\\u0085\\u202e\\udb40\\udc41\\\"\"");
    expect_ok(err, rt_json_parse(rt_buf_span(&out), &back, &err));
    assert_string_equal(rt_json_string(back), text);
    rt_json_free(back);
    rt_json_free(json);
    rt_buf_clear(&out);
}

static void width_is_counted_in_columns(void **state)
{
    (void)state;
    assert_int_equal(rt_escape_width(rt_span_text("abc")), 3);
    assert_int_equal(rt_escape_width(rt_span_text("Größe")), 5);
    assert_int_equal(rt_escape_width(rt_span_text("日本")), 4);
    assert_int_equal(rt_escape_width(rt_span_text("e\u0301")), 1);
    assert_int_equal(rt_escape_width(rt_span(NULL, 0)), 0);
}

static void a_cut_falls_between_characters(void **state)
{
    size_t columns;

    (void)state;
    assert_int_equal(rt_escape_fit(rt_span_text("日本"), 3, &columns), 3);
    assert_int_equal(columns, 2);
    assert_int_equal(rt_escape_fit(rt_span_text("e\u0301x"), 1, &columns), 3);
    assert_int_equal(columns, 1);
    assert_int_equal(rt_escape_fit(rt_span_text("ab"), 9, &columns), 2);
    assert_int_equal(rt_escape_fit(rt_span_text("ab"), 0, &columns), 0);
}

static void an_escaped_text_is_ones_own(void **state)
{
    char *text = rt_escaped("a\033b");

    (void)state;
    assert_string_equal(text, "a\\x1bb");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_shows_every_control_character),
        cmocka_unit_test(a_text_keeps_its_lines),
        cmocka_unit_test(characters_that_turn_or_hide_text_are_shown),
        cmocka_unit_test(ordinary_text_stays_as_it_is),
        cmocka_unit_test(bytes_that_are_no_utf8_are_shown),
        cmocka_unit_test(nothing_in_a_markdown_cell_is_markup),
        cmocka_unit_test(csv_is_quoted_where_it_must_be),
        cmocka_unit_test(a_word_is_one_for_a_shell),
        cmocka_unit_test(json_keeps_its_lines),
        cmocka_unit_test(json_shows_and_loses_nothing),
        cmocka_unit_test(width_is_counted_in_columns),
        cmocka_unit_test(a_cut_falls_between_characters),
        cmocka_unit_test(an_escaped_text_is_ones_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
