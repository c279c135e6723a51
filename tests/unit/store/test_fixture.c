/*
 * The store of version 1 in tests/fixtures/store-v1 opens for ever, and says
 * what it said when it was made. It was made by this program, run as
 * `store-test_fixture make FOLDER`, and is never made anew: a later version
 * gets a fixture of its own beside it.
 */
#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/store.h"

#define PARTS 3

static const char *const parts[PARTS] = {
    "format", "journal/data.mdb",
    "objects/91/c45f5cbab5caa10700b403b9b0a4bb557c2e1bf5ca91aa82e7ae8f5c13a040"};

static const char result[] = "{\"acc\":0.75,\"loss\":{\"$float\":\"nan\"}}";

static struct rt_attempt attempt_of(uint64_t ordinal, enum rt_outcome outcome)
{
    struct rt_attempt row = {.study = 1,
                             .ordinal = ordinal,
                             .attempt = 1,
                             .launch = 1,
                             .rank = 2,
                             .worker = 3,
                             .position = (uint32_t)ordinal,
                             .pid = 31337,
                             .start_us = 1764000000000000u + ordinal,
                             .duration_us = 1500000,
                             .user_us = 1400000,
                             .sys_us = 90000,
                             .max_rss_kib = 123456,
                             .seed = 0xFEEDBEEFu,
                             .outcome = outcome};

    if (outcome == RT_OUTCOME_OK)
        row.result.data = rt_span_text(result);
    if (outcome == RT_OUTCOME_CRASHED)
        row.status = 11;
    if (outcome == RT_OUTCOME_FAILED) {
        row.status = 1;
        row.reason.data = rt_span_text("ValueError: no");
    }
    return row;
}

/* What a study of eight trials went through. */
static const enum rt_outcome outcomes[] = {
    RT_OUTCOME_OK,      RT_OUTCOME_FAILED, RT_OUTCOME_CRASHED, RT_OUTCOME_TIMEOUT,
    RT_OUTCOME_SKIPPED, RT_OUTCOME_PRUNED, RT_OUTCOME_LOST,
};
#define ENDED (sizeof outcomes / sizeof outcomes[0])

static void put(struct rt_store *store, enum rt_event_kind kind, struct rt_buf *body)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, rt_buf_span(body), NULL, &err));
    rt_buf_reset(body);
}

static void put_text(struct rt_store *store, enum rt_event_kind kind, const char *text)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, rt_span_text(text), NULL, &err));
}

static void put_plan(struct rt_store *store, unsigned levels, unsigned replicates)
{
    struct rt_plan *plan = story_plan(levels, replicates, 1);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, "name: t\n",
                                       "/home/p/t.yaml", &body, &err));
    put(store, RT_EVENT_PLAN, &body);
    rt_buf_clear(&body);
    rt_plan_free(plan);
}

static void put_attempts(struct rt_store *store, struct rt_buf *body)
{
    struct rt_buf noise = RT_BUF_INIT;
    struct rt_attempt rows[ENDED];
    struct rt_err err;

    memset(rt_buf_extend(&noise, 5000), 'n', 5000);
    for (size_t i = 0; i < ENDED; i++)
        rows[i] = attempt_of(i + 1, outcomes[i]);
    rows[0].out = (struct rt_output){.kept.data = rt_buf_span(&noise), .head = 2500, .total = 9999};
    expect_ok(err, rt_store_externalize(store, &rows[0], &err));
    rt_attempts_put(body, rows, ENDED);
    put(store, RT_EVENT_ATTEMPTS, body);
    rt_buf_clear(&noise);
}

static int make(const char *path)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_store *store;
    struct rt_err err;

    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    put_text(store, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    put_plan(store, 4, 2);
    put_text(store, RT_EVENT_LAUNCH, "{\"launch\":1,\"host\":\"node1\"}");
    put_text(store, RT_EVENT_AGENT, "{\"launch\":1,\"rank\":2,\"host\":\"node2\"}");
    story_lease(&body, 1, 8, 1, 1, 2);
    put(store, RT_EVENT_LEASE, &body);
    put_attempts(store, &body);
    story_lease(&body, 8, 1, 1, 1, 2);
    put(store, RT_EVENT_RETURN, &body);
    put_text(store, RT_EVENT_LAUNCH_END, "{\"launch\":1,\"reason\":\"done\",\"detail\":\"\"}");
    expect_ok(err, rt_store_close(store, &err)); /* leaves a checkpoint */
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    put_plan(store, 5, 2);
    put_text(store, RT_EVENT_LAUNCH, "{\"launch\":2,\"host\":\"node1\"}");
    story_lease(&body, 8, 1, 1, 2, 0);
    put(store, RT_EVENT_LEASE, &body);
    rt_store_abandon(store); /* as if killed: the lease is open */
    rt_buf_clear(&body);
    return 0;
}

static void copy_part(const char *from, const char *to, const char *part)
{
    struct rt_buf bytes = RT_BUF_INIT;
    char *source = rt_fs_join(from, part);
    char *target = rt_fs_join(to, part);
    char *parent = rt_fs_parent(target);
    struct rt_err err;

    expect_ok(err, rt_fs_read(source, &bytes, &err));
    expect_ok(err, rt_fs_mkdirs(parent, &err));
    expect_ok(err, rt_fs_replace(target, rt_buf_span(&bytes), 0600, &err));
    rt_buf_clear(&bytes);
    free(source);
    free(target);
    free(parent);
}

static int look(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_store *store = context;
    struct rt_attempts_reader reader;
    struct rt_attempt row;
    struct rt_buf noise = RT_BUF_INIT;

    if (event->kind != RT_EVENT_ATTEMPTS)
        return 0;
    expect_ok(*err, rt_attempts_open(&reader, event->body, err));
    for (size_t i = 0; i < ENDED; i++) {
        struct rt_attempt want = attempt_of(i + 1, outcomes[i]);

        assert_int_equal(rt_attempts_next(&reader, &row, err), 1);
        assert_true(row.ordinal == want.ordinal && row.outcome == want.outcome);
        assert_true(row.status == want.status && row.seed == want.seed);
        assert_true(row.start_us == want.start_us && row.max_rss_kib == want.max_rss_kib);
        assert_true(rt_span_equal(row.result.data, want.result.data));
        assert_true(rt_span_equal(row.reason.data, want.reason.data));
        if (i > 0)
            continue;
        assert_true(row.out.kept.by_hash && row.out.head == 2500 && row.out.total == 9999);
        expect_ok(*err, rt_store_payload(store, &row.out.kept, &noise, err));
        assert_int_equal(noise.size, 5000);
        assert_int_equal(noise.data[4999], 'n');
        rt_buf_clear(&noise);
    }
    assert_int_equal(rt_attempts_next(&reader, &row, err), 0);
    return 42;
}

static void check(struct rt_store *store)
{
    const struct rt_study *study = rt_state_study_by_name(rt_store_state(store), "t");
    struct rt_err err;

    assert_non_null(study);
    assert_string_equal(study->id, "k3f9");
    assert_int_equal(rt_state_seq(rt_store_state(store)), 12);
    assert_int_equal(study->revision, 2);
    assert_int_equal(study->planned, 10);
    assert_int_equal(rt_study_ordinal(study, 4), 9);
    assert_int_equal(rt_study_ordinal(study, 5), 5);
    assert_int_equal(study->attempts, 7);
    assert_int_equal(study->done[RT_OUTCOME_OK], 1);
    assert_int_equal(study->done[RT_OUTCOME_SKIPPED], 1);
    assert_int_equal(study->done[RT_OUTCOME_PRUNED], 1);
    assert_int_equal(rt_state_trial(study, 3).status, RT_TRIAL_WAITING);
    assert_int_equal(rt_state_trial(study, 3).outcome, RT_OUTCOME_CRASHED);
    assert_int_equal(rt_state_trial(study, 8).status, RT_TRIAL_LEASED);
    assert_int_equal(rt_state_launches(rt_store_state(store)), 2);
    assert_int_equal(rt_store_read(store, 1, look, store, &err), 42);
}

static void the_store_of_version_1_opens_and_goes_on(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, ".retrial");
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < PARTS; i++)
        copy_part(RT_TEST_FIXTURES "/store-v1", path, parts[i]);
    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    check(store);
    expect_ok(err, rt_store_close(store, &err));
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    check(store);
    put_text(store, RT_EVENT_LAUNCH, "{\"launch\":3}");
    assert_int_equal(rt_state_trial(rt_state_study(rt_store_state(store), 1), 8).status,
                     RT_TRIAL_WAITING);
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_store_of_version_1_opens_and_goes_on),
    };

    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return make(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
