/* Single members of canonical JSON. */
#include "engine/member.h"

#include "base/json.h"
#include "tests/expect.h"

#include <stdlib.h>

static void expect(const char *text, const char *key, const char *value)
{
    struct rt_span found = rt_span(NULL, 0);

    assert_int_equal(rt_member_find(rt_span_text(text), key, &found),
                     value ? RT_MEMBER_FOUND : RT_MEMBER_MISSING);
    if (value) {
        assert_int_equal(found.size, strlen(value));
        assert_memory_equal(found.data, value, found.size);
    }
}

static void values_of_all_kinds_are_found(void **state)
{
    const char *text = "{\"a\":1,\"b\":[1,{\"a\":2},\"],}\"],\"c\":{\"d\":\"x,\\\"}\",\"e\":{}},"
                       "\"f.g\":true,\"h\":null,\"i\":-1.5e-7,\"j\":\"\"}";

    (void)state;
    expect(text, "a", "1");
    expect(text, "b", "[1,{\"a\":2},\"],}\"]");
    expect(text, "c", "{\"d\":\"x,\\\"}\",\"e\":{}}");
    expect(text, "c.d", "\"x,\\\"}\"");
    expect(text, "c.e", "{}");
    expect(text, "f.g", "true");
    expect(text, "h", "null");
    expect(text, "i", "-1.5e-7");
    expect(text, "j", "\"\"");
    expect(text, "k", NULL);
    expect(text, "d", NULL);
    expect(text, "a.b", NULL);
    expect(text, "c.d.e", NULL);
    expect(text, "c.e.f", NULL);
    expect(text, "", NULL);
    expect("{}", "a", NULL);
}

/* A name that is escaped may be the one that was asked for. */
static void escaped_names_are_left_to_others(void **state)
{
    const char *text = "{\"a\":1,\"b\\\"c\":2,\"d\":3}";
    struct rt_span found;

    (void)state;
    expect(text, "a", "1");
    assert_int_equal(rt_member_find(rt_span_text(text), "d", &found), RT_MEMBER_UNSURE);
    assert_int_equal(rt_member_find(rt_span_text(text), "b\"c", &found), RT_MEMBER_UNSURE);
}

static void cut_texts_are_not_read_past(void **state)
{
    const char *text = "{\"a\":{\"b\":\"x\\\"y\"},\"c\":[1,2]}";
    size_t size = strlen(text);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        char *part = malloc(cut + 1); /* its end is watched by valgrind and sanitizers */
        struct rt_span found;

        memcpy(part, text, cut);
        assert_int_not_equal(rt_member_find(rt_span(part, cut), "z", &found), RT_MEMBER_FOUND);
        rt_member_find(rt_span(part, cut), "c", &found);
        free(part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_all_kinds_are_found),
        cmocka_unit_test(escaped_names_are_left_to_others),
        cmocka_unit_test(cut_texts_are_not_read_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
