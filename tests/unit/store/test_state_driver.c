/* What drivers do to a state: trials that they propose and cancel, plans that keep them. */
#include "tests/expect.h"
#include "tests/story.h"

#include "base/clock.h"

#include <stdlib.h>

#define PROPOSE(point, trials)                                                                     \
    "{\"launch\":1,\"point\":" #point ",\"study\":1,\"trials\":[" trials "]}"
#define TRIAL(params, replicate) "{\"id\":1,\"params\":" params ",\"replicate\":" #replicate "}"

struct told {
    struct rt_state *state;
    struct rt_err err;
};

static int say(struct told *told, enum rt_event_kind kind, const char *text)
{
    struct rt_event event = {.seq = rt_state_seq(told->state) + 1,
                             .time_us = 1,
                             .kind = kind,
                             .body = rt_span_text(text)};

    return rt_state_apply(told->state, &event, &told->err);
}

/* A plan that a driver proposes the points of, with a code and a limit of trials. */
static struct rt_plan *driven_plan(unsigned seed, unsigned trials)
{
    char *text =
        rt_printf("{\"format\":5,\"name\":\"t\",\"entry\":{\"kind\":\"command\",\"argv\":[\"x\"]},"
                  "\"params\":{\"a\":{\"b\":1,\"c\":2}},\"axes\":[],\"replicates\":1,"
                  "\"seed\":%u,\"seeds\":\"per-trial\",\"objective\":null,"
                  "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":1},"
                  "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\","
                  "\"driver\":{\"argv\":[\"hpo\"],\"trials\":%u}}",
                  seed, trials);
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    rt_json_free(json);
    free(text);
    return plan;
}

static void say_plan(struct told *told, struct rt_plan *plan)
{
    struct rt_buf body = RT_BUF_INIT;

    expect_ok(told->err, rt_state_plan_event(rt_state_study(told->state, 1), plan, NULL, NULL,
                                             &body, &told->err));
    expect_ok(told->err, say(told, RT_EVENT_PLAN, rt_buf_text(&body)));
    rt_buf_clear(&body);
    rt_plan_free(plan);
}

static struct told begin(void)
{
    struct told told = {.state = rt_state_new()};

    expect_ok(told.err, say(&told, RT_EVENT_STORE,
                            "{\"uuid\":\"6ba7b810-9dad-41d1-80b4-00c04fd430c8\",\"format\":1}"));
    expect_ok(told.err, say(&told, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"));
    say_plan(&told, driven_plan(0, 9));
    expect_ok(told.err, say(&told, RT_EVENT_LAUNCH, "{\"launch\":1}"));
    return told;
}

static const struct rt_study *study(const struct told *told)
{
    return rt_state_study(told->state, 1);
}

static void expect_params(const struct told *told, uint64_t point, const char *params)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_plan_params(study(told)->plan, point, &text);
    assert_string_equal(rt_buf_text(&text), params);
    rt_buf_clear(&text);
}

static void expect_equal_states(const struct told *told)
{
    struct rt_state *again;
    struct rt_buf one = RT_BUF_INIT;
    struct rt_buf other = RT_BUF_INIT;
    struct rt_err err;

    rt_state_save(told->state, &one);
    expect_ok(err, rt_state_load(rt_buf_span(&one), &again, &err));
    rt_state_save(again, &other);
    assert_true(rt_span_equal(rt_buf_span(&one), rt_buf_span(&other)));
    rt_state_free(again);
    rt_buf_clear(&one);
    rt_buf_clear(&other);
}

static void a_plan_with_a_driver_has_the_points_that_were_proposed(void **state)
{
    struct told told = begin();

    (void)state;
    assert_int_equal(study(&told)->planned, 0);
    expect_ok(told.err, say(&told, RT_EVENT_PROPOSE,
                            PROPOSE(0, TRIAL("{\"x\":1,\"a.c\":5}", 1) "," TRIAL("{}", 2))));
    assert_int_equal(study(&told)->planned, 2);
    assert_int_equal(rt_study_ordinal(study(&told), 1), 2);
    assert_int_equal(rt_study_next_waiting(study(&told), 1), 1);
    assert_int_equal(rt_plan_replicate(study(&told)->plan, 1), 2);
    expect_params(&told, 0, "{\"a\":{\"b\":1,\"c\":5},\"x\":1}");
    expect_params(&told, 1, "{\"a\":{\"b\":1,\"c\":2}}");
    assert_int_equal(
        rt_plan_seed(study(&told)->plan, 1),
        rt_plan_seed_of(study(&told)->plan, 2, rt_span_text("{\"a\":{\"b\":1,\"c\":2}}")));
    expect_equal_states(&told);
    rt_state_free(told.state);
}

static void what_contradicts_the_proposals_changes_nothing(void **state)
{
    struct told told = begin();

    (void)state;
    expect_error(told.err, RT_EDAMAGED, "not the next ones",
                 say(&told, RT_EVENT_PROPOSE, PROPOSE(1, TRIAL("{}", 1))));
    expect_error(told.err, RT_EDAMAGED, "lacks params or replicate",
                 say(&told, RT_EVENT_PROPOSE, PROPOSE(0, TRIAL("{}", 1) "," TRIAL("[]", 1))));
    expect_error(
        told.err, RT_EDAMAGED, "no mapping",
        say(&told, RT_EVENT_PROPOSE, PROPOSE(0, TRIAL("{}", 1) "," TRIAL("{\"a.b.d\":1}", 1))));
    expect_error(told.err, RT_EDAMAGED, "cannot be cancelled",
                 say(&told, RT_EVENT_CANCEL, "{\"study\":1,\"launch\":1,\"trials\":[1]}"));
    assert_int_equal(study(&told)->planned, 0);
    assert_int_equal(study(&told)->ordinals, 0);
    rt_state_free(told.state);
}

static void a_trial_that_waits_can_be_cancelled_and_is_skipped(void **state)
{
    struct told told = begin();

    (void)state;
    expect_ok(told.err,
              say(&told, RT_EVENT_PROPOSE, PROPOSE(0, TRIAL("{}", 1) "," TRIAL("{}", 2))));
    expect_ok(told.err, say(&told, RT_EVENT_CANCEL, "{\"study\":1,\"launch\":1,\"trials\":[1]}"));
    assert_int_equal(rt_state_trial(study(&told), 1).status, RT_TRIAL_DONE);
    assert_int_equal(rt_state_trial(study(&told), 1).outcome, RT_OUTCOME_SKIPPED);
    assert_int_equal(study(&told)->done[RT_OUTCOME_SKIPPED], 1);
    assert_int_equal(rt_study_next_waiting(study(&told), 1), 2);
    expect_error(told.err, RT_EDAMAGED, "cannot be cancelled",
                 say(&told, RT_EVENT_CANCEL, "{\"study\":1,\"launch\":1,\"trials\":[2,1]}"));
    assert_int_equal(rt_state_trial(study(&told), 2).status, RT_TRIAL_WAITING);
    expect_equal_states(&told);
    rt_state_free(told.state);
}

static void the_next_plan_keeps_what_was_proposed_unless_it_is_another(void **state)
{
    struct told told = begin();
    uint64_t index;

    (void)state;
    expect_ok(told.err, say(&told, RT_EVENT_PROPOSE, PROPOSE(0, TRIAL("{\"x\":1}", 1))));
    expect_ok(told.err, say(&told, RT_EVENT_DRIVER,
                            "{\"study\":1,\"launch\":1,\"what\":\"finish\",\"value\":null}"));
    assert_true(study(&told)->finished);
    say_plan(&told, driven_plan(0, 20));
    assert_false(study(&told)->finished);
    assert_int_equal(study(&told)->planned, 1);
    expect_params(&told, 0, "{\"a\":{\"b\":1,\"c\":2},\"x\":1}");
    expect_ok(told.err, say(&told, RT_EVENT_PROPOSE, PROPOSE(1, TRIAL("{\"x\":2}", 1))));
    assert_int_equal(rt_study_ordinal(study(&told), 1), 2);
    expect_equal_states(&told);
    say_plan(&told, driven_plan(7, 20));
    assert_int_equal(study(&told)->planned, 0);
    assert_int_equal(rt_state_trial(study(&told), 1).status, RT_TRIAL_RETIRED);
    assert_non_null(rt_study_plan_of(study(&told), 2, &index));
    assert_int_equal(index, 1);
    expect_ok(told.err, say(&told, RT_EVENT_PROPOSE, PROPOSE(0, TRIAL("{\"x\":2}", 1))));
    assert_int_equal(rt_study_ordinal(study(&told), 0), 3);
    expect_equal_states(&told);
    rt_state_free(told.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_with_a_driver_has_the_points_that_were_proposed),
        cmocka_unit_test(what_contradicts_the_proposals_changes_nothing),
        cmocka_unit_test(a_trial_that_waits_can_be_cancelled_and_is_skipped),
        cmocka_unit_test(the_next_plan_keeps_what_was_proposed_unless_it_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
