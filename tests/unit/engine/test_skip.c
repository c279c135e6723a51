/* Trials of a replay that cannot be run: skipped once, with the reason, in each repeat. */
#include "tests/expect.h"

#include "tests/folder.h"
#include "tests/story.h"

#include "base/fs.h"
#include "engine/skip.h"

/* Two repeats of three points, of which the second cannot be run, and the third for nothing said.
 */
static const char plan_text[] =
    "{\"format\":4,\"name\":\"t\",\"entry\":{\"kind\":\"python\",\"file\":\"m.py\","
    "\"function\":\"f\"},\"params\":{},\"axes\":[{\"key\":\"x\",\"values\":[1,2,3],\"zip\":0}],"
    "\"replicates\":2,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
    "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":65536},"
    "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\","
    "\"points\":{\"count\":3,\"seeds\":[7,8,9],\"replicates\":[1,1,1]},"
    "\"replay\":{\"kind\":\"replay\",\"cannot\":[[1,\"its input is gone\"],[2,null]]}}";

struct place {
    char *folder;
    struct rt_store *store;
};

static void append(struct rt_store *store, enum rt_event_kind kind, struct rt_buf *body)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(store, kind, rt_buf_span(body), NULL, &err));
    rt_buf_reset(body);
}

static void put_plan(struct rt_store *store)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(plan_text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    rt_buf_add(&body, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    append(store, RT_EVENT_STUDY, &body);
    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL,
                                       &body, &err));
    append(store, RT_EVENT_PLAN, &body);
    rt_plan_free(plan);
    rt_json_free(json);
    rt_buf_clear(&body);
}

static void begin_launch(struct rt_store *store, unsigned launch)
{
    struct rt_buf body = RT_BUF_INIT;

    rt_buf_printf(&body, "{\"launch\":%u}", launch);
    append(store, RT_EVENT_LAUNCH, &body);
    rt_buf_clear(&body);
}

static void begin(struct place *place)
{
    char *path;
    struct rt_err err;

    place->folder = folder_new();
    path = rt_fs_join(place->folder, "store");
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &place->store, &err));
    put_plan(place->store);
    begin_launch(place->store, 1);
    free(path);
}

static void end(struct place *place)
{
    struct rt_err err;

    expect_ok(err, rt_store_commit(place->store, &err));
    expect_ok(err, rt_store_close(place->store, &err));
    folder_free(place->folder);
}

static void leave_out(struct place *place, uint32_t launch)
{
    struct rt_err err;

    expect_ok(err, rt_skip_cannot(place->store, launch, 1, &err));
    expect_ok(err, rt_store_commit(place->store, &err));
}

struct seen {
    size_t leases;
    size_t attempts;
    char reasons[200];
};

static int see(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct seen *seen = context;
    struct rt_attempts_reader rows;
    struct rt_attempt row;
    int rc;

    seen->leases += event->kind == RT_EVENT_LEASE;
    if (event->kind != RT_EVENT_ATTEMPTS)
        return 0;
    if ((rc = rt_attempts_open(&rows, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&rows, &row, err)) > 0) {
        seen->attempts++;
        assert_int_equal(row.outcome, RT_OUTCOME_SKIPPED);
        assert_int_equal(row.launch, 1);
        snprintf(seen->reasons + strlen(seen->reasons), 100, "%llu:%u:%.*s;",
                 (unsigned long long)row.ordinal, row.seed, (int)row.reason.data.size,
                 row.reason.data.size ? (const char *)row.reason.data.data : "");
    }
    return rc;
}

static struct seen look(struct place *place)
{
    struct seen seen = {0};
    struct rt_err err;

    expect_ok(err, rt_store_read(place->store, 1, see, &seen, &err));
    return seen;
}

static void what_cannot_be_run_is_skipped_in_each_repeat_with_its_reason(void **state)
{
    const struct rt_study *study;
    struct place place;
    struct seen seen;

    (void)state;
    begin(&place);
    leave_out(&place, 1);
    seen = look(&place);
    assert_int_equal(seen.leases, 1);
    assert_int_equal(seen.attempts, 4);
    assert_string_equal(seen.reasons, "2:8:its input is gone;5:8:its input is gone;3:9:;6:9:;");
    study = rt_state_study(rt_store_state(place.store), 1);
    assert_int_equal(study->done[RT_OUTCOME_SKIPPED], 4);
    assert_int_equal(rt_state_trial(study, 1).status, RT_TRIAL_WAITING);
    assert_int_equal(rt_state_trial(study, 5).status, RT_TRIAL_DONE);
    end(&place);
}

static void another_launch_skips_nothing_again(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    leave_out(&place, 1);
    begin_launch(place.store, 2);
    leave_out(&place, 2);
    assert_int_equal(look(&place).leases, 1);
    assert_int_equal(look(&place).attempts, 4);
    end(&place);
}

static void a_trial_that_has_run_is_left_as_it_is(void **state)
{
    struct rt_buf body = RT_BUF_INIT;
    struct place place;

    (void)state;
    begin(&place);
    story_lease(&body, 2, 1, 1, 1, 0);
    append(place.store, RT_EVENT_LEASE, &body);
    leave_out(&place, 1); /* it runs */
    assert_string_equal(look(&place).reasons, "5:8:its input is gone;3:9:;6:9:;");
    end(&place);
    rt_buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_run_is_skipped_in_each_repeat_with_its_reason),
        cmocka_unit_test(another_launch_skips_nothing_again),
        cmocka_unit_test(a_trial_that_has_run_is_left_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
