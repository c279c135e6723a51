/* One step of the pool: hear, judge, give. */
#include "engine/capture.h"
#include "engine/footprint.h"
#include "engine/pool_own.h"

#include <errno.h>
#include <unistd.h>

#define AHEAD_US 30000u  /* short trials are given to a worker for so long ahead */
#define SHORT_US 10000u  /* longer trials are given one by one */
#define POLL_US  4000u   /* workers with several trials tell of results together: ask so often */
#define CALM_US  8000u   /* the same if they are not many, and nobody is told of each */
#define MANY_US  500u    /* trials shorter than this are many */
#define STUCK_US 50000u  /* what waits behind so long a trial is taken back */
#define LOOK_US  100000u /* output of running trials is looked at so often */
#define STARTING 16      /* workers being forked at a time */

static int take_gone(struct rt_pool *pool, const struct rt_packet *packet, uint64_t mono_us,
                     struct rt_err *err)
{
    for (size_t i = 0; i < pool->brood_count; i++) {
        struct rt_brood *brood = pool->broods[i];

        if (brood->template_id != packet->id)
            continue;
        if (packet->kind == RT_PACKET_ENDED)
            return rt_brood_gone(pool, brood, packet->status, mono_us, err);
        if (packet->kind == RT_PACKET_STARTED && packet->pid < 0) {
            errno = (int)packet->number;
            return rt_err_errno(err, RT_EIO, "starting a template");
        }
    }
    return 0;
}

static int hear_nursery(struct rt_pool *pool, uint64_t mono_us, struct rt_err *err)
{
    struct rt_packet packet;
    int rc;

    while ((rc = rt_packet_receive(rt_nursery_fd(pool->nursery), 0, &packet, err)) == 1) {
        if ((rc = take_gone(pool, &packet, mono_us, err)) < 0)
            return rc;
    }
    return rc < 0 ? rt_err_while(err, "the process that holds the workers") : 0;
}

static void wake_by(struct rt_pool *pool, uint64_t mono_us)
{
    if (mono_us < pool->wake_us)
        pool->wake_us = mono_us;
}

static void enforce_timeout(struct rt_pool *pool, struct rt_slot *slot, uint64_t since_us,
                            uint64_t mono_us)
{
    uint64_t limit = rt_plan_timeout_us(slot->brood->plan);

    if (limit == 0 || slot->live == 0)
        return;
    if (mono_us - since_us >= limit)
        rt_slot_kill(slot, RT_OUTCOME_TIMEOUT, "killed after %.3f s; its limit is %.3f s",
                     (double)(mono_us - since_us) / 1e6, (double)limit / 1e6);
    else
        wake_by(pool, since_us + limit);
}

static void enforce_memory(struct rt_pool *pool, struct rt_slot *slot, uint64_t mono_us)
{
    uint64_t limit = rt_plan_memory_limit(slot->brood->plan);
    uint64_t used;

    if (limit == 0 || !slot->forked)
        return;
    if (mono_us >= slot->memory_us) {
        used = rt_footprint_bytes(slot->pid, limit);
        slot->memory_us = mono_us + rt_footprint_pause_us(used, limit);
        if (used > limit) {
            rt_slot_kill(slot, RT_OUTCOME_FAILED,
                         "killed with %.1f MiB of memory; its limit is %.1f MiB",
                         (double)used / 1048576, (double)limit / 1048576);
            return;
        }
    }
    wake_by(pool, slot->memory_us);
}

/* A process that is to run one trial alone, and had one. */
static bool is_spent(const struct rt_slot *slot)
{
    return rt_plan_fresh(slot->brood->plan) && slot->next > 1 && slot->live == 0;
}

/* Frees the middle of what running trials have printed. */
static void thin_output(const struct rt_slot *slot)
{
    for (int stream = 0; stream < 2; stream++) {
        uint64_t size = rt_capture_size(slot->files[stream]);
        uint64_t base = rt_ring_base(slot->ring, stream);

        if (base <= size)
            rt_capture_thin(slot->files[stream], base, size,
                            rt_plan_output_bytes(slot->brood->plan));
    }
}

static void tend_slot(struct rt_pool *pool, struct rt_slot *slot, bool look, uint64_t mono_us)
{
    uint64_t since_us;
    bool running;

    rt_slot_drain(pool, slot, mono_us);
    if (slot->state == RT_SLOT_UP && is_spent(slot))
        rt_slot_retire(slot);
    if (slot->state != RT_SLOT_UP || slot->live == 0)
        return;
    rt_slot_flush_notes(slot);
    running = rt_slot_running(slot, mono_us, &since_us);
    if (look)
        thin_output(slot);
    if (running && slot->live > 1 && mono_us - since_us > STUCK_US) {
        rt_slot_take_back(slot, rt_slot_push_back, slot->brood);
        slot->brood->mean_us = (double)(mono_us - since_us);
    }
    if (slot->state == RT_SLOT_UP)
        enforce_timeout(pool, slot, running ? since_us : slot->quiet_us, mono_us);
    if (slot->state == RT_SLOT_UP)
        enforce_memory(pool, slot, mono_us);
}

static void tend_slots(struct rt_pool *pool, uint64_t mono_us)
{
    bool look = mono_us >= pool->look_us;

    if (look)
        pool->look_us = mono_us + LOOK_US;
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        if (pool->slots[i].state != RT_SLOT_EMPTY)
            tend_slot(pool, &pool->slots[i], look, mono_us);
    }
}

/* How many trials a worker of this study is to have. */
static uint32_t share(const struct rt_pool *pool, const struct rt_brood *brood)
{
    uint64_t even = brood->backlog.count / pool->usable + 1;
    double ahead = AHEAD_US / (brood->mean_us > 0 ? brood->mean_us : SHORT_US);

    if (brood->mean_us <= 0 || brood->mean_us >= SHORT_US || rt_plan_fresh(brood->plan))
        return 1;
    if (ahead < 2)
        ahead = 2;
    return (uint32_t)(ahead < (double)even ? ahead : (double)even);
}

/* Gives each worker of the study trials up to its share. */
static void give_trials(struct rt_pool *pool, struct rt_brood *brood, uint32_t upto,
                        uint64_t mono_us)
{
    struct rt_waiting trial;

    for (uint32_t i = 0; i < pool->options.slots && brood->backlog.count; i++) {
        struct rt_slot *slot = &pool->slots[i];
        bool any = false;

        if (slot->state != RT_SLOT_UP || slot->brood != brood || is_spent(slot))
            continue;
        while (slot->live < upto && rt_backlog_pop(&brood->backlog, &trial)) {
            if (!rt_slot_give(slot, &trial, mono_us)) {
                rt_backlog_push_front(&brood->backlog, &trial);
                break;
            }
            any = true;
        }
        if (any)
            rt_slot_wake(slot);
        else if (slot->live == 0)
            rt_slot_retire(slot); /* it has run as many trials as its numbers allow */
    }
}

static uint32_t count_occupied(const struct rt_pool *pool)
{
    uint32_t occupied = 0;

    for (uint32_t i = 0; i < pool->options.slots; i++)
        occupied += pool->slots[i].state != RT_SLOT_EMPTY;
    return occupied;
}

static int start_workers(struct rt_pool *pool, struct rt_brood *brood, uint64_t mono_us,
                         struct rt_err *err)
{
    uint32_t occupied = count_occupied(pool);
    uint64_t wanted = brood->backlog.count;
    int rc = 0;

    for (uint32_t i = 0; i < pool->options.slots && rc == 0; i++) {
        struct rt_slot *slot = &pool->slots[i];

        if (wanted == 0 || occupied >= pool->usable || brood->starting >= STARTING)
            break;
        if (slot->state != RT_SLOT_EMPTY)
            continue;
        rc = rt_slot_open(pool, slot, brood, mono_us, err);
        wanted--;
        occupied += rc == 0;
    }
    if (rc == RT_EPEER)
        return 0; /* its template is dying, which we will hear of */
    if (rc < 0 && occupied) {
        pool->usable = occupied; /* so many are possible here */
        return 0;
    }
    return rc;
}

/* Makes room for a study by ending an idle worker of another one. */
static void retire_one(struct rt_pool *pool, const struct rt_brood *brood)
{
    if (count_occupied(pool) < pool->usable)
        return;
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot *slot = &pool->slots[i];

        if (slot->state == RT_SLOT_UP && slot->live == 0 && slot->brood != brood &&
            slot->brood->backlog.count == 0) {
            rt_slot_retire(slot);
            return;
        }
    }
}

static int dispatch(struct rt_pool *pool, uint64_t mono_us, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < pool->brood_count && rc == 0; i++) {
        struct rt_brood *brood = pool->broods[i];

        if (brood->state != RT_BROOD_UP || brood->control < 0 || brood->backlog.count == 0)
            continue;
        give_trials(pool, brood, 1, mono_us);
        if (brood->backlog.count == 0)
            continue;
        if ((rc = start_workers(pool, brood, mono_us, err)) < 0)
            break;
        retire_one(pool, brood);
        give_trials(pool, brood, 1, mono_us);
        give_trials(pool, brood, share(pool, brood), mono_us);
    }
    return rc;
}

/* When to look at a worker without its bell, which it rings before it runs out of trials. */
static uint64_t look_at_us(const struct rt_pool *pool, const struct rt_slot *slot, uint64_t mono_us)
{
    const struct rt_brood *brood = slot->brood;

    if (slot->live <= 1)
        return pool->look_us;
    return mono_us + (brood->mean_us < MANY_US || rt_plan_driven(brood->plan) ? POLL_US : CALM_US);
}

/* Asks busy workers to ring the bell, and notes when to look at them without it. */
static void arm(struct rt_pool *pool, uint64_t mono_us)
{
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot *slot = &pool->slots[i];

        if (slot->state == RT_SLOT_EMPTY || slot->live == 0)
            continue;
        wake_by(pool, look_at_us(pool, slot, mono_us));
        if (!rt_ring_sleep(slot->ring, RT_RING_INPUT))
            wake_by(pool, 0);
    }
}

int rt_pool_step(struct rt_pool *pool, uint64_t mono_us, struct rt_err *err)
{
    uint64_t rings;
    int rc;

    if (pool->ended_at == pool->ended.size) {
        rt_buf_reset(&pool->ended);
        pool->ended_at = 0;
    }
    if (read(pool->bell, &rings, sizeof rings) < 0 && errno != EAGAIN && errno != EINTR)
        return rt_err_errno(err, RT_EIO, "listening to workers");
    pool->wake_us = UINT64_MAX;
    tend_slots(pool, mono_us);
    for (size_t i = 0; i < pool->brood_count; i++) {
        if ((rc = rt_brood_step(pool, pool->broods[i], mono_us, err)) < 0)
            return rc;
    }
    if ((rc = hear_nursery(pool, mono_us, err)) < 0 || (rc = dispatch(pool, mono_us, err)) < 0)
        return rc;
    arm(pool, mono_us);
    return 0;
}
