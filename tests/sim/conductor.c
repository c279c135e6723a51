/* Drives the real conductor as engine/run.c does, and looks at all that it does. */
#include "tests/sim/sim.h"

#include "base/alloc.h"

#include <stdlib.h>

#define SILENCE_US (30 * SECOND)
#define GRACE_US   (10 * SECOND)

static void wake_at(struct sim *sim, uint64_t time_us)
{
    struct happening wake = {.kind = HAPPENS_CONDUCTOR, .launch = sim->launch, .time_us = time_us};

    if (sim->wake_us && sim->wake_us <= time_us)
        return;
    sim->wake_us = time_us;
    world_plan(&sim->world, &wake);
}

static void send_out(struct sim *sim, struct rt_action *action)
{
    struct rt_wire wire;
    struct rt_err err;

    if (rt_wire_get(rt_buf_span(&action->bytes), &wire, &err) < 0) {
        world_fail(&sim->world, "the conductor's message is wrong: %s", err.text);
        return;
    }
    if (action->rank < 0 || action->rank >= (int)sim->scenario.ranks)
        world_fail(&sim->world, "%s is sent to rank %d", rt_wire_kind_name(wire.kind),
                   action->rank);
    else if (wire.kind == RT_WIRE_WORK && sim->agents[action->rank].failure_known)
        world_fail(&sim->world, "rank %d gets work although its template failed", action->rank);
    else
        oracle_sent(&sim->oracle, action->rank, &wire);
    if (!sim->world.failed)
        sim_send(sim, false, action->rank, &action->bytes);
    rt_wire_clear(&wire);
}

static void carry_out(struct sim *sim, struct rt_action *action)
{
    switch (action->kind) {
    case RT_ACTION_APPEND:
        rt_conductor_appended(sim->conductor,
                              disk_append(sim, action->event, rt_buf_span(&action->bytes)));
        break;
    case RT_ACTION_SEND:
        send_out(sim, action);
        break;
    case RT_ACTION_FINISH:
        if (sim->finished || sim->disk.durable < sim->disk.count || !sim->oracle.ended)
            world_fail(&sim->world, "the launch finishes twice, or before its end is on disk");
        sim->finished = true;
        break;
    }
    rt_buf_clear(&action->bytes);
}

void launch_input(struct sim *sim, const struct rt_input *input)
{
    struct rt_err err;

    if (sim->world.failed)
        return;
    rt_conductor_set_open(sim->conductor, driver_open(sim));
    if (rt_conductor_step(sim->conductor, input, sim->booted_us + sim->world.now_us, &sim->actions,
                          &err) < 0)
        world_fail(&sim->world, "the conductor gives up: %s", err.text);
    for (size_t i = 0; i < sim->actions.count; i++)
        carry_out(sim, &sim->actions.items[i]);
    sim->actions.count = 0;
    if (!sim->decided_us && !driver_open(sim) && sim_decided(sim) == sim_study(sim)->planned)
        sim->decided_us = sim->world.now_us;
}

/* What pruning knows of the launches before, as rt_pruning_recall() has it. */
static struct rt_pruning *recall_reports(struct sim *sim)
{
    struct rt_pruning *pruning = oracle_new_pruning(&sim->oracle, sim_study(sim)->plan);

    for (uint64_t seq = 1; pruning && seq <= sim->disk.count; seq++) {
        struct rt_event event = disk_event(&sim->disk, seq);

        oracle_feed_pruning(pruning, sim_study(sim), &event, NULL);
    }
    return pruning;
}

/* The launch is on disk before its conductor exists. */
void launch_begin(struct sim *sim)
{
    struct rt_conductor_options options = {.study = 1,
                                           .ranks = sim->scenario.ranks,
                                           .silence_us = SILENCE_US,
                                           .beat_us = SECOND,
                                           .grace_us = GRACE_US,
                                           .retry = sim->scenario.retry,
                                           .startup_us = 20 * SECOND};
    struct rt_wire study = {.kind = RT_WIRE_STUDY};
    struct rt_buf message = RT_BUF_INIT;
    bool restarted = sim->launch && !sim->oracle.ended && sim->scenario.supervised;
    const char *blamed = !restarted                 ? ""
                         : sim->scenario.ranks == 1 ? ",\"restarted\":true"
                                                    : ",\"restarted\":true,\"suspects\":\"all\"";
    char *body = rt_printf("{\"launch\":%u%s}", ++sim->launch, blamed);

    sim->oracle.retry = sim->scenario.retry;
    disk_append_text(sim, RT_EVENT_LAUNCH, body);
    disk_commit(sim);
    free(body);
    world_tell(&sim->world, "launch %u with %u ranks", sim->launch, sim->scenario.ranks);
    options.launch = sim->launch;
    rt_pruning_free(sim->oracle.pruning);
    sim->oracle.pruning = recall_reports(sim);
    options.pruning = sim->pruning = recall_reports(sim);
    if (world_chance(&sim->world, 0.5)) /* its host was booted since, or is another one */
        sim->booted_us = world_magnitude(&sim->world, 1, 100000000 * SECOND);
    study.study = (struct rt_wire_study){
        .launch = sim->launch, .study = 1, .id = rt_span_text("k3f9"), .plan = rt_span_text("{}")};
    rt_wire_put(&message, &study);
    sim->conductor = rt_conductor_new(&options, sim->state, rt_buf_span(&message));
    rt_buf_clear(&message);
    sim->finished = false;
    sim->decided_us = 0;
    sim->told_durable = 0;
    sim->wake_us = 0;
    sim->conductor_frozen_until_us = 0;
    agents_begin(sim);
    driver_begin(sim);
    launch_input(sim, &(struct rt_input){.kind = RT_INPUT_START});
    wake_at(sim, sim->world.now_us);
}

void launch_abandon(struct sim *sim)
{
    while (sim->inbox_count)
        rt_buf_clear(&sim->inbox[--sim->inbox_count].bytes);
    rt_actions_clear(&sim->actions);
    rt_conductor_free(sim->conductor);
    rt_pruning_free(sim->pruning);
    sim->conductor = NULL;
    sim->pruning = NULL;
    memset(sim->last_arrival_us, 0, sizeof sim->last_arrival_us);
}

/* Read at the next turn of the conductor's loop, which may be long in coming. */
void launch_arrival(struct sim *sim, int rank, struct rt_buf *message)
{
    sim->inbox =
        rt_grow(sim->inbox, &sim->inbox_capacity, sim->inbox_count + 1, sizeof *sim->inbox);
    sim->inbox[sim->inbox_count++] = (struct letter){rank, *message};
    *message = (struct rt_buf)RT_BUF_INIT;
    wake_at(sim, sim->world.now_us + world_between(&sim->world, 0, 2 * MS));
}

/* What has come whole is kept, and what is wanted is there: as the depot has it. */
static void take_piece(struct sim *sim, int rank, const struct rt_wire *wire)
{
    struct rt_input input = {.kind = RT_INPUT_KEPT, .rank = rank, .piece = &wire->piece};

    if (wire->kind == RT_WIRE_WANT) {
        input.kind = RT_INPUT_GIVEN;
        if (wire->piece.ordinal < 1 || wire->piece.ordinal > sim->oracle.count)
            return; /* the depot has nothing of it */
        input.kept_by = oracle_kept_by(&sim->oracle, wire->piece.ordinal);
        if (input.kept_by == 0 || input.kept_by >= wire->piece.attempt)
            return;
    }
    launch_input(sim, &input);
}

static void read_letter(struct sim *sim, const struct letter *letter)
{
    struct rt_input input = {.kind = RT_INPUT_MESSAGE, .rank = letter->rank};
    struct rt_wire wire;
    struct rt_err err;

    if (rt_wire_get(rt_buf_span(&letter->bytes), &wire, &err) < 0) {
        world_fail(&sim->world, "the message of rank %d is wrong: %s", letter->rank, err.text);
        return;
    }
    world_tell(&sim->world, "conductor takes %s of rank %d", rt_wire_kind_name(wire.kind),
               letter->rank);
    input.wire = &wire;
    oracle_received(&sim->oracle, letter->rank, &wire);
    if (wire.kind == RT_WIRE_KEEP || wire.kind == RT_WIRE_WANT)
        take_piece(sim, letter->rank, &wire);
    else
        launch_input(sim, &input);
    if (wire.kind == RT_WIRE_READY && wire.ready.code < 0)
        sim->agents[letter->rank].failure_known = !sim->agents[letter->rank].full;
    rt_wire_clear(&wire);
}

/* Of those that have come, some; the others have to wait for the next turn. */
static void read_letters(struct sim *sim)
{
    size_t count =
        sim->inbox_count < sim->scenario.letters ? sim->inbox_count : sim->scenario.letters;

    for (size_t i = 0; i < count; i++) {
        if (!sim->finished)
            read_letter(sim, &sim->inbox[i]);
        rt_buf_clear(&sim->inbox[i].bytes);
    }
    sim->inbox_count -= count;
    if (sim->inbox_count)
        memmove(sim->inbox, sim->inbox + count, sim->inbox_count * sizeof *sim->inbox);
}

void launch_wake(struct sim *sim)
{
    uint64_t now = sim->world.now_us;
    uint64_t next;

    sim->wake_us = 0;
    if (now < sim->conductor_frozen_until_us) {
        wake_at(sim, sim->conductor_frozen_until_us);
        return;
    }
    read_letters(sim);
    if (sim->disk.durable > sim->told_durable) {
        sim->told_durable = sim->disk.durable;
        launch_input(sim, &(struct rt_input){.kind = RT_INPUT_DURABLE, .seq = sim->told_durable});
    }
    if (sim->finished)
        return;
    launch_input(sim, &(struct rt_input){.kind = RT_INPUT_TICK});
    next = sim->inbox_count ? 0 : rt_conductor_wake_us(sim->conductor);
    wake_at(sim, next > sim->booted_us + now ? next - sim->booted_us : now + MS);
}
