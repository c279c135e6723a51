#include "engine/agent_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/host.h"
#include "engine/about.h"
#include "store/code.h"

#include <stdlib.h>

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
    rt_agent_keep_free(agent);
    rt_plan_free(agent->plan);
    rt_fit_clear(&agent->fit);
    rt_code_guard_free(agent->guard);
    rt_handover_clear(&agent->handover);
    rt_scratch_remove(agent->scratch);
    free(agent->study_id);
    free(agent->queue);
    free(agent);
}

int rt_agent_join(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_json *about = rt_about_host();
    struct rt_wire wire = {.kind = RT_WIRE_HELLO};
    char *text = rt_json_text(about);
    int rc;

    wire.hello.slots = agent->options.workers ? agent->options.workers : rt_host_cores();
    wire.hello.about = rt_span_text(text);
    rc = rt_agent_say(agent, &wire, err);
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
    rt_agent_keep_init(agent);
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

static int take_study(struct rt_agent *agent, const struct rt_wire_study *study, struct rt_err *err)
{
    struct rt_err why = {0};
    int rc;

    if (agent->life != LIFE_STARTING)
        return 0;
    agent->life = LIFE_WORKING;
    if ((rc = begin_study(agent, study, &why)) < 0)
        return rt_agent_say_ready(agent, rc, why.text, err);
    rt_handover_open_spool(&agent->handover, agent->study_id, study->launch,
                           agent->options.comm->rank);
    return rt_agent_hand_over_harvest(agent, err);
}

static int take_stop(struct rt_agent *agent, const struct rt_wire_stop *stop, uint64_t mono_us,
                     struct rt_err *err)
{
    if (agent->life == LIFE_DONE)
        return 0;
    agent->life = LIFE_STOPPING;
    agent->stop_by_us = mono_us + stop->grace_us;
    agent->code = stop->code;
    return rt_agent_forget(agent, err);
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
        return rt_agent_take_work(agent, &wire->work, err);
    case RT_WIRE_ACK:
        rt_handover_ack(&agent->handover, wire->ack);
        return 0;
    case RT_WIRE_BEAT:
        rt_handover_ack(&agent->handover, wire->beat.acked);
        return 0;
    case RT_WIRE_STOP:
        return take_stop(agent, &wire->stop, mono_us, err);
    case RT_WIRE_FORGET:
        return rt_agent_forget(agent, err);
    case RT_WIRE_ANSWER:
        rt_agent_take_answer(agent, &wire->answer);
        return 0;
    case RT_WIRE_MORE:
        rt_agent_take_more(agent, &wire->piece);
        return 0;
    case RT_WIRE_PIECE:
        rt_agent_take_piece(agent, &wire->piece);
        return 0;
    default:
        return 0;
    }
}

static int work(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    int rc;

    if (!agent->pool)
        return 0;
    rt_agent_feed(agent);
    if ((rc = rt_pool_step(agent->pool, mono_us, err)) < 0 ||
        (rc = rt_agent_pass_pieces(agent, err)) < 0 ||
        (rc = rt_agent_collect(agent, mono_us, err)) < 0 ||
        (rc = rt_agent_pass_reports(agent, mono_us, err)) < 0)
        return rc;
    return rt_agent_tell_state(agent, mono_us, err);
}

static bool is_running(const struct rt_agent *agent)
{
    return agent->pool && rt_pool_running(agent->pool);
}

/* True if all that there was has been handed over. */
static bool is_empty(const struct rt_agent *agent)
{
    return rt_handover_empty(&agent->handover) && !rt_agent_keeps(agent);
}

/* While stopping: kills what runs past its time, and leaves once nothing is left. */
static int leave(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_BYE};
    int rc;

    if (is_running(agent)) {
        if (mono_us >= agent->stop_by_us)
            rt_pool_kill_running(agent->pool, RT_OUTCOME_LOST,
                                 "the launch was stopped before the attempt had ended");
        return 0;
    }
    if (!is_empty(agent))
        return 0;
    if ((rc = rt_agent_check_code(agent, mono_us, err)) < 0 ||
        (rc = rt_agent_say_beside(agent, err)) < 0)
        return rc;
    agent->life = LIFE_DONE;
    return rt_agent_say(agent, &wire, err);
}

/* Nobody is there to say BYE to; what ended is in the spool. */
static void end_alone(struct rt_agent *agent)
{
    if (is_running(agent) || !rt_handover_closed(&agent->handover))
        return;
    agent->life = LIFE_DONE;
    agent->code = RT_EPEER;
}

int rt_agent_step(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    int rc;

    if (agent->life == LIFE_DONE)
        return 0;
    if ((rc = work(agent, mono_us, err)) < 0 ||
        (rc = rt_agent_hand_over(agent, mono_us, false, err)) < 0 ||
        (rc = rt_agent_beat(agent, mono_us, err)) < 0)
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
    return rt_agent_forget(agent, err);
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
    other = rt_agent_reports_wait_us(agent, mono_us);
    wait = other < wait ? other : wait;
    if (agent->life == LIFE_STOPPING) {
        other = agent->stop_by_us > mono_us ? agent->stop_by_us - mono_us : 1000;
        if (!is_running(agent) && is_empty(agent))
            other = 0;
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
