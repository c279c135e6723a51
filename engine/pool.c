#include "engine/pool.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/reader.h"
#include "engine/pool_own.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define END_WAIT_US 30000000u
#define FDS_SLOT    3
#define FDS_SPARE   256

/* Each worker takes a few descriptors, and the usual soft limit is low. */
static void raise_limit(uint32_t slots)
{
    rlim_t wanted = (rlim_t)slots * FDS_SLOT + FDS_SPARE;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int rt_pool_new(struct rt_nursery *nursery, const struct rt_pool_options *options,
                struct rt_pool **out, struct rt_err *err)
{
    struct rt_pool *pool;
    int bell;
    int rc;

    assert(options->slots > 0);
    if ((rc = rt_fs_mkdirs(options->scratch, err)) < 0)
        return rc;
    raise_limit(options->slots);
    bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bell < 0)
        return rt_err_errno(err, RT_EIO, "making a wake-up for the agent");
    pool = rt_calloc(1, sizeof *pool);
    pool->nursery = nursery;
    pool->options = *options;
    pool->scratch = rt_fs_absolute(options->scratch);
    pool->slots = rt_calloc(options->slots, sizeof *pool->slots);
    for (uint32_t i = 0; i < options->slots; i++)
        rt_slot_init(&pool->slots[i], i);
    pool->usable = options->slots;
    pool->bell = bell;
    pool->wake_us = UINT64_MAX;
    *out = pool;
    return 0;
}

static struct rt_brood *brood_of(const struct rt_pool *pool, uint32_t study)
{
    for (size_t i = 0; i < pool->brood_count; i++) {
        if (pool->broods[i]->study == study)
            return pool->broods[i];
    }
    return NULL;
}

static int code_root(const struct rt_task *task, char **out, struct rt_err *err)
{
    const char *root = rt_json_get_text(rt_plan_json(task->plan), "root", "");
    char *joined = rt_printf("%s/%s", task->checkout, root);

    *out = rt_fs_absolute(joined);
    free(joined);
    if (root[0] == '/' || strstr(root, "..") || !rt_fs_exists(*out)) {
        free(*out);
        return rt_err_set(err, RT_EUSAGE, "the checkout \"%s\" has no code root \"%s\"",
                          task->checkout, root);
    }
    return 0;
}

int rt_pool_study(struct rt_pool *pool, const struct rt_task *task, struct rt_err *err)
{
    struct rt_brood *brood;
    char *root;
    int rc;

    assert(!brood_of(pool, task->study));
    if ((rc = code_root(task, &root, err)) < 0)
        return rc;
    brood = rt_calloc(1, sizeof *brood);
    brood->study = task->study;
    brood->study_id = rt_strdup(task->study_id);
    brood->plan = task->plan;
    brood->root = root;
    brood->devices = task->devices ? rt_json_copy(task->devices) : NULL;
    brood->control = brood->output = -1;
    if ((rc = rt_brood_start(pool, brood, err)) < 0) {
        rt_brood_free(brood);
        return rc;
    }
    pool->broods =
        rt_grow(pool->broods, &pool->brood_capacity, pool->brood_count + 1, sizeof(void *));
    pool->broods[pool->brood_count++] = brood;
    return 0;
}

int rt_pool_ready(struct rt_pool *pool, uint32_t study, struct rt_err *err)
{
    const struct rt_brood *brood = brood_of(pool, study);

    assert(brood);
    if (brood->state == RT_BROOD_FAILED)
        return rt_err_set(err, brood->why.code, "%s", brood->why.text);
    return brood->state == RT_BROOD_UP;
}

void rt_pool_submit(struct rt_pool *pool, uint32_t study, uint64_t ordinal, uint64_t index,
                    uint32_t attempt)
{
    struct rt_brood *brood = brood_of(pool, study);

    assert(brood && attempt > 0);
    rt_backlog_push(&brood->backlog, &(struct rt_waiting){ordinal, index, attempt});
    pool->wake_us = 0;
}

uint64_t rt_pool_drop_queued(struct rt_pool *pool, rt_pool_dropped_fn *each, void *context)
{
    struct rt_waiting trial;
    uint64_t dropped = 0;

    for (uint32_t i = 0; i < pool->options.slots; i++) {
        if (pool->slots[i].state == RT_SLOT_UP)
            rt_slot_take_back(&pool->slots[i], rt_slot_push_back, pool->slots[i].brood);
    }
    for (size_t i = 0; i < pool->brood_count; i++) {
        for (; rt_backlog_pop(&pool->broods[i]->backlog, &trial); dropped++)
            each(context, pool->broods[i]->study, trial.ordinal, trial.index, trial.attempt);
    }
    return dropped;
}

void rt_pool_kill_running(struct rt_pool *pool, enum rt_outcome outcome, const char *reason)
{
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        if (pool->slots[i].state == RT_SLOT_UP && pool->slots[i].live)
            rt_slot_kill(&pool->slots[i], outcome, "%s", reason);
    }
}

uint32_t rt_pool_running(const struct rt_pool *pool)
{
    uint32_t running = 0;

    for (uint32_t i = 0; i < pool->options.slots; i++)
        running += pool->slots[i].state != RT_SLOT_EMPTY && pool->slots[i].live > 0;
    return running;
}

uint64_t rt_pool_queued(const struct rt_pool *pool)
{
    uint64_t queued = 0;

    for (size_t i = 0; i < pool->brood_count; i++)
        queued += pool->broods[i]->backlog.count;
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        if (pool->slots[i].state != RT_SLOT_EMPTY && pool->slots[i].live > 1)
            queued += pool->slots[i].live - 1;
    }
    return queued;
}

size_t rt_pool_fds(const struct rt_pool *pool, struct pollfd *fds, size_t room)
{
    size_t used = 0;

    if (room > used)
        fds[used++] = (struct pollfd){pool->bell, POLLIN, 0};
    if (room > used)
        fds[used++] = (struct pollfd){rt_nursery_fd(pool->nursery), POLLIN, 0};
    for (size_t i = 0; i < pool->brood_count && used < room; i++) {
        if (pool->broods[i]->control >= 0)
            fds[used++] = (struct pollfd){pool->broods[i]->control, POLLIN, 0};
    }
    return used;
}

uint64_t rt_pool_wait_us(const struct rt_pool *pool, uint64_t mono_us)
{
    if (pool->wake_us == UINT64_MAX)
        return UINT64_MAX;
    return pool->wake_us > mono_us ? pool->wake_us - mono_us : 0;
}

void rt_pool_put(struct rt_pool *pool, const struct rt_attempt *attempt)
{
    size_t start = pool->ended.size;
    uint32_t size;

    rt_buf_put_u32(&pool->ended, 0);
    rt_attempt_put(&pool->ended, attempt);
    size = (uint32_t)(pool->ended.size - start - sizeof size);
    memcpy(pool->ended.data + start, &size, sizeof size);
    if (pool->past_count < pool->report_count)
        rt_pool_reports_pass(pool);
}

int rt_pool_take(struct rt_pool *pool, struct rt_span *row)
{
    uint32_t size;

    if (pool->ended_at == pool->ended.size)
        return 0;
    memcpy(&size, pool->ended.data + pool->ended_at, sizeof size);
    *row = rt_span(pool->ended.data + pool->ended_at + sizeof size, size);
    pool->ended_at += sizeof size + size;
    return 1;
}

const struct rt_reads *rt_pool_reads(const struct rt_pool *pool, uint32_t study)
{
    const struct rt_brood *brood = brood_of(pool, study);

    return brood && brood->reads_known ? &brood->reads : NULL;
}

const char *rt_pool_python(const struct rt_pool *pool)
{
    return pool->python;
}

const struct rt_json *rt_pool_live(const struct rt_pool *pool)
{
    return pool->live;
}

/* Ends the templates, and waits until the nursery says that they are gone with all below. */
static void end_templates(struct rt_pool *pool)
{
    uint64_t limit = rt_mono_us() + END_WAIT_US;
    struct rt_packet packet = {.kind = RT_PACKET_END};
    struct pollfd nursery = {rt_nursery_fd(pool->nursery), POLLIN, 0};
    size_t left = 0;

    for (size_t i = 0; i < pool->brood_count; i++) {
        packet.id = pool->broods[i]->template_id;
        if (packet.id && rt_packet_send(nursery.fd, &packet, NULL) == 0)
            left++;
    }
    while (left && rt_mono_us() < limit) {
        poll(&nursery, 1, 1000);
        switch (rt_packet_receive(nursery.fd, 0, &packet, NULL)) {
        case 1:
            left -= packet.kind == RT_PACKET_ENDED;
            break;
        case 0:
            break;
        default:
            return;
        }
    }
}

void rt_pool_free(struct rt_pool *pool)
{
    struct rt_packet ended = {.kind = RT_PACKET_ENDED};

    if (!pool)
        return;
    end_templates(pool);
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        char *folder = rt_printf("%s/worker-%u", pool->scratch, i);

        if (pool->slots[i].state != RT_SLOT_EMPTY)
            rt_slot_end(pool, &pool->slots[i], &ended, rt_mono_us());
        free(pool->slots[i].given);
        rt_fs_remove(folder, NULL);
        free(folder);
    }
    for (size_t i = 0; i < pool->brood_count; i++)
        rt_brood_free(pool->broods[i]);
    free(pool->broods);
    free(pool->slots);
    free(pool->scratch);
    free(pool->python);
    rt_json_free(pool->live);
    rt_buf_clear(&pool->ended);
    rt_buf_clear(&pool->reports);
    rt_buf_clear(&pool->heard);
    close(pool->bell);
    free(pool);
}
