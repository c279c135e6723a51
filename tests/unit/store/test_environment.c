#include "tests/expect.h"

#include "store/environment.h"

#include <stdlib.h>

static struct rt_json *parse(const char *text)
{
    struct rt_json *json = NULL;
    struct rt_err err;

    if (text)
        expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    return json;
}

static void expect_environment(const char *agent, const char *modules, const char *want)
{
    struct rt_json *of_agent = parse(agent);
    struct rt_json *of_launch = parse(modules);
    struct rt_json *found = rt_environment_new(of_agent, of_launch);
    char *text = rt_json_text(found);

    assert_string_equal(text, want);
    free(text);
    rt_json_free(found);
    rt_json_free(of_launch);
    rt_json_free(of_agent);
}

static void it_is_what_people_install(void **state)
{
    (void)state;
    expect_environment("{\"host\":\"n1\",\"cpu\":\"x\",\"modules\":[\"gcc/12\",\"cuda/12\"],"
                       "\"python\":{\"version\":\"3.11.2\",\"build\":\"3.11.2 (main)\","
                       "\"executable\":\"/usr/bin/python3\",\"live\":{},"
                       "\"packages\":{\"sha256\":\"aa\",\"count\":3}}}",
                       NULL,
                       "{\"modules\":[\"gcc/12\",\"cuda/12\"],\"packages\":\"aa\","
                       "\"python\":\"3.11.2 (main)\"}");
}

static void older_agents_have_the_modules_of_their_launch(void **state)
{
    const char *agent = "{\"python\":{\"version\":\"3.9.1\"}}";

    (void)state;
    expect_environment(agent, "[\"gcc/12\"]", "{\"modules\":[\"gcc/12\"],\"python\":\"3.9.1\"}");
    expect_environment("{\"modules\":[]}", "[\"gcc/12\"]", "{}");
}

static void what_is_not_known_is_missing(void **state)
{
    struct rt_json *none = rt_json_new_object();
    struct rt_hash hash = rt_environment_hash(none);
    char hex[RT_HASH_HEX];

    (void)state;
    expect_environment("{\"host\":\"n1\"}", NULL, "{}");
    expect_environment("{\"python\":null,\"modules\":7}", "{}", "{}");
    assert_string_equal(rt_hash_hex(&hash, hex),
                        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    rt_json_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_people_install),
        cmocka_unit_test(older_agents_have_the_modules_of_their_launch),
        cmocka_unit_test(what_is_not_known_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
