#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *program; /* this one, to be run again */

static int append_text(struct rt_store *store, enum rt_event_kind kind, const char *text,
                       struct rt_err *err)
{
    return rt_store_append(store, kind, rt_span_text(text), NULL, err);
}

/* Adds study "t", its plan and a launch to a new store. */
static void plan_study(struct rt_store *store, unsigned levels)
{
    struct rt_plan *plan = story_plan(levels, 1, 0);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, append_text(store, RT_EVENT_STUDY,
                               "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}", &err));
    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL,
                                       &body, &err));
    expect_ok(err, rt_store_append(store, RT_EVENT_PLAN, rt_buf_span(&body), NULL, &err));
    expect_ok(err, append_text(store, RT_EVENT_LAUNCH, "{\"launch\":1}", &err));
    rt_buf_clear(&body);
    rt_plan_free(plan);
}

/* Leases `count` trials from `first` on and records them as ok. */
static int run_trials(struct rt_store *store, uint64_t first, uint64_t count, struct rt_err *err)
{
    struct rt_buf body = RT_BUF_INIT;
    int rc;

    story_lease(&body, first, count, 1, 1, 0);
    if ((rc = rt_store_append(store, RT_EVENT_LEASE, rt_buf_span(&body), NULL, err)) < 0)
        goto out;
    rt_buf_reset(&body);
    story_attempts(&body, first, count, 1, 1, 0, RT_OUTCOME_OK, 0);
    rc = rt_store_append(store, RT_EVENT_ATTEMPTS, rt_buf_span(&body), NULL, err);
out:
    rt_buf_clear(&body);
    return rc;
}

static uint64_t done_in(const struct rt_store *store)
{
    return rt_state_study(rt_store_state(store), 1)->done[RT_OUTCOME_OK];
}

static char *store_in(const char *folder)
{
    return rt_fs_join(folder, ".retrial");
}

static void what_was_committed_is_there_when_it_is_opened_again(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    assert_int_equal(rt_store_durable(store), 1);
    plan_study(store, 100);
    expect_ok(err, run_trials(store, 1, 50, &err));
    expect_ok(err, rt_store_commit(store, &err));
    assert_int_equal(rt_store_durable(store), 6);
    expect_ok(err, rt_store_close(store, &err));
    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    assert_int_equal(done_in(store), 50);
    assert_int_equal(rt_store_durable(store), 6);
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static bool left_open(const char *path)
{
    struct rt_store *store;
    struct rt_err err;
    bool left;

    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    left = rt_store_left_open(store);
    expect_ok(err, rt_store_close(store, &err));
    return left;
}

static void who_records_and_does_not_close_leaves_the_store_open(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, rt_store_close(store, &err));
    assert_false(left_open(path));
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    rt_store_abandon(store);
    assert_false(left_open(path));
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    expect_ok(err, run_trials(store, 1, 1, &err));
    rt_store_abandon(store);
    assert_true(left_open(path));
    /* Who has nothing to record, such as a query that levels the index, changes nothing in that. */
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    expect_ok(err, rt_store_close(store, &err));
    assert_true(left_open(path));
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    expect_ok(err, run_trials(store, 2, 1, &err));
    expect_ok(err, rt_store_close(store, &err));
    assert_false(left_open(path));
    free(path);
    folder_free(folder);
}

static void what_was_not_committed_is_not_there(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;
    struct rt_state *at;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, rt_store_commit(store, &err));
    expect_ok(err, run_trials(store, 1, 50, &err));
    assert_int_equal(rt_store_durable(store), 4);
    expect_ok(err, rt_store_state_at(store, UINT64_MAX, &at, &err));
    assert_int_equal(rt_state_seq(at), 4);
    rt_state_free(at);
    rt_store_abandon(store);
    free(path);
    folder_free(folder);
}

static void a_state_is_had_as_it_was_after_any_event(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    for (uint64_t first = 1; first < 60; first += 10) {
        expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
        if (first == 1)
            plan_study(store, 100);
        expect_ok(err, run_trials(store, first, 10, &err));
        expect_ok(err, rt_store_close(store, &err)); /* leaves a checkpoint each time */
    }
    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    for (uint64_t seq = 0; seq <= 16; seq++) {
        struct rt_state *at;

        expect_ok(err, rt_store_state_at(store, seq, &at, &err));
        assert_int_equal(rt_state_seq(at), seq);
        if (seq >= 3)
            assert_int_equal(rt_state_study(at, 1)->done[RT_OUTCOME_OK],
                             seq >= 5 ? (seq - 4) / 2 * 10 : 0);
        rt_state_free(at);
    }
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static int count_events(void *context, const struct rt_event *event, struct rt_err *err)
{
    uint64_t *next = context;

    (void)err;
    assert_int_equal(event->seq, *next);
    ++*next;
    return event->seq == 5 ? 17 : 0;
}

static void events_are_read_in_order_until_the_reader_has_enough(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;
    uint64_t next = 2;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, run_trials(store, 1, 50, &err));
    expect_ok(err, rt_store_commit(store, &err));
    assert_int_equal(rt_store_read(store, 2, count_events, &next, &err), 17);
    assert_int_equal(next, 6);
    expect_ok(err, rt_store_read(store, 6, count_events, &next, &err));
    assert_int_equal(next, 7);
    expect_ok(err, rt_store_read(store, 7, count_events, &next, &err));
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static void an_event_that_contradicts_the_state_is_not_appended(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    expect_error(err, RT_EDAMAGED, "launch 7 follows launch 0",
                 append_text(store, RT_EVENT_LAUNCH, "{\"launch\":7}", &err));
    expect_ok(err, append_text(store, RT_EVENT_LAUNCH, "{\"launch\":1}", &err));
    expect_ok(err, rt_store_commit(store, &err));
    assert_int_equal(rt_store_durable(store), 2);
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static void a_place_without_a_store_is_not_found_and_stays_empty(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "there is no store at",
                 rt_store_open(path, RT_STORE_WRITE, &store, &err));
    expect_error(err, RT_ENOTFOUND, "there is no store at",
                 rt_store_open(path, RT_STORE_READ, &store, &err));
    assert_false(rt_fs_exists(path));
    free(path);
    folder_free(folder);
}

static void a_folder_with_other_things_does_not_become_a_store(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    char *file = rt_fs_join(path, "thesis.tex");
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_fs_mkdirs(path, &err));
    expect_ok(err, rt_fs_replace(file, rt_span_text("x"), 0600, &err));
    expect_error(err, RT_EUSAGE, "is not a store",
                 rt_store_open(path, RT_STORE_CREATE, &store, &err));
    assert_true(rt_fs_exists(file));
    free(file);
    free(path);
    folder_free(folder);
}

static void the_nearest_store_upwards_is_found(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    char *deep = rt_fs_join(folder, "a/b/c");
    struct rt_store *store;
    struct rt_err err;
    char *found;

    (void)state;
    expect_ok(err, rt_fs_mkdirs(deep, &err));
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    expect_ok(err, rt_store_close(store, &err));
    found = rt_store_find(deep);
    assert_string_equal(found, path);
    free(found);
    free(deep);
    free(path);
    folder_free(folder);
}

static void assert_mode(const char *folder, const char *name, mode_t mode)
{
    char *path = rt_fs_join(folder, name);
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, mode);
    free(path);
}

static void modes_are_private_whatever_the_umask(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_hash hash;
    struct rt_err err;
    mode_t before = umask(0);

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    expect_ok(err, rt_store_put_object(store, rt_span_text("x"), &hash, &err));
    assert_mode(path, ".", 0700);
    assert_mode(path, "format", 0600);
    assert_mode(path, "lock", 0600);
    assert_mode(path, "journal", 0700);
    assert_mode(path, "journal/data.mdb", 0600);
    assert_mode(path, "journal/lock.mdb", 0600);
    assert_mode(path, "objects", 0700);
    assert_mode(path, "objects/2d", 0700);
    assert_mode(path, "objects/2d/711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
                0600);
    expect_ok(err, rt_store_close(store, &err));
    umask(before);
    free(path);
    folder_free(folder);
}

static void nothing_of_a_store_is_inherited_over_exec(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    for (int fd = 3; fd < 64; fd++) {
        char name[64];
        char target[4096] = "";

        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        if (readlink(name, target, sizeof target - 1) > 0 && strstr(target, path))
            assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static void large_payloads_become_objects_and_small_ones_do_not(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_attempt attempt = {.study = 1};
    struct rt_buf large = RT_BUF_INIT;
    struct rt_buf back = RT_BUF_INIT;
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    memset(rt_buf_extend(&large, RT_PAYLOAD_INLINE_MAX + 1), 'o', RT_PAYLOAD_INLINE_MAX + 1);
    attempt.result.data = rt_span_text("{}");
    attempt.err.kept.data = rt_buf_span(&large);
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    expect_ok(err, rt_store_externalize(store, &attempt, &err));
    assert_false(attempt.result.by_hash);
    assert_true(attempt.err.kept.by_hash);
    assert_int_equal(attempt.err.kept.size, RT_PAYLOAD_INLINE_MAX + 1);
    expect_ok(err, rt_store_payload(store, &attempt.result, &back, &err));
    expect_ok(err, rt_store_payload(store, &attempt.err.kept, &back, &err));
    assert_int_equal(back.size, 2 + large.size);
    assert_memory_equal(back.data + 2, large.data, large.size);
    rt_buf_clear(&large);
    rt_buf_clear(&back);
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

static void write_part(const char *path, const char *name, const char *text)
{
    char *file = rt_fs_join(path, name);
    struct rt_err err;

    expect_ok(err, rt_fs_replace(file, rt_span_text(text), 0600, &err));
    free(file);
}

static void a_later_format_or_another_journal_is_told(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    char *journal = rt_fs_join(path, "journal/data.mdb");
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    expect_ok(err, rt_store_close(store, &err));
    write_part(path, "format", "retrial store 1\nuuid 6ba7b810-9dad-41d1-80b4-00c04fd430c8\n");
    expect_error(err, RT_EDAMAGED, "belongs to another store",
                 rt_store_open(path, RT_STORE_WRITE, &store, &err));
    write_part(path, "format", "retrial store 2\nwho knows what\n");
    expect_error(err, RT_ENEWER, "format 2", rt_store_open(path, RT_STORE_READ, &store, &err));
    write_part(path, "format", "something else\n");
    expect_error(err, RT_EDAMAGED, "does not say",
                 rt_store_open(path, RT_STORE_READ, &store, &err));
    write_part(path, "format", "retrial store 1\nuuid 6ba7b810-9dad-41d1-80b4-00c04fd430c8\n");
    assert_int_equal(unlink(journal), 0);
    expect_error(err, RT_EDAMAGED, "lacks its journal",
                 rt_store_open(path, RT_STORE_WRITE, &store, &err));
    free(journal);
    free(path);
    folder_free(folder);
}

static void a_journal_that_is_cut_short_or_emptied_is_damaged(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    char *journal = rt_fs_join(path, "journal/data.mdb");
    struct rt_store *store;
    struct rt_err err;
    struct stat info;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, rt_store_close(store, &err));
    assert_int_equal(stat(journal, &info), 0);
    assert_int_equal(truncate(journal, info.st_size - 1), 0);
    expect_error(err, RT_EDAMAGED, "cut short", rt_store_open(path, RT_STORE_READ, &store, &err));
    assert_int_equal(truncate(journal, 4096), 0);
    assert_int_equal(rt_store_open(path, RT_STORE_READ, &store, &err), RT_EDAMAGED);
    assert_int_equal(truncate(journal, 0), 0);
    expect_error(err, RT_EDAMAGED, "is empty", rt_store_open(path, RT_STORE_WRITE, &store, &err));
    free(journal);
    free(path);
    folder_free(folder);
}

static void damaged_checkpoints_cost_time_and_nothing_else(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    char *journal = rt_fs_join(path, "journal/data.mdb");
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_store *store;
    struct rt_err err;
    int changed = 0;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, run_trials(store, 1, 50, &err));
    expect_ok(err, rt_store_close(store, &err));
    expect_ok(err, rt_fs_read(journal, &bytes, &err));
    for (size_t at = 0; at + 20 < bytes.size; at++) { /* a checkpoint: version, number 6, uuid */
        if (memcmp(bytes.data + at, "\4\6\0\0\0\0\0\0\0", 9) == 0) {
            bytes.data[at + 9] ^= 1;
            changed++;
        }
    }
    assert_int_equal(changed, 1);
    expect_ok(err, rt_fs_replace(journal, rt_buf_span(&bytes), 0600, &err));
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &store, &err));
    assert_int_equal(done_in(store), 50);
    expect_ok(err, rt_store_close(store, &err));
    rt_buf_clear(&bytes);
    free(journal);
    free(path);
    folder_free(folder);
}

/* Lets everybody read, and nobody write, what a folder holds. */
static void make_read_only(const char *folder)
{
    static const char *const names[] = {"",       "journal",          "objects",
                                        "format", "journal/data.mdb", "journal/lock.mdb"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = rt_fs_join(folder, names[i]);

        assert_int_equal(chmod(path, i < 3 ? 0555 : 0444), 0);
        free(path);
    }
}

/* In a process that may not write: opens the store and counts. */
static int read_as_nobody(const char *path)
{
    struct rt_store *store;
    struct rt_err err;
    pid_t pid = fork();
    int status;

    if (pid != 0) {
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
    }
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        child_end(1);
    if (rt_store_open(path, RT_STORE_READ, &store, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        child_end(2);
    }
    status = done_in(store) == 50 ? 0 : 3;
    rt_store_close(store, NULL);
    child_end(status);
}

static void a_store_is_read_without_any_permission_to_write(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, run_trials(store, 1, 50, &err));
    expect_ok(err, rt_store_close(store, &err));
    assert_int_equal(chmod(folder, 0755), 0);
    make_read_only(path);
    assert_int_equal(read_as_nobody(path), 0);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
    folder_free(folder);
}

static void a_reader_sees_what_a_live_writer_commits(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;
    int steps[2];
    int back[2];
    int status;
    char byte = 'x';
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(steps), 0);
    assert_int_equal(pipe(back), 0);
    pid = fork();
    if (pid == 0) { /* waits for the writer to be there, then reads beside it */
        if (read(steps[0], &byte, 1) != 1 || rt_store_open(path, RT_STORE_READ, &store, &err) < 0 ||
            done_in(store) != 10 || write(back[1], &byte, 1) != 1 ||
            read(steps[0], &byte, 1) != 1 || rt_store_durable(store) != 6 ||
            rt_store_read(store, 7, count_events, &(uint64_t){7}, &err) < 0 ||
            rt_store_durable(store) != 8)
            child_end(1);
        child_end(0);
    }
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    plan_study(store, 100);
    expect_ok(err, run_trials(store, 1, 10, &err));
    expect_ok(err, rt_store_commit(store, &err));
    assert_int_equal(write(steps[1], &byte, 1), 1);
    assert_int_equal(read(back[0], &byte, 1), 1);
    expect_ok(err, run_trials(store, 11, 10, &err));
    expect_ok(err, rt_store_commit(store, &err));
    assert_int_equal(write(steps[1], &byte, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_ok(err, rt_store_close(store, &err));
    for (int i = 0; i < 2; i++) {
        close(steps[i]);
        close(back[i]);
    }
    free(path);
    folder_free(folder);
}

static void a_second_writer_is_told_who_the_first_is(void **state)
{
    char *folder = folder_new();
    char *path = store_in(folder);
    struct rt_store *store;
    struct rt_err err;
    int status;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        char name[32];

        snprintf(name, sizeof name, "%ld", (long)getppid());
        execl(program, "second", path, name, (char *)NULL);
        child_end(100);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_ok(err, rt_store_close(store, &err));
    free(path);
    folder_free(folder);
}

/* Run as `second STORE PID`: must be kept out by that process. */
static int be_second(const char *path, const char *pid)
{
    struct rt_store *store;
    struct rt_err err;

    if (rt_store_open(path, RT_STORE_CREATE, &store, &err) != RT_ELOCKED)
        return 1;
    return strstr(err.text, pid) ? 0 : 2;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_is_there_when_it_is_opened_again),
        cmocka_unit_test(who_records_and_does_not_close_leaves_the_store_open),
        cmocka_unit_test(what_was_not_committed_is_not_there),
        cmocka_unit_test(a_state_is_had_as_it_was_after_any_event),
        cmocka_unit_test(events_are_read_in_order_until_the_reader_has_enough),
        cmocka_unit_test(an_event_that_contradicts_the_state_is_not_appended),
        cmocka_unit_test(a_place_without_a_store_is_not_found_and_stays_empty),
        cmocka_unit_test(a_folder_with_other_things_does_not_become_a_store),
        cmocka_unit_test(the_nearest_store_upwards_is_found),
        cmocka_unit_test(modes_are_private_whatever_the_umask),
        cmocka_unit_test(nothing_of_a_store_is_inherited_over_exec),
        cmocka_unit_test(large_payloads_become_objects_and_small_ones_do_not),
        cmocka_unit_test(a_later_format_or_another_journal_is_told),
        cmocka_unit_test(a_journal_that_is_cut_short_or_emptied_is_damaged),
        cmocka_unit_test(damaged_checkpoints_cost_time_and_nothing_else),
        cmocka_unit_test(a_store_is_read_without_any_permission_to_write),
        cmocka_unit_test(a_reader_sees_what_a_live_writer_commits),
        cmocka_unit_test(a_second_writer_is_told_who_the_first_is),
    };

    program = argv[0];
    if (argc == 3)
        return be_second(argv[1], argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
