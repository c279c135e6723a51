#include "engine/talk.h"

#include "engine/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void rt_talk_clear(struct rt_talk *talk)
{
    rt_ring_free(talk->ring);
    rt_buf_clear(&talk->inbox);
    rt_buf_clear(&talk->outbox);
}

_Noreturn void rt_talk_give_up(const struct rt_err *err)
{
    dprintf(STDERR_FILENO, "retrial: %s\n", err->text);
    _exit(RT_WORKER_BROKEN);
}

static void ring_bell(struct rt_talk *talk)
{
    uint64_t one = 1;

    if (rt_ring_must_wake(talk->ring, RT_RING_INPUT) && write(talk->bell, &one, sizeof one) < 0 &&
        errno != EAGAIN)
        _exit(RT_WORKER_BROKEN); /* users' code closed it: without it nobody would ever know */
}

/* Sleeps until the agent did what is wanted. */
static void wait_for(struct rt_talk *talk, enum rt_ring_want want)
{
    struct pollfd poll_wake = {talk->wake, POLLIN, 0};

    while (rt_ring_sleep(talk->ring, want)) {
        ring_bell(talk);
        if (poll(&poll_wake, 1, -1) < 0 && errno != EINTR)
            _exit(RT_WORKER_BROKEN);
        if (poll_wake.revents & (POLLNVAL | POLLERR))
            _exit(RT_WORKER_BROKEN);
        rt_talk_awake(talk);
    }
}

void rt_talk_awake(struct rt_talk *talk)
{
    uint64_t count;

    if (read(talk->wake, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        _exit(RT_WORKER_BROKEN);
    rt_ring_awake(talk->ring);
}

bool rt_talk_sleep(struct rt_talk *talk)
{
    if (!rt_ring_sleep(talk->ring, RT_RING_INPUT))
        return false;
    ring_bell(talk);
    return true;
}

void rt_talk_wait(struct rt_talk *talk)
{
    wait_for(talk, RT_RING_INPUT);
}

static void wait_for_trial(struct rt_talk *talk)
{
    if (talk->idle)
        talk->idle(talk->context, true);
    wait_for(talk, RT_RING_INPUT);
    if (talk->idle)
        talk->idle(talk->context, false);
}

/* Takes what has come; returns how many bytes that was. */
static int64_t hear(struct rt_talk *talk)
{
    struct rt_err err;
    int64_t size;

    if (talk->inbox_at) {
        memmove(talk->inbox.data, talk->inbox.data + talk->inbox_at,
                talk->inbox.size - talk->inbox_at);
        talk->inbox.size -= talk->inbox_at;
        talk->noted_at -= talk->inbox_at < talk->noted_at ? talk->inbox_at : talk->noted_at;
        talk->inbox_at = 0;
    }
    if ((size = rt_ring_read(talk->ring, &talk->inbox, &err)) < 0)
        rt_talk_give_up(&err);
    return size;
}

/* The frame at a place of the inbox; its size, or 0 if it is not there yet. */
static size_t frame_at(struct rt_talk *talk, size_t at, struct rt_frame *frame)
{
    struct rt_span rest = rt_span(talk->inbox.data + at, talk->inbox.size - at);
    struct rt_err err;
    int64_t size = rest.size ? rt_frame_get(rest, talk->nonce, frame, &err) : 0;

    if (size < 0)
        rt_talk_give_up(&err);
    return (size_t)size;
}

void rt_talk_next_trial(struct rt_talk *talk, struct rt_frame *frame)
{
    size_t size;

    for (;;) {
        size = frame_at(talk, talk->inbox_at, frame);
        talk->inbox_at += size;
        if (size && !(frame->number & RT_FRAME_NOTE))
            return;
        if (size == 0 && hear(talk) == 0)
            wait_for_trial(talk);
    }
}

bool rt_talk_take_note(struct rt_talk *talk, uint32_t number, struct rt_buf *note)
{
    struct rt_frame frame;
    size_t size;

    if (talk->noted_at < talk->inbox_at)
        talk->noted_at = talk->inbox_at;
    while ((size = frame_at(talk, talk->noted_at, &frame)) != 0 || hear(talk) != 0) {
        bool mine = size && frame.number == (number | RT_FRAME_NOTE);

        if (!size || !(frame.number & RT_FRAME_NOTE)) {
            talk->noted_at += size;
            continue;
        }
        rt_buf_reset(note);
        rt_buf_put(note, frame.payload.data, frame.payload.size);
        talk->inbox.size -= size;
        memmove(talk->inbox.data + talk->noted_at, talk->inbox.data + talk->noted_at + size,
                talk->inbox.size - talk->noted_at);
        if (mine)
            return true;
    }
    return false;
}

void rt_talk_send(struct rt_talk *talk, const struct rt_frame *frame, bool wake)
{
    struct rt_err err;
    size_t at = 0;

    rt_buf_reset(&talk->outbox);
    rt_frame_put(&talk->outbox, talk->nonce, frame);
    while (at < talk->outbox.size) {
        int64_t put = rt_ring_write(talk->ring,
                                    rt_span(talk->outbox.data + at, talk->outbox.size - at), &err);

        if (put < 0)
            rt_talk_give_up(&err);
        at += (size_t)put;
        if (put == 0)
            wait_for(talk, RT_RING_ROOM);
    }
    if (wake || rt_ring_room(talk->ring, &err) < (int64_t)RT_RING_LANE / 2)
        ring_bell(talk);
}
