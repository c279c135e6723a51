/*
 * A writer is killed at random moments, again and again: the store opens each
 * time, and every event that was acknowledged is there.
 */
#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"
#include "tests/story.h"

#include "store/store.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define TRIALS 20000
#define ROUNDS 40
#define BATCH  20

static _Atomic uint64_t *acknowledged; /* number of the last durable event; shared */

static void must(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "the writer: code %d: %s\n", rc, err->text);
    child_end(1);
}

static void append(struct rt_store *store, enum rt_event_kind kind, struct rt_buf *body)
{
    struct rt_err err;

    must(rt_store_append(store, kind, rt_buf_span(body), NULL, &err), &err);
    rt_buf_reset(body);
}

static void begin_study(struct rt_store *store, struct rt_buf *body)
{
    struct rt_plan *plan = story_plan(TRIALS, 1, 0);
    struct rt_err err;

    rt_buf_add(body, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    append(store, RT_EVENT_STUDY, body);
    must(
        rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL, body, &err),
        &err);
    append(store, RT_EVENT_PLAN, body);
    rt_plan_free(plan);
}

static void commit(struct rt_store *store)
{
    struct rt_err err;

    must(rt_store_commit(store, &err), &err);
    atomic_store(acknowledged, rt_store_durable(store));
}

/* Leases and records batch after batch, until it is killed. Some batches are only leased. */
static void write_on(const char *path)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_store *store;
    struct rt_err err;
    uint32_t launch;

    must(rt_store_open(path, RT_STORE_CREATE, &store, &err), &err);
    if (rt_state_studies(rt_store_state(store)) == 0)
        begin_study(store, &body);
    launch = (uint32_t)rt_state_launches(rt_store_state(store)) + 1;
    rt_buf_printf(&body, "{\"launch\":%u}", launch);
    append(store, RT_EVENT_LAUNCH, &body);
    commit(store);
    for (unsigned round = 0;; round++) {
        const struct rt_study *study = rt_state_study(rt_store_state(store), 1);
        uint64_t first = rt_study_next_waiting(study, 1);
        uint32_t attempt = first ? rt_state_trial(study, first).attempts + 1 : 0;
        uint64_t count = 1;

        if (!first)
            child_end(0);
        while (count < BATCH && rt_study_next_waiting(study, first + count) == first + count &&
               rt_state_trial(study, first + count).attempts + 1 == attempt)
            count++;
        story_lease(&body, first, count, attempt, launch, 0);
        append(store, RT_EVENT_LEASE, &body);
        commit(store);
        if (round % 4 == 3)
            continue;
        story_attempts(&body, first, count, attempt, launch, 0, RT_OUTCOME_OK, 0);
        append(store, RT_EVENT_ATTEMPTS, &body);
        commit(store);
    }
}

static void check(const char *path, uint64_t *done)
{
    struct rt_store *store;
    struct rt_state *anew;
    const struct rt_study *study;
    struct rt_err err;

    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    assert_true(rt_store_durable(store) >= atomic_load(acknowledged));
    study = rt_state_study(rt_store_state(store), 1);
    assert_true(study->done[RT_OUTCOME_OK] >= *done);
    *done = study->done[RT_OUTCOME_OK];
    expect_ok(err, rt_store_state_at(store, UINT64_MAX, &anew, &err));
    assert_int_equal(rt_state_study(anew, 1)->done[RT_OUTCOME_OK], *done);
    rt_state_free(anew);
    expect_ok(err, rt_store_close(store, &err));
}

static void every_acknowledged_event_survives_any_kill(void **state)
{
    char *folder = folder_new_in_memory();
    char *path = rt_fs_join(folder, ".retrial");
    uint64_t done = 0;
    int status;

    (void)state;
    acknowledged =
        mmap(NULL, sizeof *acknowledged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    srand(20261123);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t before = atomic_load(acknowledged);
        struct timespec moment = {0, rand() % 10000000};
        pid_t pid = fork();

        if (pid == 0)
            write_on(path);
        while (atomic_load(acknowledged) == before && waitpid(pid, &status, WNOHANG) == 0)
            nanosleep(&(struct timespec){0, 100000}, NULL);
        nanosleep(&moment, NULL);
        if (kill(pid, SIGKILL) == 0) {
            assert_int_equal(waitpid(pid, &status, 0), pid);
            assert_true(WIFSIGNALED(status) || status == 0);
        }
        check(path, &done);
    }
    assert_true(done > 0);
    munmap(acknowledged, sizeof *acknowledged);
    free(path);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_acknowledged_event_survives_any_kill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
