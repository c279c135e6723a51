#include "engine/agent.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/host.h"
#include "engine/about.h"
#include "engine/code_guard.h"
#include "engine/fit.h"
#include "engine/handover.h"
#include "engine/live.h"
#include "engine/pool.h"
#include "engine/scratch.h"
#include "store/code.h"
#include "store/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define POOL_AHEAD 4096 /* trials queued in the pool; the rest stays here as ranges */

enum life {
    LIFE_STARTING, /* HELLO said, no study yet */
    LIFE_WORKING,
    LIFE_STOPPING,  /* takes no more; what runs may end */
    LIFE_ORPHANED,  /* no word of the conductor: what runs may end, into the spool */
    LIFE_DESPAIRED, /* the same, and leaves then */
    LIFE_DONE,      /* BYE said */
};

struct rt_agent {
    struct rt_agent_options options;
    enum life life;
    struct rt_scratch *scratch;
    struct rt_pool *pool;
    struct rt_plan *plan;
    struct rt_fit fit;
    struct rt_code_guard *guard;
    char *study_id;
    uint32_t study;
    bool ready_said;
    bool failed; /* it takes no more trials, and said why */
    bool reads_said;
    size_t reads_told;           /* how many params the conductor knows to be read */
    size_t live_told;            /* how many modules it knows to be imported past the snapshot */
    struct rt_wire_range *queue; /* a queue: items first .. first + count - 1 */
    size_t first;
    size_t count;
    size_t capacity;
    struct rt_handover handover;
    uint64_t beats;
    uint64_t beat_us;    /* when the next is due */
    uint64_t heard_us;   /* when the conductor last spoke */
    uint64_t stop_by_us; /* when running trials are killed */
    int code;
};

struct rt_agent *rt_agent_new(const struct rt_agent_options *options)
{
    struct rt_agent *agent = rt_calloc(1, sizeof *agent);

    agent->options = *options;
    rt_handover_init(&agent->handover);
    return agent;
}

void rt_agent_free(struct rt_agent *agent)
{
    if (!agent)
        return;
    rt_pool_free(agent->pool);
    rt_plan_free(agent->plan);
    rt_fit_clear(&agent->fit);
    rt_code_guard_free(agent->guard);
    rt_handover_clear(&agent->handover);
    rt_scratch_remove(agent->scratch);
    free(agent->study_id);
    free(agent->queue);
    free(agent);
}

static int say(struct rt_agent *agent, const struct rt_wire *wire, struct rt_err *err)
{
    struct rt_buf message = RT_BUF_INIT;
    int rc;

    rt_wire_put(&message, wire);
    rc = agent->options.comm->ops->send(agent->options.comm, 0, rt_buf_span(&message), err);
    rt_buf_clear(&message);
    return rc;
}

int rt_agent_join(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_json *about = rt_about_host();
    struct rt_wire wire = {.kind = RT_WIRE_HELLO};
    char *text = rt_json_text(about);
    int rc;

    wire.hello.slots = agent->options.workers ? agent->options.workers : rt_host_cores();
    wire.hello.about = rt_span_text(text);
    rc = say(agent, &wire, err);
    agent->heard_us = mono_us;
    agent->beat_us = mono_us + agent->options.beat_us;
    free(text);
    rt_json_free(about);
    return rc;
}

/* Sees what fits, unpacks the code, makes the pool and starts the template. */
static int begin_study(struct rt_agent *agent, const struct rt_wire_study *study,
                       struct rt_err *err)
{
    struct rt_pool_options pool = {.launch = study->launch,
                                   .rank = (uint32_t)agent->options.comm->rank};
    struct rt_task task = {.study = study->study};
    struct rt_json *json = NULL;
    char *checkout = NULL;
    int rc;

    agent->study = study->study;
    agent->study_id = rt_strndup(study->id.data, study->id.size);
    if ((rc = rt_json_parse(study->plan, &json, err)) < 0 ||
        (rc = rt_plan_new(json, &agent->plan, err)) < 0 ||
        (rc = rt_fit_find(agent->plan, agent->options.workers, &agent->fit, err)) < 0 ||
        (rc = rt_scratch_make(agent->options.comm->rank, &agent->scratch, err)) < 0)
        goto out;
    checkout = rt_fs_join(rt_scratch_path(agent->scratch), "code");
    pool.scratch = rt_scratch_path(agent->scratch);
    pool.slots = agent->fit.workers;
    if ((rc = rt_code_unpack(study->bundle, &study->code, checkout, err)) < 0 ||
        (rc = rt_code_guard_new(study->bundle, checkout, &agent->guard, err)) < 0 ||
        (rc = rt_pool_new(agent->options.nursery, &pool, &agent->pool, err)) < 0)
        goto out;
    task.study_id = agent->study_id;
    task.plan = agent->plan;
    task.checkout = checkout;
    task.devices = rt_fit_devices(&agent->fit);
    rc = rt_pool_study(agent->pool, &task, err);
out:
    rt_json_free(task.devices);
    rt_json_free(json);
    free(checkout);
    return rc;
}

static int say_ready(struct rt_agent *agent, int code, const char *why, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_READY, .ready = {agent->study, code, rt_span_text(why)}};

    agent->ready_said = true;
    agent->failed |= code < 0;
    return say(agent, &wire, err);
}

/* Says so if the unpacked code is not what was recorded any more. */
static int check_code(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    char *text = agent->guard ? rt_code_guard_look(agent->guard, mono_us) : NULL;
    int rc = text ? say_ready(agent, RT_ECONFLICT, text, err) : 0;

    free(text);
    return rc;
}

/* To the modules from past the snapshot that were there at first, those that trials imported. */
static void add_live(struct rt_json *python, const struct rt_json *later)
{
    struct rt_json *list = NULL;
    struct rt_json *object = rt_live_object(later);

    rt_live_add(&list, rt_json_get(python, "live"));
    rt_live_add(&list, object);
    rt_json_free(object);
    if (list)
        rt_json_set(python, "live", rt_live_object(list));
    rt_json_free(list);
}

/* What is to be recorded of this agent beyond what HELLO said; yours. */
static char *ready_text(const struct rt_agent *agent)
{
    struct rt_json *more = rt_json_new_object();
    struct rt_json *devices = rt_fit_devices(&agent->fit);
    const char *interpreter = rt_pool_python(agent->pool);
    struct rt_json *python = NULL;
    char *text;

    rt_json_set_int(more, "slots", agent->fit.workers);
    if (devices)
        rt_json_set(more, "devices", devices);
    if (interpreter && rt_json_parse(rt_span_text(interpreter), &python, NULL) == 0) {
        rt_json_set(more, "python", python);
        add_live(python, rt_pool_live(agent->pool));
    }
    text = rt_json_text(more);
    rt_json_free(more);
    return text;
}

/* First of all, before the conductor could give the same trials out again. */
static int hand_over_harvest(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    int rc = 0;

    while (rc == 0) {
        wire.results.rows = rt_handover_unsent(&agent->handover, &wire.results.number);
        if (wire.results.rows.size == 0)
            break;
        rc = say(agent, &wire, err);
    }
    return rc;
}

static int take_study(struct rt_agent *agent, const struct rt_wire_study *study, struct rt_err *err)
{
    struct rt_err why = {0};
    int rc;

    if (agent->life != LIFE_STARTING)
        return 0;
    agent->life = LIFE_WORKING;
    if ((rc = begin_study(agent, study, &why)) < 0)
        return say_ready(agent, rc, why.text, err);
    rt_handover_open_spool(&agent->handover, agent->study_id, study->launch,
                           agent->options.comm->rank);
    return hand_over_harvest(agent, err);
}

static void enqueue(struct rt_agent *agent, const struct rt_wire_range *range)
{
    if (agent->first > 64 && agent->first > agent->count) {
        assert(agent->queue);
        memmove(agent->queue, agent->queue + agent->first, agent->count * sizeof *agent->queue);
        agent->first = 0;
    }
    agent->queue = rt_grow(agent->queue, &agent->capacity, agent->first + agent->count + 1,
                           sizeof *agent->queue);
    agent->queue[agent->first + agent->count++] = *range;
}

/* Keeps the pool supplied from the ranges that wait here. */
static void feed(struct rt_agent *agent)
{
    uint64_t room = POOL_AHEAD;

    if (!agent->pool || agent->count == 0)
        return;
    room = rt_pool_queued(agent->pool) < room ? room - rt_pool_queued(agent->pool) : 0;
    while (agent->count && room) {
        struct rt_wire_range *range = &agent->queue[agent->first];

        for (; range->count && room; room--) {
            rt_pool_submit(agent->pool, agent->study, range->ordinal++, range->index++,
                           range->attempt);
            range->count--;
        }
        if (range->count == 0) {
            agent->first++;
            agent->count--;
        }
    }
}

static void give_back(void *context, uint32_t study, uint64_t ordinal, uint64_t index,
                      uint32_t attempt)
{
    struct rt_agent *agent = context;
    struct rt_wire_range *last =
        agent->count ? &agent->queue[agent->first + agent->count - 1] : NULL;

    (void)study;
    if (last && last->attempt == attempt && last->ordinal + last->count == ordinal &&
        last->index + last->count == index)
        last->count++;
    else
        enqueue(agent, &(struct rt_wire_range){ordinal, index, 1, attempt});
}

/* Hands back all that no worker has started. */
static int forget(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_RETURN};
    int rc = 0;

    if (agent->pool)
        rt_pool_drop_queued(agent->pool, give_back, agent);
    wire.work.study = agent->study;
    wire.work.ranges = agent->queue + agent->first;
    wire.work.count = agent->count;
    if (agent->count)
        rc = say(agent, &wire, err);
    agent->first = 0;
    agent->count = 0;
    return rc;
}

static int take_stop(struct rt_agent *agent, const struct rt_wire_stop *stop, uint64_t mono_us,
                     struct rt_err *err)
{
    if (agent->life == LIFE_DONE)
        return 0;
    agent->life = LIFE_STOPPING;
    agent->stop_by_us = mono_us + stop->grace_us;
    agent->code = stop->code;
    return forget(agent, err);
}

static int take_work(struct rt_agent *agent, const struct rt_wire_work *work, struct rt_err *err)
{
    for (size_t i = 0; i < work->count; i++)
        enqueue(agent, &work->ranges[i]);
    if (agent->life != LIFE_WORKING || agent->failed)
        return forget(agent, err);
    feed(agent);
    return 0;
}

int rt_agent_take(struct rt_agent *agent, const struct rt_wire *wire, uint64_t mono_us,
                  struct rt_err *err)
{
    agent->heard_us = mono_us;
    if (agent->life == LIFE_ORPHANED || agent->life == LIFE_DESPAIRED)
        agent->life = agent->study_id ? LIFE_WORKING : LIFE_STARTING;
    switch (wire->kind) {
    case RT_WIRE_STUDY:
        return take_study(agent, &wire->study, err);
    case RT_WIRE_WORK:
        return take_work(agent, &wire->work, err);
    case RT_WIRE_ACK:
        rt_handover_ack(&agent->handover, wire->ack);
        return 0;
    case RT_WIRE_BEAT:
        rt_handover_ack(&agent->handover, wire->beat.acked);
        return 0;
    case RT_WIRE_STOP:
        return take_stop(agent, &wire->stop, mono_us, err);
    case RT_WIRE_FORGET:
        return forget(agent, err);
    default:
        return 0;
    }
}

static int hand_over(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    bool quiet = agent->pool && rt_pool_queued(agent->pool) == 0;
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    int rc = 0;

    if (!rt_handover_due(&agent->handover, mono_us, quiet))
        return 0;
    if (agent->guard && rt_code_guard_due(agent->guard, mono_us) &&
        (rc = check_code(agent, mono_us, err)) < 0)
        return rc;
    wire.results.rows = rt_handover_close(&agent->handover, &wire.results.number);
    rc = say(agent, &wire, err);
    return rc;
}

/* Tells the conductor what the model was seen to ask for, if that is news: before the results, so
 * that it knows at least what these trials have read. */
static int say_reads(struct rt_agent *agent, struct rt_err *err)
{
    const struct rt_reads *reads = rt_pool_reads(agent->pool, agent->study);
    struct rt_wire wire = {.kind = RT_WIRE_READS, .reads = {.study = agent->study}};

    if (!reads || (agent->reads_said && reads->count == agent->reads_told))
        return 0;
    wire.reads.reads = *reads;
    agent->reads_said = true;
    agent->reads_told = reads->count;
    return say(agent, &wire, err);
}

/* Tells it what trials have imported from past the snapshot, likewise. */
static int say_live(struct rt_agent *agent, struct rt_err *err)
{
    size_t count = rt_json_count(rt_pool_live(agent->pool));
    char *text;
    int rc;

    if (!agent->ready_said || count == agent->live_told)
        return 0;
    agent->live_told = count;
    text = ready_text(agent);
    rc = say_ready(agent, 0, text, err);
    free(text);
    return rc;
}

static int collect(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_attempt attempt;
    int rc = say_reads(agent, err);

    if (rc == 0)
        rc = say_live(agent, err);
    while (rc == 0 && rt_pool_take(agent->pool, &attempt)) {
        rt_handover_put(&agent->handover, &attempt, mono_us);
        if (rt_handover_full(&agent->handover))
            rc = hand_over(agent, mono_us, err);
    }
    return rc;
}

/* Tells once that workers can be had, and once that they cannot, or not without risk. */
static int tell_state(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_err why = {0};
    char *text;
    int ready;
    int rc;

    if (agent->failed)
        return 0;
    ready = rt_pool_ready(agent->pool, agent->study, &why);
    if (ready < 0 || (ready = rt_handover_trouble(&agent->handover, &why)) < 0) {
        rc = forget(agent, err);
        return rc < 0 ? rc : say_ready(agent, ready, why.text, err);
    }
    if (agent->ready_said || !rt_pool_ready(agent->pool, agent->study, &why))
        return 0;
    if ((rc = check_code(agent, mono_us, err)) < 0 || agent->ready_said)
        return rc;
    text = ready_text(agent);
    rc = say_ready(agent, 0, text, err);
    free(text);
    return rc;
}

static int work(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    int rc;

    if (!agent->pool)
        return 0;
    feed(agent);
    if ((rc = rt_pool_step(agent->pool, mono_us, err)) < 0 ||
        (rc = collect(agent, mono_us, err)) < 0)
        return rc;
    return tell_state(agent, mono_us, err);
}

static int send_beat(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_BEAT};

    if (mono_us < agent->beat_us)
        return 0;
    agent->beat_us = mono_us + agent->options.beat_us;
    wire.beat.number = ++agent->beats;
    wire.beat.running = agent->pool ? rt_pool_running(agent->pool) : 0;
    wire.beat.queued = agent->pool ? rt_pool_queued(agent->pool) : 0;
    return say(agent, &wire, err);
}

/* Tells the conductor that trials wrote where all of them do, if they did. */
static int say_beside(struct rt_agent *agent, struct rt_err *err)
{
    char *path = agent->guard ? rt_code_guard_beside(agent->guard) : NULL;
    struct rt_json *more;
    char *text;
    int rc;

    if (!path || !agent->ready_said) {
        free(path);
        return 0;
    }
    more = rt_json_new_object();
    rt_json_set_text(more, "beside", path);
    text = rt_json_text(more);
    rc = say_ready(agent, 0, text, err);
    free(text);
    rt_json_free(more);
    free(path);
    return rc;
}

/* While stopping: kills what runs past its time, and leaves once nothing is left. */
static int leave(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_BYE};
    int rc;

    if (agent->pool && rt_pool_running(agent->pool)) {
        if (mono_us >= agent->stop_by_us)
            rt_pool_kill_running(agent->pool, RT_OUTCOME_LOST,
                                 "the launch was stopped before the attempt had ended");
        return 0;
    }
    if (!rt_handover_empty(&agent->handover))
        return 0;
    if ((rc = check_code(agent, mono_us, err)) < 0 || (rc = say_beside(agent, err)) < 0)
        return rc;
    agent->life = LIFE_DONE;
    return say(agent, &wire, err);
}

/* Nobody is there to say BYE to; what ended is in the spool. */
static void end_alone(struct rt_agent *agent)
{
    if ((agent->pool && rt_pool_running(agent->pool)) || !rt_handover_closed(&agent->handover))
        return;
    agent->life = LIFE_DONE;
    agent->code = RT_EPEER;
}

int rt_agent_step(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    int rc;

    if (agent->life == LIFE_DONE)
        return 0;
    if ((rc = work(agent, mono_us, err)) < 0 || (rc = hand_over(agent, mono_us, err)) < 0 ||
        (rc = send_beat(agent, mono_us, err)) < 0)
        return rc;
    if (agent->life == LIFE_DESPAIRED)
        end_alone(agent);
    return agent->life == LIFE_STOPPING ? leave(agent, mono_us, err) : 0;
}

int rt_agent_orphan(struct rt_agent *agent, struct rt_err *err)
{
    if (agent->life != LIFE_WORKING && agent->life != LIFE_STARTING)
        return 0;
    agent->life = LIFE_ORPHANED;
    return forget(agent, err);
}

void rt_agent_despair(struct rt_agent *agent)
{
    if (agent->life == LIFE_ORPHANED)
        agent->life = LIFE_DESPAIRED;
}

size_t rt_agent_fds(const struct rt_agent *agent, struct pollfd *fds, size_t room)
{
    return agent->pool ? rt_pool_fds(agent->pool, fds, room) : 0;
}

uint64_t rt_agent_wait_us(const struct rt_agent *agent, uint64_t mono_us)
{
    uint64_t wait = agent->beat_us > mono_us ? agent->beat_us - mono_us : 0;
    uint64_t other = rt_handover_wait_us(&agent->handover, mono_us);

    wait = other < wait ? other : wait;
    other = agent->pool ? rt_pool_wait_us(agent->pool, mono_us) : UINT64_MAX;
    wait = other < wait ? other : wait;
    if (agent->life == LIFE_STOPPING) {
        other = agent->stop_by_us > mono_us ? agent->stop_by_us - mono_us : 1000;
        wait = other < wait ? other : wait;
    }
    return wait;
}

bool rt_agent_done(const struct rt_agent *agent, int *code)
{
    *code = agent->code;
    return agent->life == LIFE_DONE;
}

uint64_t rt_agent_heard_us(const struct rt_agent *agent)
{
    return agent->heard_us;
}

const struct rt_agent_options *rt_agent_options(const struct rt_agent *agent)
{
    return &agent->options;
}
