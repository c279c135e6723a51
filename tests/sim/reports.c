/* What running trials of a simulation report, keep and are told. */
#include "tests/sim/sim.h"

#include "store/report.h"

#include <string.h>

static void keep(struct sim *sim, int rank, const struct running *running)
{
    struct rt_wire wire = {.kind = RT_WIRE_KEEP,
                           .piece = {.ordinal = running->trial.ordinal,
                                     .attempt = running->trial.attempt,
                                     .step = running->reports,
                                     .name = rt_span_text("last.pt")}};

    agent_say(sim, rank, &wire);
}

/* A further attempt goes on from what an earlier one has kept. */
void agent_begin(struct sim *sim, int rank, const struct running *running)
{
    struct rt_wire wire = {
        .kind = RT_WIRE_WANT,
        .piece = {.ordinal = running->trial.ordinal, .attempt = running->trial.attempt}};

    if (running->trial.attempt > 1 && sim->scenario.keeping > 0)
        agent_say(sim, rank, &wire);
}

static void report(struct sim *sim, int rank, struct running *running)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_buf values = RT_BUF_INIT;
    struct rt_report row = {.study = 1,
                            .ordinal = running->trial.ordinal,
                            .attempt = running->trial.attempt,
                            .number = ++running->reports,
                            .step = running->reports,
                            .time_us = sim_wall_us(sim, rank),
                            .count = 1};

    rt_report_put_value(&values, rt_span_text("v"), (double)world_between(&sim->world, 0, 100));
    row.values = rt_buf_span(&values);
    rt_report_put(&agent->reports, &row);
    agent->report_count++;
    rt_buf_clear(&values);
    if (world_chance(&sim->world, sim->scenario.keeping))
        keep(sim, rank, running);
    running->report_us =
        sim->world.now_us + 1 + world_between(&sim->world, 0, sim->scenario.short_us);
}

void agent_report(struct sim *sim, int rank)
{
    struct agent *agent = &sim->agents[rank];

    for (uint32_t i = 0; i < agent->slots; i++) {
        struct running *running = &agent->running[i];

        if (running->busy && sim->world.now_us >= running->report_us &&
            running->reports < sim->scenario.reports)
            report(sim, rank, running);
    }
}

void agent_pass_reports(struct sim *sim, int rank, bool all)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_wire wire = {.kind = RT_WIRE_REPORTS};
    struct rt_buf rows = RT_BUF_INIT;

    if (agent->report_count == 0 || (!all && agent->reports_acked < agent->reports_sent))
        return;
    rt_buf_put_varint(&rows, agent->report_count);
    rt_buf_put(&rows, agent->reports.data, agent->reports.size);
    wire.reports.number = ++agent->reports_sent;
    wire.reports.rows = rt_buf_span(&rows);
    agent_say(sim, rank, &wire);
    rt_buf_reset(&agent->reports);
    agent->report_count = 0;
    rt_buf_clear(&rows);
}

void agent_take_answer(struct sim *sim, int rank, const struct rt_wire_answer *answer)
{
    struct agent *agent = &sim->agents[rank];
    struct rt_reader told = rt_reader(answer->told);
    struct rt_wire_told one;

    while (rt_wire_next_told(&told, &one)) {
        for (uint32_t i = 0; i < agent->slots; i++) {
            struct running *running = &agent->running[i];

            if (running->busy && running->trial.ordinal == one.ordinal &&
                running->trial.attempt == one.attempt &&
                memmem(one.text.data, one.text.size, "\"stop\"", 6))
                running->stopped = true;
        }
    }
    if (answer->number > agent->reports_acked)
        agent->reports_acked = answer->number;
}
