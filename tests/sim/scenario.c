#include "tests/sim/sim.h"

#include "base/alloc.h"

void scenario_draw(struct scenario *scenario, struct world *world)
{
    bool quiet = world_chance(world, 0.15);

    scenario->levels = (unsigned)world_magnitude(world, 1, world_chance(world, 0.03) ? 5000 : 100);
    scenario->replicates = (unsigned)world_between(world, 1, 4);
    scenario->retries = (unsigned)world_between(world, 0, 3);
    scenario->ranks = (unsigned)world_magnitude(world, 1, SIM_RANKS_MAX + 1);
    scenario->short_us = world_magnitude(world, 10, 10 * SECOND);
    scenario->long_us = scenario->short_us * world_magnitude(world, 1, 20);
    scenario->failing = world_chance(world, 0.5) ? 0 : 0.3;
    scenario->latency_us = world_magnitude(world, 10, 20 * MS);
    scenario->letters = (unsigned)world_magnitude(world, 1, 1000);
    scenario->startup_us = world_magnitude(world, 10 * MS, 25 * SECOND);
    scenario->duplicate = quiet || world_chance(world, 0.5) ? 0 : 0.1;
    scenario->bad_template = quiet || world_chance(world, 0.8) ? 0 : 0.5;
    scenario->stubborn = quiet || world_chance(world, 0.9) ? 0 : 0.3;
    scenario->faults = quiet ? 0 : (unsigned)world_random(world) & ((1u << FAULTS) - 1);
    /* Few kinds or one alone, so that what they must not lead to can be told. */
    if (world_chance(world, 0.3))
        scenario->faults &= (unsigned)world_random(world) & (unsigned)world_random(world);
    else if (!quiet && world_chance(world, 0.4))
        scenario->faults = 1u << world_between(world, 0, FAULTS - 1);
    scenario->faults_every_us = world_magnitude(world, 200 * MS, 60 * SECOND);
    scenario->faults_until_us = world_magnitude(world, 2 * SECOND, 600 * SECOND);
    scenario->retry = world_chance(world, 0.3) ? 1u << RT_OUTCOME_FAILED : 0;
    if (world_chance(world, 0.3))
        scenario->retry |= 1u << RT_OUTCOME_LOST;
    scenario->supervised = world_chance(world, 0.5);
}

void scenario_change(struct scenario *scenario, struct world *world)
{
    scenario->levels = (unsigned)world_magnitude(world, 1, 2 * scenario->levels + 1);
    scenario->replicates = (unsigned)world_between(world, 1, 4);
    scenario->retries = (unsigned)world_between(world, 0, 3);
    scenario->ranks = (unsigned)world_magnitude(world, 1, SIM_RANKS_MAX + 1);
}

char *scenario_plan(const struct scenario *scenario)
{
    return rt_printf(
        "{\"format\":1,\"name\":\"s\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"params\":{},\"axes\":[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":%u,"
        "\"kind\":\"int\"}],\"replicates\":%u,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
        "\"limits\":{\"timeout_us\":0,\"retries\":%u,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\".\"}",
        scenario->levels, scenario->replicates, scenario->retries);
}
