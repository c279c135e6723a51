#include "tests/expect.h"

#include "base/utf8.h"

static void expect_bad(const char *text, size_t size, size_t where)
{
    size_t bad = 99;

    assert_false(rt_utf8_valid(rt_span(text, size), &bad));
    assert_int_equal(bad, where);
}

static void valid_text_is_valid(void **state)
{
    const char *text = "a \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF \xEF\xBF\xBF";
    uint32_t character;

    (void)state;
    assert_true(rt_utf8_valid(rt_span_text(text), NULL));
    assert_true(rt_utf8_valid(rt_span(NULL, 0), NULL));
    assert_true(rt_utf8_valid(rt_span("\0", 1), NULL));
    assert_int_equal(rt_utf8_next(rt_span_text("\xF0\x9F\x98\x80"), &character), 4);
    assert_int_equal(character, 0x1F600);
}

static void what_is_not_utf8_is_found(void **state)
{
    (void)state;
    expect_bad("ab\xFF", 3, 2);
    expect_bad("\x80", 1, 0);
    expect_bad("a\xC3", 2, 1);
    expect_bad("a\xE2\x82", 3, 1);
    expect_bad("\xC0\xAF", 2, 0);
    expect_bad("\xE0\x80\xAF", 3, 0);
    expect_bad("\xED\xA0\x80", 3, 0);
    expect_bad("\xF4\x90\x80\x80", 4, 0);
    expect_bad("\xC3("
               "a",
               3, 0);
}

static void long_texts_are_cut_at_a_character(void **state)
{
    char text[200];
    char clip[RT_UTF8_CLIP];

    (void)state;
    assert_string_equal(rt_utf8_clip("short", clip), "short");
    memset(text, 'x', 63);
    text[63] = '\0';
    assert_string_equal(rt_utf8_clip(text, clip), text);
    for (size_t i = 0; i < sizeof text - 2; i += 2)
        memcpy(text + 1 + i, "\xC3\xA9", 2);
    text[199] = '\0';
    rt_utf8_clip(text, clip);
    assert_int_equal(strlen(clip), 59 + 3);
    assert_true(rt_utf8_valid(rt_span_text(clip), NULL));
    assert_string_equal(clip + 59, "...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_valid),
        cmocka_unit_test(what_is_not_utf8_is_found),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
