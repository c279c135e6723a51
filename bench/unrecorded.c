/*
 * A study without conductor, journal and index: its trials run in a pool of workers, with all that
 * belongs to that (frames, seeds, capture), and their results are counted and dropped.
 *
 *     unrecorded STUDY-FILE WORKERS
 *
 * prints how many microseconds of processors the trials took by themselves.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "engine/pool.h"
#include "engine/study.h"
#include "store/plan.h"

#include <stdio.h>
#include <stdlib.h>

#define AHEAD 4096 /* as engine/agent.c has it */

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "unrecorded: %s\n", err->text);
    exit(1);
}

static void wait_for_more(struct rt_pool *pool)
{
    struct pollfd fds[64];
    size_t used = rt_pool_fds(pool, fds, 64);
    uint64_t wait_us = rt_pool_wait_us(pool, rt_mono_us());

    poll(fds, used, wait_us > 1000000 ? 1000 : (int)((wait_us + 999) / 1000));
}

static uint64_t take(struct rt_span row)
{
    struct rt_reader reader = rt_reader(row);
    struct rt_attempt attempt;

    rt_attempt_get(&reader, &attempt);
    if (attempt.outcome == RT_OUTCOME_OK)
        return attempt.user_us + attempt.sys_us;
    fprintf(stderr, "unrecorded: trial %llu did not succeed: %.*s\n",
            (unsigned long long)attempt.ordinal, (int)attempt.reason.data.size,
            (const char *)attempt.reason.data.data);
    exit(1);
}

static uint64_t run(struct rt_pool *pool, uint64_t count)
{
    struct rt_span row;
    struct rt_err err;
    uint64_t given = 0;
    uint64_t ended = 0;
    uint64_t used_us = 0;

    while (ended < count) {
        check(rt_pool_ready(pool, 1, &err), &err);
        for (; given < count && rt_pool_queued(pool) < AHEAD; given++)
            rt_pool_submit(pool, 1, given + 1, given, 1);
        check(rt_pool_step(pool, rt_mono_us(), &err), &err);
        for (; rt_pool_take(pool, &row); ended++)
            used_us += take(row);
        if (ended < count)
            wait_for_more(pool);
    }
    return used_us;
}

int main(int argc, char **argv)
{
    char scratch[] = "/tmp/retrial-unrecorded-XXXXXX";
    struct rt_pool_options options = {.scratch = scratch, .launch = 1};
    struct rt_task task = {.study = 1, .study_id = "k3f9"};
    struct rt_nursery *nursery;
    struct rt_study_file study;
    struct rt_plan *plan;
    struct rt_pool *pool;
    struct rt_err err;
    char *parent;

    check(rt_nursery_fork(&nursery, &err), &err);
    if (argc != 3 || (options.slots = (uint32_t)atoi(argv[2])) < 1 || !mkdtemp(scratch)) {
        fprintf(stderr, "usage: unrecorded STUDY-FILE WORKERS\n");
        return 2;
    }
    check(rt_study_file_read(argv[1], &study, &err), &err);
    check(rt_plan_new(study.plan, &plan, &err), &err);
    parent = rt_fs_parent(study.roots[0]); /* the code is run where it is */
    check(rt_pool_new(nursery, &options, &pool, &err), &err);
    task.plan = plan;
    task.checkout = parent;
    check(rt_pool_study(pool, &task, &err), &err);
    printf("%llu\n", (unsigned long long)run(pool, rt_plan_count(plan)));
    rt_pool_free(pool);
    rt_nursery_free(nursery);
    rt_plan_free(plan);
    free(parent);
    rt_study_file_clear(&study);
    remove(scratch);
    return 0;
}
