/* What an agent tells the conductor about itself, its code and its model. */
#include "engine/agent_own.h"

#include "engine/live.h"

#include <stdlib.h>

int rt_agent_say(struct rt_agent *agent, const struct rt_wire *wire, struct rt_err *err)
{
    struct rt_buf message = RT_BUF_INIT;
    int rc;

    rt_wire_put(&message, wire);
    rc = agent->options.comm->ops->send(agent->options.comm, 0, rt_buf_span(&message), err);
    rt_buf_clear(&message);
    return rc;
}

int rt_agent_say_ready(struct rt_agent *agent, int code, const char *why, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_READY, .ready = {agent->study, code, rt_span_text(why)}};

    agent->ready_said = true;
    agent->failed |= code < 0;
    return rt_agent_say(agent, &wire, err);
}

/* Says so if the unpacked code is not what was recorded any more. */
int rt_agent_check_code(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    char *text = agent->guard ? rt_code_guard_look(agent->guard, mono_us) : NULL;
    int rc = text ? rt_agent_say_ready(agent, RT_ECONFLICT, text, err) : 0;

    free(text);
    return rc;
}

/* Tells the conductor that trials wrote where all of them do, if they did. */
int rt_agent_say_beside(struct rt_agent *agent, struct rt_err *err)
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
    rc = rt_agent_say_ready(agent, 0, text, err);
    free(text);
    rt_json_free(more);
    free(path);
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
    if (agent->fit.launcher_cores)
        rt_json_set_int(more, "launcher_cores", agent->fit.launcher_cores);
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

/* Tells the conductor what the model was seen to ask for, if that is news: before the results, so
 * that it knows at least what these trials have read. */
int rt_agent_say_reads(struct rt_agent *agent, struct rt_err *err)
{
    const struct rt_reads *reads = rt_pool_reads(agent->pool, agent->study);
    struct rt_wire wire = {.kind = RT_WIRE_READS, .reads = {.study = agent->study}};

    if (!reads || (agent->reads_said && reads->count == agent->reads_told))
        return 0;
    wire.reads.reads = *reads;
    agent->reads_said = true;
    agent->reads_told = reads->count;
    return rt_agent_say(agent, &wire, err);
}

/* Tells it what trials have imported from past the snapshot, likewise. */
int rt_agent_say_live(struct rt_agent *agent, struct rt_err *err)
{
    size_t count = rt_json_count(rt_pool_live(agent->pool));
    char *text;
    int rc;

    if (!agent->ready_said || count == agent->live_told)
        return 0;
    agent->live_told = count;
    text = ready_text(agent);
    rc = rt_agent_say_ready(agent, 0, text, err);
    free(text);
    return rc;
}

/* Tells once that workers can be had, and once that they cannot, or not without risk. */
int rt_agent_tell_state(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_err why = {0};
    char *text;
    int ready;
    int rc;

    if (agent->failed)
        return 0;
    ready = rt_pool_ready(agent->pool, agent->study, &why);
    if (ready < 0 || (ready = rt_handover_trouble(&agent->handover, &why)) < 0) {
        rc = rt_agent_forget(agent, err);
        return rc < 0 ? rc : rt_agent_say_ready(agent, ready, why.text, err);
    }
    if (agent->ready_said || !rt_pool_ready(agent->pool, agent->study, &why))
        return 0;
    if ((rc = rt_agent_check_code(agent, mono_us, err)) < 0 || agent->ready_said)
        return rc;
    text = ready_text(agent);
    rc = rt_agent_say_ready(agent, 0, text, err);
    free(text);
    return rc;
}

int rt_agent_beat(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_BEAT};

    if (mono_us < agent->beat_us)
        return 0;
    agent->beat_us = mono_us + agent->options.beat_us;
    wire.beat.number = ++agent->beats;
    wire.beat.running = agent->pool ? rt_pool_running(agent->pool) : 0;
    wire.beat.queued = agent->pool ? rt_pool_queued(agent->pool) : 0;
    return rt_agent_say(agent, &wire, err);
}
