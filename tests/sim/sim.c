/*
 * sim --seeds 1-1000     runs seeds, one after the other; a failure is printed and ends it
 * sim --seed 17 --trace  shows what happens in one
 */
#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>

#define HAPPENINGS_MAX 20000000u
#define TIME_MAX       (UINT64_C(200) * 3600 * SECOND)

typedef unsigned long long number;

const struct rt_study *sim_study(const struct sim *sim)
{
    return rt_state_study(sim->state, 1);
}

uint64_t sim_decided(const struct sim *sim)
{
    uint64_t sum = 0;

    for (int i = 0; i < RT_OUTCOMES; i++)
        sum += sim_study(sim)->done[i];
    return sum;
}

static uint64_t latency(struct sim *sim, int rank)
{
    if (rank == 0)
        return world_between(&sim->world, 0, 10);
    if (sim->world.now_us < sim->slow_network_until_us && world_chance(&sim->world, 0.2))
        return world_magnitude(&sim->world, MS, 60 * SECOND);
    return world_between(&sim->world, 1, sim->scenario.latency_us);
}

void sim_send(struct sim *sim, bool up, int rank, const struct rt_buf *message)
{
    struct happening arrival = {
        .kind = HAPPENS_ARRIVAL, .launch = sim->launch, .rank = rank, .up = up};
    uint64_t *last = &sim->last_arrival_us[up][rank];

    arrival.time_us = sim->world.now_us + latency(sim, rank);
    if (arrival.time_us < *last)
        arrival.time_us = *last;
    *last = arrival.time_us;
    rt_buf_put(&arrival.bytes, message->data, message->size);
    world_plan(&sim->world, &arrival);
}

static void arrive(struct sim *sim, struct happening *happening)
{
    struct agent *agent = &sim->agents[happening->rank];

    if (!agent->alive && (!happening->up || sim->world.now_us > agent->mute_us))
        return;
    if (happening->up)
        launch_arrival(sim, happening->rank, &happening->bytes);
    else
        agent_arrival(sim, happening->rank, rt_buf_span(&happening->bytes));
}

/* What happens to a frozen agent happens when it thaws, in the same order. */
static bool is_put_off(struct sim *sim, struct happening *happening)
{
    const struct agent *agent = &sim->agents[happening->rank];
    bool for_agent =
        happening->kind == HAPPENS_AGENT || (happening->kind == HAPPENS_ARRIVAL && !happening->up);

    if (!for_agent || !agent->alive || sim->world.now_us >= agent->frozen_until_us)
        return false;
    happening->time_us = agent->frozen_until_us;
    if (happening->kind == HAPPENS_AGENT)
        sim->agents[happening->rank].wake_us = happening->time_us;
    world_plan(&sim->world, happening);
    happening->bytes = (struct rt_buf)RT_BUF_INIT;
    return true;
}

static void happen(struct sim *sim, struct happening *happening)
{
    if (happening->kind != HAPPENS_FAULT && happening->launch != sim->launch)
        return;
    if (happening->kind == HAPPENS_AGENT &&
        happening->time_us != sim->agents[happening->rank].wake_us)
        return;
    if (is_put_off(sim, happening))
        return;
    switch (happening->kind) {
    case HAPPENS_ARRIVAL:
        arrive(sim, happening);
        break;
    case HAPPENS_AGENT:
        agent_step(sim, happening->rank);
        break;
    case HAPPENS_CONDUCTOR:
        if (happening->time_us == sim->wake_us)
            launch_wake(sim);
        break;
    case HAPPENS_SYNC:
        disk_synced(sim);
        launch_wake(sim);
        break;
    case HAPPENS_DRIVER:
        driver_step(sim);
        break;
    case HAPPENS_FAULT:
        fault_happen(sim, (enum fault)happening->fault);
        break;
    }
}

static void plan_study(struct sim *sim)
{
    char *text = scenario_plan(&sim->scenario);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_json *json = NULL;
    struct rt_plan *plan = NULL;
    struct rt_err err;

    if (rt_json_parse(rt_span_text(text), &json, &err) < 0 || rt_plan_new(json, &plan, &err) < 0 ||
        rt_state_plan_event(sim_study(sim), plan, NULL, NULL, &body, &err) < 0)
        world_fail(&sim->world, "the plan of the simulation is wrong: %s", err.text);
    else
        disk_append(sim, RT_EVENT_PLAN, rt_buf_span(&body));
    rt_plan_free(plan);
    rt_json_free(json);
    rt_buf_clear(&body);
    free(text);
}

/* If nothing went wrong then nothing may be lost, and nobody may have been waited for in vain. */
static void check_quiet(struct sim *sim)
{
    double slots = 0;
    double work = 2.0 * (double)sim_study(sim)->planned * (1 + sim->scenario.retries) *
                  (double)sim->scenario.long_us;
    double limit;

    for (unsigned rank = 0; rank < sim->scenario.ranks; rank++)
        slots += sim->agents[rank].slots;
    limit = work / slots + 2.0 * (double)sim->scenario.startup_us + 30.0 * SECOND +
            2.0 * (1 + sim->scenario.retries) * (double)sim->scenario.long_us;
    if (sim->oracle.lost)
        world_fail(&sim->world, "%llu attempts were lost, but nothing went wrong",
                   (number)sim->oracle.lost);
    if (sim->launch > 1)
        world_fail(&sim->world, "it took %u launches, but nothing went wrong", sim->launch);
    /* Ranks that come up late have to be told, too. */
    if (sim->world.now_us > sim->decided_us + 5 * SECOND &&
        sim->world.now_us > 2 * sim->scenario.startup_us + 5 * SECOND)
        world_fail(&sim->world, "the launch went on for %llu ms after the last trial",
                   (number)((sim->world.now_us - sim->decided_us) / MS));
    for (unsigned rank = 1; rank < sim->scenario.ranks; rank++) {
        if (sim->agents[rank].longest_silence_us > 5 * SECOND)
            world_fail(&sim->world, "rank %u heard nothing for %llu ms", rank,
                       (number)(sim->agents[rank].longest_silence_us / MS));
    }
    if (!sim->scenario.driven && (double)sim->world.now_us > limit)
        world_fail(&sim->world, "%.1f s is too long for this study; it should be under %.1f s",
                   (double)sim->world.now_us / 1e6, limit / 1e6);
}

uint64_t sim_wall_us(const struct sim *sim, int rank)
{
    return sim->wall_us[rank] + sim->world.now_us;
}

static bool only(const struct sim *sim, unsigned faults)
{
    faults |= 1u << FAULT_CLOCK; /* never does any harm */
    return (sim->scenario.faults & ~faults) == 0;
}

/* Whose agent lives and can be heard is neither lost nor left waiting. */
static void check_agents(struct sim *sim)
{
    uint64_t now = sim->world.now_us;

    if (only(sim, 1u << FAULT_CONDUCTOR_FREEZES | 1u << FAULT_CONDUCTOR_DIES |
                      1u << FAULT_SLOW_DISK | 1u << FAULT_NEW_PLAN) &&
        sim->scenario.stubborn == 0 && sim->oracle.lost)
        world_fail(&sim->world, "%llu attempts were lost, but all agents live",
                   (number)sim->oracle.lost);
    if (!only(sim, 1u << FAULT_AGENT_DIES | 1u << FAULT_AGENT_FREEZES | 1u << FAULT_STOP |
                       1u << FAULT_CONFUSION | 1u << FAULT_CONDUCTOR_DIES | 1u << FAULT_NEW_PLAN |
                       1u << FAULT_AGENT_FULL))
        return;
    for (unsigned rank = 0; rank < sim->scenario.ranks; rank++) {
        const struct agent *agent = &sim->agents[rank];

        if (agent->alive && !agent->confused && !agent->stubborn && agent->phase != AGENT_LEFT &&
            agent->phase != AGENT_AWAY && now > agent->frozen_until_us + 45 * SECOND)
            world_fail(&sim->world, "rank %u could not leave: %zu results are not acknowledged",
                       rank, agent->handover.count);
    }
}

static void end_launch(struct sim *sim)
{
    const struct rt_study *study = sim_study(sim);
    bool complete = sim_decided(sim) == study->planned && study->leased == 0 && !driver_open(sim);

    world_tell(&sim->world, "launch %u ends: %llu of %llu trials are decided", sim->launch,
               (number)sim_decided(sim), (number)study->planned);
    oracle_compare(&sim->oracle, sim->state);
    driver_check(sim);
    if (only(sim, 0) && sim->scenario.bad_template == 0 && sim->scenario.stubborn == 0)
        check_quiet(sim);
    check_agents(sim);
    launch_abandon(sim);
    if (complete && !sim->new_plan) {
        sim->complete = true;
        return;
    }
    if (sim->new_plan) {
        scenario_change(&sim->scenario, &sim->world);
        plan_study(sim);
        sim->new_plan = false;
    }
    launch_begin(sim);
}

static void run(struct sim *sim)
{
    struct happening happening;

    for (uint64_t count = 0; !sim->complete && !sim->world.failed; count++) {
        if (!world_next(&sim->world, &happening) || sim->world.now_us > TIME_MAX ||
            count > HAPPENINGS_MAX) {
            world_fail(&sim->world, "it does not come to an end: %llu of %llu trials are decided",
                       (number)sim_decided(sim), (number)sim_study(sim)->planned);
            break;
        }
        happen(sim, &happening);
        rt_buf_clear(&happening.bytes);
        if (sim->finished && !sim->world.failed)
            end_launch(sim);
    }
}

/* 0, or 1 after a failure. */
static int run_seed(uint64_t seed, bool trace)
{
    struct sim *sim = rt_calloc(1, sizeof *sim);
    int failed;

    world_init(&sim->world, seed, trace);
    scenario_draw(&sim->scenario, &sim->world);
    sim->driver.limit = (uint64_t)sim->scenario.levels * sim->scenario.replicates;
    oracle_init(&sim->oracle, &sim->world);
    disk_init(sim);
    for (int rank = 0; rank < SIM_RANKS_MAX; rank++)
        sim->wall_us[rank] = 1800000000 * SECOND;
    plan_study(sim);
    launch_begin(sim);
    faults_plan(sim);
    run(sim);
    failed = sim->world.failed;
    if (failed)
        printf("seed %llu, after %.6f s: %s\nlook at it with: sim --seed %llu --trace\n",
               (number)seed, (double)sim->world.now_us / 1e6, sim->world.why, (number)seed);
    launch_abandon(sim);
    agents_clear(sim);
    free(sim->inbox);
    free(sim->driver.told);
    disk_clear(sim);
    oracle_clear(&sim->oracle);
    world_clear(&sim->world);
    free(sim);
    return failed;
}

static int usage(void)
{
    fprintf(stderr, "usage: sim --seed N [--trace] | --seeds FIRST-LAST\n");
    return 2;
}

int main(int argc, char **argv)
{
    bool trace = argc > 3 && strcmp(argv[3], "--trace") == 0;
    number first;
    number last;

    if (argc < 3)
        return usage();
    if (strcmp(argv[1], "--seed") == 0 && sscanf(argv[2], "%llu", &first) == 1)
        last = first;
    else if (strcmp(argv[1], "--seeds") != 0 || sscanf(argv[2], "%llu-%llu", &first, &last) != 2)
        return usage();
    for (number seed = first; seed <= last; seed++) {
        if (run_seed(seed, trace))
            return 1;
    }
    printf("%llu seeds, no failure\n", last - first + 1);
    return 0;
}
