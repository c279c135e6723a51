/*
 * Agents of a simulation. They keep to the rules of the real one: results
 * are kept until they are acknowledged, a silent conductor gets nothing new
 * started, STOP and FORGET give back what has not been started.
 */
#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdlib.h>

#define BEAT_US    SECOND
#define SILENCE_US (30 * SECOND)

void agents_clear(struct sim *sim)
{
    for (int rank = 0; rank < SIM_RANKS_MAX; rank++) {
        free(sim->agents[rank].queue);
        rt_handover_clear(&sim->agents[rank].handover);
        rt_buf_clear(&sim->agents[rank].reports);
        sim->agents[rank] = (struct agent){0};
    }
}

/* Only the last wake-up that was planned counts. */
static void wake_at(struct sim *sim, int rank, uint64_t time_us)
{
    struct happening wake = {
        .kind = HAPPENS_AGENT, .launch = sim->launch, .rank = rank, .time_us = time_us};

    if (sim->agents[rank].wake_us == time_us)
        return;
    sim->agents[rank].wake_us = time_us;
    world_plan(&sim->world, &wake);
}

void agents_begin(struct sim *sim)
{
    agents_clear(sim);
    for (int rank = 0; rank < (int)sim->scenario.ranks; rank++) {
        struct agent *agent = &sim->agents[rank];

        agent->alive = true;
        agent->slots = (uint32_t)world_between(&sim->world, 1, AGENT_SLOTS_MAX);
        agent->begin_us =
            sim->world.now_us + world_between(&sim->world, 0, sim->scenario.startup_us);
        agent->heard_us = sim->world.now_us;
        agent->stubborn = world_chance(&sim->world, sim->scenario.stubborn);
        rt_handover_init(&agent->handover);
        wake_at(sim, rank, agent->begin_us);
    }
}

void agent_say(struct sim *sim, int rank, const struct rt_wire *wire)
{
    struct rt_buf message = RT_BUF_INIT;

    rt_wire_put(&message, wire);
    sim_send(sim, true, rank, &message);
    if (wire->kind == RT_WIRE_RESULTS && world_chance(&sim->world, sim->scenario.duplicate))
        sim_send(sim, true, rank, &message);
    rt_buf_clear(&message);
}

/* Gives everything back that no worker has started. */
static void give_back(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_wire wire = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .count = agent->queue_count}};

    if (agent->queue_count == 0)
        return;
    wire.work.ranges = rt_calloc(agent->queue_count, sizeof *wire.work.ranges);
    for (size_t i = 0; i < agent->queue_count; i++) {
        struct queued *trial = &agent->queue[agent->queue_first + i];

        wire.work.ranges[i] =
            (struct rt_wire_range){trial->ordinal, trial->index, 1, trial->attempt};
    }
    agent->queue_count = 0;
    agent->queue_first = 0;
    agent_say(sim, rank, &wire);
    free(wire.work.ranges);
}

static void take_work(struct agent *agent, const struct rt_wire_work *work)
{
    if (agent->queue_first) {
        memmove(agent->queue, agent->queue + agent->queue_first,
                agent->queue_count * sizeof *agent->queue);
        agent->queue_first = 0;
    }
    for (size_t i = 0; i < work->count; i++) {
        const struct rt_wire_range *range = &work->ranges[i];

        agent->queue = rt_grow(agent->queue, &agent->queue_capacity,
                               agent->queue_count + (size_t)range->count, sizeof *agent->queue);
        for (uint64_t k = 0; k < range->count; k++)
            agent->queue[agent->queue_count++] =
                (struct queued){range->ordinal + k, range->index + k, range->attempt};
    }
}

static void take_stop(struct sim *sim, int rank, uint64_t grace_us)
{
    struct agent *agent = &sim->agents[rank];
    uint64_t by = sim->world.now_us + grace_us;

    if (!agent->stopping || by < agent->stop_by_us)
        agent->stop_by_us = by;
    agent->stopping = true;
    give_back(sim, rank);
}

static void take(struct sim *sim, int rank, const struct rt_wire *wire)
{
    struct agent *agent = &sim->agents[rank];

    switch (wire->kind) {
    case RT_WIRE_STUDY:
        if (agent->phase != AGENT_ASKED)
            break;
        agent->phase = AGENT_WARMING;
        agent->begin_us =
            sim->world.now_us + world_between(&sim->world, 0, sim->scenario.startup_us);
        break;
    case RT_WIRE_WORK:
        take_work(agent, &wire->work);
        if (agent->stopping || agent->phase == AGENT_FAILED)
            give_back(sim, rank);
        break;
    case RT_WIRE_ACK:
        rt_handover_ack(&agent->handover, wire->ack);
        break;
    case RT_WIRE_BEAT:
        rt_handover_ack(&agent->handover, wire->beat.acked);
        break;
    case RT_WIRE_FORGET:
        give_back(sim, rank);
        break;
    case RT_WIRE_STOP:
        if (!agent->stubborn)
            take_stop(sim, rank, wire->stop.grace_us);
        break;
    case RT_WIRE_ANSWER:
        agent_take_answer(sim, rank, &wire->answer);
        break;
    case RT_WIRE_MORE:
        if (wire->piece.offset != RT_WIRE_KEPT)
            world_fail(&sim->world, "more is wanted of what is whole");
        break;
    default:
        world_fail(&sim->world, "an agent is sent %s", rt_wire_kind_name(wire->kind));
    }
}

void agent_arrival(struct sim *sim, int rank, struct rt_span message)
{
    struct agent *agent = &sim->agents[rank];
    uint64_t now = sim->world.now_us;
    struct rt_wire wire;
    struct rt_err err;

    if (agent->phase > AGENT_ASKED && now - agent->heard_us > agent->longest_silence_us)
        agent->longest_silence_us = now - agent->heard_us;
    agent->heard_us = now;
    if (rt_wire_get(message, &wire, &err) < 0) {
        world_fail(&sim->world, "the conductor's message is wrong: %s", err.text);
        return;
    }
    world_tell(&sim->world, "rank %d takes %s", rank, rt_wire_kind_name(wire.kind));
    take(sim, rank, &wire);
    rt_wire_clear(&wire);
    agent_step(sim, rank);
}

/* The same for all attempts with this number, wherever they run. */
static enum rt_outcome outcome_of(const struct sim *sim, const struct queued *trial)
{
    static const enum rt_outcome bad[] = {RT_OUTCOME_FAILED, RT_OUTCOME_CRASHED,
                                          RT_OUTCOME_TIMEOUT};
    struct world own = {.chance = sim->world.seed ^ trial->ordinal * 1000 ^ trial->attempt};

    return world_chance(&own, sim->scenario.failing) ? bad[world_between(&own, 0, 2)]
                                                     : RT_OUTCOME_OK;
}

static void end(struct sim *sim, int rank, struct running *running, enum rt_outcome outcome)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_attempt row = {.study = 1,
                             .ordinal = running->trial.ordinal,
                             .attempt = running->trial.attempt,
                             .launch = sim->launch,
                             .rank = (uint32_t)rank,
                             .start_us =
                                 sim_wall_us(sim, rank) - (running->end_us - running->start_us),
                             .duration_us = running->end_us - running->start_us,
                             .user_us = running->reports, /* for the oracle */
                             .outcome = outcome};

    rt_handover_put(&agent->handover, &row, sim->world.now_us);
    running->busy = false;
    agent->ran++;
}

static void end_and_start(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];
    uint64_t now = sim->world.now_us;
    bool heard = rank == 0 || now - agent->heard_us < SILENCE_US;

    for (uint32_t i = 0; i < agent->slots; i++) {
        struct running *running = &agent->running[i];

        if (running->busy && running->stopped)
            end(sim, rank, running, RT_OUTCOME_PRUNED);
        else if (running->busy && now >= running->end_us)
            end(sim, rank, running, outcome_of(sim, &running->trial));
        else if (running->busy && agent->stopping && now >= agent->stop_by_us)
            end(sim, rank, running, RT_OUTCOME_LOST);
        if (running->busy || agent->queue_count == 0 || agent->phase != AGENT_UP || !heard)
            continue;
        *running =
            (struct running){.busy = true,
                             .trial = agent->queue[agent->queue_first++],
                             .start_us = now,
                             .end_us = now + world_magnitude(&sim->world, sim->scenario.short_us,
                                                             sim->scenario.long_us + 1),
                             .report_us = now};
        agent->queue_count--;
        agent_begin(sim, rank, &agent->running[i]);
    }
}

static uint32_t busy(const struct agent *agent)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < agent->slots; i++)
        count += agent->running[i].busy;
    return count;
}

static void hand_over(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];

    while (rt_handover_due(&agent->handover, sim->world.now_us, agent->queue_count == 0)) {
        struct rt_wire wire = {.kind = RT_WIRE_RESULTS};

        agent_pass_reports(sim, rank, true); /* what trials said comes before their results */
        wire.results.rows = rt_handover_close(&agent->handover, &wire.results.number);
        agent_say(sim, rank, &wire);
    }
}

static void beat(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_wire wire = {.kind = RT_WIRE_BEAT};

    if (sim->world.now_us < agent->beat_us)
        return;
    agent->beat_us = sim->world.now_us + BEAT_US;
    wire.beat.number = ++agent->beats;
    wire.beat.running = busy(agent);
    wire.beat.queued = agent->queue_count;
    agent_say(sim, rank, &wire);
}

/* From one phase to the next, as time goes by. */
static void go_on(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_wire wire = {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), agent->slots}};
    bool healthy = sim->launch > 3 || !world_chance(&sim->world, sim->scenario.bad_template);

    if (sim->world.now_us < agent->begin_us)
        return;
    if (agent->phase == AGENT_AWAY) {
        agent->phase = AGENT_ASKED;
        agent_say(sim, rank, &wire);
    } else if (agent->phase == AGENT_WARMING) {
        agent->phase = healthy ? AGENT_UP : AGENT_FAILED;
        wire = (struct rt_wire){.kind = RT_WIRE_READY,
                                .ready = {1, healthy ? 0 : RT_EUSAGE, rt_span_text("no module")}};
        agent_say(sim, rank, &wire);
        if (!healthy)
            give_back(sim, rank);
    }
}

void agent_fill(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_wire wire = {.kind = RT_WIRE_READY,
                           .ready = {1, RT_EIO, rt_span_text("the disk is full")}};

    if (!agent->alive || agent->phase != AGENT_UP || agent->frozen_until_us > sim->world.now_us)
        return;
    world_tell(&sim->world, "the disk of rank %d is full", rank);
    agent->phase = AGENT_FAILED;
    agent->full = true;
    give_back(sim, rank);
    agent_say(sim, rank, &wire);
}

static uint64_t next_step(const struct sim *sim, const struct agent *agent)
{
    uint64_t now = sim->world.now_us;
    uint64_t next = agent->beat_us;
    uint64_t wait = rt_handover_wait_us(&agent->handover, now);

    if (agent->begin_us > now && agent->begin_us < next)
        next = agent->begin_us;
    if (wait != UINT64_MAX && now + wait < next)
        next = now + wait;
    for (uint32_t i = 0; i < agent->slots; i++) {
        if (agent->running[i].busy && agent->running[i].end_us < next)
            next = agent->running[i].end_us;
        if (agent->running[i].busy && agent->running[i].report_us > now &&
            agent->running[i].report_us < next)
            next = agent->running[i].report_us;
        if (agent->running[i].busy && agent->stopping && agent->stop_by_us < next)
            next = agent->stop_by_us;
    }
    return next;
}

void agent_step(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];

    agent->wake_us = 0;
    if (!agent->alive || agent->phase == AGENT_LEFT)
        return;
    go_on(sim, rank);
    if (agent->phase == AGENT_AWAY) {
        wake_at(sim, rank, agent->begin_us);
        return;
    }
    agent_report(sim, rank);
    end_and_start(sim, rank);
    hand_over(sim, rank);
    agent_pass_reports(sim, rank, false);
    if (agent->stopping && busy(agent) == 0 && rt_handover_empty(&agent->handover)) {
        agent->phase = AGENT_LEFT;
        agent_say(sim, rank, &(struct rt_wire){.kind = RT_WIRE_BYE});
        return;
    }
    beat(sim, rank);
    wake_at(sim, rank, next_step(sim, agent));
}
