#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#include <sys/stat.h>

#define NOISE "[{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.05\",\"count\":4,\"kind\":\"real\"}]"

static void begin_noise(struct world *world)
{
    world_begin(world);
    world_study(world, 1, "k3f9", "noise");
    world_plan(world, 1, "{\"epochs\":40,\"hidden\":[20],\"opt\":{\"lr\":0.1}}", NOISE, 2, 1);
    world_launch(world, 1);
}

/* A study "s" with one axis x = 1..count, all of it leased, in launch 1. */
static void begin_simple(struct world *world, unsigned count, unsigned retries)
{
    char *axes = rt_printf("[{\"key\":\"x\",\"from\":\"1\",\"step\":\"1\",\"count\":%u,"
                           "\"kind\":\"int\"}]",
                           count);

    world_begin(world);
    world_study(world, 1, "ab12", "s");
    world_plan(world, 1, "{}", axes, 1, retries);
    world_launch(world, 1);
    world_lease(world, 1, 1, count, 1, 1);
    free(axes);
}

static void ok(struct world *world, uint64_t ordinal, const char *result)
{
    world_ended(world, 1, ordinal, 1, RT_OUTCOME_OK, result, 0);
}

static void nothing_is_seen_before_the_commit(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 3, 0);
    world_commit(&world);
    ok(&world, 1, "{\"m\":1}");
    expect_answer(&world, "SELECT count(outcome), (SELECT position FROM meta) FROM s", "0|5");
    world_commit(&world);
    expect_answer(&world, "SELECT count(outcome), (SELECT position FROM meta) FROM s", "1|6");
    world_end(&world);
}

static void a_retried_trial_has_one_row_and_all_its_attempts(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 2, 2);
    world_ended(&world, 1, 1, 1, RT_OUTCOME_FAILED,
                "Traceback (most recent call last):\n  File \"m.py\"\nValueError: no\n", 0);
    world_commit(&world);
    expect_answer(&world, "SELECT status, outcome, attempt, reason FROM s WHERE x = 1",
                  "waiting|failed|1|ValueError: no");
    world_lease(&world, 1, 1, 1, 2, 1);
    world_commit(&world);
    expect_answer(&world, "SELECT status FROM s WHERE x = 1", "running");
    world_ended(&world, 1, 1, 2, RT_OUTCOME_CRASHED, "signal 11\nand more", 0);
    world_lease(&world, 1, 1, 1, 3, 1);
    world_ended(&world, 1, 1, 3, RT_OUTCOME_OK, "{\"m\":2}", 0);
    world_commit(&world);
    expect_answer(&world, "SELECT status, outcome, attempt, m FROM s WHERE x = 1", "done|ok|3|2");
    expect_answer(&world,
                  "SELECT trial, attempt, outcome, decides, reason, seconds, user_seconds FROM "
                  "\"s.attempts\" ORDER BY attempt",
                  "ab12.1|1|failed|0|ValueError: no|2.5|1.0\n"
                  "ab12.1|2|crashed|0|signal 11|2.5|1.0\nab12.1|3|ok|1|NULL|2.5|1.0");
    world_end(&world);
}

/* More than are inserted at once, backwards, some of which do not fit what was there before. */
static void many_rows_of_one_transaction_are_what_their_attempts_say(void **state)
{
    const unsigned count = 5000;
    char text[128];
    struct world world;

    (void)state;
    begin_simple(&world, count, 1);
    for (unsigned i = count; i > 0; i--) {
        snprintf(text, sizeof text,
                 i == 700    ? "{\"a\":%u,\"new\":true}"
                 : i == 2000 ? "{\"a\":{\"$float\":\"nan\"},\"b\":\"t%u\"}"
                 : i < 300   ? "{\"a\":\"text %u\",\"b\":\"t\"}"
                             : "{\"a\":%u.5,\"b\":\"t\"}",
                 i);
        if (i % 1000 == 5)
            world_ended(&world, 1, i, 1, RT_OUTCOME_FAILED, "ValueError: no\nmore", 0);
        else
            ok(&world, i, text);
    }
    world_lease(&world, 1, 5, 1, 2, 1);
    world_ended(&world, 1, 5, 2, RT_OUTCOME_OK, "{\"a\":1}", 0);
    world_commit(&world);
    expect_answer(&world, "SELECT count(*), sum(attempt), count(DISTINCT event) FROM trial_1",
                  "5000|5001|5000");
    expect_answer(&world,
                  "SELECT group_concat(ordinal), max(reason), sum(again) FROM trial_1 "
                  "WHERE outcome = 'failed'",
                  "1005,2005,3005,4005|ValueError: no|4");
    expect_answer(&world, "SELECT a, typeof(a), new FROM s WHERE x IN (4999, 700, 5, 6) ORDER BY x",
                  "1|integer|NULL\ntext 6|text|NULL\n700.0|real|1\n4999.5|real|NULL");
    expect_answer(&world, "SELECT a, \"a.state\", b FROM s WHERE x = 2000", "NULL|nan|t2000");
    expect_answer(&world, "SELECT count(*) FROM past_attempt", "1");
    world_end(&world);
}

/* One event of attempts that succeeded, with their ordinal as metric m. */
static void say_rows(struct world *world, uint64_t first, size_t count, uint64_t sys_us)
{
    struct rt_attempt *rows = rt_calloc(count, sizeof *rows);
    char(*results)[32] = rt_calloc(count, sizeof *results);

    for (size_t i = 0; i < count; i++) {
        int size = snprintf(results[i], sizeof results[i], "{\"m\":%llu}",
                            (unsigned long long)(first + i));

        rows[i] = (struct rt_attempt){.study = 1,
                                      .ordinal = first + i,
                                      .attempt = 1,
                                      .launch = 1,
                                      .pid = 100,
                                      .sys_us = sys_us,
                                      .outcome = RT_OUTCOME_OK,
                                      .result.data = rt_span(results[i], (size_t)size)};
    }
    rt_attempts_put(&world->body, rows, count);
    world_say(world, RT_EVENT_ATTEMPTS);
    free(results);
    free(rows);
}

/* What all rows of a batch share is said once, and what follows the last row is not numbered: no
 * mixture of them may confuse the rows. */
static void rows_keep_what_is_theirs_in_whatever_order_they_come(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 20000, 0);
    say_rows(&world, 9001, 100, 0);
    say_rows(&world, 1, 50, 0);
    world_commit(&world);
    say_rows(&world, 19999, 1, 7); /* far ahead */
    say_rows(&world, 51, 3000, 0);
    world_commit(&world);
    for (unsigned i = 0; i < 40; i++) { /* longer than it is remembered what differed */
        say_rows(&world, 3051 + i, 1, 3);
        world_commit(&world);
    }
    say_rows(&world, 20000, 1, 0);
    say_rows(&world, 9102, 1, 0);
    say_rows(&world, 9101, 1, 5);
    world_commit(&world);
    expect_answer(&world, "SELECT count(*), sum(x = ordinal), sum(m = ordinal) FROM s WHERE m",
                  "3194|3194|3194");
    expect_answer(&world,
                  "SELECT sys_us, count(*), min(ordinal), max(ordinal) FROM trial_1 "
                  "GROUP BY sys_us",
                  "0|3152|1|20000\n3|40|3051|3090\n5|1|9101|9101\n7|1|19999|19999");
    world_end(&world);
}

/* Rows keep what differs from the first attempt, and the number of the process. */
static void a_short_row_stands_for_all_that_its_attempt_says(void **state)
{
    struct rt_attempt rows[3];
    struct world world;

    (void)state;
    begin_simple(&world, 3, 0);
    for (unsigned i = 0; i < 3; i++)
        rows[i] = (struct rt_attempt){.study = 1,
                                      .ordinal = i + 1,
                                      .attempt = 1,
                                      .launch = (uint32_t)rt_state_launches(world.state),
                                      .worker = i,
                                      .position = 1,
                                      .pid = 100 + (int32_t)(i / 2),
                                      .start_us = UINT64_C(1700000000000000) - i,
                                      .seed = 40 + i / 2,
                                      .outcome = RT_OUTCOME_OK};
    rt_attempts_put(&world.body, rows, 3);
    world_say(&world, RT_EVENT_ATTEMPTS);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, rank, worker, pid, start_us, seed FROM trial_1",
                  "1|0|0|100|1700000000000000|40\n2|0|1|100|1699999999999999|40\n"
                  "3|0|2|101|1699999999999998|41");
    expect_answer(&world, "SELECT ordinal, rank, worker, seed, started FROM s",
                  "1|0|0|40|2023-11-14T22:13:20.000Z\n2|0|1|40|2023-11-14T22:13:20.000Z\n"
                  "3|0|2|41|2023-11-14T22:13:20.000Z");
    expect_answer(&world,
                  "SELECT count(*), count(outcome), count(seed), max(start_us) FROM trial_row_1",
                  "3|0|1|0");
    world_end(&world);
}

static void what_a_dead_launch_had_is_lost_and_may_come_late(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 3, 0);
    ok(&world, 1, "{\"m\":1}");
    world_launch(&world, 2);
    world_commit(&world);
    expect_answer(&world, "SELECT x, status, outcome, worker, reason FROM s",
                  "1|done|ok|3|NULL\n2|waiting|lost|NULL|its launch ended before it did\n"
                  "3|waiting|lost|NULL|its launch ended before it did");
    expect_answer(&world, "SELECT launch, reason FROM launch", "1|died\n2|NULL");
    world_lease(&world, 1, 2, 2, 2, 2);
    world_ended(&world, 1, 2, 1, RT_OUTCOME_OK, "{\"m\":2}", RT_ATTEMPT_LATE);
    world_ended(&world, 1, 3, 1, RT_OUTCOME_FAILED, "late", RT_ATTEMPT_LATE);
    world_ended(&world, 1, 3, 2, RT_OUTCOME_OK, "{\"m\":3}", 0);
    world_ended(&world, 1, 2, 2, RT_OUTCOME_OK, "{\"m\":4}", 0);
    world_commit(&world);
    expect_answer(&world, "SELECT x, status, outcome, attempt, m FROM s",
                  "1|done|ok|1|1\n2|done|ok|1|2\n3|done|ok|2|3");
    expect_answer(&world,
                  "SELECT ordinal, attempt, outcome, decides, late FROM \"s.attempts\" "
                  "ORDER BY event, event_row",
                  "1|1|ok|1|0\n2|1|lost|0|0\n3|1|lost|0|0\n2|1|ok|1|1\n3|1|failed|0|1\n"
                  "3|2|ok|1|0\n2|2|ok|0|0");
    world_end(&world);
}

static void what_an_agent_gives_back_waits_again(void **state)
{
    struct rt_lease_range range = {3, 2, 1};
    struct rt_lease lease = {1, 1, 0, &range, 1};
    struct world world;

    (void)state;
    begin_simple(&world, 6, 0);
    world_commit(&world);
    rt_lease_put(&world.body, &lease);
    world_say(&world, RT_EVENT_RETURN);
    world_commit(&world);
    expect_answer(&world, "SELECT x, status FROM s ORDER BY x",
                  "1|running\n2|running\n3|waiting\n4|waiting\n5|running\n6|running");
    ok(&world, 1, "{}");
    ok(&world, 2, "{}");
    ok(&world, 6, "{}");
    world_commit(&world);
    expect_answer(&world, "SELECT first, count FROM lease", "5|2");
    world_end(&world);
}

/* All that an index holds, table by table. */
static char *dump(struct world *world)
{
    struct rt_buf all = RT_BUF_INIT;
    char *names =
        world_ask(world, "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema "
                         "WHERE type = 'table' AND name NOT IN ('meta', 'tally') ORDER BY name)");
    char *rest = names;
    char *name;

    while ((name = strsep(&rest, ",")) != NULL) {
        char *sql = rt_printf("SELECT * FROM %s ORDER BY 1, 2, 3", name);
        char *rows = world_ask(world, sql);

        rt_buf_printf(&all, "%s\n%s\n", name, rows);
        free(rows);
        free(sql);
    }
    free(names);
    return rt_buf_take(&all);
}

static void tell(struct world *world)
{
    begin_noise(world);
    world_lease(world, 1, 1, 8, 1, 1);
    ok(world, 1, "{\"a\":1}");
    world_ended(world, 1, 2, 1, RT_OUTCOME_FAILED, "why", 0);
    world_lease(world, 1, 2, 1, 2, 1);
    world_ended(world, 1, 2, 2, RT_OUTCOME_OK, "{\"a\":1.5,\"b\":{\"$float\":\"nan\"}}", 0);
    world_study(world, 2, "zz99", "two");
    world_plan(world, 2, "{\"a\":1}", "[{\"key\":\"q\",\"values\":[1,2,3]}]", 1, 0);
    world_lease(world, 2, 1, 2, 1, 1);
    world_ended(world, 2, 2, 1, RT_OUTCOME_OK, "{\"a\":2}", 0);
    world_launch(world, 2);
    world_plan(world, 1, "{\"epochs\":41,\"hidden\":[20],\"opt\":{\"lr\":0.1}}", NOISE, 1, 1);
    world_lease(world, 1, 9, 4, 1, 2);
    world_ended(world, 1, 10, 1, RT_OUTCOME_OK, "{\"a\":3}", 0);
}

static void an_index_made_anew_equals_one_that_followed(void **state)
{
    struct world world;
    struct rt_index *anew;
    struct rt_state *fresh = rt_state_new();
    char *followed;
    char *rebuilt;

    (void)state;
    tell(&world);
    world_commit(&world);
    followed = dump(&world);
    rt_index_close(world.index);
    expect_ok(world.err, rt_index_remove(world.path, &world.err));
    expect_ok(world.err, rt_index_open(world.path, world_uuid, &anew, &world.err));
    world.index = anew;
    assert_int_equal(rt_index_position(anew), 0);
    for (size_t i = 0; i < world.count; i++) {
        expect_ok(world.err, world_apply(&world, fresh, anew, i));
        expect_ok(world.err, rt_index_commit(anew, &world.err));
    }
    rebuilt = dump(&world);
    assert_string_equal(rebuilt, followed);
    free(followed);
    free(rebuilt);
    world_end(&world);
    rt_state_free(fresh);
}

static void an_index_closed_anywhere_goes_on_where_it_was(void **state)
{
    struct world world;
    struct world other;
    char *whole;
    char *pieces;

    (void)state;
    tell(&world);
    world_commit(&world);
    whole = dump(&world);
    world_begin(&other);
    for (size_t i = 1; i < world.count; i++) {
        rt_buf_put(&other.body, world.history[i].body.data, world.history[i].body.size);
        world_say(&other, world.history[i].kind);
        if (i % 2) /* what was not committed comes again */
            world_commit(&other);
        rt_index_close(other.index);
        expect_ok(other.err, rt_index_open(other.path, world_uuid, &other.index, &other.err));
        if (i % 2 == 0) {
            struct rt_state *before = rt_state_new();

            for (size_t k = 0; k < i; k++) {
                struct rt_event event = {.seq = k + 1,
                                         .time_us = UINT64_C(1700000000000000) + k * 1000000,
                                         .kind = other.history[k].kind,
                                         .body = rt_buf_span(&other.history[k].body)};

                expect_ok(other.err, rt_state_apply(before, &event, &other.err));
            }
            rt_state_free(other.state);
            other.state = before;
            assert_int_equal(rt_index_position(other.index), i);
            expect_ok(other.err, world_apply(&other, other.state, other.index, i));
            world_commit(&other);
        }
    }
    pieces = dump(&other);
    assert_string_equal(pieces, whole);
    free(whole);
    free(pieces);
    world_end(&world);
    world_end(&other);
}

static void counts_of_the_view_are_those_of_the_state(void **state)
{
    struct world world;
    const struct rt_study *study;
    char *got;
    char *want;

    (void)state;
    tell(&world);
    world_commit(&world);
    study = rt_state_study(world.state, 1);
    got = world_ask(&world, "SELECT count(*), sum(status = 'done' AND outcome = 'ok'), "
                            "sum(status = 'running') FROM noise");
    want = rt_printf("%d|%d|%d", (int)study->planned, (int)study->done[RT_OUTCOME_OK],
                     (int)study->leased);
    assert_string_equal(got, want);
    free(got);
    free(want);
    world_end(&world);
}

static void the_index_of_another_store_is_refused(void **state)
{
    static const uint8_t other[16] = {0xBB};
    struct rt_index *index;
    struct world world;
    struct rt_db *db;

    (void)state;
    begin_noise(&world);
    world_commit(&world);
    expect_error(world.err, RT_EDAMAGED, "index of another store",
                 rt_index_open(world.path, other, &index, &world.err));
    expect_ok(world.err, rt_db_open(world.path, RT_DB_WRITE, &db, &world.err));
    expect_ok(world.err, rt_db_exec(db, "PRAGMA user_version = 99", &world.err));
    expect_error(world.err, RT_ENEWER, "newer version (format 99)",
                 rt_index_open(world.path, world_uuid, &index, &world.err));
    expect_ok(world.err, rt_db_exec(db, "PRAGMA application_id = 5", &world.err));
    expect_error(world.err, RT_EDAMAGED, "not an index of Retrial",
                 rt_index_open(world.path, world_uuid, &index, &world.err));
    rt_db_close(db);
    world_end(&world);
}

static void an_index_of_an_older_format_is_made_anew(void **state)
{
    struct rt_index *index;
    struct world world;
    struct rt_db *db;

    (void)state;
    begin_noise(&world);
    world_commit(&world);
    expect_ok(world.err, rt_db_open(world.path, RT_DB_WRITE, &db, &world.err));
    expect_ok(world.err, rt_db_exec(db, "PRAGMA user_version = 0", &world.err));
    rt_db_close(db);
    rt_index_close(world.index);
    world.index = NULL;
    expect_ok(world.err, rt_index_open(world.path, world_uuid, &index, &world.err));
    assert_int_equal(rt_index_position(index), 0);
    assert_true(rt_index_renewed(index));
    rt_index_close(index);
    world_end(&world);
}

static void an_event_out_of_turn_is_refused(void **state)
{
    struct rt_event event = {.seq = 9, .kind = RT_EVENT_STORE};
    struct world world;

    (void)state;
    begin_noise(&world);
    expect_error(world.err, RT_EINTERNAL, "event 9 cannot follow 4",
                 rt_index_apply(world.index, world.state, &event, &world.err));
    world_end(&world);
}

static void the_file_is_its_owners_alone(void **state)
{
    struct world world;
    struct stat info;

    (void)state;
    begin_noise(&world);
    world_commit(&world);
    assert_int_equal(stat(world.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    world_end(&world);
}

static void a_reader_that_stays_pins_the_wal(void **state)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_stmt *stmt;
    struct world world;
    struct rt_db *db;
    int pinned = 0;

    (void)state;
    begin_simple(&world, 200, 0);
    world_commit(&world);
    expect_ok(world.err, rt_db_open(world.path, RT_DB_READ, &db, &world.err));
    expect_ok(world.err, rt_db_prepare(db, "SELECT x FROM s", &stmt, NULL, &world.err));
    assert_int_equal(rt_stmt_step(stmt, &world.err), 1);
    rt_buf_add(&text, "{\"m\":\"");
    for (int i = 0; i < 900000; i++)
        rt_buf_put_u8(&text, 'x');
    rt_buf_add(&text, "\"}");
    for (uint64_t i = 1; i <= 200 && !pinned; i++) {
        ok(&world, i, rt_buf_text(&text));
        world_commit(&world);
        pinned = rt_index_tidy(world.index, &world.err);
        assert_true(pinned >= 0);
    }
    assert_int_equal(pinned, 1);
    rt_stmt_free(stmt);
    assert_int_equal(rt_index_tidy(world.index, &world.err), 0);
    rt_db_close(db);
    rt_buf_clear(&text);
    world_end(&world);
}

static void verdicts_on_trials_that_are_not_there_are_refused(void **state)
{
    static const char *const runs[] = {
        "[[0,1,\"IDENTICAL\"]]",
        "[[201,1,\"IDENTICAL\"]]",
        "[[1,9000000000000000000,\"IDENTICAL\"]]",
        "[[1,200,\"IDENTICAL\"],[7,2,\"DIFFERENT\"]]",
        "[[7,2,\"DIFFERENT\"],[8,1,\"IDENTICAL\"]]",
        "[[7,2]]",
        "[7]",
    };
    struct world world;
    char *got;

    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char *body = rt_printf("{\"study\":1,\"runs\":%s,\"reasons\":[[7,\"x\"]]}", runs[i]);
        struct rt_event event = {.kind = RT_EVENT_VERDICT, .body = rt_span_text(body)};

        begin_simple(&world, 200, 0);
        event.seq = world.count + 1;
        expect_ok(world.err, rt_state_apply(world.state, &event, &world.err));
        expect_error(world.err, RT_EDAMAGED, "the verdicts of event",
                     rt_index_apply(world.index, world.state, &event, &world.err));
        world_end(&world);
        free(body);
    }
    begin_simple(&world, 200, 0);
    world_say_text(&world, RT_EVENT_VERDICT,
                   "{\"study\":1,\"runs\":[[9,192,\"IDENTICAL\"],[1,8,\"DIFFERENT\"]],"
                   "\"reasons\":[[9,\"b\"],[2,\"a\"],[999,\"no such trial\"]]}");
    world_commit(&world);
    got = world_ask(&world, "SELECT count(*), sum(verdict = 'DIFFERENT'), group_concat(reason) "
                            "FROM verdict");
    assert_string_equal(got, "200|8|a,b");
    free(got);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_seen_before_the_commit),
        cmocka_unit_test(a_retried_trial_has_one_row_and_all_its_attempts),
        cmocka_unit_test(many_rows_of_one_transaction_are_what_their_attempts_say),
        cmocka_unit_test(rows_keep_what_is_theirs_in_whatever_order_they_come),
        cmocka_unit_test(a_short_row_stands_for_all_that_its_attempt_says),
        cmocka_unit_test(what_a_dead_launch_had_is_lost_and_may_come_late),
        cmocka_unit_test(what_an_agent_gives_back_waits_again),
        cmocka_unit_test(an_index_made_anew_equals_one_that_followed),
        cmocka_unit_test(an_index_closed_anywhere_goes_on_where_it_was),
        cmocka_unit_test(counts_of_the_view_are_those_of_the_state),
        cmocka_unit_test(the_index_of_another_store_is_refused),
        cmocka_unit_test(an_index_of_an_older_format_is_made_anew),
        cmocka_unit_test(an_event_out_of_turn_is_refused),
        cmocka_unit_test(the_file_is_its_owners_alone),
        cmocka_unit_test(a_reader_that_stays_pins_the_wal),
        cmocka_unit_test(verdicts_on_trials_that_are_not_there_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
