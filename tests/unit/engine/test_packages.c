#include "tests/expect.h"

#include "engine/packages.h"

#include <stdlib.h>

static char *note(struct rt_packages *packages, const char *interpreter)
{
    struct rt_json *json;
    struct rt_err err;
    char *text;

    expect_ok(err, rt_json_parse(rt_span_text(interpreter), &json, &err));
    rt_packages_note(packages, json);
    text = rt_json_text(json);
    rt_json_free(json);
    return text;
}

static void a_list_is_recorded_once(void **state)
{
    struct rt_packages packages = {.known = NULL};
    char *first = note(&packages, "{\"packages\": {\"numpy\": \"1.24.2\", \"attrs\": \"22.2\"}}");
    char *second = note(&packages, "{\"packages\": {\"attrs\": \"22.2\", \"numpy\": \"1.24.2\"}}");
    char *other = note(&packages, "{\"packages\": {\"numpy\": \"1.26.0\"}}");

    (void)state;
    assert_non_null(strstr(first, "\"list\":{\"attrs\":\"22.2\",\"numpy\":\"1.24.2\"}"));
    assert_null(strstr(second, "list"));
    assert_non_null(strstr(second, "\"count\":2"));
    assert_memory_equal(strstr(first, "sha256"), strstr(second, "sha256"), 74);
    assert_non_null(strstr(other, "\"list\":{\"numpy\":\"1.26.0\"}"));
    free(first);
    free(second);
    free(other);
    rt_packages_clear(&packages);
}

static void what_is_no_list_is_left_alone(void **state)
{
    struct rt_packages packages = {.known = NULL};
    char *none = note(&packages, "{\"version\": \"3.11\"}");
    char *text = note(&packages, "{\"packages\": 3}");

    (void)state;
    assert_string_equal(none, "{\"version\":\"3.11\"}");
    assert_string_equal(text, "{\"packages\":3}");
    rt_packages_note(&packages, NULL);
    free(none);
    free(text);
    rt_packages_clear(&packages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_recorded_once),
        cmocka_unit_test(what_is_no_list_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
