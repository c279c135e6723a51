/* The journal of a simulation: appended at once, durable later, cut off by a crash. */
#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdlib.h>

typedef unsigned long long number;

void disk_init(struct sim *sim)
{
    sim->state = rt_state_new();
    disk_append_text(sim, RT_EVENT_STORE,
                     "{\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\",\"format\":1}");
    disk_append_text(sim, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"s\"}");
}

void disk_clear(struct sim *sim)
{
    for (size_t i = 0; i < sim->disk.count; i++)
        rt_buf_clear(&sim->disk.events[i].body);
    free(sim->disk.events);
    rt_buf_clear(&sim->disk.checkpoint);
    rt_state_free(sim->state);
}

void disk_append_text(struct sim *sim, enum rt_event_kind kind, const char *text)
{
    disk_append(sim, kind, rt_span_text(text));
}

struct rt_event disk_event(const struct disk *disk, uint64_t seq)
{
    const struct stored_event *stored = &disk->events[seq - 1];

    return (struct rt_event){seq, stored->time_us, stored->kind, rt_buf_span(&stored->body)};
}

/* One group after the other; now and then the disk is busy with something else. */
static void start_sync(struct sim *sim)
{
    struct happening done = {.kind = HAPPENS_SYNC, .launch = sim->launch};
    uint64_t cost = world_magnitude(&sim->world, 100, 20 * MS);

    if (sim->disk.syncing || sim->disk.durable == sim->disk.count)
        return;
    if (sim->world.now_us < sim->disk.slow_until_us)
        cost += world_magnitude(&sim->world, 10 * MS, 40 * SECOND);
    sim->disk.syncing = sim->disk.count;
    sim->disk.sync_us = done.time_us = sim->world.now_us + cost;
    world_plan(&sim->world, &done);
}

uint64_t disk_append(struct sim *sim, enum rt_event_kind kind, struct rt_span body)
{
    struct disk *disk = &sim->disk;
    struct rt_event event;
    struct rt_err err;

    disk->events = rt_grow(disk->events, &disk->capacity, disk->count + 1, sizeof *disk->events);
    disk->events[disk->count] = (struct stored_event){kind, sim_wall_us(sim, 0), RT_BUF_INIT};
    rt_buf_put(&disk->events[disk->count++].body, body.data, body.size);
    event = disk_event(disk, disk->count);
    if (rt_state_apply(sim->state, &event, &err) < 0)
        world_fail(&sim->world, "the state refuses an event of kind %d: %s", kind, err.text);
    else
        oracle_event(&sim->oracle, sim->state, &event);
    start_sync(sim);
    return disk->count;
}

/* As a writer does at close: what is loaded must be what was saved. */
static void save_checkpoint(struct sim *sim)
{
    struct rt_buf again = RT_BUF_INIT;
    struct rt_state *loaded;
    struct rt_err err;

    rt_buf_reset(&sim->disk.checkpoint);
    rt_state_save(sim->state, &sim->disk.checkpoint);
    sim->disk.checkpoint_seq = sim->disk.count;
    if (rt_state_load(rt_buf_span(&sim->disk.checkpoint), &loaded, &err) < 0) {
        world_fail(&sim->world, "a checkpoint cannot be loaded: %s", err.text);
        return;
    }
    rt_state_save(loaded, &again);
    if (!rt_span_equal(rt_buf_span(&again), rt_buf_span(&sim->disk.checkpoint)))
        world_fail(&sim->world, "a checkpoint changes by being loaded and saved");
    rt_state_free(loaded);
    rt_buf_clear(&again);
}

void disk_synced(struct sim *sim)
{
    if (!sim->disk.syncing || sim->disk.sync_us != sim->world.now_us)
        return; /* of a sync that disk_commit() has overtaken */
    sim->disk.durable = sim->disk.syncing;
    sim->disk.syncing = 0;
    sim->oracle.durable = sim->disk.durable;
    if (sim->disk.durable == sim->disk.count && world_chance(&sim->world, 0.01))
        save_checkpoint(sim);
    start_sync(sim);
}

void disk_commit(struct sim *sim)
{
    sim->disk.durable = sim->disk.count;
    sim->disk.syncing = 0;
    sim->oracle.durable = sim->disk.durable;
}

static void replay(struct sim *sim, struct rt_state *state, uint64_t from, bool tell_oracle)
{
    for (uint64_t seq = from; seq <= sim->disk.count && !sim->world.failed; seq++) {
        struct rt_event event = disk_event(&sim->disk, seq);
        struct rt_err err;

        if (rt_state_apply(state, &event, &err) < 0)
            world_fail(&sim->world, "replaying after a crash: %s", err.text);
        else if (tell_oracle)
            oracle_event(&sim->oracle, state, &event);
    }
}

/* The state that a checkpoint and the events behind it add up to must be that of all events. */
static void compare_with_checkpoint(struct sim *sim)
{
    struct rt_buf full = RT_BUF_INIT;
    struct rt_buf tail = RT_BUF_INIT;
    struct rt_state *loaded;

    if (sim->disk.checkpoint_seq == 0 || sim->disk.checkpoint_seq > sim->disk.count ||
        rt_state_load(rt_buf_span(&sim->disk.checkpoint), &loaded, NULL) < 0)
        return;
    replay(sim, loaded, sim->disk.checkpoint_seq + 1, false);
    rt_state_save(loaded, &tail);
    rt_state_save(sim->state, &full);
    if (!rt_span_equal(rt_buf_span(&full), rt_buf_span(&tail)))
        world_fail(&sim->world, "checkpoint %llu and the events behind it are another state",
                   (number)sim->disk.checkpoint_seq);
    rt_state_free(loaded);
    rt_buf_clear(&full);
    rt_buf_clear(&tail);
}

void disk_crash(struct sim *sim)
{
    /* A commit that was under way may have reached the disk without anybody knowing. */
    uint64_t kept =
        sim->disk.syncing && world_chance(&sim->world, 0.5) ? sim->disk.syncing : sim->disk.durable;

    world_tell(&sim->world, "crash: %llu of %llu events are on the disk", (number)kept,
               (number)sim->disk.count);
    while (sim->disk.count > kept)
        rt_buf_clear(&sim->disk.events[--sim->disk.count].body);
    sim->disk.durable = kept;
    sim->disk.syncing = 0;
    oracle_clear(&sim->oracle);
    oracle_init(&sim->oracle, &sim->world);
    sim->oracle.retry = sim->scenario.retry;
    rt_state_free(sim->state);
    sim->state = rt_state_new();
    replay(sim, sim->state, 1, true);
    sim->oracle.durable = kept;
    if (sim->disk.checkpoint_seq > kept)
        sim->disk.checkpoint_seq = 0;
    compare_with_checkpoint(sim);
}
