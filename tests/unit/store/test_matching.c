#include "tests/expect.h"
#include "tests/story.h"

#include "store/state.h"

struct story {
    struct rt_state *state;
    struct rt_err err;
};

static void say(struct story *story, enum rt_event_kind kind, struct rt_span body)
{
    struct rt_event event = {rt_state_seq(story->state) + 1, 1000, kind, body};

    expect_ok(story->err, rt_state_apply(story->state, &event, &story->err));
}

static void begin(struct story *story)
{
    story->state = rt_state_new();
    say(story, RT_EVENT_STORE,
        rt_span_text("{\"format\":1,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}"));
    say(story, RT_EVENT_STUDY, rt_span_text("{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"));
}

static const struct rt_study *study_of(const struct story *story)
{
    return rt_state_study(story->state, 1);
}

static void plan(struct story *story, struct rt_plan *next)
{
    struct rt_buf body = RT_BUF_INIT;

    expect_ok(story->err,
              rt_state_plan_event(study_of(story), next, "text", "/a/b.yaml", &body, &story->err));
    say(story, RT_EVENT_PLAN, rt_buf_span(&body));
    rt_buf_clear(&body);
    rt_plan_free(next);
}

/* Plans x over a list of values, two replicates. */
static void plan_values(struct story *story, const char *values)
{
    char *axes = rt_printf("[{\"key\":\"x\",\"values\":[%s]}]", values);

    plan(story, story_plan_of(axes, 2, 0));
    free(axes);
}

/* The ordinals of the points in order, as text. */
static void expect_ordinals(const struct story *story, const char *want)
{
    const struct rt_study *study = study_of(story);
    struct rt_buf text = RT_BUF_INIT;

    for (uint64_t index = 0; index < study->planned; index++) {
        uint64_t ordinal = rt_study_ordinal(study, index);

        assert_int_equal(rt_study_index(study, ordinal), index);
        rt_buf_printf(&text, "%s%llu", index ? " " : "", (unsigned long long)ordinal);
    }
    assert_string_equal(rt_buf_text(&text), want);
    rt_buf_clear(&text);
}

static void other_inputs_make_other_trials(void **state)
{
    static const char *const sums[] = {
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"};
    static const char *const wanted[] = {"1 2", "3 4", "1 2"};
    struct story story;

    (void)state;
    begin(&story);
    for (int i = 0; i < 3; i++) {
        struct rt_plan *base = story_plan_of("[{\"key\":\"x\",\"values\":[1,2]}]", 1, 0);
        struct rt_json *json = rt_json_copy(rt_plan_json(base));
        char *inputs =
            rt_printf("[{\"path\":\"a.csv\",\"sha256\":\"%s\",\"bytes\":2}]", sums[i % 2]);
        struct rt_plan *next;
        struct rt_json *list;

        expect_ok(story.err, rt_json_parse(rt_span_text(inputs), &list, &story.err));
        rt_json_set(json, "inputs", list);
        rt_json_set_int(json, "format", 3);
        expect_ok(story.err, rt_plan_new(json, &next, &story.err));
        plan(&story, next);
        expect_ordinals(&story, wanted[i]);
        free(inputs);
        rt_json_free(json);
        rt_plan_free(base);
    }
    rt_state_free(story.state);
}

static void other_needs_are_the_same_trials_and_other_threads_are_not(void **state)
{
    static const struct {
        const char *each;
        const char *ordinals;
    } cases[] = {
        {"{\"threads\":1}", "1 2"},
        {"{\"threads\":1,\"memory_bytes\":5,\"gpus_permille\":500}", "1 2"},
        {"{\"threads\":2,\"memory_bytes\":5}", "3 4"},
    };
    struct story story;

    (void)state;
    begin(&story);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rt_plan *base = story_plan_of("[{\"key\":\"x\",\"values\":[1,2]}]", 1, 0);
        struct rt_json *json = rt_json_copy(rt_plan_json(base));
        struct rt_plan *next;
        struct rt_json *each;

        expect_ok(story.err, rt_json_parse(rt_span_text(cases[i].each), &each, &story.err));
        rt_json_set(json, "each", each);
        rt_json_set_int(json, "format", 3);
        expect_ok(story.err, rt_plan_new(json, &next, &story.err));
        plan(&story, next);
        expect_ordinals(&story, cases[i].ordinals);
        rt_json_free(json);
        rt_plan_free(base);
    }
    rt_state_free(story.state);
}

static void more_replicates_come_behind(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan(&story, story_plan(3, 1, 0));
    expect_ordinals(&story, "1 2 3");
    plan(&story, story_plan(3, 3, 0));
    expect_ordinals(&story, "1 2 3 4 5 6 7 8 9");
    rt_state_free(story.state);
}

static void fewer_replicates_retire_and_come_back(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan(&story, story_plan(2, 3, 0));
    plan(&story, story_plan(2, 1, 0));
    expect_ordinals(&story, "1 2");
    assert_int_equal(rt_state_trial(study_of(&story), 3).status, RT_TRIAL_RETIRED);
    assert_int_equal(rt_study_index(study_of(&story), 3), UINT64_MAX);
    assert_int_equal(rt_study_next_waiting(study_of(&story), 3), 0);
    plan(&story, story_plan(2, 4, 0));
    expect_ordinals(&story, "1 2 3 4 5 6 7 8");
    assert_int_equal(rt_state_trial(study_of(&story), 3).status, RT_TRIAL_WAITING);
    rt_state_free(story.state);
}

static void equal_params_keep_their_ordinals_wherever_they_stand(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan_values(&story, "1,2,3");
    expect_ordinals(&story, "1 2 3 4 5 6");
    plan_values(&story, "3,7,1");
    expect_ordinals(&story, "3 7 1 6 8 4");
    plan_values(&story, "2,7");
    expect_ordinals(&story, "2 7 5 8");
    plan_values(&story, "1,2,3");
    expect_ordinals(&story, "1 2 3 4 5 6");
    rt_state_free(story.state);
}

static void an_integer_is_not_the_real_of_the_same_size(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan_values(&story, "1,2");
    plan_values(&story, "1.0,2");
    expect_ordinals(&story, "5 2 6 4");
    rt_state_free(story.state);
}

static void a_range_and_a_list_of_the_same_values_are_the_same_trials(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan(&story, story_plan(3, 2, 0));
    plan_values(&story, "2,1,0,9");
    expect_ordinals(&story, "3 2 1 7 6 5 4 8");
    rt_state_free(story.state);
}

static void a_new_axis_of_one_value_makes_other_trials(void **state)
{
    struct story story;

    (void)state;
    begin(&story);
    plan_values(&story, "1,2");
    plan(&story,
         story_plan_of("[{\"key\":\"x\",\"values\":[1,2]},{\"key\":\"y\",\"values\":[0]}]", 1, 0));
    expect_ordinals(&story, "5 6");
    rt_state_free(story.state);
}

static void retried_trials_know_of_new_retries(void **state)
{
    struct story story;
    struct rt_buf body = RT_BUF_INIT;

    (void)state;
    begin(&story);
    plan(&story, story_plan(2, 1, 0));
    say(&story, RT_EVENT_LAUNCH, rt_span_text("{\"launch\":1}"));
    story_lease(&body, 1, 1, 1, 1, 0);
    say(&story, RT_EVENT_LEASE, rt_buf_span(&body));
    rt_buf_reset(&body);
    story_attempts(&body, 1, 1, 1, 1, 0, RT_OUTCOME_FAILED, 0);
    say(&story, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    assert_int_equal(rt_state_trial(study_of(&story), 1).status, RT_TRIAL_DONE);
    plan(&story, story_plan(2, 1, 1));
    assert_int_equal(rt_state_trial(study_of(&story), 1).status, RT_TRIAL_WAITING);
    assert_int_equal(study_of(&story)->done[RT_OUTCOME_FAILED], 0);
    plan(&story, story_plan(2, 1, 0));
    assert_int_equal(rt_state_trial(study_of(&story), 1).status, RT_TRIAL_DONE);
    assert_int_equal(study_of(&story)->done[RT_OUTCOME_FAILED], 1);
    rt_buf_clear(&body);
    rt_state_free(story.state);
}

static void a_lease_outlives_the_retirement_of_its_trial(void **state)
{
    struct story story;
    struct rt_buf body = RT_BUF_INIT;

    (void)state;
    begin(&story);
    plan(&story, story_plan(3, 1, 0));
    say(&story, RT_EVENT_LAUNCH, rt_span_text("{\"launch\":1}"));
    story_lease(&body, 1, 3, 1, 1, 0);
    say(&story, RT_EVENT_LEASE, rt_buf_span(&body));
    plan(&story, story_plan(2, 1, 0));
    assert_int_equal(study_of(&story)->leased, 2);
    rt_buf_reset(&body);
    story_attempts(&body, 2, 2, 1, 1, 0, RT_OUTCOME_OK, 0);
    say(&story, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    assert_int_equal(study_of(&story)->done[RT_OUTCOME_OK], 1);
    assert_int_equal(rt_state_trial(study_of(&story), 3).outcome, RT_OUTCOME_OK);
    plan(&story, story_plan(3, 1, 0));
    assert_int_equal(study_of(&story)->done[RT_OUTCOME_OK], 2);
    assert_int_equal(study_of(&story)->leased, 1);
    rt_buf_clear(&body);
    rt_state_free(story.state);
}

static void more_trials_than_a_study_holds_are_refused(void **state)
{
    struct story story;
    struct rt_buf body = RT_BUF_INIT;
    struct rt_plan *large = story_plan(1 << 20, 257, 0);

    (void)state;
    begin(&story);
    expect_error(story.err, RT_EUSAGE, "a study holds 268435456 at most",
                 rt_state_plan_event(study_of(&story), large, NULL, NULL, &body, &story.err));
    assert_int_equal(body.size, 0);
    rt_plan_free(large);
    rt_state_free(story.state);
}

static void segments_that_lie_are_damage(void **state)
{
    static const char *const lies[] = {
        "[[0,3,1]]",         /* too few */
        "[[0,4,2]]",         /* leaves out an ordinal */
        "[[0,2,1],[2,2,2]]", /* one ordinal twice */
        "[[0,2,1],[3,2,3]]", /* a gap */
        "[[0,4,0]]",         /* ordinals start at 1 */
        "[[0,4,300000000]]", /* too high */
        "[[0,-4,1]]",        "[[0,4]]", "{}",
    };
    struct rt_plan *four = story_plan(4, 1, 0);
    char *text = rt_json_text(rt_plan_json(four));
    struct story story;

    (void)state;
    begin(&story);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        char *body =
            rt_printf("{\"study\":1,\"revision\":1,\"plan\":%s,\"segments\":%s}", text, lies[i]);
        struct rt_event event = {3, 1000, RT_EVENT_PLAN, rt_span_text(body)};

        expect_error(story.err, RT_EDAMAGED, "segments",
                     rt_state_apply(story.state, &event, &story.err));
        free(body);
    }
    assert_int_equal(study_of(&story)->ordinals, 0);
    free(text);
    rt_plan_free(four);
    rt_state_free(story.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_inputs_make_other_trials),
        cmocka_unit_test(other_needs_are_the_same_trials_and_other_threads_are_not),
        cmocka_unit_test(more_replicates_come_behind),
        cmocka_unit_test(fewer_replicates_retire_and_come_back),
        cmocka_unit_test(equal_params_keep_their_ordinals_wherever_they_stand),
        cmocka_unit_test(an_integer_is_not_the_real_of_the_same_size),
        cmocka_unit_test(a_range_and_a_list_of_the_same_values_are_the_same_trials),
        cmocka_unit_test(a_new_axis_of_one_value_makes_other_trials),
        cmocka_unit_test(retried_trials_know_of_new_retries),
        cmocka_unit_test(a_lease_outlives_the_retirement_of_its_trial),
        cmocka_unit_test(more_trials_than_a_study_holds_are_refused),
        cmocka_unit_test(segments_that_lie_are_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
