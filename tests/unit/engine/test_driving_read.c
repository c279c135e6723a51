/* A conversation with a driver, read from the journal a bounded number of turns ahead. */
#include "tests/expect.h"
#include "tests/folder.h"

#include "base/alloc.h"
#include "engine/driving_own.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS    60
#define PER_EVENT 100
#define TRIALS    (EVENTS * PER_EVENT)
#define STATES    24
#define STATE     (256u << 10) /* bytes */

struct world {
    char *folder;
    struct rt_store *store;
    struct rt_driving driving;
    uint64_t told;     /* outcomes, and */
    uint64_t asked;    /* proposals that came in their order */
    uint64_t most;     /* turns that were ahead */
    size_t most_bytes; /* of them */
};

static void say(struct world *world, enum rt_event_kind kind, const char *text)
{
    struct rt_err err;

    expect_ok(err, rt_store_append(world->store, kind, rt_span_text(text), NULL, &err));
}

static int commit(void *context, struct rt_err *err)
{
    struct world *world = context;

    return rt_store_commit(world->store, err);
}

static void say_plan(struct world *world, unsigned trials)
{
    const struct rt_study *study = rt_state_study(rt_store_state(world->store), 1);
    char *text =
        rt_printf("{\"format\":5,\"name\":\"t\",\"entry\":{\"kind\":\"command\",\"argv\":[\"x\"]},"
                  "\"params\":{},\"axes\":[],\"replicates\":1,\"seed\":0,\"seeds\":\"shared\","
                  "\"objective\":null,\"limits\":{\"timeout_us\":0,\"retries\":0,"
                  "\"output_bytes\":1},\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\","
                  "\"driver\":{\"argv\":[\"hpo\"],\"trials\":%u}}",
                  trials);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    expect_ok(err, rt_state_plan_event(study, plan, NULL, NULL, &body, &err));
    say(world, RT_EVENT_PLAN, rt_buf_text(&body));
    rt_buf_clear(&body);
    rt_plan_free(plan);
    rt_json_free(json);
    free(text);
}

static void start(struct world *world)
{
    struct rt_err err;
    char *path;

    *world = (struct world){.folder = folder_new_in_memory()};
    path = rt_printf("%s/.retrial", world->folder);
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &world->store, &err));
    free(path);
    say(world, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    say_plan(world, TRIALS);
    say(world, RT_EVENT_LAUNCH, "{\"launch\":1}");
    say(world, RT_EVENT_DRIVER,
        "{\"capacity\":1,\"conversation\":1,\"launch\":1,\"resume\":\"replay\",\"study\":1,"
        "\"what\":\"start\"}");
    world->driving.options = (struct rt_driving_options){
        .store = world->store, .study = 1, .commit = commit, .context = world};
    world->driving.study = rt_state_study(rt_store_state(world->store), 1);
}

static void end(struct world *world)
{
    rt_driving_drop_all(&world->driving);
    rt_driving_read_clear(&world->driving);
    rt_survey_clear(&world->driving.survey);
    rt_beginning_clear(&world->driving.beginning);
    free(world->driving.trials);
    rt_store_abandon(world->store);
    folder_free(world->folder);
}

/* So many trials are asked for in one event, run, and told of in another, each by itself. */
static void ask_and_tell(struct world *world, uint64_t point, uint64_t count)
{
    struct rt_lease_range range = {point + 1, count, 1};
    struct rt_lease lease = {1, 1, 0, &range, 1};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_attempt *rows = rt_calloc(count, sizeof *rows);

    rt_buf_printf(&body, "{\"launch\":1,\"point\":%" PRIu64 ",\"study\":1,\"trials\":[", point);
    for (uint64_t i = 0; i < count; i++)
        rt_buf_printf(&body,
                      "%s{\"id\":%" PRIu64 ",\"params\":{\"x\":%" PRIu64 "},\"replicate\":1}",
                      i ? "," : "", point + i, point + i);
    rt_buf_add(&body, "]}");
    say(world, RT_EVENT_PROPOSE, rt_buf_text(&body));
    rt_buf_reset(&body);
    rt_lease_put(&body, &lease);
    rt_store_append(world->store, RT_EVENT_LEASE, rt_buf_span(&body), NULL, NULL);
    for (uint64_t i = 0; i < count; i++)
        rows[i] = (struct rt_attempt){.study = 1,
                                      .ordinal = point + i + 1,
                                      .attempt = 1,
                                      .launch = 1,
                                      .outcome = RT_OUTCOME_OK,
                                      .result = {.data = {"{\"y\":1}", 7}, .size = 7}};
    rt_buf_reset(&body);
    rt_attempts_put(&body, rows, count);
    rt_store_append(world->store, RT_EVENT_ATTEMPTS, rt_buf_span(&body), NULL, NULL);
    rt_buf_reset(&body);
    rt_buf_add(&body, "{\"launch\":1,\"study\":1,\"tells\":[");
    for (uint64_t i = 0; i < count; i++)
        rt_buf_printf(&body, "%s[%" PRIu64 "]", i ? "," : "", point + i + 1);
    rt_buf_add(&body, "]}");
    say(world, RT_EVENT_TELL, rt_buf_text(&body));
    rt_buf_clear(&body);
    free(rows);
}

static void see_turn(struct world *world, const struct rt_turn *turn)
{
    char *text = NULL;

    if (turn->kind == RT_TURN_SUBMIT)
        text = rt_printf("{\"id\":%" PRIu64 ",\"params\":{\"x\":%" PRIu64 "}}", world->asked,
                         world->asked);
    else if (turn->kind == RT_TURN_TELL)
        text = rt_printf("{\"done\":[{\"id\":%" PRIu64 ",\"trial\":\"k3f9.%" PRIu64
                         "\",\"replicate\":1,\"params\":{\"x\":%" PRIu64
                         "},\"outcome\":\"ok\",\"metrics\":{\"y\":1},\"reason\":null,"
                         "\"seconds\":0.000000}]}\n",
                         world->told, world->told + 1, world->told);
    if (text)
        assert_string_equal(turn->text, text);
    world->asked += turn->kind == RT_TURN_SUBMIT;
    world->told += turn->kind == RT_TURN_TELL;
    free(text);
}

/* As a driver does that is run again from its start. */
static void go_through(struct world *world)
{
    struct rt_driving *driving = &world->driving;
    struct rt_script *script = &driving->script;
    struct rt_err err;

    expect_ok(err, rt_store_commit(world->store, &err));
    expect_ok(err, rt_driving_survey(driving, &err));
    expect_ok(err, rt_driving_read_start(driving, &err));
    for (;;) {
        expect_ok(err, rt_driving_read_ahead(driving, &err));
        if (script->at == script->count)
            break;
        if (script->count - script->at > world->most)
            world->most = script->count - script->at;
        if (script->bytes > world->most_bytes)
            world->most_bytes = script->bytes;
        see_turn(world, &script->turns[script->at]);
        rt_script_pass(script);
    }
    expect_ok(err, rt_driving_read_end(driving, &err));
}

static void a_long_conversation_is_read_a_bounded_number_of_turns_ahead(void **state)
{
    struct world world;

    (void)state;
    start(&world);
    for (int i = 0; i < EVENTS; i++)
        ask_and_tell(&world, (uint64_t)i * PER_EVENT, PER_EVENT);
    go_through(&world);
    assert_int_equal(world.asked, TRIALS);
    assert_int_equal(world.told, TRIALS);
    assert_in_range(world.most, PER_EVENT, 5000);
    assert_in_range(world.driving.script.capacity, 1, 9000);
    assert_int_equal(world.driving.outcomes, TRIALS);
    assert_int_equal(world.driving.open, 0);
    end(&world);
}

static void of_trials_that_were_told_nothing_is_kept(void **state)
{
    struct world world;

    (void)state;
    start(&world);
    for (int i = 0; i < 20; i++)
        ask_and_tell(&world, (uint64_t)i * PER_EVENT, PER_EVENT);
    say(&world, RT_EVENT_PROPOSE,
        "{\"launch\":1,\"point\":2000,\"study\":1,\"trials\":[{\"id\":2000,\"params\":{\"x\":2000},"
        "\"replicate\":1}]}");
    go_through(&world);
    assert_null(rt_driving_trial(&world.driving, 0));
    assert_null(rt_driving_trial(&world.driving, 1999));
    assert_in_range(world.driving.places, 1, 1000);
    assert_int_equal(world.driving.open, 1);
    assert_int_equal(rt_driving_find_id(&world.driving, "2000"), 2000);
    assert_int_equal(rt_driving_find_id(&world.driving, "1999"), SIZE_MAX);
    end(&world);
}

static void large_states_are_read_a_few_at_a_time(void **state)
{
    char *filling = rt_calloc(STATE + 1, 1);
    struct world world;

    (void)state;
    memset(filling, 'x', STATE);
    start(&world);
    for (int i = 0; i < STATES; i++) {
        char *text = rt_printf("{\"launch\":1,\"state\":\"%d %s\",\"study\":1,\"told\":0,"
                               "\"what\":\"save\"}",
                               i, filling);

        say(&world, RT_EVENT_DRIVER, text);
        free(text);
    }
    go_through(&world);
    assert_in_range(world.most_bytes, STATE, 5u << 20);
    assert_memory_equal(rt_driving_saved(&world.driving), "23 x", 4);
    free(filling);
    end(&world);
}

/* It was told that no more is wanted, and now more is: what it did then, it has not done. */
static void what_ended_a_plan_that_has_changed_is_cut(void **state)
{
    struct world world;

    (void)state;
    start(&world);
    ask_and_tell(&world, 0, 1);
    say(&world, RT_EVENT_DRIVER,
        "{\"launch\":1,\"state\":\"early\",\"study\":1,\"told\":1,\"what\":\"save\"}");
    say(&world, RT_EVENT_DRIVER,
        "{\"launch\":1,\"reason\":\"trials\",\"study\":1,\"what\":\"stop\"}");
    say(&world, RT_EVENT_DRIVER,
        "{\"launch\":1,\"state\":\"late\",\"study\":1,\"told\":1,\"what\":\"save\"}");
    say(&world, RT_EVENT_DRIVER, "{\"launch\":1,\"study\":1,\"value\":null,\"what\":\"finish\"}");
    go_through(&world);
    assert_string_equal(rt_driving_saved(&world.driving), "late");
    assert_int_equal(world.driving.survey.cut_count, 0);
    say_plan(&world, 2 * TRIALS);
    say(&world, RT_EVENT_DRIVER,
        "{\"ask\":\"time\",\"launch\":1,\"n\":1,\"study\":1,\"value\":1.0,\"what\":\"answer\"}");
    world.told = world.asked = world.most = 0;
    go_through(&world);
    assert_string_equal(rt_driving_saved(&world.driving), "early");
    assert_int_equal(world.driving.survey.cut_count, 1);
    assert_int_equal(world.told, 1);
    assert_int_equal(world.most, 4); /* asked, told, saved; and what came after the change */
    end(&world);
}

static void survey(struct world *world, uint64_t seconds, enum rt_event_kind kind, const char *text)
{
    static uint64_t seq = 100;
    struct rt_event event = {++seq, seconds * 1000000, kind, rt_span_text(text)};
    struct rt_err err;

    expect_ok(err, rt_driving_survey_event(&world->driving, &event, &err));
}

/* Two launches of 15 and 4 s, an hour apart, of which the second has the third behind it; a clock
 * that is set back takes nothing away, and other studies do not count. */
static void the_time_for_a_study_is_that_of_its_launches_together(void **state)
{
    static const char start_event[] =
        "{\"capacity\":1,\"conversation\":1,\"launch\":1,\"resume\":\"replay\",\"study\":1,"
        "\"what\":\"start\"}";
    static const char tell[] = "{\"launch\":1,\"study\":1,\"tells\":[[1]]}";
    static const char other[] = "{\"launch\":1,\"study\":2,\"tells\":[[1]]}";
    struct world world;

    (void)state;
    start(&world);
    survey(&world, 1000, RT_EVENT_DRIVER, start_event);
    survey(&world, 1015, RT_EVENT_TELL, tell);
    survey(&world, 1200, RT_EVENT_TELL, other);
    survey(&world, 1009, RT_EVENT_TELL, tell);
    survey(&world, 4600, RT_EVENT_DRIVER, start_event);
    survey(&world, 4604, RT_EVENT_TELL, tell);
    survey(&world, 9000, RT_EVENT_DRIVER, start_event);
    assert_int_equal(world.driving.spent_us, 19000000);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_conversation_is_read_a_bounded_number_of_turns_ahead),
        cmocka_unit_test(of_trials_that_were_told_nothing_is_kept),
        cmocka_unit_test(large_states_are_read_a_few_at_a_time),
        cmocka_unit_test(what_ended_a_plan_that_has_changed_is_cut),
        cmocka_unit_test(the_time_for_a_study_is_that_of_its_launches_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
