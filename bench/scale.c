/*
 * The real conductor and the real state, with as many workers as one likes: agents are simulated,
 * time is made up, messages take 50 microseconds, and events are on disk 5 ms later. Only what
 * the conductor does is measured.
 *
 *   scale WORKERS SECONDS_OF_A_TRIAL SECONDS
 */
#include "base/alloc.h"
#include "engine/conductor.h"
#include "engine/handover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define NODE       64u /* workers of an agent */
#define SECOND     1000000u
#define LATENCY_US 50u
#define SYNC_US    5000u
#define TURN_US    200u
#define NEVER      UINT64_MAX

struct agent {
    bool up;
    uint64_t wake_us; /* the step that counts */
    uint64_t beat_us;
    uint64_t ends_us[NODE]; /* 0: idle */
    struct rt_attempt rows[NODE];
    struct rt_wire_range *queue;
    size_t first;
    size_t count;
    size_t capacity;
    struct rt_handover handover;
};

enum kind { AGENT, TO_AGENT, TO_CONDUCTOR, CONDUCTOR, SYNCED };

struct happening {
    uint64_t time_us;
    uint64_t order;
    enum kind kind;
    int rank;
    struct rt_buf bytes;
};

static struct {
    uint64_t now_us;
    uint64_t order;
    struct happening *heap;
    size_t count;
    size_t capacity;
    struct agent *agents;
    uint32_t ranks;
    uint64_t length_us;
    struct rt_state *state;
    struct rt_conductor *conductor;
    struct rt_actions actions;
    uint64_t appended;
    bool syncing;
    uint64_t wake_us;
    uint64_t spent_ns; /* by the conductor */
    uint64_t ended;
    uint64_t busy_us; /* of all workers */
} sim;

/* As engine/run.c says it. */
static uint64_t beat_us(void)
{
    uint64_t us = (uint64_t)sim.ranks * SECOND / 1000;

    return us > SECOND ? us : SECOND;
}

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "scale: %s\n", err->text);
    exit(1);
}

static bool earlier(const struct happening *a, const struct happening *b)
{
    return a->time_us != b->time_us ? a->time_us < b->time_us : a->order < b->order;
}

static void plan(uint64_t time_us, enum kind kind, int rank, struct rt_buf *bytes)
{
    struct happening new = {time_us, sim.order++, kind, rank, RT_BUF_INIT};
    size_t at = sim.count++;

    if (bytes) {
        new.bytes = *bytes;
        *bytes = (struct rt_buf)RT_BUF_INIT;
    }
    sim.heap = rt_grow(sim.heap, &sim.capacity, sim.count, sizeof *sim.heap);
    for (; at && earlier(&new, &sim.heap[(at - 1) / 2]); at = (at - 1) / 2)
        sim.heap[at] = sim.heap[(at - 1) / 2];
    sim.heap[at] = new;
}

static struct happening next(void)
{
    struct happening first = sim.heap[0];
    struct happening last = sim.heap[--sim.count];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < sim.count; at = child) {
        if (child + 1 < sim.count && earlier(&sim.heap[child + 1], &sim.heap[child]))
            child++;
        if (!earlier(&sim.heap[child], &last))
            break;
        sim.heap[at] = sim.heap[child];
    }
    sim.heap[at] = last;
    return first;
}

static uint64_t apply(enum rt_event_kind kind, struct rt_span body)
{
    struct rt_event event = {++sim.appended, sim.now_us, kind, body};
    struct rt_err err;

    check(rt_state_apply(sim.state, &event, &err), &err);
    if (!sim.syncing)
        plan(sim.now_us + SYNC_US, SYNCED, 0, NULL);
    sim.syncing = true;
    return event.seq;
}

static uint64_t cpu_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void conduct(const struct rt_input *input)
{
    uint64_t wake_us;
    struct rt_err err;

    check(rt_conductor_step(sim.conductor, input, sim.now_us, &sim.actions, &err), &err);
    for (size_t i = 0; i < sim.actions.count; i++) {
        struct rt_action *action = &sim.actions.items[i];

        if (action->kind == RT_ACTION_APPEND)
            rt_conductor_appended(sim.conductor, apply(action->event, rt_buf_span(&action->bytes)));
        else if (action->kind == RT_ACTION_SEND)
            plan(sim.now_us + LATENCY_US, TO_AGENT, action->rank, &action->bytes);
        rt_buf_clear(&action->bytes);
    }
    sim.actions.count = 0;
    wake_us = rt_conductor_wake_us(sim.conductor);
    if (wake_us != NEVER && (wake_us < sim.wake_us || sim.wake_us <= sim.now_us)) {
        sim.wake_us = wake_us > sim.now_us ? wake_us : sim.now_us + 1000;
        plan(sim.wake_us, CONDUCTOR, 0, NULL);
    }
}

/* The conductor reads all that has come and then ticks: many messages share a turn of its loop. */
static void turn_soon(void)
{
    uint64_t time_us = sim.now_us + TURN_US;

    if (sim.wake_us > sim.now_us && sim.wake_us <= time_us)
        return;
    sim.wake_us = time_us;
    plan(time_us, CONDUCTOR, 0, NULL);
}

static void to_conductor(const struct happening *happening)
{
    struct rt_input input = {.kind = RT_INPUT_MESSAGE, .rank = happening->rank};
    uint64_t before = cpu_ns();
    struct rt_wire wire = {0};
    struct rt_err err;

    if (happening->kind == TO_CONDUCTOR) {
        check(rt_wire_get(rt_buf_span(&happening->bytes), &wire, &err), &err);
        input.wire = &wire;
    } else if (happening->kind == SYNCED) {
        input = (struct rt_input){.kind = RT_INPUT_DURABLE, .seq = sim.appended};
        sim.syncing = false;
    } else {
        input.kind = RT_INPUT_TICK;
    }
    conduct(&input);
    if (happening->kind != CONDUCTOR)
        turn_soon();
    if (input.wire)
        rt_wire_clear(&wire);
    sim.spent_ns += cpu_ns() - before;
}

static void say(int rank, const struct rt_wire *wire)
{
    struct rt_buf message = RT_BUF_INIT;

    rt_wire_put(&message, wire);
    plan(sim.now_us + LATENCY_US, TO_CONDUCTOR, rank, &message);
}

static bool take_trial(struct agent *agent, struct rt_attempt *row)
{
    struct rt_wire_range *range = &agent->queue[agent->first];

    if (agent->count == 0)
        return false;
    row->ordinal = range->ordinal++;
    row->attempt = range->attempt;
    range->index++;
    if (--range->count == 0) {
        agent->first++;
        agent->count--;
    }
    return true;
}

/* Ends what is over, and starts what there is; says when to look again. */
static uint64_t run_workers(struct agent *agent, int rank)
{
    uint64_t soonest = NEVER;

    for (size_t i = 0; i < NODE; i++) {
        struct rt_attempt *row = &agent->rows[i];

        if (agent->ends_us[i] && agent->ends_us[i] <= sim.now_us) {
            row->outcome = RT_OUTCOME_OK;
            row->result.data = rt_span_text("{\"value\":0.5}");
            row->result.size = row->result.data.size;
            rt_handover_put(&agent->handover, row, sim.now_us);
            agent->ends_us[i] = 0;
            sim.ended++;
            sim.busy_us += row->duration_us;
        }
        if (!agent->ends_us[i] && agent->up && take_trial(agent, row)) {
            uint64_t spread = (row->ordinal * 2654435761u) % 1000; /* 10 % more or less */

            row->duration_us = sim.length_us * (9000 + 2 * spread) / 10000;
            row->start_us = sim.now_us + 1;
            row->study = row->launch = 1;
            row->rank = (uint32_t)rank;
            row->worker = (uint32_t)i;
            agent->ends_us[i] = sim.now_us + row->duration_us;
        }
        if (agent->ends_us[i] && agent->ends_us[i] < soonest)
            soonest = agent->ends_us[i];
    }
    return soonest;
}

static void step_at(int rank, uint64_t time_us)
{
    sim.agents[rank].wake_us = time_us;
    plan(time_us, AGENT, rank, NULL);
}

static void step_agent(int rank)
{
    struct agent *agent = &sim.agents[rank];
    uint64_t wake = run_workers(agent, rank);
    uint64_t wait;

    while (rt_handover_due(&agent->handover, sim.now_us, agent->count == 0)) {
        struct rt_wire wire = {.kind = RT_WIRE_RESULTS};

        wire.results.rows = rt_handover_close(&agent->handover, &wire.results.number);
        say(rank, &wire);
    }
    if (sim.now_us >= agent->beat_us) {
        struct rt_wire wire = {.kind = RT_WIRE_BEAT};

        agent->beat_us = sim.now_us + beat_us();
        for (size_t i = 0; i < NODE; i++)
            wire.beat.running += agent->ends_us[i] != 0;
        say(rank, &wire);
    }
    if ((wait = rt_handover_wait_us(&agent->handover, sim.now_us)) != NEVER &&
        sim.now_us + wait < wake)
        wake = sim.now_us + wait;
    wake = agent->beat_us < wake ? agent->beat_us : wake;
    step_at(rank, wake > sim.now_us ? wake : sim.now_us + 100);
}

static void to_agent(const struct happening *happening)
{
    struct agent *agent = &sim.agents[happening->rank];
    struct rt_wire wire;
    struct rt_err err;

    check(rt_wire_get(rt_buf_span(&happening->bytes), &wire, &err), &err);
    if (wire.kind == RT_WIRE_STUDY) {
        agent->up = true;
        say(happening->rank, &(struct rt_wire){.kind = RT_WIRE_READY, .ready = {1, 0, {"{}", 2}}});
    } else if (wire.kind == RT_WIRE_ACK) {
        rt_handover_ack(&agent->handover, wire.ack);
    } else if (wire.kind == RT_WIRE_WORK) {
        if (agent->count)
            memmove(agent->queue, agent->queue + agent->first, agent->count * sizeof *agent->queue);
        agent->first = 0;
        agent->queue = rt_grow(agent->queue, &agent->capacity, agent->count + wire.work.count,
                               sizeof *agent->queue);
        memcpy(agent->queue + agent->count, wire.work.ranges,
               wire.work.count * sizeof *agent->queue);
        agent->count += wire.work.count;
        step_at(happening->rank, sim.now_us);
    }
    rt_wire_clear(&wire);
}

static void make_plan(uint64_t trials, struct rt_buf *body)
{
    char *text = rt_printf(
        "{\"format\":1,\"name\":\"s\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"params\":{},\"axes\":[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":%" PRIu64
        ",\"kind\":\"int\"}],\"replicates\":1,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
        "\"limits\":{\"timeout_us\":0,\"retries\":0,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\".\"}",
        trials);
    struct rt_json *json;
    struct rt_plan *made;
    struct rt_err err;

    check(rt_json_parse(rt_span_text(text), &json, &err), &err);
    check(rt_plan_new(json, &made, &err), &err);
    check(rt_state_plan_event(rt_state_study(sim.state, 1), made, NULL, NULL, body, &err), &err);
    rt_plan_free(made);
    rt_json_free(json);
    free(text);
}

static void begin(uint64_t trials)
{
    struct rt_conductor_options options = {.launch = 1,
                                           .study = 1,
                                           .ranks = sim.ranks,
                                           .silence_us = 30 * SECOND,
                                           .beat_us = beat_us(),
                                           .grace_us = 10 * SECOND,
                                           .startup_us = 20 * SECOND};
    struct rt_wire study = {
        .kind = RT_WIRE_STUDY,
        .study = {.launch = 1, .study = 1, .id = {"k3f9", 4}, .plan = {"{}", 2}}};
    struct rt_buf message = RT_BUF_INIT;
    struct rt_buf body = RT_BUF_INIT;

    sim.state = rt_state_new();
    apply(RT_EVENT_STORE,
          rt_span_text("{\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\",\"format\":1}"));
    apply(RT_EVENT_STUDY, rt_span_text("{\"study\":1,\"id\":\"k3f9\",\"name\":\"s\"}"));
    make_plan(trials, &body);
    apply(RT_EVENT_PLAN, rt_buf_span(&body));
    apply(RT_EVENT_LAUNCH, rt_span_text("{\"launch\":1}"));
    rt_wire_put(&message, &study);
    sim.conductor = rt_conductor_new(&options, sim.state, rt_buf_span(&message));
    conduct(&(struct rt_input){.kind = RT_INPUT_START});
    for (int rank = 0; rank < (int)sim.ranks; rank++) {
        rt_handover_init(&sim.agents[rank].handover);
        say(rank, &(struct rt_wire){.kind = RT_WIRE_HELLO, .hello = {{"{}", 2}, NODE}});
        step_at(rank, sim.now_us + (uint64_t)rank * 7919 % SECOND);
    }
    rt_buf_clear(&message);
    rt_buf_clear(&body);
}

/* What has not ended has kept its worker busy, too. */
static void count_running(uint64_t end_us)
{
    for (uint32_t rank = 0; rank < sim.ranks; rank++) {
        const struct agent *agent = &sim.agents[rank];

        for (size_t i = 0; i < NODE; i++) {
            if (agent->ends_us[i])
                sim.busy_us += end_us - agent->rows[i].start_us;
        }
    }
}

int main(int argc, char **argv)
{
    uint64_t workers = argc == 4 ? strtoull(argv[1], NULL, 10) : 0;
    double length = argc == 4 ? atof(argv[2]) : 0;
    double seconds = argc == 4 ? atof(argv[3]) : 0;
    uint64_t end_us = SECOND + (uint64_t)(seconds * SECOND);
    struct rusage use;

    if (workers < NODE || length <= 0 || seconds <= 0) {
        fprintf(stderr, "usage: scale WORKERS SECONDS_OF_A_TRIAL SECONDS\n");
        return 2;
    }
    sim.ranks = (uint32_t)((workers + NODE / 2) / NODE);
    sim.agents = rt_calloc(sim.ranks, sizeof *sim.agents);
    sim.length_us = (uint64_t)(length * SECOND);
    sim.now_us = SECOND;
    begin((uint64_t)((double)workers * (2 + seconds / length) * 1.2));
    while (sim.count && sim.heap[0].time_us < end_us) {
        struct happening happening = next();

        sim.now_us = happening.time_us;
        if (happening.kind == AGENT && happening.time_us == sim.agents[happening.rank].wake_us)
            step_agent(happening.rank);
        else if (happening.kind == AGENT)
            continue;
        else if (happening.kind == TO_AGENT)
            to_agent(&happening);
        else
            to_conductor(&happening);
        rt_buf_clear(&happening.bytes);
    }
    count_running(end_us);
    getrusage(RUSAGE_SELF, &use);
    printf("{\"workers\": %u, \"trials\": %" PRIu64
           ", \"per_second\": %.1f, \"idle_percent\": %.3f, "
           "\"us_per_trial\": %.3f, \"busy_percent\": %.2f, \"rss_mib\": %.1f}\n",
           sim.ranks * NODE, sim.ended, (double)sim.ended / seconds,
           100 - (double)sim.spent_ns / 1e7 / seconds,
           sim.ended ? (double)sim.spent_ns / 1000 / (double)sim.ended : 0,
           100 * (double)sim.busy_us / SECOND / seconds / (double)(sim.ranks * NODE),
           (double)use.ru_maxrss / 1024);
    return 0;
}
