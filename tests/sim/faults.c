/* What goes wrong. */
#include "tests/sim/sim.h"

typedef unsigned long long number;

#define LAUNCHES_WITH_FAULTS 8

void faults_plan(struct sim *sim)
{
    uint64_t gap = sim->scenario.faults_every_us;
    struct happening fault = {.kind = HAPPENS_FAULT};

    fault.time_us = sim->world.now_us + world_between(&sim->world, gap / 2, 2 * gap);
    fault.fault = (int)world_between(&sim->world, 0, FAULTS - 1);
    if (fault.time_us < sim->scenario.faults_until_us && sim->launch <= LAUNCHES_WITH_FAULTS)
        world_plan(&sim->world, &fault);
}

/* Any but rank 0, whose agent lives in the conductor's process; 0 if there is none. */
static int victim(struct sim *sim)
{
    int rank = (int)world_between(&sim->world, 0, sim->scenario.ranks - 1);

    return sim->agents[rank].alive && sim->agents[rank].phase != AGENT_LEFT ? rank : 0;
}

static void kill_agent(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];

    world_tell(&sim->world, "rank %d dies", rank);
    agent->alive = false;
    agent->mute_us = sim->world.now_us + world_magnitude(&sim->world, 1, 10 * MS);
    if (world_chance(&sim->world, 0.3))
        launch_input(sim, &(struct rt_input){.kind = RT_INPUT_GONE, .rank = rank});
}

static void freeze_agent(struct sim *sim, int rank)
{
    uint64_t length = world_magnitude(&sim->world, SECOND, 200 * SECOND);

    world_tell(&sim->world, "rank %d freezes for %llu s", rank, (number)(length / SECOND));
    if (sim->world.now_us + length > sim->agents[rank].frozen_until_us)
        sim->agents[rank].frozen_until_us = sim->world.now_us + length;
}

/* With it rank 0's own agent, which is in the same process. */
static void freeze_conductor(struct sim *sim)
{
    uint64_t length = world_magnitude(&sim->world, 100 * MS, 200 * SECOND);

    world_tell(&sim->world, "the conductor freezes for %llu s", (number)(length / SECOND));
    if (sim->world.now_us + length > sim->conductor_frozen_until_us)
        sim->conductor_frozen_until_us = sim->world.now_us + length;
    sim->agents[0].frozen_until_us = sim->conductor_frozen_until_us;
}

static void kill_conductor(struct sim *sim)
{
    sim->crashes++;
    launch_abandon(sim);
    disk_crash(sim);
    launch_begin(sim);
}

#define YEAR (31557600 * SECOND)

/* By hours or by decades, forward or back. */
static void move_clock(struct sim *sim, int rank)
{
    uint64_t by = world_magnitude(&sim->world, SECOND, 30 * YEAR);
    bool back = world_chance(&sim->world, 0.5) && sim->wall_us[rank] > by + YEAR;

    world_tell(&sim->world, "the clock of rank %d jumps %llu s %s", rank, (number)(by / SECOND),
               back ? "back" : "ahead");
    sim->wall_us[rank] += back ? -by : by;
}

static void carry_out(struct sim *sim, enum fault fault)
{
    uint64_t until = sim->world.now_us + world_magnitude(&sim->world, SECOND, 60 * SECOND);
    int rank = victim(sim);

    switch (fault) {
    case FAULT_AGENT_DIES:
        if (rank)
            kill_agent(sim, rank);
        break;
    case FAULT_AGENT_FREEZES:
        if (rank)
            freeze_agent(sim, rank);
        break;
    case FAULT_CONDUCTOR_FREEZES:
        freeze_conductor(sim);
        break;
    case FAULT_CONDUCTOR_DIES:
        kill_conductor(sim);
        break;
    case FAULT_STOP:
        world_tell(&sim->world, "somebody asks to stop");
        launch_input(sim, &(struct rt_input){.kind = RT_INPUT_STOP});
        break;
    case FAULT_SLOW_DISK:
        sim->disk.slow_until_us = until;
        break;
    case FAULT_SLOW_NETWORK:
        sim->slow_network_until_us = until;
        break;
    case FAULT_AGENT_FULL:
        agent_fill(sim, rank);
        break;
    case FAULT_CONFUSION:
        agent_confuse(sim, rank);
        break;
    case FAULT_NEW_PLAN:
        sim->new_plan = true;
        break;
    case FAULT_CLOCK:
        move_clock(sim, (int)world_between(&sim->world, 0, sim->scenario.ranks - 1));
        break;
    case FAULTS:
        break;
    }
}

void fault_happen(struct sim *sim, enum fault fault)
{
    if (sim->scenario.faults >> fault & 1)
        carry_out(sim, fault);
    faults_plan(sim);
}
