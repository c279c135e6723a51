/* The messages that rank 0 hears: for the conductor, for its own agent, or about checkpoints. */
#include "engine/run_own.h"

#include "base/clock.h"

#define RECEIVE_MAX 1000  /* messages in a turn */
#define MANY_BYTES  8192u /* of results in a message: of a hundred trials about */

static bool is_for_agent(enum rt_wire_kind kind)
{
    return kind == RT_WIRE_STUDY || kind == RT_WIRE_WORK || kind == RT_WIRE_ACK ||
           kind == RT_WIRE_STOP || kind == RT_WIRE_FORGET || kind == RT_WIRE_ANSWER ||
           kind == RT_WIRE_MORE || kind == RT_WIRE_PIECE;
}

/* Checkpoints pass the conductor by, but for what is to be recorded of them. */
static int store_piece(struct rt_conducting *run, int from, const struct rt_wire *wire,
                       struct rt_err *err)
{
    struct rt_comm *comm = run->options->comm;
    struct rt_buf answer = RT_BUF_INIT;
    struct rt_input input;
    int rc = rt_depot_take(run->depot, from, wire, &input, &answer, err);

    if (rc > 0)
        rc = rt_conducting_step(run, &input, err);
    if (rc == 0 && answer.size)
        rc = comm->ops->send(comm, from, rt_buf_span(&answer), err);
    rt_buf_clear(&answer);
    return rc;
}

/* What a message leads to comes later in this turn; but for what the agent does about it, and for
 * all that came when the turn was nearly over. Other ranks are listened to while they speak, and
 * after many results there are more. */
static bool asks_for_turn(const struct rt_conducting *run, int from, const struct rt_wire *wire)
{
    if (run->options->comm->polled)
        return true;
    if (wire->kind == RT_WIRE_ACK)
        return false; /* rt_agent_wait_us() knows whether the agent was waiting for it */
    if (wire->kind == RT_WIRE_RESULTS && wire->results.rows.size >= MANY_BYTES)
        return true;
    return run->late || (from == 0 && is_for_agent(wire->kind));
}

/* A message from rank 0 itself is for the conductor or for its own agent, by its kind; beats
 * between the two are not needed. */
static int deliver(struct rt_conducting *run, int from, struct rt_buf *message, struct rt_err *err)
{
    struct rt_input input = {.kind = RT_INPUT_MESSAGE, .rank = from};
    struct rt_wire wire;
    struct rt_err bad;
    int rc;

    if (rt_wire_get(rt_buf_span(message), &wire, &bad) < 0) {
        if (run->options->notice)
            run->options->notice(run->options->context, bad.text);
        return 0;
    }
    input.wire = &wire;
    run->active |= asks_for_turn(run, from, &wire);
    if (from == 0 && is_for_agent(wire.kind))
        rc = rt_agent_take(run->agent, &wire, rt_mono_us(), err);
    else if (wire.kind == RT_WIRE_KEEP || wire.kind == RT_WIRE_WANT)
        rc = store_piece(run, from, &wire, err);
    else
        rc = rt_conducting_step(run, &input, err);
    rt_wire_clear(&wire);
    return rc;
}

int rt_conducting_hear(struct rt_conducting *run, bool late, struct rt_buf *message,
                       struct rt_err *err)
{
    struct rt_comm *comm = run->options->comm;
    int from;
    int got;
    int rc;

    run->late = late;
    for (int i = 0; i < RECEIVE_MAX; i++) {
        if ((got = comm->ops->receive(comm, &from, message, err)) <= 0)
            return got;
        if ((rc = deliver(run, from, message, err)) < 0)
            return rc;
    }
    run->active = true; /* there may be more */
    return 0;
}
