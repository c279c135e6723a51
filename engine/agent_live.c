/* The life of a rank that is an agent and nothing else. */
#include "engine/agent.h"

#include "base/clock.h"
#include "engine/idle.h"

/* Takes what has come; returns how many messages there were. */
static int take_all(struct rt_agent *agent, struct rt_buf *message, uint64_t mono_us,
                    struct rt_err *err)
{
    struct rt_comm *comm = rt_agent_options(agent)->comm;
    struct rt_wire wire;
    int from;
    int got;
    int count = 0;
    int rc;

    while ((got = comm->ops->receive(comm, &from, message, err)) > 0) {
        count++;
        if (from != 0)
            continue;
        if ((rc = rt_wire_get(rt_buf_span(message), &wire, err)) < 0)
            return rc;
        rc = rt_agent_take(agent, &wire, mono_us, err);
        rt_wire_clear(&wire);
        if (rc < 0)
            return rc;
    }
    return got < 0 ? got : count;
}

static int wait_for_more(struct rt_agent *agent, struct rt_idle *idle, bool active,
                         struct rt_err *err)
{
    struct pollfd fds[1024];
    uint64_t now = rt_mono_us();
    uint64_t wait = rt_agent_wait_us(agent, now);
    uint64_t sleep = rt_idle_sleep_us(idle, active, now);
    int rc;

    if (rt_agent_options(agent)->comm->polled && sleep < wait)
        wait = sleep;
    rc = rt_idle_wait(fds, rt_agent_fds(agent, fds, 1024), wait, err);
    return rc < 0 ? rc : 0;
}

/* If we stood still ourselves (a job that was suspended), the conductor may have done so, too:
 * its silence is counted from now on. *before_us is when we last looked. */
static int check_conductor(struct rt_agent *agent, uint64_t mono_us, uint64_t *before_us,
                           uint64_t *since_us, struct rt_err *err)
{
    uint64_t silence_us = rt_agent_options(agent)->silence_us;
    uint64_t silent;
    int rc;

    if (mono_us - *before_us > silence_us / 2)
        *since_us = mono_us;
    *before_us = mono_us;
    if (rt_agent_heard_us(agent) > *since_us)
        *since_us = rt_agent_heard_us(agent);
    silent = mono_us > *since_us ? mono_us - *since_us : 0;
    if (silent < silence_us)
        return 0;
    rc = rt_agent_orphan(agent, err);
    if (silent >= rt_agent_options(agent)->patience_us)
        rt_agent_despair(agent);
    return rc;
}

static uint64_t longest_us(const struct rt_agent_options *options)
{
    return options->patience_us > options->silence_us ? options->patience_us : options->silence_us;
}

int rt_agent_live(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_buf message = RT_BUF_INIT;
    struct rt_idle idle = {rt_mono_us()};
    uint64_t before_us = idle.since_us;
    uint64_t since_us = idle.since_us;
    int code = 0;
    int got;
    int rc = rt_agent_join(agent, rt_mono_us(), err);

    while (rc == 0 && !rt_agent_done(agent, &code)) {
        uint64_t now = rt_mono_us();

        if ((rc = got = take_all(agent, &message, now, err)) < 0 ||
            (rc = rt_agent_step(agent, now, err)) < 0 ||
            (rc = check_conductor(agent, now, &before_us, &since_us, err)) < 0 ||
            rt_agent_done(agent, &code))
            break;
        rc = wait_for_more(agent, &idle, got > 0, err);
    }
    rt_buf_clear(&message);
    if (rc == 0 && code == RT_EPEER)
        rt_err_set(err, RT_EPEER,
                   "the conductor has been silent for %llu s; what had ended waits for the next "
                   "launch",
                   (unsigned long long)(longest_us(rt_agent_options(agent)) / 1000000u));
    return rc < 0 ? rc : code;
}
