/*
 * Messages that no healthy agent sends: of other launches, of attempts that
 * other agents hold, twice in one batch, of kinds that only the conductor
 * sends. They must change nothing.
 */
#include "tests/sim/sim.h"

#include "store/report.h"

static struct rt_attempt any_row(struct sim *sim, int rank)
{
    uint64_t ordinals = sim_study(sim)->ordinals;
    int other = (int)world_between(&sim->world, 0, sim->scenario.ranks - 1);
    struct rt_attempt row = {.study = 1, .launch = sim->launch, .outcome = RT_OUTCOME_OK};

    row.ordinal = world_between(&sim->world, 0, ordinals + 1);
    row.attempt = (uint32_t)world_between(&sim->world, 0, 3);
    row.rank = (uint32_t)rank;
    if (other != rank && sim->agents[other].running[0].busy && world_chance(&sim->world, 0.5)) {
        row.ordinal = sim->agents[other].running[0].trial.ordinal;
        row.attempt = sim->agents[other].running[0].trial.attempt;
    }
    return row;
}

/* Claims that nobody can tell from true ones: of what the agent holds or has held itself, and of
 * attempts that ended already, of which only the journal knows who had them. */
static bool is_plausible(struct sim *sim, const struct rt_attempt *row, int rank)
{
    const struct known_attempt *known;
    const struct known_trial *trial;

    if (row->ordinal < 1 || row->ordinal > sim->oracle.count)
        return false;
    trial = &sim->oracle.trials[row->ordinal - 1];
    if (row->attempt < 1 || row->attempt > trial->count)
        return false;
    known = &trial->attempts[row->attempt - 1];
    return known->rank == (uint32_t)rank || known->end_seq;
}

/* Goes with the agent's next results. */
static void claim_a_result(struct sim *sim, int rank)
{
    struct rt_attempt row = any_row(sim, rank);

    if (is_plausible(sim, &row, rank))
        return;
    if (world_chance(&sim->world, 0.3))
        row.rank = (uint32_t)world_between(&sim->world, 0, sim->scenario.ranks);
    if (world_chance(&sim->world, 0.2))
        row.study = (uint32_t)world_between(&sim->world, 0, 3);
    if (world_chance(&sim->world, 0.2))
        row.launch = (uint32_t)world_between(&sim->world, 0, sim->launch + 1);
    rt_handover_put(&sim->agents[rank].handover, &row, sim->world.now_us);
    if (world_chance(&sim->world, 0.5))
        rt_handover_put(&sim->agents[rank].handover, &row, sim->world.now_us);
}

static void return_a_trial(struct sim *sim, int rank)
{
    struct rt_attempt row = any_row(sim, rank);
    struct rt_wire_range range = {row.ordinal ? row.ordinal : 1, row.ordinal, 2,
                                  row.attempt ? row.attempt : 1};
    struct rt_wire wire = {.kind = RT_WIRE_RETURN,
                           .work = {.study = 1, .ranges = &range, .count = 1}};
    struct rt_buf message = RT_BUF_INIT;

    for (uint64_t k = 0; k < range.count; k++) {
        row.ordinal = range.ordinal + k;
        row.attempt = range.attempt;
        if (is_plausible(sim, &row, rank))
            return;
    }
    rt_wire_put(&message, &wire);
    sim_send(sim, true, rank, &message);
    rt_buf_clear(&message);
}

/* Of what it does not have, in a batch of the number that is next. */
static void report_a_trial(struct sim *sim, int rank)
{
    struct rt_attempt row = any_row(sim, rank);
    struct rt_report report = {
        .study = 1, .ordinal = row.ordinal, .attempt = row.attempt, .number = 1};

    struct rt_buf values = RT_BUF_INIT;

    if (is_plausible(sim, &row, rank))
        return;
    rt_report_put_value(&values, rt_span_text("v"), 0.5);
    report.count = 1;
    report.values = rt_buf_span(&values);
    rt_report_put(&sim->agents[rank].reports, &report);
    sim->agents[rank].report_count++;
    rt_buf_clear(&values);
}

static void keep_a_trial(struct sim *sim, int rank)
{
    struct rt_attempt row = any_row(sim, rank);
    struct rt_wire wire = {
        .kind = world_chance(&sim->world, 0.5) ? RT_WIRE_KEEP : RT_WIRE_WANT,
        .piece = {.ordinal = row.ordinal, .attempt = row.attempt, .name = rt_span_text("x")}};

    if (row.ordinal && row.attempt && !is_plausible(sim, &row, rank))
        agent_say(sim, rank, &wire);
}

static void say_something(struct sim *sim, int rank)
{
    const struct rt_wire wires[] = {
        {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("[1]"), 3}},
        {.kind = RT_WIRE_READY, .ready = {.study = 7}},
        {.kind = RT_WIRE_STOP},
        {.kind = RT_WIRE_FORGET},
        {.kind = RT_WIRE_ACK, .ack = 99},
        {.kind = RT_WIRE_RESULTS, .results = {1u << 30, rt_span_text("nonsense")}},
        {.kind = RT_WIRE_STUDY,
         .study = {.launch = 1, .study = 1, .id = rt_span_text("a"), .plan = rt_span_text("{}")}},
    };
    struct rt_buf message = RT_BUF_INIT;

    rt_wire_put(&message, &wires[world_between(&sim->world, 0, sizeof wires / sizeof *wires - 1)]);
    sim_send(sim, true, rank, &message);
    rt_buf_clear(&message);
}

void agent_confuse(struct sim *sim, int rank)
{
    if (!sim->agents[rank].alive || sim->agents[rank].phase != AGENT_UP)
        return;
    world_tell(&sim->world, "rank %d is confused", rank);
    sim->agents[rank].confused = true;
    sim->oracle.confused[rank] = true;
    switch (world_between(&sim->world, 0, 4)) {
    case 0:
        claim_a_result(sim, rank);
        break;
    case 1:
        return_a_trial(sim, rank);
        break;
    case 2:
        report_a_trial(sim, rank);
        break;
    case 3:
        keep_a_trial(sim, rank);
        break;
    default:
        say_something(sim, rank);
    }
}
