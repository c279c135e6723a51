/*
 * Each change that a small store makes to the disk fails in turn, or ends the
 * process; and the disk is full at each page. Opened again, the store must
 * hold all that it said was durable.
 */
#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/store_io.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* What the writer was told is durable; shared with the process that checks it. */
struct told {
    uint64_t seq;
    uint64_t objects;
    int failed; /* a call did, and so did all behind it */
};

/* A fault at the n-th change. */
struct plan_of_faults {
    int left;
    int number; /* errno, or 0: the process ends */
};

static int fault(void *context, const char *doing, const char *path)
{
    struct plan_of_faults *plan = context;

    (void)doing;
    (void)path;
    if (--plan->left != 0)
        return 0;
    if (plan->number == 0)
        child_end(0);
    return plan->number;
}

static struct rt_span object_text(char text[16], uint64_t number)
{
    snprintf(text, 16, "object %llu", (unsigned long long)number);
    return rt_span_text(text);
}

static int append_plan(struct rt_store *store, struct rt_err *err)
{
    struct rt_plan *plan = story_plan(100, 1, 0);
    struct rt_buf body = RT_BUF_INIT;
    int rc;

    rc = rt_store_append(store, RT_EVENT_STUDY,
                         rt_span_text("{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"), NULL, err);
    if (rc == 0)
        rc = rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL, &body,
                                 err);
    if (rc == 0)
        rc = rt_store_append(store, RT_EVENT_PLAN, rt_buf_span(&body), NULL, err);
    rt_plan_free(plan);
    rt_buf_clear(&body);
    return rc;
}

static int append_launch(struct rt_store *store, struct rt_err *err)
{
    char *text = rt_printf("{\"launch\":%zu}", rt_state_launches(rt_store_state(store)) + 1);
    int rc = rt_store_append(store, RT_EVENT_LAUNCH, rt_span_text(text), NULL, err);

    free(text);
    return rc;
}

/* Leases the next ten trials and records them; every batch has an object. */
static int run_batch(struct rt_store *store, struct told *told, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(rt_store_state(store), 1);
    uint32_t launch = (uint32_t)rt_state_launches(rt_store_state(store));
    uint64_t first = rt_study_next_waiting(study, 1);
    struct rt_trial trial = rt_state_trial(study, first);
    struct rt_buf lease = RT_BUF_INIT;
    struct rt_buf rows = RT_BUF_INIT;
    struct rt_hash hash;
    char text[16];
    int rc;

    story_lease(&lease, first, 10, trial.attempts + 1, launch, 0);
    story_attempts(&rows, first, 10, trial.attempts + 1, launch, 0, RT_OUTCOME_OK, 0);
    rc = rt_store_put_object(store, object_text(text, told->objects + 1), &hash, err);
    if (rc == 0)
        told->objects++;
    if (rc < 0 ||
        (rc = rt_store_append(store, RT_EVENT_LEASE, rt_buf_span(&lease), NULL, err)) < 0 ||
        (rc = rt_store_commit(store, err)) < 0)
        goto out;
    told->seq = rt_store_durable(store);
    if ((rc = rt_store_append(store, RT_EVENT_ATTEMPTS, rt_buf_span(&rows), NULL, err)) < 0 ||
        (rc = rt_store_commit(store, err)) < 0)
        goto out;
    told->seq = rt_store_durable(store);
out:
    rt_buf_clear(&lease);
    rt_buf_clear(&rows);
    return rc;
}

static int run_launch(const char *path, const struct rt_io *io, struct told *told,
                      struct rt_err *err)
{
    struct rt_store *store = NULL;
    struct rt_err again;
    int rc;

    if ((rc = rt_store_open_io(path, RT_STORE_CREATE, io, &store, err)) < 0)
        return rc;
    if (rt_state_studies(rt_store_state(store)) == 0)
        rc = append_plan(store, err);
    if (rc == 0)
        rc = append_launch(store, err);
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = run_batch(store, told, err);
    if (rc < 0 && (rt_store_commit(store, &again) != rc || strcmp(again.text, err->text) != 0))
        rc = RT_EINTERNAL; /* the first error was not latched */
    if (rc < 0) {
        rt_store_close(store, NULL);
        return rc;
    }
    return rt_store_close(store, err);
}

/* Two launches; ends the process with 0 if all went well, or what failed was an I/O error. */
static void write_story(const char *path, const struct rt_io *io, struct told *told)
{
    struct rt_err err = {0, ""};
    int rc = 0;

    for (int i = 0; i < 2 && rc == 0; i++)
        rc = run_launch(path, io, told, &err);
    told->failed = rc;
    if (rc != 0 && rc != RT_EIO)
        fprintf(stderr, "code %d: %s\n", rc, err.text);
    child_end(rc == 0 || rc == RT_EIO ? 0 : 1);
}

static void check_objects(struct rt_store *store, uint64_t count)
{
    for (uint64_t i = 1; i <= count; i++) {
        struct rt_buf bytes = RT_BUF_INIT;
        struct rt_hash hash;
        struct rt_err err;
        char text[16];

        hash = rt_hash(object_text(text, i));
        expect_ok(err, rt_store_get_object(store, &hash, &bytes, &err));
        rt_buf_clear(&bytes);
    }
}

/* The store holds what was told, and goes on from there. */
static void check_story(const char *path, const struct told *told)
{
    struct told more = {0, told->objects, 0};
    struct rt_store *store;
    struct rt_err err;

    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    assert_true(rt_store_durable(store) >= told->seq);
    check_objects(store, told->objects);
    expect_ok(err, rt_store_close(store, &err));
    expect_ok(err, run_launch(path, &rt_io_plain, &more, &err));
    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    assert_true(rt_state_study(rt_store_state(store), 1)->done[RT_OUTCOME_OK] >= 20);
    expect_ok(err, rt_store_close(store, &err));
}

/* Runs the story in a process of its own; false once nothing failed any more. */
static bool try_story(struct plan_of_faults faults, rlim_t file_bytes)
{
    struct told *told =
        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct rt_io io = {fault, &faults};
    char *folder = folder_new_in_memory();
    char *path = rt_fs_join(folder, ".retrial");
    bool complete;
    int status;
    pid_t pid;

    told->failed = 1; /* unless it says otherwise, it was cut off */
    pid = fork();
    if (pid == 0) {
        struct rlimit limit = {file_bytes, RLIM_INFINITY};

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        write_story(path, &io, told);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    complete = told->failed == 0;
    check_story(path, told);
    munmap(told, sizeof *told);
    free(path);
    folder_free(folder);
    return !complete;
}

static void nothing_durable_is_lost_whichever_write_fails(void **state)
{
    int at = 1;

    (void)state;
    while (try_story((struct plan_of_faults){at, at % 2 ? EIO : ENOSPC}, RLIM_INFINITY))
        at++;
    print_message("%d changes of the disk\n", at - 1);
    assert_true(at > 40);
}

static void nothing_durable_is_lost_wherever_the_process_ends(void **state)
{
    int at = 1;

    (void)state;
    while (try_story((struct plan_of_faults){at, 0}, RLIM_INFINITY))
        at++;
    assert_true(at > 40);
}

static void nothing_durable_is_lost_wherever_the_disk_is_full(void **state)
{
    int failures = 0;

    (void)state;
    for (rlim_t bytes = 0; bytes < 40 * 4096; bytes += 2048)
        failures += try_story((struct plan_of_faults){-1, 0}, bytes);
    assert_true(failures > 10);
    assert_false(try_story((struct plan_of_faults){-1, 0}, 1 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_durable_is_lost_whichever_write_fails),
        cmocka_unit_test(nothing_durable_is_lost_wherever_the_process_ends),
        cmocka_unit_test(nothing_durable_is_lost_wherever_the_disk_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
