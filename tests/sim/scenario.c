#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdlib.h>

static void draw_driver(struct scenario *scenario, struct world *world)
{
    scenario->driven = world_chance(world, 0.5);
    if (!scenario->driven)
        return;
    scenario->levels = scenario->levels > 200 ? 200 : scenario->levels;
    scenario->in_flight = (unsigned)world_magnitude(world, 1, 200);
    scenario->thinks_us = world_magnitude(world, 10, 10 * SECOND);
    scenario->cancelling = world_chance(world, 0.5) ? 0 : 0.2;
    scenario->preferring = world_chance(world, 0.5) ? 0 : 0.5;
    scenario->telling = world_chance(world, 0.5) ? 0 : 0.3;
}

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
    draw_driver(scenario, world);
    if (world_chance(world, 0.5))
        scenario->reports = (unsigned)world_magnitude(world, 1, 30);
    scenario->pruning = scenario->reports && world_chance(world, 0.5);
    scenario->keeping = world_chance(world, 0.5) ? 0.2 : 0;
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
    char *points = scenario->driven
                       ? rt_strdup("\"axes\":[],\"replicates\":1,\"driver\":{\"kind\":\"command\","
                                   "\"argv\":[\"true\"],\"resume\":\"replay\",\"silence_us\":1}")
                       : rt_printf("\"axes\":[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\","
                                   "\"count\":%u,\"kind\":\"int\"}],\"replicates\":%u",
                                   scenario->levels, scenario->replicates);
    char *plan = rt_printf(
        "{\"format\":6,\"name\":\"s\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"params\":{},%s,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,%s"
        "\"limits\":{\"timeout_us\":0,\"retries\":%u,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\".\"}",
        points,
        scenario->pruning ? "\"pruning\":{\"rules\":[{\"rule\":\"median\",\"metric\":\"v\","
                            "\"goal\":\"minimize\",\"after\":3},{\"rule\":\"asha\",\"metric\":"
                            "\"v\",\"goal\":\"minimize\",\"factor\":3}]},"
                          : "",
        scenario->retries);

    free(points);
    return plan;
}
