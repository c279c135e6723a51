#include "tests/expect.h"
#include "tests/story.h"

#include "base/clock.h"

#include <stdlib.h>

static const uint8_t uuid[16] = {0xAA};

struct story {
    struct rt_state *state;
    struct rt_buf body;
    struct rt_err err;
};

/* Applies what is in story->body as the next event. */
static int say(struct story *story, enum rt_event_kind kind)
{
    struct rt_event event = {.seq = rt_state_seq(story->state) + 1,
                             .time_us = 1000,
                             .kind = kind,
                             .body = rt_buf_span(&story->body)};
    int rc = rt_state_apply(story->state, &event, &story->err);

    rt_buf_reset(&story->body);
    return rc;
}

static int say_text(struct story *story, enum rt_event_kind kind, const char *text)
{
    rt_buf_add(&story->body, text);
    return say(story, kind);
}

static int say_plan(struct story *story, struct rt_plan *plan)
{
    const struct rt_study *study = rt_state_study(story->state, 1);
    int rc;

    expect_ok(story->err, rt_state_plan_event(study, plan, "x", NULL, &story->body, &story->err));
    rc = say(story, RT_EVENT_PLAN);
    rt_plan_free(plan);
    return rc;
}

static int say_lease(struct story *story, uint64_t first, uint64_t count, uint32_t attempt,
                     uint32_t launch, uint32_t rank)
{
    story_lease(&story->body, first, count, attempt, launch, rank);
    return say(story, RT_EVENT_LEASE);
}

static int say_ended(struct story *story, uint64_t first, uint64_t count, uint32_t attempt,
                     uint32_t rank, enum rt_outcome outcome)
{
    story_attempts(&story->body, first, count, attempt, 1, rank, outcome, 0);
    return say(story, RT_EVENT_ATTEMPTS);
}

static int say_late(struct story *story, uint64_t ordinal, uint32_t attempt, uint32_t rank,
                    enum rt_outcome outcome)
{
    story_attempts(&story->body, ordinal, 1, attempt, 1, rank, outcome, RT_ATTEMPT_LATE);
    return say(story, RT_EVENT_ATTEMPTS);
}

/* A store with study "t" of levels x replicates trials, and launch 1 running. */
static void begin(struct story *story, unsigned levels, unsigned replicates, unsigned retries)
{
    story->state = rt_state_new();
    story->body = (struct rt_buf)RT_BUF_INIT;
    expect_ok(story->err, say_text(story, RT_EVENT_STORE,
                                   "{\"format\":1,\"uuid\":"
                                   "\"aa000000-0000-0000-0000-000000000000\"}"));
    expect_ok(story->err,
              say_text(story, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"));
    expect_ok(story->err, say_plan(story, story_plan(levels, replicates, retries)));
    expect_ok(story->err, say_text(story, RT_EVENT_LAUNCH, "{\"launch\":1}"));
}

static void end(struct story *story)
{
    rt_state_free(story->state);
    rt_buf_clear(&story->body);
}

static const struct rt_study *study_of(const struct story *story)
{
    return rt_state_study(story->state, 1);
}

static void assert_trial(const struct story *story, uint64_t ordinal, enum rt_trial_status status,
                         enum rt_outcome outcome, uint32_t attempts)
{
    struct rt_trial trial = rt_state_trial(study_of(story), ordinal);

    assert_int_equal(trial.status, status);
    assert_int_equal(trial.outcome, outcome);
    assert_int_equal(trial.attempts, attempts);
}

/* A run of trials is what each of them is. */
static void assert_runs(const struct rt_study *study)
{
    uint64_t next = 1;

    while (next <= study->ordinals) {
        struct rt_trial all;
        uint64_t run = rt_state_run(study, next, study->ordinals, &all);

        assert_true(run >= 1 && next + run - 1 <= study->ordinals);
        for (uint64_t end = next + run; next < end; next++) {
            struct rt_trial trial = rt_state_trial(study, next);

            assert_int_equal(trial.status, all.status);
            assert_int_equal(trial.outcome, all.outcome);
            assert_int_equal(trial.attempts, all.attempts);
        }
    }
}

/* The counts of a study are what its trials add up to. */
static void assert_counts(const struct story *story)
{
    const struct rt_study *study = study_of(story);
    uint64_t done[RT_OUTCOMES] = {0};
    uint64_t leased = 0;
    uint64_t first = 0;

    for (uint64_t ordinal = 1; ordinal <= study->ordinals; ordinal++) {
        struct rt_trial trial = rt_state_trial(study, ordinal);

        leased += trial.status == RT_TRIAL_LEASED;
        if (trial.status == RT_TRIAL_DONE)
            done[trial.outcome]++;
        if (trial.status == RT_TRIAL_WAITING && !first)
            first = ordinal;
    }
    assert_memory_equal(done, study->done, sizeof done);
    assert_int_equal(leased, study->leased);
    assert_int_equal(first, rt_study_next_waiting(study, 1));
    assert_runs(study);
}

static void the_first_event_is_the_birth_of_the_store(void **state)
{
    struct story story = {rt_state_new(), RT_BUF_INIT, {0, ""}};

    (void)state;
    expect_error(story.err, RT_EDAMAGED, "is not the birth",
                 say_text(&story, RT_EVENT_LAUNCH, "{\"launch\":1}"));
    rt_state_free(story.state);
    rt_buf_clear(&story.body);
    begin(&story, 3, 1, 0);
    assert_int_equal(rt_state_seq(story.state), 4);
    assert_memory_equal(rt_state_uuid(story.state), uuid, 16);
    expect_error(story.err, RT_EDAMAGED, "is again the birth",
                 say_text(&story, RT_EVENT_STORE, "{\"format\":1}"));
    end(&story);
}

static void a_store_of_a_later_format_is_newer(void **state)
{
    struct story story = {rt_state_new(), RT_BUF_INIT, {0, ""}};

    (void)state;
    expect_error(story.err, RT_ENEWER, "format 2",
                 say_text(&story, RT_EVENT_STORE,
                          "{\"format\":2,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}"));
    end(&story);
}

static void a_gap_between_events_is_damage(void **state)
{
    struct story story;
    struct rt_event event = {.seq = 6, .kind = RT_EVENT_CODE};

    (void)state;
    begin(&story, 3, 1, 0);
    expect_error(story.err, RT_EDAMAGED, "event 6 follows event 4",
                 rt_state_apply(story.state, &event, &story.err));
    end(&story);
}

static void a_trial_goes_from_waiting_over_leased_to_done(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    assert_trial(&story, 2, RT_TRIAL_WAITING, RT_OUTCOME_NONE, 0);
    expect_ok(story.err, say_lease(&story, 1, 2, 1, 1, 0));
    assert_trial(&story, 2, RT_TRIAL_LEASED, RT_OUTCOME_NONE, 1);
    assert_int_equal(rt_study_next_waiting(study_of(&story), 1), 3);
    assert_counts(&story);
    expect_ok(story.err, say_ended(&story, 2, 1, 1, 0, RT_OUTCOME_OK));
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_OK, 1);
    assert_trial(&story, 1, RT_TRIAL_LEASED, RT_OUTCOME_NONE, 1);
    assert_int_equal(study_of(&story)->attempts, 1);
    assert_counts(&story);
    end(&story);
}

static void a_failure_waits_again_while_retries_are_left(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 1);
    expect_ok(story.err, say_lease(&story, 1, 1, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_TIMEOUT));
    assert_trial(&story, 1, RT_TRIAL_WAITING, RT_OUTCOME_TIMEOUT, 1);
    assert_int_equal(rt_study_next_waiting(study_of(&story), 1), 1);
    expect_ok(story.err, say_lease(&story, 1, 1, 2, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 2, 0, RT_OUTCOME_CRASHED));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_CRASHED, 2);
    assert_counts(&story);
    end(&story);
}

static void a_lost_attempt_is_made_again_and_uses_up_no_retry(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    for (uint32_t attempt = 1; attempt <= 3; attempt++) {
        expect_ok(story.err, say_lease(&story, 1, 1, attempt, 1, 0));
        expect_ok(story.err, say_ended(&story, 1, 1, attempt, 0, RT_OUTCOME_LOST));
        assert_trial(&story, 1, RT_TRIAL_WAITING, RT_OUTCOME_LOST, attempt);
    }
    expect_ok(story.err, say_lease(&story, 1, 1, 4, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 4, 0, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_FAILED, 4);
    assert_counts(&story);
    end(&story);
}

static void a_trial_that_was_lost_often_still_has_its_retries(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 1, 1, 1);
    for (uint32_t attempt = 1; attempt <= 20; attempt++) {
        expect_ok(story.err, say_lease(&story, 1, 1, attempt, 1, 0));
        expect_ok(story.err, say_ended(&story, 1, 1, attempt, 0, RT_OUTCOME_LOST));
    }
    expect_ok(story.err, say_lease(&story, 1, 1, 21, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 21, 0, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_WAITING, RT_OUTCOME_FAILED, 21);
    expect_ok(story.err, say_lease(&story, 1, 1, 22, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 22, 0, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_FAILED, 22);
    end(&story);
}

static void more_than_seven_retries_are_counted_with_the_lost_attempts(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 1, 1, 9);
    for (uint32_t attempt = 1; attempt <= 10; attempt++) {
        enum rt_trial_status want = attempt <= 9 ? RT_TRIAL_WAITING : RT_TRIAL_DONE;

        expect_ok(story.err, say_lease(&story, 1, 1, attempt, 1, 0));
        expect_ok(story.err, say_ended(&story, 1, 1, attempt, 0, RT_OUTCOME_FAILED));
        assert_trial(&story, 1, want, RT_OUTCOME_FAILED, attempt);
    }
    end(&story);
}

static void a_rank_that_holds_nothing_any_more_leaves_no_trace_in_a_checkpoint(void **state)
{
    struct rt_buf one = RT_BUF_INIT;
    struct rt_buf two = RT_BUF_INIT;
    struct rt_state *loaded;
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 1, 1, 1, 0));
    expect_ok(story.err, say_lease(&story, 2, 1, 1, 1, 5));
    expect_ok(story.err, say_ended(&story, 2, 1, 1, 5, RT_OUTCOME_OK));
    rt_state_save(story.state, &one);
    expect_ok(story.err, rt_state_load(rt_buf_span(&one), &loaded, &story.err));
    rt_state_save(loaded, &two);
    assert_true(rt_span_equal(rt_buf_span(&one), rt_buf_span(&two)));
    rt_state_free(loaded);
    rt_buf_clear(&one);
    rt_buf_clear(&two);
    end(&story);
}

/* A trial is leased to a rank, which vanishes. */
static void take_down(struct story *story, uint64_t ordinal, uint32_t attempt, uint32_t rank)
{
    expect_ok(story->err, say_lease(story, ordinal, 1, attempt, 1, rank));
    story_attempts(&story->body, ordinal, 1, attempt, 1, rank, RT_OUTCOME_LOST, RT_ATTEMPT_DOWN);
    expect_ok(story->err, say(story, RT_EVENT_ATTEMPTS));
    assert_counts(story);
}

static void a_trial_whose_agents_vanish_twice_is_set_aside(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct story story;

    (void)state;
    begin(&story, 3, 1, 4);
    take_down(&story, 2, 1, 1);
    assert_trial(&story, 2, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 1);
    assert_int_equal(rt_study_next_down(study_of(&story), 1), 2);
    rt_state_save(story.state, &bytes);
    rt_state_free(story.state);
    expect_ok(story.err, rt_state_load(rt_buf_span(&bytes), &story.state, &story.err));
    take_down(&story, 2, 2, 3);
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_LOST, 2);
    expect_ok(story.err, say_plan(&story, story_plan(4, 1, 6)));
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_LOST, 2);
    expect_ok(story.err, say_lease(&story, 2, 1, 3, 1, 0));
    expect_ok(story.err, say_ended(&story, 2, 1, 3, 0, RT_OUTCOME_OK));
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_OK, 3);
    assert_counts(&story);
    rt_buf_clear(&bytes);
    end(&story);
}

static void a_late_result_tells_that_its_agent_had_not_vanished(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 1, 1, 0);
    take_down(&story, 1, 1, 1);
    take_down(&story, 1, 2, 2);
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_LOST, 2);
    expect_ok(story.err, say_late(&story, 1, 2, 2, RT_OUTCOME_CRASHED));
    assert_trial(&story, 1, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 2);
    expect_ok(story.err, say_late(&story, 1, 1, 1, RT_OUTCOME_CRASHED));
    assert_int_equal(rt_study_downs(study_of(&story), 1), 0);
    assert_counts(&story);
    end(&story);
}

static void a_launch_that_was_restarted_after_a_death_counts_against_the_trials_of_rank_0(
    void **state)
{
    struct story story;

    (void)state;
    begin(&story, 2, 1, 0);
    for (uint32_t launch = 1; launch <= 2; launch++) {
        char *body = rt_printf("{\"launch\":%u,\"restarted\":true}", launch + 1);

        expect_ok(story.err, say_lease(&story, 1, 1, launch, launch, 0));
        expect_ok(story.err, say_lease(&story, 2, 1, launch, launch, 1));
        expect_ok(story.err, say_text(&story, RT_EVENT_LAUNCH, body));
        free(body);
    }
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_LOST, 2);
    assert_trial(&story, 2, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 2);
    assert_counts(&story);
    end(&story);
}

static void die(struct story *story, uint32_t launch)
{
    char *body = rt_printf("{\"launch\":%u,\"restarted\":true,\"suspects\":\"all\"}", launch + 1);

    expect_ok(story->err, say_text(story, RT_EVENT_LAUNCH, body));
    free(body);
}

/* Trial 3 kills the launches that it runs in, on whichever rank. */
static void launches_that_die_again_and_again_tell_which_trial_it_is(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct story story;

    (void)state;
    begin(&story, 6, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 4, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_OK));
    die(&story, 1);
    assert_int_equal(rt_study_next_down(study_of(&story), 1), 0); /* that may have been anything */
    expect_ok(story.err, say_lease(&story, 2, 3, 2, 2, 1));
    expect_ok(story.err, say_lease(&story, 5, 2, 1, 2, 0));
    die(&story, 2);
    assert_int_equal(rt_study_downs(study_of(&story), 2), 1);
    assert_int_equal(rt_study_downs(study_of(&story), 3), 1);
    assert_int_equal(rt_study_downs(study_of(&story), 4), 1);
    assert_int_equal(rt_study_next_down(study_of(&story), 5), 0); /* those were not lost before */
    rt_state_save(story.state, &bytes);
    rt_state_free(story.state);
    expect_ok(story.err, rt_state_load(rt_buf_span(&bytes), &story.state, &story.err));
    expect_ok(story.err, say_lease(&story, 2, 2, 3, 3, 1));
    die(&story, 3); /* with two that are under suspicion: it is one of these */
    assert_int_equal(rt_study_downs(study_of(&story), 4), 0);
    assert_trial(&story, 3, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 3);
    expect_ok(story.err, say_lease(&story, 3, 1, 4, 4, 1));
    expect_ok(story.err, say_lease(&story, 4, 1, 3, 4, 0));
    expect_ok(story.err, say_lease(&story, 5, 2, 2, 4, 0));
    die(&story, 4); /* with one, and with others that are not */
    assert_trial(&story, 3, RT_TRIAL_DONE, RT_OUTCOME_LOST, 4);
    assert_trial(&story, 2, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 3);
    assert_trial(&story, 4, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 3);
    assert_trial(&story, 5, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 2);
    assert_counts(&story);
    rt_buf_clear(&bytes);
    end(&story);
}

#define READS(revision, keys) "{\"study\":1,\"revision\":" #revision ",\"keys\":" keys "}"

static void what_a_model_reads_is_kept_per_revision_and_inherited(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct story story;
    struct story loaded;

    (void)state;
    begin(&story, 5, 1, 0);
    assert_null(rt_study_reads(study_of(&story)));
    expect_ok(story.err, say_text(&story, RT_EVENT_READS, READS(1, "[]")));
    assert_int_equal(rt_study_reads(study_of(&story))->count, 0);
    expect_ok(story.err, say_text(&story, RT_EVENT_READS, READS(1, "[\"x\",\"y\"]")));
    expect_ok(story.err, say_plan(&story, story_plan(6, 1, 0)));
    assert_true(rt_reads_has(rt_study_reads(study_of(&story)), "x"));
    expect_ok(story.err, say_text(&story, RT_EVENT_READS, READS(2, "[\"*\"]")));
    rt_state_save(story.state, &bytes);
    loaded = story;
    expect_ok(story.err, rt_state_load(rt_buf_span(&bytes), &loaded.state, &story.err));
    assert_int_equal(rt_study_reads(study_of(&loaded))->count, 3);
    rt_state_free(loaded.state);
    rt_buf_clear(&bytes);
    end(&story);
}

static void reads_of_what_is_not_there_are_damage(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 5, 1, 0);
    expect_error(story.err, RT_EDAMAGED, "revision 2, which is not there",
                 say_text(&story, RT_EVENT_READS, READS(2, "[]")));
    expect_error(story.err, RT_EDAMAGED, "no list of texts",
                 say_text(&story, RT_EVENT_READS, READS(1, "[3]")));
    expect_error(story.err, RT_EDAMAGED, "study 7",
                 say_text(&story, RT_EVENT_READS, "{\"study\":7}"));
    end(&story);
}

static void an_agent_holds_what_was_leased_to_it_until_it_ends(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    assert_false(rt_state_holds(story.state, 0, 1, 1, 1));
    expect_ok(story.err, say_lease(&story, 1, 3, 1, 1, 0));
    assert_true(rt_state_holds(story.state, 0, 1, 3, 1));
    assert_false(rt_state_holds(story.state, 0, 1, 3, 2));
    assert_false(rt_state_holds(story.state, 1, 1, 3, 1));
    assert_false(rt_state_holds(story.state, 0, 2, 3, 1));
    expect_ok(story.err, say_ended(&story, 2, 1, 1, 0, RT_OUTCOME_OK));
    assert_false(rt_state_holds(story.state, 0, 1, 2, 1));
    assert_true(rt_state_holds(story.state, 0, 1, 3, 1));
    end(&story);
}

static void a_trial_that_is_lost_254_times_is_left_as_lost(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 1, 1, 0);
    for (uint32_t attempt = 1; attempt <= 254; attempt++) {
        expect_ok(story.err, say_lease(&story, 1, 1, attempt, 1, 0));
        expect_ok(story.err, say_ended(&story, 1, 1, attempt, 0, RT_OUTCOME_LOST));
    }
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_LOST, 254);
    expect_error(story.err, RT_EDAMAGED, "cannot be leased", say_lease(&story, 1, 1, 255, 1, 0));
    end(&story);
}

static void a_late_success_completes_a_trial_that_waits(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 1, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_LOST));
    expect_ok(story.err, say_late(&story, 1, 1, 0, RT_OUTCOME_OK));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_OK, 1);
    assert_counts(&story);
    end(&story);
}

static void a_late_success_stands_when_the_next_attempt_fails(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 1, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_LOST));
    expect_ok(story.err, say_lease(&story, 1, 1, 2, 1, 1));
    expect_ok(story.err, say_late(&story, 1, 1, 0, RT_OUTCOME_OK));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_OK, 2);
    assert_counts(&story);
    expect_ok(story.err, say_ended(&story, 1, 1, 2, 1, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_OK, 2);
    assert_int_equal(study_of(&story)->attempts, 3);
    end(&story);
}

static void a_late_failure_is_only_recorded(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 3, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 1, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_LOST));
    expect_ok(story.err, say_late(&story, 1, 1, 0, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 1);
    end(&story);
}

static void returned_trials_were_never_leased(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 10, 1, 1, 3));
    story_lease(&story.body, 4, 7, 1, 1, 3);
    expect_ok(story.err, say(&story, RT_EVENT_RETURN));
    assert_trial(&story, 3, RT_TRIAL_LEASED, RT_OUTCOME_NONE, 1);
    assert_trial(&story, 4, RT_TRIAL_WAITING, RT_OUTCOME_NONE, 0);
    assert_counts(&story);
    story_lease(&story.body, 3, 2, 1, 1, 3);
    expect_error(story.err, RT_EDAMAGED, "trial k3f9.4 is returned", say(&story, RT_EVENT_RETURN));
    assert_trial(&story, 3, RT_TRIAL_LEASED, RT_OUTCOME_NONE, 1);
    expect_ok(story.err, say_ended(&story, 3, 1, 1, 3, RT_OUTCOME_OK));
    end(&story);
}

struct seen {
    uint64_t count;
    uint64_t sum;
    uint32_t launch;
};

static void see(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt, uint32_t launch,
                uint32_t rank)
{
    struct seen *seen = context;

    assert_int_equal(study, 1);
    assert_int_equal(attempt, 1);
    assert_true(rank < 2);
    seen->count++;
    seen->sum += ordinal;
    seen->launch = launch;
}

static struct seen open_of(const struct story *story)
{
    struct seen seen = {0, 0, 0};

    rt_state_open_leases(story->state, see, &seen);
    return seen;
}

static struct seen lost_of(const struct story *story)
{
    struct seen seen = {0, 0, 0};

    rt_state_lost_leases(story->state, see, &seen);
    return seen;
}

static void a_new_launch_says_that_the_one_before_died(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 4, 1, 1, 0));
    expect_ok(story.err, say_lease(&story, 5, 4, 1, 1, 1));
    expect_ok(story.err, say_ended(&story, 2, 1, 1, 0, RT_OUTCOME_OK));
    assert_int_equal(open_of(&story).count, 7);
    assert_int_equal(lost_of(&story).count, 0);
    expect_ok(story.err, say_text(&story, RT_EVENT_LAUNCH, "{\"launch\":2}"));
    assert_int_equal(open_of(&story).count, 0);
    assert_int_equal(lost_of(&story).count, 7);
    assert_int_equal(lost_of(&story).sum, 1 + 3 + 4 + 5 + 6 + 7 + 8);
    assert_int_equal(lost_of(&story).launch, 1);
    assert_trial(&story, 8, RT_TRIAL_WAITING, RT_OUTCOME_LOST, 1);
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_OK, 1);
    assert_int_equal(study_of(&story)->attempts, 8);
    assert_counts(&story);
    expect_ok(story.err, say_late(&story, 8, 1, 1, RT_OUTCOME_OK));
    assert_int_equal(lost_of(&story).count, 0);
    assert_trial(&story, 8, RT_TRIAL_DONE, RT_OUTCOME_OK, 1);
    assert_int_equal(rt_state_launches(story.state), 2);
    assert_int_equal(rt_state_launch(story.state, 1)->ended, 0);
    end(&story);
}

static void a_launch_that_ended_leases_nothing_more(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 4, 1, 1, 0));
    expect_ok(story.err, say_text(&story, RT_EVENT_LAUNCH_END, "{\"launch\":1}"));
    assert_int_equal(lost_of(&story).count, 4);
    assert_int_equal(rt_state_launch(story.state, 1)->ended, 1);
    assert_counts(&story);
    expect_error(story.err, RT_EDAMAGED, "launch 1 does not run", say_lease(&story, 5, 1, 1, 1, 0));
    expect_error(story.err, RT_EDAMAGED, "does not run",
                 say_text(&story, RT_EVENT_LAUNCH_END, "{\"launch\":1}"));
    end(&story);
}

static void a_batch_with_one_contradiction_changes_nothing(void **state)
{
    struct story story;
    struct rt_buf before = RT_BUF_INIT;
    struct rt_buf after = RT_BUF_INIT;

    (void)state;
    begin(&story, 100, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 50, 1, 1, 0));
    rt_state_save(story.state, &before);
    expect_error(story.err, RT_EDAMAGED, "attempt 1 of trial k3f9.51 ended, but was never leased",
                 say_ended(&story, 20, 40, 1, 0, RT_OUTCOME_OK));
    expect_error(story.err, RT_EDAMAGED, "rank 1 of launch 1 does not have it",
                 say_ended(&story, 1, 1, 1, 1, RT_OUTCOME_OK));
    expect_error(story.err, RT_EDAMAGED, "cannot be leased", say_lease(&story, 40, 30, 1, 1, 0));
    expect_error(story.err, RT_EDAMAGED, "do not exist", say_lease(&story, 90, 12, 1, 1, 0));
    expect_error(story.err, RT_EDAMAGED, "study 3 follows study 1",
                 say_text(&story, RT_EVENT_STUDY, "{\"study\":3}"));
    rt_state_save(story.state, &after);
    assert_true(rt_span_equal(rt_buf_span(&before), rt_buf_span(&after)));
    rt_buf_clear(&before);
    rt_buf_clear(&after);
    end(&story);
}

static void an_attempt_that_is_told_twice_is_refused_unless_it_is_late(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 4, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_OK));
    expect_error(story.err, RT_EDAMAGED, "does not have it",
                 say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_OK));
    expect_ok(story.err, say_late(&story, 1, 1, 0, RT_OUTCOME_FAILED));
    assert_trial(&story, 1, RT_TRIAL_DONE, RT_OUTCOME_OK, 1);
    end(&story);
}

static void what_failed_can_be_leased_again_and_what_succeeded_cannot(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_ok(story.err, say_lease(&story, 1, 2, 1, 1, 0));
    expect_ok(story.err, say_ended(&story, 1, 1, 1, 0, RT_OUTCOME_OK));
    expect_ok(story.err, say_ended(&story, 2, 1, 1, 0, RT_OUTCOME_FAILED));
    expect_error(story.err, RT_EDAMAGED, "cannot be leased", say_lease(&story, 1, 1, 2, 1, 0));
    expect_ok(story.err, say_lease(&story, 2, 1, 2, 1, 0));
    assert_counts(&story);
    expect_ok(story.err, say_ended(&story, 2, 1, 2, 0, RT_OUTCOME_OK));
    assert_trial(&story, 2, RT_TRIAL_DONE, RT_OUTCOME_OK, 2);
    assert_counts(&story);
    end(&story);
}

static struct rt_plan *with_code(struct rt_plan *plan, const char *code)
{
    struct rt_json *json = rt_json_copy(rt_plan_json(plan));
    struct rt_plan *changed;
    struct rt_err err;

    rt_json_set_text(json, "code", code);
    expect_ok(err, rt_plan_new(json, &changed, &err));
    rt_json_free(json);
    rt_plan_free(plan);
    return changed;
}

static void other_code_makes_other_trials_and_the_first_code_finds_its_own(void **state)
{
    static const char *const other =
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    struct story story;

    (void)state;
    begin(&story, 3, 2, 0);
    expect_ok(story.err, say_plan(&story, with_code(story_plan(3, 2, 0), other)));
    assert_int_equal(rt_study_ordinal(study_of(&story), 0), 7);
    assert_trial(&story, 1, RT_TRIAL_RETIRED, RT_OUTCOME_NONE, 0);
    expect_ok(story.err, say_plan(&story, with_code(story_plan(4, 2, 0), other)));
    assert_int_equal(rt_study_ordinal(study_of(&story), 0), 7);
    assert_int_equal(study_of(&story)->ordinals, 14);
    expect_ok(story.err, say_plan(&story, story_plan(3, 3, 0)));
    assert_int_equal(rt_study_ordinal(study_of(&story), 0), 1);
    assert_int_equal(rt_study_ordinal(study_of(&story), 6), 15);
    assert_counts(&story);
    end(&story);
}

static void json_that_is_none_is_damage(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    expect_error(story.err, RT_EDAMAGED, "event 5",
                 say_text(&story, RT_EVENT_LAUNCH, "{\"launch\":"));
    expect_error(story.err, RT_EDAMAGED, "not a JSON object",
                 say_text(&story, RT_EVENT_LAUNCH, "[]"));
    expect_error(story.err, RT_EDAMAGED, "launch 3 follows launch 1",
                 say_text(&story, RT_EVENT_LAUNCH, "{\"launch\":3}"));
    expect_error(story.err, RT_EDAMAGED, "already",
                 say_text(&story, RT_EVENT_STUDY, "{\"study\":2,\"id\":\"zzzz\",\"name\":\"t\"}"));
    expect_error(story.err, RT_EDAMAGED, "has the id",
                 say_text(&story, RT_EVENT_STUDY,
                          "{\"study\":2,\"id\":\"0123456789abcdef\",\"name\":\"u\"}"));
    expect_error(story.err, RT_EDAMAGED, "plans no study",
                 say_text(&story, RT_EVENT_PLAN, "{\"study\":2,\"revision\":1}"));
    end(&story);
}

static void studies_are_found_by_number_name_and_id(void **state)
{
    struct story story;

    (void)state;
    begin(&story, 10, 1, 0);
    assert_int_equal(rt_state_studies(story.state), 1);
    assert_ptr_equal(rt_state_study_by_name(story.state, "t"), study_of(&story));
    assert_ptr_equal(rt_state_study_by_id(story.state, "k3f9"), study_of(&story));
    assert_null(rt_state_study(story.state, 0));
    assert_null(rt_state_study(story.state, 2));
    assert_null(rt_state_study_by_name(story.state, "u"));
    assert_null(rt_state_launch(story.state, 2));
    end(&story);
}

static void a_checkpoint_holds_all_and_is_itself_again(void **state)
{
    struct story story;
    struct story loaded;
    struct rt_buf one = RT_BUF_INIT;
    struct rt_buf two = RT_BUF_INIT;

    (void)state;
    begin(&story, 10000, 2, 1);
    expect_ok(story.err, say_lease(&story, 1, 9000, 1, 1, 0));
    expect_ok(story.err, say_lease(&story, 9001, 100, 1, 1, 7));
    expect_ok(story.err, say_ended(&story, 1, 8000, 1, 0, RT_OUTCOME_OK));
    expect_ok(story.err, say_ended(&story, 8500, 3, 1, 0, RT_OUTCOME_FAILED));
    expect_ok(story.err, say_plan(&story, story_plan(9000, 3, 1)));
    rt_state_save(story.state, &one);
    loaded = story;
    expect_ok(story.err, rt_state_load(rt_buf_span(&one), &loaded.state, &story.err));
    rt_state_save(loaded.state, &two);
    assert_true(rt_span_equal(rt_buf_span(&one), rt_buf_span(&two)));
    assert_int_equal(study_of(&loaded)->planned, 27000);
    assert_memory_equal(study_of(&loaded)->done, study_of(&story)->done,
                        sizeof study_of(&story)->done);
    assert_int_equal(study_of(&loaded)->leased, study_of(&story)->leased);
    assert_int_equal(study_of(&loaded)->attempts, 8003);
    assert_counts(&loaded);
    rt_state_free(loaded.state);
    rt_buf_clear(&one);
    rt_buf_clear(&two);
    end(&story);
}

static void a_checkpoint_cut_or_changed_anywhere_is_refused(void **state)
{
    struct story story;
    struct rt_buf saved = RT_BUF_INIT;
    struct rt_state *loaded;

    (void)state;
    begin(&story, 10, 1, 1);
    expect_ok(story.err, say_lease(&story, 1, 5, 1, 1, 0));
    rt_state_save(story.state, &saved);
    for (size_t at = 0; at < saved.size; at++) {
        assert_int_equal(rt_state_load(rt_span(saved.data, at), &loaded, &story.err), RT_EDAMAGED);
        assert_null(loaded);
        saved.data[at] ^= 0x10;
        assert_int_equal(rt_state_load(rt_buf_span(&saved), &loaded, &story.err), RT_EDAMAGED);
        saved.data[at] ^= 0x10;
    }
    rt_buf_clear(&saved);
    end(&story);
}

/* Cut or changed checkpoints whose checksum is right all the same. */
static void a_malformed_checkpoint_does_no_harm(void **state)
{
    struct story story;
    struct rt_buf saved = RT_BUF_INIT;
    struct rt_buf copy = RT_BUF_INIT;
    struct rt_state *loaded;

    (void)state;
    begin(&story, 10, 1, 1);
    expect_ok(story.err, say_lease(&story, 1, 5, 1, 1, 0));
    rt_state_save(story.state, &saved);
    for (size_t size = 1; size < saved.size - 16; size++) {
        struct rt_hash hash = rt_hash(rt_span(saved.data, size));

        rt_buf_reset(&copy);
        rt_buf_put(&copy, saved.data, size);
        rt_buf_put(&copy, hash.bytes, 16);
        assert_int_equal(rt_state_load(rt_buf_span(&copy), &loaded, &story.err), RT_EDAMAGED);
        rt_buf_reset(&copy);
        rt_buf_put(&copy, saved.data, saved.size - 16);
        copy.data[size] ^= 0x41;
        hash = rt_hash(rt_buf_span(&copy));
        rt_buf_put(&copy, hash.bytes, 16);
        if (rt_state_load(rt_buf_span(&copy), &loaded, &story.err) == 0)
            rt_state_free(loaded);
    }
    rt_buf_clear(&saved);
    rt_buf_clear(&copy);
    end(&story);
}

static void a_million_attempts_are_applied_in_order(void **state)
{
    struct story story;
    uint64_t start;

    (void)state;
    begin(&story, 1000000, 1, 1);
    start = rt_mono_us();
    for (uint64_t at = 1; at < 1000000; at += 1000) {
        expect_ok(story.err, say_lease(&story, at, 1000, 1, 1, (uint32_t)(at / 1000 % 64)));
        expect_ok(story.err,
                  say_ended(&story, at, 1000, 1, (uint32_t)(at / 1000 % 64), RT_OUTCOME_OK));
        assert_int_equal(rt_study_next_waiting(study_of(&story), 1),
                         at + 1000 > 1000000 ? 0 : at + 1000);
    }
    assert_int_equal(study_of(&story)->done[RT_OUTCOME_OK], 1000000);
    print_message("a million leases and attempts: %llu ms\n",
                  (unsigned long long)(rt_mono_us() - start) / 1000);
    end(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_event_is_the_birth_of_the_store),
        cmocka_unit_test(a_store_of_a_later_format_is_newer),
        cmocka_unit_test(a_gap_between_events_is_damage),
        cmocka_unit_test(a_trial_goes_from_waiting_over_leased_to_done),
        cmocka_unit_test(a_failure_waits_again_while_retries_are_left),
        cmocka_unit_test(a_lost_attempt_is_made_again_and_uses_up_no_retry),
        cmocka_unit_test(a_trial_that_was_lost_often_still_has_its_retries),
        cmocka_unit_test(more_than_seven_retries_are_counted_with_the_lost_attempts),
        cmocka_unit_test(a_trial_whose_agents_vanish_twice_is_set_aside),
        cmocka_unit_test(a_late_result_tells_that_its_agent_had_not_vanished),
        cmocka_unit_test(
            a_launch_that_was_restarted_after_a_death_counts_against_the_trials_of_rank_0),
        cmocka_unit_test(launches_that_die_again_and_again_tell_which_trial_it_is),
        cmocka_unit_test(a_rank_that_holds_nothing_any_more_leaves_no_trace_in_a_checkpoint),
        cmocka_unit_test(an_agent_holds_what_was_leased_to_it_until_it_ends),
        cmocka_unit_test(what_a_model_reads_is_kept_per_revision_and_inherited),
        cmocka_unit_test(reads_of_what_is_not_there_are_damage),
        cmocka_unit_test(a_trial_that_is_lost_254_times_is_left_as_lost),
        cmocka_unit_test(a_late_success_completes_a_trial_that_waits),
        cmocka_unit_test(a_late_success_stands_when_the_next_attempt_fails),
        cmocka_unit_test(a_late_failure_is_only_recorded),
        cmocka_unit_test(returned_trials_were_never_leased),
        cmocka_unit_test(a_new_launch_says_that_the_one_before_died),
        cmocka_unit_test(a_launch_that_ended_leases_nothing_more),
        cmocka_unit_test(a_batch_with_one_contradiction_changes_nothing),
        cmocka_unit_test(an_attempt_that_is_told_twice_is_refused_unless_it_is_late),
        cmocka_unit_test(what_failed_can_be_leased_again_and_what_succeeded_cannot),
        cmocka_unit_test(other_code_makes_other_trials_and_the_first_code_finds_its_own),
        cmocka_unit_test(json_that_is_none_is_damage),
        cmocka_unit_test(studies_are_found_by_number_name_and_id),
        cmocka_unit_test(a_checkpoint_holds_all_and_is_itself_again),
        cmocka_unit_test(a_checkpoint_cut_or_changed_anywhere_is_refused),
        cmocka_unit_test(a_malformed_checkpoint_does_no_harm),
        cmocka_unit_test(a_million_attempts_are_applied_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
