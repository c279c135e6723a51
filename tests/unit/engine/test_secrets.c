#include "tests/expect.h"

#include "engine/secrets.h"

#include <stdlib.h>

static void expect_found(const char *plan, const char *want)
{
    struct rt_json *json;
    struct rt_err err;
    char *found;

    expect_ok(err, rt_json_parse(rt_span_text(plan), &json, &err));
    found = rt_secrets_find(json);
    if (!want != !found || (want && strcmp(want, found) != 0))
        fail_msg("%s: \"%s\" instead of \"%s\"", plan, found ? found : "none",
                 want ? want : "none");
    free(found);
    rt_json_free(json);
}

static void secrets_are_found_by_name_or_by_how_they_look(void **state)
{
    (void)state;
    expect_found("{\"params\":{\"lr\":1,\"db\":{\"password\":\"hunter2\"}}}", "db.password");
    expect_found("{\"params\":{\"x\":[1,\"ghp_0123456789abcdefghijklmnop\"]}}", "x");
    expect_found("{\"axes\":[{\"key\":\"opt.api_key\",\"values\":[\"abcdef\"]}]}", "opt.api_key");
    expect_found("{\"params\":{\"url\":\"https://me:hunter2@host/\"}}", "url");
    expect_found("{\"entry\":{\"argv\":[\"./run\",\"--token\",\"hunter2\"]}}", "--token");
    expect_found("{\"entry\":{\"argv\":[\"./run\",\"--password=hunter2\"]}}", "--password");
}

static void ordinary_params_are_none(void **state)
{
    (void)state;
    expect_found("{}", NULL);
    expect_found("{\"params\":{\"key\":\"learning_rate\",\"max_token\":512,\"pass\":\"train\","
                 "\"private\":true,\"api_key\":null,\"keyboard\":\"querty\",\"tokens\":\"abcdefg\","
                 "\"secret\":\"\",\"auth\":\"kerberos\",\"data\":\"/home/u/data/train.csv\"}}",
                 NULL);
    expect_found("{\"axes\":[{\"key\":\"lr\",\"from\":\"0\",\"step\":\"1\",\"count\":2}]}", NULL);
    expect_found("{\"entry\":{\"argv\":[\"./run\",\"--token\",\"{token}\",\"--lr={lr}\"]}}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_found_by_name_or_by_how_they_look),
        cmocka_unit_test(ordinary_params_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
