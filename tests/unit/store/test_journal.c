#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"

#include "store/journal.h"

#include <errno.h>
#include <sys/wait.h>

static const char *program; /* this one, to be run again */

static const uint8_t uuid[16] = {7};

static struct rt_journal *open_journal(const char *folder, bool write, uint64_t map_bytes)
{
    struct rt_journal_options options = {folder, write, uuid, map_bytes, &rt_io_plain, false};
    struct rt_journal *journal;
    struct rt_err err;

    expect_ok(err, rt_journal_open(&options, &journal, &err));
    return journal;
}

/* A new journal in a new folder, open for writing. */
static struct rt_journal *begin(const char *folder, uint64_t map_bytes)
{
    struct rt_journal *journal;
    struct rt_err err;
    uint64_t fence;

    expect_ok(err, rt_journal_create(folder, uuid, &rt_io_plain, &err));
    journal = open_journal(folder, true, map_bytes);
    expect_ok(err, rt_journal_fence(journal, &fence, &err));
    assert_int_equal(fence, 1);
    return journal;
}

static void append(struct rt_journal *journal, size_t size, char fill)
{
    char *body = rt_alloc(size);
    struct rt_event event = {0, 5, RT_EVENT_CODE, {body, size}};
    struct rt_err err;

    memset(body, fill, size);
    expect_ok(err, rt_journal_append(journal, &event, &err));
    free(body);
}

struct sum {
    uint64_t count;
    uint64_t bytes;
};

static int add_up(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct sum *sum = context;

    (void)err;
    sum->count++;
    sum->bytes += event->body.size;
    return 0;
}

static struct sum sum_of(struct rt_journal *journal, uint64_t from)
{
    struct sum sum = {0, 0};
    struct rt_err err;

    expect_ok(err, rt_journal_read(journal, from, add_up, &sum, &err));
    return sum;
}

static void the_map_grows_when_it_is_full(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal = begin(folder, 1 << 20);
    struct rt_err err;

    (void)state;
    for (int i = 0; i < 64; i++) {
        append(journal, 100000, 'x');
        append(journal, 10, 'y');
        expect_ok(err, rt_journal_commit(journal, &err));
    }
    append(journal, 20 << 20, 'z'); /* one record larger than the doubled map */
    expect_ok(err, rt_journal_commit(journal, &err));
    assert_int_equal(sum_of(journal, 2).count, 129);
    assert_int_equal(sum_of(journal, 2).bytes, 64 * 100010 + (20 << 20));
    assert_int_equal(rt_journal_durable(journal), 130);
    rt_journal_close(journal);
    folder_free(folder);
}

/* Many that nobody wants, in several snapshots, between a few that are. */
static void events_of_a_kind_are_found_among_many(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal = begin(folder, 0);
    struct rt_event other = {0, 5, RT_EVENT_READS, rt_span("x", 1)};
    struct sum sum = {0, 0};
    struct rt_err err;

    (void)state;
    for (int part = 0; part < 3; part++) {
        append(journal, 100000, 'x');
        for (int i = 0; i < 40000; i++)
            expect_ok(err, rt_journal_append(journal, &other, &err));
    }
    append(journal, 7, 'y');
    expect_ok(err, rt_journal_commit(journal, &err));
    expect_ok(err,
              rt_journal_read_kinds(journal, UINT64_C(1) << RT_EVENT_CODE, 1, add_up, &sum, &err));
    assert_int_equal(sum.count, 4);
    assert_int_equal(sum.bytes, 300007);
    sum = (struct sum){0, 0};
    expect_ok(err,
              rt_journal_read_kinds(journal, UINT64_C(1) << RT_EVENT_CODE, 3, add_up, &sum, &err));
    assert_int_equal(sum.count, 3);
    sum = (struct sum){0, 0};
    expect_ok(err,
              rt_journal_read_kinds(journal, UINT64_C(1) << RT_EVENT_PLAN, 1, add_up, &sum, &err));
    assert_int_equal(sum.count, 0);
    rt_journal_close(journal);
    folder_free(folder);
}

/* Opens the journal in another process, tells it is ready, waits, and reads all. */
static pid_t start_reader(const char *folder, int ready[2], int go[2])
{
    pid_t pid = fork();
    struct rt_journal_options options = {folder, false, uuid, 1 << 20, &rt_io_plain, false};
    struct rt_journal *journal;
    struct sum sum = {0, 0};
    struct rt_err err;
    char byte = 0;

    if (pid != 0)
        return pid;
    if (rt_journal_open(&options, &journal, &err) < 0 || write(ready[1], &byte, 1) != 1 ||
        read(go[0], &byte, 1) != 1 || rt_journal_read(journal, 1, add_up, &sum, &err) < 0)
        child_end(100);
    child_end(sum.count == 101 ? 0 : 101);
}

static void a_reader_follows_when_the_writer_grows_the_map(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal;
    struct rt_err err;
    int ready[2];
    int go[2];
    int status;
    char byte = 0;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_journal_create(folder, uuid, &rt_io_plain, &err));
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    pid = start_reader(folder, ready, go);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    journal = open_journal(folder, true, 1 << 20);
    for (int i = 0; i < 100; i++) {
        append(journal, 100000, 'x');
        expect_ok(err, rt_journal_commit(journal, &err));
    }
    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    rt_journal_close(journal);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(go[i]);
    }
    folder_free(folder);
}

static void a_journal_is_open_once_in_a_process(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal = begin(folder, 0);
    struct rt_journal_options options = {folder, false, uuid, 0, &rt_io_plain, false};
    struct rt_journal *other;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EINTERNAL, "is open in this process already",
                 rt_journal_open(&options, &other, &err));
    append(journal, 10, 'x');
    expect_ok(err, rt_journal_commit(journal, &err));
    rt_journal_close(journal);
    expect_ok(err, rt_journal_open(&options, &other, &err));
    rt_journal_close(other);
    folder_free(folder);
}

static void a_writer_that_was_fenced_off_commits_nothing(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal = begin(folder, 0);
    struct rt_err err;
    int status;
    pid_t pid;

    (void)state;
    append(journal, 10, 'x');
    pid = fork();
    if (pid == 0) {
        execl(program, "fence", folder, (char *)NULL);
        child_end(100);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_error(err, RT_ELOCKED, "has taken the store over", rt_journal_commit(journal, &err));
    expect_error(err, RT_ELOCKED, "has taken the store over", rt_journal_commit(journal, &err));
    assert_int_equal(rt_journal_durable(journal), 1);
    rt_journal_close(journal);
    folder_free(folder);
}

static int fail_third(void *context, const char *doing, const char *path)
{
    int *left = context;

    (void)path;
    return strcmp(doing, "committing") == 0 && --*left == 0 ? EIO : 0;
}

static void the_first_failed_commit_is_latched(void **state)
{
    char *folder = folder_new();
    int left = 3; /* fence, first commit, second commit */
    struct rt_io io = {fail_third, &left};
    struct rt_journal_options options = {folder, true, uuid, 0, &io, false};
    struct rt_event event = {0, 5, RT_EVENT_CODE, {"{}", 2}};
    struct rt_journal *journal;
    struct rt_err err;
    uint64_t fence;

    (void)state;
    expect_ok(err, rt_journal_create(folder, uuid, &rt_io_plain, &err));
    expect_ok(err, rt_journal_open(&options, &journal, &err));
    expect_ok(err, rt_journal_fence(journal, &fence, &err));
    append(journal, 10, 'x');
    expect_ok(err, rt_journal_commit(journal, &err));
    append(journal, 10, 'x');
    expect_error(err, RT_EIO, "committing", rt_journal_commit(journal, &err));
    expect_error(err, RT_EIO, "committing", rt_journal_commit(journal, &err));
    expect_error(err, RT_EIO, "committing", rt_journal_append(journal, &event, &err));
    expect_error(err, RT_EIO, "committing",
                 rt_journal_put_checkpoint(journal, 2, rt_span("c", 1), false, &err));
    rt_journal_close(journal);
    journal = open_journal(folder, false, 0);
    assert_int_equal(rt_journal_durable(journal), 2);
    rt_journal_close(journal);
    folder_free(folder);
}

static void the_newest_two_checkpoints_are_kept(void **state)
{
    char *folder = folder_new();
    struct rt_journal *journal = begin(folder, 0);
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;
    uint64_t seq = UINT64_MAX;

    (void)state;
    assert_int_equal(rt_journal_checkpoint(journal, &seq, &out, &err), 0);
    for (uint64_t at = 10; at <= 40; at += 10)
        expect_ok(err,
                  rt_journal_put_checkpoint(journal, at, rt_span(&at, sizeof at), false, &err));
    seq = UINT64_MAX;
    assert_int_equal(rt_journal_checkpoint(journal, &seq, &out, &err), 1);
    assert_int_equal(seq, 40);
    assert_int_equal(out.size, sizeof seq);
    seq = 39;
    assert_int_equal(rt_journal_checkpoint(journal, &seq, &out, &err), 1);
    assert_int_equal(seq, 30);
    seq = 29;
    assert_int_equal(rt_journal_checkpoint(journal, &seq, &out, &err), 0);
    rt_buf_clear(&out);
    rt_journal_close(journal);
    folder_free(folder);
}

/* Run as `fence FOLDER`: takes a journal over, as another process would. */
static int take_over(const char *folder)
{
    struct rt_journal_options options = {folder, true, uuid, 0, &rt_io_plain, false};
    struct rt_journal *journal;
    uint64_t fence;

    if (rt_journal_open(&options, &journal, NULL) < 0 ||
        rt_journal_fence(journal, &fence, NULL) < 0)
        return 1;
    rt_journal_close(journal);
    return fence == 2 ? 0 : 2;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_grows_when_it_is_full),
        cmocka_unit_test(events_of_a_kind_are_found_among_many),
        cmocka_unit_test(a_reader_follows_when_the_writer_grows_the_map),
        cmocka_unit_test(a_journal_is_open_once_in_a_process),
        cmocka_unit_test(a_writer_that_was_fenced_off_commits_nothing),
        cmocka_unit_test(the_first_failed_commit_is_latched),
        cmocka_unit_test(the_newest_two_checkpoints_are_kept),
    };

    program = argv[0];
    if (argc == 2)
        return take_over(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
