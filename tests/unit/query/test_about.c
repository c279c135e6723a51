#include "query/about.h"

#include <stdlib.h>

#include "query/recorded.h"
#include "query/summary.h"
#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/story.h"

/* A store with study "t" (x = 0..3, one retry):
 *   1 failed, then ok with a result and output that live by hash; 2 crashed twice;
 *   3 was lost with its launch, and its result came late; 4 runs. Launch 1 died, launch 2 is on. */
struct told {
    char *folder;
    char *path;
    struct rt_store *store;
    struct rt_db *db;
    const struct rt_study *study;
};

static void say(struct rt_store *store, enum rt_event_kind kind, struct rt_span body)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, body, NULL, &err));
}

static void say_text(struct rt_store *store, enum rt_event_kind kind, const char *text)
{
    say(store, kind, rt_span_text(text));
}

static void say_plan(struct rt_store *store, unsigned levels)
{
    struct rt_plan *plan = story_plan(levels, 1, 1);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL,
                                       "/t.yaml", &body, &err));
    say(store, RT_EVENT_PLAN, rt_buf_span(&body));
    rt_buf_clear(&body);
    rt_plan_free(plan);
}

static void say_lease(struct rt_store *store, uint64_t first, uint64_t count, uint32_t attempt,
                      uint32_t launch)
{
    struct rt_buf body = RT_BUF_INIT;

    story_lease(&body, first, count, attempt, launch, 0);
    say(store, RT_EVENT_LEASE, rt_buf_span(&body));
    rt_buf_clear(&body);
}

static void say_attempts(struct rt_store *store, struct rt_attempt *attempts, size_t count)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    for (size_t i = 0; i < count; i++) {
        attempts[i].study = 1;
        attempts[i].pid = 4711;
        attempts[i].start_us = 1700000000000000u;
        expect_ok(err, rt_store_externalize(store, &attempts[i], &err));
    }
    rt_attempts_put(&body, attempts, count);
    say(store, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    rt_buf_clear(&body);
}

static struct rt_payload payload(const char *text)
{
    return (struct rt_payload){.data = rt_span_text(text), .size = strlen(text)};
}

static void tell(struct rt_store *store)
{
    char *big = rt_printf("{\"loss\":0.5,\"text\":\"%05000d\"}", 0);
    struct rt_attempt first[] = {
        {.ordinal = 1,
         .attempt = 1,
         .launch = 1,
         .outcome = RT_OUTCOME_FAILED,
         .status = 3,
         .reason = payload("line 1\nline \033[2J")},
        {.ordinal = 2, .attempt = 1, .launch = 1, .outcome = RT_OUTCOME_CRASHED, .status = 11}};
    struct rt_attempt second[] = {
        {.ordinal = 2, .attempt = 2, .launch = 1, .outcome = RT_OUTCOME_CRASHED, .status = 200},
        {.ordinal = 1,
         .attempt = 2,
         .launch = 1,
         .outcome = RT_OUTCOME_OK,
         .result = payload(big),
         .out = {.kept = payload("hello"), .head = 3, .total = 99}}};
    struct rt_attempt late[] = {{.ordinal = 3,
                                 .attempt = 1,
                                 .launch = 1,
                                 .outcome = RT_OUTCOME_OK,
                                 .flags = RT_ATTEMPT_LATE,
                                 .result = payload("{\"loss\":0.25}")}};

    say_text(store, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9ab\",\"name\":\"t\"}");
    say_plan(store, 4);
    say_text(store, RT_EVENT_LAUNCH, "{\"launch\":1,\"command\":[\"retrial\",\"run\"]}");
    say_text(store, RT_EVENT_AGENT, "{\"launch\":1,\"rank\":0,\"host\":\"here\"}");
    say_lease(store, 1, 3, 1, 1);
    say_attempts(store, first, 2);
    say_lease(store, 1, 2, 2, 1);
    say_attempts(store, second, 2);
    say_text(store, RT_EVENT_LAUNCH, "{\"launch\":2}");
    say_attempts(store, late, 1);
    say_lease(store, 4, 1, 1, 2);
    free(big);
}

static void told_open(struct told *told)
{
    char *index = rt_fs_join(told->path, "index.sqlite");
    struct rt_err err;

    expect_ok(err, rt_store_open(told->path, RT_STORE_READ, &told->store, &err));
    expect_ok(err, rt_db_open(index, RT_DB_READ, &told->db, &err));
    told->study = rt_state_study(rt_store_state(told->store), 1);
    free(index);
}

static void told_shut(struct told *told)
{
    struct rt_err err;

    rt_db_close(told->db);
    expect_ok(err, rt_store_close(told->store, &err));
}

static int set_up(void **state)
{
    struct told *told = rt_calloc(1, sizeof *told);
    struct rt_err err;

    told->folder = folder_new();
    told->path = rt_fs_join(told->folder, ".retrial");
    expect_ok(err, rt_store_open(told->path, RT_STORE_CREATE, &told->store, &err));
    tell(told->store);
    expect_ok(err, rt_store_close(told->store, &err));
    told_open(told);
    *state = told;
    return 0;
}

static int tear_down(void **state)
{
    struct told *told = *state;

    told_shut(told);
    free(told->path);
    folder_free(told->folder);
    free(told);
    return 0;
}

static struct rt_json *about(struct told *told, uint64_t ordinal)
{
    struct rt_json *found;
    struct rt_err err;

    expect_ok(err, rt_about_trial(told->store, told->db, told->study, ordinal, &found, &err));
    return found;
}

static struct rt_json *attempt(struct rt_json *of, size_t at)
{
    struct rt_json *attempts = rt_json_get(of, "attempts");

    assert_true(rt_json_count(attempts) > at);
    return rt_json_at(attempts, at);
}

static void expect_text(const struct rt_json *object, const char *key, const char *want)
{
    const char *got = rt_json_get_text(object, key, NULL);

    if (!got || strcmp(got, want) != 0)
        fail_msg("%s is %s, not %s", key, got ? got : "missing", want);
}

static void a_trial_has_its_params_and_its_key(void **state)
{
    struct rt_json *found = about(*state, 1);
    struct rt_hash key;

    expect_text(found, "trial", "k3f9ab.1");
    expect_text(found, "study", "t");
    expect_text(found, "status", "done");
    expect_text(found, "outcome", "ok");
    assert_int_equal(rt_json_get_int(found, "replicate", 0), 1);
    assert_int_equal(rt_json_get_int(rt_json_get(found, "params"), "x", -1), 0);
    expect_text(rt_json_get(found, "entry"), "file", "m.py");
    assert_int_equal(rt_hash_from_hex(&key, rt_json_get_text(found, "key", "")), 0);
    assert_int_equal(rt_json_count(rt_json_get(found, "components")), RT_KEY_COMPONENTS);
    assert_null(rt_json_get(found, "running"));
    rt_json_free(found);
}

static void every_attempt_is_told_with_its_reason_and_result(void **state)
{
    struct rt_json *found = about(*state, 1);
    struct rt_json *first = attempt(found, 0);
    struct rt_json *second = attempt(found, 1);

    expect_text(first, "outcome", "failed");
    expect_text(first, "reason", "line 1\nline \033[2J");
    expect_text(first, "host", "here");
    assert_int_equal(rt_json_get_int(first, "exit_status", 0), 3);
    assert_false(rt_json_bool(rt_json_get(first, "decides")));
    assert_true(rt_json_bool(rt_json_get(second, "decides")));
    assert_int_equal(strlen(rt_json_get_text(rt_json_get(second, "result"), "text", "")), 5000);
    assert_int_equal(rt_json_get_int(rt_json_get(second, "stdout"), "bytes", 0), 99);
    assert_int_equal(rt_json_get_int(rt_json_get(second, "stdout"), "kept", 0), 5);
    assert_null(rt_json_get(second, "reason"));
    rt_json_free(found);
}

static void a_crash_names_its_signal(void **state)
{
    struct rt_json *found = about(*state, 2);

    expect_text(found, "outcome", "crashed");
    expect_text(attempt(found, 0), "signal", "11 (SIGSEGV)");
    expect_text(attempt(found, 1), "signal", "200 (SIG?)");
    assert_null(rt_json_get(attempt(found, 0), "exit_status"));
    rt_json_free(found);
}

static void a_late_attempt_stands_beside_the_lost_one(void **state)
{
    struct rt_json *found = about(*state, 3);
    struct rt_json *lost = attempt(found, 0);
    struct rt_json *late = attempt(found, 1);

    expect_text(lost, "outcome", "lost");
    assert_null(rt_json_get(lost, "stdout"));
    expect_text(late, "outcome", "ok");
    assert_true(rt_json_bool(rt_json_get(late, "late")));
    assert_true(rt_json_number(rt_json_get(rt_json_get(late, "result"), "loss")) == 0.25);
    rt_json_free(found);
}

static void a_trial_that_runs_tells_where(void **state)
{
    struct rt_json *found = about(*state, 4);

    expect_text(found, "status", "running");
    assert_null(rt_json_get(found, "outcome"));
    assert_int_equal(rt_json_get_int(rt_json_get(found, "running"), "launch", 0), 2);
    assert_int_equal(rt_json_count(rt_json_get(found, "attempts")), 0);
    rt_json_free(found);
}

static void a_study_tells_its_plans_and_launches(void **state)
{
    struct told *told = *state;
    struct rt_json *found;
    struct rt_err err;

    expect_ok(err, rt_about_study(told->db, told->study, &found, &err));
    expect_text(found, "study", "t");
    assert_int_equal(rt_json_get_int(rt_json_get(found, "done"), "ok", 0), 2);
    assert_int_equal(rt_json_get_int(rt_json_get(found, "done"), "crashed", 0), 1);
    assert_int_equal(rt_json_get_int(found, "running", 0), 1);
    expect_text(rt_json_at(rt_json_get(found, "revisions"), 0), "source_path", "/t.yaml");
    assert_int_equal(rt_json_count(rt_json_get(found, "launches")), 1);
    assert_int_equal(
        rt_json_count(rt_json_get(rt_json_at(rt_json_get(found, "launches"), 0), "command")), 2);
    rt_json_free(found);
}

static void a_summary_counts_what_did_not_succeed(void **state)
{
    struct told *told = *state;
    struct rt_buf outcomes = RT_BUF_INIT;
    struct rt_summary summary;
    struct rt_err err;

    expect_ok(err, rt_summary_of(told->db, told->study, &summary, &err));
    assert_int_equal(summary.done, 3);
    assert_int_equal(summary.bad, 1);
    assert_null(summary.metric);
    assert_int_equal(summary.last_us, 1700000000000000u);
    assert_false(rt_summary_complete(&summary));
    rt_summary_outcomes(told->study, &outcomes);
    assert_string_equal(rt_buf_text(&outcomes), "2 ok, 1 crashed");
    rt_buf_clear(&outcomes);
}

static void an_event_without_such_a_row_has_none(void **state)
{
    struct told *told = *state;
    struct rt_recorded recorded;
    struct rt_err err;

    assert_int_equal(rt_recorded_read(told->store, 1, 0, &recorded, &err), 0);
    rt_recorded_clear(&recorded);
    assert_int_equal(rt_recorded_read(told->store, 1000, 0, &recorded, &err), 0);
    rt_recorded_clear(&recorded);
    assert_int_equal(rt_recorded_read(told->store, 7, 1, &recorded, &err), 1);
    assert_int_equal(recorded.attempt.ordinal, 2);
    rt_recorded_clear(&recorded);
    assert_int_equal(rt_recorded_read(told->store, 7, 2, &recorded, &err), 0);
    rt_recorded_clear(&recorded);
}

/* Comes last: it changes the study's plan. */
static void a_retired_trial_is_known_from_the_plan_that_had_it(void **state)
{
    struct told *told = *state;
    struct rt_json *found;
    struct rt_err err;

    told_shut(told);
    expect_ok(err, rt_store_open(told->path, RT_STORE_WRITE, &told->store, &err));
    say_plan(told->store, 2);
    expect_ok(err, rt_store_close(told->store, &err));
    told_open(told);
    found = about(told, 3);
    expect_text(found, "status", "retired");
    assert_int_equal(rt_json_get_int(found, "revision", 0), 1);
    assert_int_equal(rt_json_get_int(rt_json_get(found, "params"), "x", -1), 2);
    rt_json_free(found);
    found = about(told, 2);
    assert_int_equal(rt_json_get_int(found, "revision", 0), 2);
    rt_json_free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_has_its_params_and_its_key),
        cmocka_unit_test(every_attempt_is_told_with_its_reason_and_result),
        cmocka_unit_test(a_crash_names_its_signal),
        cmocka_unit_test(a_late_attempt_stands_beside_the_lost_one),
        cmocka_unit_test(a_trial_that_runs_tells_where),
        cmocka_unit_test(a_study_tells_its_plans_and_launches),
        cmocka_unit_test(a_summary_counts_what_did_not_succeed),
        cmocka_unit_test(an_event_without_such_a_row_has_none),
        cmocka_unit_test(a_retired_trial_is_known_from_the_plan_that_had_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
