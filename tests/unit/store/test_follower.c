#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/db.h"
#include "store/store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIALS 20000

struct place {
    char *folder;
    char *path;
    char *index;
    struct rt_store *store;
    struct rt_err err;
};

static void begin(struct place *place)
{
    place->folder = folder_new();
    place->path = rt_fs_join(place->folder, ".retrial");
    place->index = rt_fs_join(place->path, "index.sqlite");
    place->store = NULL;
}

static void end(struct place *place)
{
    free(place->index);
    free(place->path);
    folder_free(place->folder);
}

static int say(struct place *place, enum rt_event_kind kind, struct rt_span body)
{
    return rt_store_append(place->store, kind, body, NULL, &place->err);
}

/* A store with study "t" of TRIALS trials, and a launch. */
static void found(struct place *place)
{
    struct rt_plan *plan = story_plan(TRIALS, 1, 0);
    struct rt_buf body = RT_BUF_INIT;

    expect_ok(place->err, rt_store_open(place->path, RT_STORE_CREATE, &place->store, &place->err));
    expect_ok(place->err, say(place, RT_EVENT_STUDY,
                              rt_span_text("{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}")));
    expect_ok(place->err, rt_state_plan_event(rt_state_study(rt_store_state(place->store), 1), plan,
                                              NULL, NULL, &body, &place->err));
    expect_ok(place->err, say(place, RT_EVENT_PLAN, rt_buf_span(&body)));
    expect_ok(place->err, rt_store_commit(place->store, &place->err));
    rt_buf_clear(&body);
    rt_plan_free(plan);
}

static int launch(struct place *place)
{
    uint32_t number = (uint32_t)rt_state_launches(rt_store_state(place->store)) + 1;
    char *text = rt_printf("{\"launch\":%u}", (unsigned)number);
    int rc = say(place, RT_EVENT_LAUNCH, rt_span_text(text));

    free(text);
    return rc;
}

/* Leases and ends the next `count` trials that were never leased. */
static int run_trials(struct place *place, uint64_t first, uint64_t count)
{
    uint32_t number = (uint32_t)rt_state_launches(rt_store_state(place->store));
    struct rt_buf body = RT_BUF_INIT;
    int rc;

    story_lease(&body, first, count, 1, number, 0);
    if ((rc = say(place, RT_EVENT_LEASE, rt_buf_span(&body))) == 0) {
        rt_buf_reset(&body);
        story_attempts(&body, first, count, 1, number, 0, RT_OUTCOME_OK, 0);
        rc = say(place, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    }
    rt_buf_clear(&body);
    return rc < 0 ? rc : rt_store_commit(place->store, &place->err);
}

static int64_t ask(struct place *place, const char *sql)
{
    struct rt_db *db;
    int64_t number;

    expect_ok(place->err, rt_db_open(place->index, RT_DB_READ, &db, &place->err));
    expect_ok(place->err, rt_db_number(db, sql, &number, &place->err));
    rt_db_close(db);
    return number;
}

static void a_closed_store_has_an_index_that_is_level(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, launch(&place));
    for (uint64_t i = 0; i < 50; i++)
        expect_ok(place.err, run_trials(&place, 1 + i * 10, 10));
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(ask(&place, "SELECT count(outcome) FROM t"), 500);
    assert_int_equal(ask(&place, "SELECT position FROM meta"), 104);
    end(&place);
}

static void events_show_soon_while_the_store_is_open(void **state)
{
    struct rt_index_status status = {0};
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, launch(&place));
    expect_ok(place.err, run_trials(&place, 1, 10));
    for (int i = 0; i < 500 && status.indexed < rt_store_durable(place.store); i++) {
        usleep(10000);
        rt_store_index_status(place.store, &status);
    }
    assert_int_equal(status.indexed, rt_store_durable(place.store));
    assert_int_equal(status.lag_us, 0);
    assert_int_equal(ask(&place, "SELECT count(outcome) FROM t"), 10);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    end(&place);
}

static void an_abandoned_index_catches_up_later(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, launch(&place));
    for (uint64_t i = 0; i < 50; i++)
        expect_ok(place.err, run_trials(&place, 1 + i * 100, 100));
    rt_store_abandon(place.store);
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(ask(&place, "SELECT count(outcome) FROM t"), 5000);
    end(&place);
}

static void a_removed_index_is_made_anew(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, launch(&place));
    expect_ok(place.err, run_trials(&place, 1, 100));
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(unlink(place.index), 0);
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(ask(&place, "SELECT count(outcome) FROM t"), 100);
    end(&place);
}

static void an_index_that_fails_is_told_of_and_stops_nothing(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    expect_ok(place.err, rt_fs_replace(place.index, rt_span_text("no database, but long enough"),
                                       0600, &place.err));
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_ok(place.err, launch(&place));
    expect_ok(place.err, run_trials(&place, 1, 100));
    expect_error(place.err, RT_EDAMAGED, "can be removed and is then made anew",
                 rt_store_close(place.store, &place.err));
    assert_int_equal(unlink(place.index), 0);
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(ask(&place, "SELECT count(outcome) FROM t"), 100);
    end(&place);
}

static void an_index_ahead_of_its_journal_is_refused(void **state)
{
    struct place place;
    struct rt_db *db;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    expect_ok(place.err, rt_db_open(place.index, RT_DB_WRITE, &db, &place.err));
    expect_ok(place.err, rt_db_exec(db, "UPDATE meta SET position = 99", &place.err));
    rt_db_close(db);
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_error(place.err, RT_EDAMAGED, "knows of event 99, but the journal ends at 3",
                 rt_store_close(place.store, &place.err));
    end(&place);
}

/* What a writer does until it is killed: a launch, then trials. */
static void write_until_killed(struct place *place)
{
    uint64_t first = 1;
    const struct rt_study *study;

    if (rt_store_open(place->path, RT_STORE_WRITE, &place->store, &place->err) < 0 ||
        launch(place) < 0)
        _exit(1);
    study = rt_state_study(rt_store_state(place->store), 1);
    for (;;) {
        while (first + 7 <= TRIALS && rt_state_trial(study, first).attempts > 0)
            first++;
        if (first + 7 > TRIALS)
            pause();
        else if (run_trials(place, first, 7) < 0)
            _exit(1);
    }
}

static void a_writer_killed_at_any_moment_leaves_an_index_that_goes_on(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    for (unsigned turn = 0; turn < 8; turn++) {
        pid_t child = fork();
        const struct rt_study *study;
        uint64_t done;
        int status;

        if (child == 0)
            write_until_killed(&place);
        usleep(20000 + turn * 37000);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
        study = rt_state_study(rt_store_state(place.store), 1);
        done = study->done[RT_OUTCOME_OK];
        expect_ok(place.err, rt_store_close(place.store, &place.err));
        assert_int_equal(ask(&place, "SELECT sum(outcome = 'ok') FROM t"), done);
        assert_int_equal(ask(&place, "SELECT count(*) FROM t"), TRIALS);
    }
    end(&place);
}

/* What the program sqlite3 says, without the newline. */
static void ask_sqlite3(struct place *place, const char *sql, char answer[64])
{
    char *command = rt_printf("sqlite3 '%s' \"%s\"", place->index, sql);
    FILE *out = popen(command, "re");

    free(command);
    assert_non_null(out);
    answer[0] = '\0';
    if (!fgets(answer, 64, out))
        answer[0] = '\0';
    assert_int_equal(pclose(out), 0);
    answer[strcspn(answer, "\n")] = '\0';
}

static void the_plain_sqlite3_reads_while_a_study_runs(void **state)
{
    struct place place;
    char answer[64];
    int64_t before = 0;
    pid_t child;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    child = fork();
    if (child == 0)
        write_until_killed(&place);
    for (int i = 0; i < 20; i++) {
        usleep(20000);
        ask_sqlite3(&place, "SELECT count(*) FROM t", answer);
        assert_int_equal(atoll(answer), TRIALS);
        ask_sqlite3(&place, "SELECT count(outcome) FROM t", answer);
        assert_true(atoll(answer) >= before);
        before = atoll(answer);
        ask_sqlite3(&place, "SELECT count(*) % 7 FROM trial_1", answer); /* whole commits only */
        assert_string_equal(answer, "0");
    }
    assert_true(before > 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    end(&place);
}

/* Records one trial with a metric of so many bytes. */
static int run_large(struct place *place, uint64_t ordinal, size_t size)
{
    uint32_t number = (uint32_t)rt_state_launches(rt_store_state(place->store));
    struct rt_buf text = RT_BUF_INIT;
    struct rt_buf body = RT_BUF_INIT;
    struct rt_attempt row = {
        .study = 1, .ordinal = ordinal, .attempt = 1, .launch = number, .outcome = RT_OUTCOME_OK};
    int rc;

    rt_buf_add(&text, "{\"m\":\"");
    memset(rt_buf_extend(&text, size), 'x', size);
    rt_buf_add(&text, "\"}");
    row.result = (struct rt_payload){.data = rt_buf_span(&text), .size = text.size};
    story_lease(&body, ordinal, 1, 1, number, 0);
    if ((rc = say(place, RT_EVENT_LEASE, rt_buf_span(&body))) == 0 &&
        (rc = rt_store_externalize(place->store, &row, &place->err)) == 0) {
        rt_buf_reset(&body);
        rt_attempts_put(&body, &row, 1);
        rc = say(place, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    }
    rt_buf_clear(&body);
    rt_buf_clear(&text);
    return rc < 0 ? rc : rt_store_commit(place->store, &place->err);
}

/* Reads one row, says so, and keeps the statement open until it is killed. */
static void pin_until_killed(struct place *place, int told)
{
    struct rt_stmt *stmt;
    struct rt_db *db;

    if (rt_db_open(place->index, RT_DB_READ, &db, &place->err) < 0 ||
        rt_db_prepare(db, "SELECT ordinal FROM t", &stmt, NULL, &place->err) < 0 ||
        rt_stmt_step(stmt, &place->err) != 1 || write(told, "", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void a_reader_that_pins_the_wal_is_named_and_waited_for(void **state)
{
    struct rt_index_status status = {0};
    struct place place;
    uint64_t ordinal = 1;
    int told[2];
    char byte;
    char *want;
    pid_t child;

    (void)state;
    begin(&place);
    found(&place);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(pipe(told), 0);
    child = fork();
    if (child == 0)
        pin_until_killed(&place, told[1]);
    assert_int_equal(read(told[0], &byte, 1), 1);
    expect_ok(place.err, rt_store_open(place.path, RT_STORE_WRITE, &place.store, &place.err));
    expect_ok(place.err, launch(&place));
    while (!status.pinned_by[0] && ordinal < 2000) {
        expect_ok(place.err, run_large(&place, ordinal++, 900000));
        rt_store_index_wait(place.store, 200000); /* no more rows than are needed */
        rt_store_index_status(place.store, &status);
    }
    want = rt_printf("pid %ld (", (long)child);
    assert_non_null(strstr(status.pinned_by, want));
    usleep(20000);
    rt_store_index_status(place.store, &status);
    assert_true(status.lag_us > 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    expect_ok(place.err, rt_store_close(place.store, &place.err));
    assert_int_equal(ask(&place, "SELECT count(m) FROM t"), ordinal - 1);
    free(want);
    close(told[0]);
    close(told[1]);
    end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_store_has_an_index_that_is_level),
        cmocka_unit_test(events_show_soon_while_the_store_is_open),
        cmocka_unit_test(an_abandoned_index_catches_up_later),
        cmocka_unit_test(a_removed_index_is_made_anew),
        cmocka_unit_test(an_index_that_fails_is_told_of_and_stops_nothing),
        cmocka_unit_test(an_index_ahead_of_its_journal_is_refused),
        cmocka_unit_test(a_writer_killed_at_any_moment_leaves_an_index_that_goes_on),
        cmocka_unit_test(the_plain_sqlite3_reads_while_a_study_runs),
        cmocka_unit_test(a_reader_that_pins_the_wal_is_named_and_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
