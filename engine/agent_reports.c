/* What running trials report, on its way to the conductor, and what comes back. */
#include "engine/agent_own.h"

/* While no conductor is there nothing is recorded of them: trials go on all the same. */
static bool is_alone(const struct rt_agent *agent)
{
    return agent->life == LIFE_ORPHANED || agent->life == LIFE_DESPAIRED;
}

static int send_reports(struct rt_agent *agent, bool past, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_REPORTS};
    struct rt_buf taken = RT_BUF_INIT;
    struct rt_buf rows = RT_BUF_INIT;
    uint64_t count = rt_pool_take_reports(agent->pool, past, &taken);
    int rc = 0;

    if (count) {
        rt_buf_put_varint(&rows, count);
        rt_buf_put(&rows, taken.data, taken.size);
        wire.reports.number = ++agent->reports_sent;
        wire.reports.rows = rt_buf_span(&rows);
        rc = rt_agent_say(agent, &wire, err);
    }
    rt_buf_clear(&taken);
    rt_buf_clear(&rows);
    return rc;
}

int rt_agent_pass_past_reports(struct rt_agent *agent, struct rt_err *err)
{
    return agent->pool && !is_alone(agent) ? send_reports(agent, true, err) : 0;
}

int rt_agent_pass_heard(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_HEARD};
    struct rt_buf rows = RT_BUF_INIT;
    int rc = 0;

    if (agent->pool)
        rt_pool_take_heard(agent->pool, &rows);
    wire.heard = rt_buf_span(&rows);
    if (rows.size && !is_alone(agent))
        rc = rt_agent_say(agent, &wire, err);
    rt_buf_clear(&rows);
    return rc;
}

int rt_agent_pass_reports(struct rt_agent *agent, uint64_t mono_us, struct rt_err *err)
{
    uint64_t wait_us;
    uint64_t count;
    int rc;

    if (!agent->pool)
        return 0;
    count = rt_pool_reports(agent->pool, mono_us, &wait_us);
    if (is_alone(agent) && (count || agent->reports_acked < agent->reports_sent)) {
        agent->reports_acked = agent->reports_sent;
        rt_pool_answer_reports(agent->pool, true);
        return 0;
    }
    /* One batch at a time: the next one gathers meanwhile. */
    if (count == 0 || wait_us || agent->reports_acked < agent->reports_sent)
        return 0;
    /* What ended before is known when they are judged. */
    if ((rc = rt_agent_hand_over(agent, mono_us, true, err)) < 0)
        return rc;
    return send_reports(agent, false, err);
}

void rt_agent_take_answer(struct rt_agent *agent, const struct rt_wire_answer *answer)
{
    struct rt_reader told = rt_reader(answer->told);
    struct rt_wire_told one;

    if (!agent->pool)
        return;
    while (rt_wire_next_told(&told, &one))
        rt_pool_tell(agent->pool, one.ordinal, one.attempt, one.text);
    if (answer->number <= agent->reports_acked || answer->number > agent->reports_sent)
        return;
    agent->reports_acked = answer->number;
    if (agent->reports_acked == agent->reports_sent)
        rt_pool_answer_reports(agent->pool, false);
}

uint64_t rt_agent_reports_wait_us(const struct rt_agent *agent, uint64_t mono_us)
{
    uint64_t wait_us;

    if (!agent->pool || rt_pool_reports(agent->pool, mono_us, &wait_us) == 0 ||
        (agent->reports_acked < agent->reports_sent && !is_alone(agent)))
        return UINT64_MAX;
    return wait_us;
}
