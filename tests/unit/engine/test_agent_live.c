#include "tests/expect.h"

#include "engine/agent.h"

#include <unistd.h>

#define SILENCE_US 50000u

/* A conductor that says nothing, holds us up for a while at the fifth time we ask, or tells us to
 * stop at the tenth. */
struct mute {
    struct rt_comm comm;
    int asked;
    bool holds_up;
    bool stops;
};

static int mute_send(struct rt_comm *comm, int to, struct rt_span message, struct rt_err *err)
{
    (void)comm;
    (void)message;
    (void)err;
    assert_int_equal(to, 0);
    return 0;
}

static int mute_receive(struct rt_comm *comm, int *from, struct rt_buf *message, struct rt_err *err)
{
    struct rt_wire stop = {.kind = RT_WIRE_STOP, .stop = {0, RT_EINTERRUPTED}};
    struct mute *mute = (struct mute *)comm;

    (void)err;
    mute->asked++;
    if (mute->asked == 5 && mute->holds_up)
        usleep(2 * SILENCE_US);
    if (mute->asked != 10 || !mute->stops)
        return 0;
    *from = 0;
    rt_buf_reset(message);
    rt_wire_put(message, &stop);
    return 1;
}

static const struct rt_comm_ops mute_ops = {.send = mute_send, .receive = mute_receive};

static int live(struct mute *mute, struct rt_err *err)
{
    struct rt_agent_options options = {
        .comm = &mute->comm, .workers = 1, .beat_us = 1000, .silence_us = SILENCE_US};
    struct rt_agent *agent = rt_agent_new(&options);
    int code;

    mute->comm = (struct rt_comm){.ops = &mute_ops, .rank = 1, .size = 2, .polled = true};
    code = rt_agent_live(agent, err);
    rt_agent_free(agent);
    return code;
}

static void an_agent_leaves_as_the_conductor_says(void **state)
{
    struct mute mute = {.stops = true};
    struct rt_err err;

    (void)state;
    assert_int_equal(live(&mute, &err), RT_EINTERRUPTED);
}

static void an_agent_gives_a_silent_conductor_up(void **state)
{
    struct mute mute = {0};
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EPEER, "silent", live(&mute, &err));
}

static void an_agent_that_was_held_up_does_not_blame_the_conductor(void **state)
{
    struct mute mute = {.holds_up = true, .stops = true};
    struct rt_err err;

    (void)state;
    assert_int_equal(live(&mute, &err), RT_EINTERRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_leaves_as_the_conductor_says),
        cmocka_unit_test(an_agent_gives_a_silent_conductor_up),
        cmocka_unit_test(an_agent_that_was_held_up_does_not_blame_the_conductor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
