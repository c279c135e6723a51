/* The trials of an agent: from the conductor to its pool, and what ended back. */
#include "engine/agent_own.h"

#include "base/alloc.h"

#include <assert.h>
#include <string.h>

#define POOL_AHEAD 4096 /* trials queued in the pool; the rest stays here as ranges */

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
void rt_agent_feed(struct rt_agent *agent)
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
int rt_agent_forget(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_RETURN};
    int rc = 0;

    if (agent->pool)
        rt_pool_drop_queued(agent->pool, give_back, agent);
    wire.work.study = agent->study;
    wire.work.ranges = agent->queue + agent->first;
    wire.work.count = agent->count;
    if (agent->count)
        rc = rt_agent_say(agent, &wire, err);
    agent->first = 0;
    agent->count = 0;
    return rc;
}

int rt_agent_take_work(struct rt_agent *agent, const struct rt_wire_work *work, struct rt_err *err)
{
    if (agent->plan && rt_plan_driven(agent->plan)) {
        for (size_t i = 0; i < work->point_count; i++)
            rt_plan_propose(agent->plan, work->points[i].index, work->points[i].replicate,
                            work->points[i].params);
    }
    for (size_t i = 0; i < work->count; i++)
        enqueue(agent, &work->ranges[i]);
    if (agent->life != LIFE_WORKING || agent->failed)
        return rt_agent_forget(agent, err);
    rt_agent_feed(agent);
    return 0;
}

/* First of all, before the conductor could give the same trials out again. */
int rt_agent_hand_over_harvest(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    int rc = 0;

    while (rc == 0) {
        wire.results.rows = rt_handover_unsent(&agent->handover, &wire.results.number);
        if (wire.results.rows.size == 0)
            break;
        rc = rt_agent_say(agent, &wire, err);
    }
    return rc;
}

int rt_agent_hand_over(struct rt_agent *agent, uint64_t mono_us, bool now, struct rt_err *err)
{
    bool quiet = agent->pool && rt_pool_queued(agent->pool) == 0;
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    int rc = 0;

    if (now ? rt_handover_closed(&agent->handover)
            : !rt_handover_due(&agent->handover, mono_us, quiet))
        return 0;
    if (agent->guard && rt_code_guard_due(agent->guard, mono_us) &&
        (rc = rt_agent_check_code(agent, mono_us, err)) < 0)
        return rc;
    if ((rc = rt_agent_pass_past_reports(agent, err)) < 0 ||
        (rc = rt_agent_pass_heard(agent, err)) < 0)
        return rc;
    wire.results.rows = rt_handover_close(&agent->handover, &wire.results.number);
    rc = rt_agent_say(agent, &wire, err);
    return rc;
}

int rt_agent_collect(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    struct rt_span row;
    int rc = rt_agent_say_reads(agent, err);

    if (rc == 0)
        rc = rt_agent_say_live(agent, err);
    rt_agent_release(agent, mono_us);
    while (rc == 0 && rt_pool_take(agent->pool, &row)) {
        if (rt_agent_hold(agent, row))
            continue;
        rt_handover_put_packed(&agent->handover, row, mono_us);
        if (rt_handover_full(&agent->handover))
            rc = rt_agent_hand_over(agent, mono_us, false, err);
    }
    return rc;
}
