/*
 * The driver of a simulated study, and what the engine does for it: it proposes, cancels, prefers,
 * speaks to running trials, is told what has ended and is on disk, and has enough one day.
 */
#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdlib.h>

typedef unsigned long long number;

bool driver_open(const struct sim *sim)
{
    return sim->scenario.driven && !sim_study(sim)->finished;
}

static void think(struct sim *sim)
{
    struct happening thought = {.kind = HAPPENS_DRIVER, .launch = sim->launch};

    thought.time_us =
        sim->world.now_us + world_magnitude(&sim->world, 1, sim->scenario.thinks_us + 1);
    if (thought.time_us < sim->conductor_frozen_until_us)
        thought.time_us = sim->conductor_frozen_until_us;
    world_plan(&sim->world, &thought);
}

void driver_begin(struct sim *sim)
{
    const struct rt_study *study = sim_study(sim);

    if (!sim->scenario.driven)
        return;
    driver_check(sim);
    rt_conductor_set_open(sim->conductor, driver_open(sim));
    for (uint64_t ordinal = 1; ordinal <= study->ordinals; ordinal++) {
        int32_t priority = oracle_priority(&sim->oracle, ordinal);

        if (priority && rt_state_trial(study, ordinal).status == RT_TRIAL_WAITING)
            rt_conductor_prefer(sim->conductor, ordinal, priority);
    }
    think(sim);
}

/* A trial that waits, has ended or runs; 0 if there is none. */
static uint64_t any_trial(struct sim *sim, bool waiting)
{
    const struct rt_study *study = sim_study(sim);
    uint64_t ordinal = study->ordinals ? world_between(&sim->world, 1, study->ordinals) : 0;

    return ordinal && waiting ? rt_study_next_waiting(study, ordinal) : ordinal;
}

static void propose(struct sim *sim)
{
    const struct rt_study *study = sim_study(sim);
    uint64_t planned = study->planned;
    uint64_t open = planned - sim_decided(sim);
    uint64_t room = open < sim->scenario.in_flight ? sim->scenario.in_flight - open : 0;
    struct rt_buf body = RT_BUF_INIT;

    room = room < sim->driver.limit - planned ? room : sim->driver.limit - planned;
    if (room == 0)
        return;
    room = world_between(&sim->world, 1, room);
    rt_buf_printf(&body, "{\"launch\":%u,\"point\":%llu,\"study\":1,\"trials\":[", sim->launch,
                  (number)planned);
    for (uint64_t i = 0; i < room; i++) {
        rt_buf_printf(&body, "%s{\"id\":%llu,\"params\":{\"x\":%llu},\"replicate\":%u",
                      i ? "," : "", (number)(planned + i), (number)world_between(&sim->world, 0, 9),
                      (unsigned)world_between(&sim->world, 1, 3));
        if (world_chance(&sim->world, sim->scenario.preferring))
            rt_buf_printf(&body, ",\"priority\":%d", (int)world_between(&sim->world, 0, 4) - 2);
        rt_buf_add(&body, "}");
    }
    rt_buf_add(&body, "]}");
    disk_append(sim, RT_EVENT_PROPOSE, rt_buf_span(&body));
    for (uint64_t ordinal = study->ordinals - room + 1; ordinal <= study->ordinals; ordinal++) {
        if (oracle_priority(&sim->oracle, ordinal))
            rt_conductor_prefer(sim->conductor, ordinal, oracle_priority(&sim->oracle, ordinal));
    }
    rt_buf_clear(&body);
}

static void cancel(struct sim *sim)
{
    uint64_t ordinal = any_trial(sim, true);
    char *body = rt_printf("{\"ids\":[],\"launch\":%u,\"study\":1,\"trials\":[%llu]}", sim->launch,
                           (number)ordinal);

    if (ordinal)
        disk_append_text(sim, RT_EVENT_CANCEL, body);
    free(body);
}

static void prefer(struct sim *sim)
{
    uint64_t ordinal = any_trial(sim, true);
    int priority = (int)world_between(&sim->world, 0, 6) - 3;
    char *body = rt_printf("{\"ids\":[%llu],\"launch\":%u,\"priority\":%d,\"study\":1,"
                           "\"what\":\"priority\"}",
                           (number)ordinal, sim->launch, priority);

    if (ordinal) {
        disk_append_text(sim, RT_EVENT_DRIVER, body);
        rt_conductor_prefer(sim->conductor, ordinal, priority);
    }
    free(body);
}

/* Whatever has become of it, and with its leave or without. */
static void speak(struct sim *sim)
{
    struct rt_tell tell = {.ordinal = any_trial(sim, false), .by = "driver"};
    struct rt_json *params = rt_json_new_object();

    rt_json_set_int(params, "x", 1);
    if (world_chance(&sim->world, 0.5))
        tell.stop = "it is enough";
    else
        tell.params = params;
    launch_input(sim, &(struct rt_input){.kind = RT_INPUT_TELL, .tell = &tell});
    rt_json_free(params);
}

/* What it has been told stays so, whatever dies. */
void driver_check(struct sim *sim)
{
    const struct rt_study *study = sim_study(sim);

    for (uint64_t ordinal = 1; ordinal < sim->driver.capacity; ordinal++) {
        enum rt_outcome told = sim->driver.told[ordinal];
        struct rt_trial is = {0};

        if (ordinal <= study->ordinals)
            is = rt_state_trial(study, ordinal);
        if ((told == RT_OUTCOME_OK || told == RT_OUTCOME_PRUNED || told == RT_OUTCOME_SKIPPED) &&
            (is.status != RT_TRIAL_DONE || is.outcome != told))
            world_fail(&sim->world, "the driver was told that trial %llu is %s, but now it is %s",
                       (number)ordinal, rt_outcome_name(told), rt_outcome_name(is.outcome));
    }
}

static void tell(struct sim *sim, uint64_t ordinal)
{
    size_t before = sim->driver.capacity;

    sim->driver.told = rt_grow(sim->driver.told, &sim->driver.capacity, (size_t)ordinal + 1,
                               sizeof *sim->driver.told);
    for (size_t i = before; i < sim->driver.capacity; i++)
        sim->driver.told[i] = RT_OUTCOME_NONE;
    sim->driver.told[ordinal] = rt_state_trial(sim_study(sim), ordinal).outcome;
}

/* Outcomes that are on disk. */
static void tell_all(struct sim *sim)
{
    const struct rt_study *study = sim_study(sim);

    for (uint64_t ordinal = 1; ordinal <= study->ordinals; ordinal++) {
        if (rt_state_trial(study, ordinal).status == RT_TRIAL_DONE &&
            oracle_decided(&sim->oracle, ordinal) <= sim->disk.durable)
            tell(sim, ordinal);
    }
}

/* With what it wanted, or before. */
static void perhaps_finish(struct sim *sim)
{
    char *body;

    if (sim_study(sim)->planned < sim->driver.limit && !world_chance(&sim->world, 0.001))
        return;
    body = rt_printf("{\"launch\":%u,\"study\":1,\"value\":null,\"what\":\"finish\"}", sim->launch);
    disk_append_text(sim, RT_EVENT_DRIVER, body);
    free(body);
}

/* One that finishes wakes the conductor, as any word of it does. */
void driver_step(struct sim *sim)
{
    struct rt_progress progress;

    if (sim->world.now_us < sim->conductor_frozen_until_us) {
        think(sim);
        return;
    }
    rt_conductor_progress(sim->conductor, &progress);
    if (progress.stopping || sim->finished || !driver_open(sim))
        return;
    tell_all(sim);
    if (world_chance(&sim->world, sim->scenario.cancelling))
        cancel(sim);
    if (world_chance(&sim->world, sim->scenario.preferring))
        prefer(sim);
    if (world_chance(&sim->world, sim->scenario.telling))
        speak(sim);
    propose(sim);
    perhaps_finish(sim);
    launch_wake(sim);
    think(sim);
}
