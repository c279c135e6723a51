#include "tests/expect.h"

#include "engine/guest_talk.h"

static struct rt_reads reads;
static struct rt_buf live;

/* What becomes of an answer to a call. */
static struct rt_ended take(const char *answer)
{
    struct rt_call call = {.reads = &reads, .live = &live};
    struct rt_ended ended = {.outcome = RT_OUTCOME_NONE};
    struct rt_json *json;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(answer), &json, &err));
    rt_guest_take(json, "loss", &call, &ended);
    rt_json_free(json);
    return ended;
}

static void forget(struct rt_ended *ended)
{
    rt_buf_clear(&ended->result);
    rt_buf_clear(&ended->reason);
    rt_reads_clear(&reads);
    rt_buf_clear(&live);
}

static void expect_result(const char *answer, const char *result)
{
    struct rt_ended ended = take(answer);

    assert_int_equal(ended.outcome, RT_OUTCOME_OK);
    assert_string_equal(rt_buf_text(&ended.result), result);
    forget(&ended);
}

static void a_bare_number_gets_the_name_of_the_metric(void **state)
{
    (void)state;
    expect_result("{\"result\":1.5}", "{\"loss\":1.5}");
    expect_result("{\"result\":{\"$float\":\"nan\"}}", "{\"loss\":{\"$float\":\"nan\"}}");
    expect_result("{\"result\":{\"b\":1,\"a\":[1,null]}}", "{\"a\":[1,null],\"b\":1}");
}

static void a_failure_has_its_reason_and_status(void **state)
{
    struct rt_ended ended = take("{\"failed\":\"no good\",\"status\":3}");

    (void)state;
    assert_int_equal(ended.outcome, RT_OUTCOME_FAILED);
    assert_int_equal(ended.status, 3);
    assert_string_equal(rt_buf_text(&ended.reason), "no good");
    assert_false(ended.measured);
    forget(&ended);
}

static void an_answer_that_says_nothing_is_a_failure(void **state)
{
    struct rt_ended ended = take("{}");

    (void)state;
    assert_int_equal(ended.outcome, RT_OUTCOME_FAILED);
    forget(&ended);
}

static void use_reads_and_modules_are_taken(void **state)
{
    struct rt_ended ended = take("{\"result\":1,\"use\":[10,20,30],\"reads\":[\"lr\",\"opt.*\"],"
                                 "\"live\":{\"pkg\":\"/home/u/pkg.py\"}}");

    (void)state;
    assert_true(ended.measured);
    assert_int_equal(ended.user_us, 10);
    assert_int_equal(ended.sys_us, 20);
    assert_int_equal(ended.max_rss_kib, 30);
    assert_true(rt_reads_has(&reads, "lr"));
    assert_true(rt_reads_has(&reads, "opt.*"));
    assert_string_equal(rt_buf_text(&live), "{\"pkg\":\"/home/u/pkg.py\"}");
    forget(&ended);
}

static void a_call_says_all_that_a_trial_may_ask(void **state)
{
    struct rt_call call = {.id = "k3f9.17",
                           .ordinal = 17,
                           .attempt = 2,
                           .replicate = 3,
                           .seed = 4294967295u,
                           .params = rt_span_text("{\"lr\":0.1}")};
    struct rt_json *message = rt_guest_call(&call);
    char *text = rt_json_text(message);

    (void)state;
    assert_string_equal(text, "{\"attempt\":2,\"id\":\"k3f9.17\",\"ordinal\":17,"
                              "\"params\":\"{\\\"lr\\\":0.1}\",\"replicate\":3,"
                              "\"seed\":4294967295}");
    free(text);
    rt_json_free(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_number_gets_the_name_of_the_metric),
        cmocka_unit_test(a_failure_has_its_reason_and_status),
        cmocka_unit_test(an_answer_that_says_nothing_is_a_failure),
        cmocka_unit_test(use_reads_and_modules_are_taken),
        cmocka_unit_test(a_call_says_all_that_a_trial_may_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
