#ifndef RT_ENGINE_TALK_H
#define RT_ENGINE_TALK_H
/*
 * Talk: the worker's side of its ring, in frames.
 *
 * The agent hands over trials, and notes to the trial that runs; the worker
 * gives results, and notes of the trial that runs. Notes are for one trial and
 * may come among trials that wait: each kind is taken by itself. Whoever
 * cannot go on here ends the process, as nobody would hear of it otherwise.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "engine/frame.h"
#include "engine/ring.h"

struct rt_talk {
    uint64_t nonce;
    struct rt_ring *ring;
    int wake; /* eventfd: the agent has something */
    int bell; /* eventfd: the worker has something */
    struct rt_buf inbox;
    size_t inbox_at; /* all before it has been taken */
    size_t noted_at; /* no note is between inbox_at and here */
    struct rt_buf outbox;
    void (*idle)(void *context, bool begins); /* around waits for a trial; may be NULL */
    void *context;
};

void rt_talk_clear(struct rt_talk *talk);

/* The next trial; its payload is borrowed until the next call of anything here. Notes that nobody
 * took are dropped. */
void rt_talk_next_trial(struct rt_talk *talk, struct rt_frame *frame);

/* Sends a frame; waits while there is no room. */
void rt_talk_send(struct rt_talk *talk, const struct rt_frame *frame, bool wake);

/* Takes the next note to a trial that has come, and removes it; false: there is none now. */
bool rt_talk_take_note(struct rt_talk *talk, uint32_t number, struct rt_buf *note);

/* Waits until more has come. */
void rt_talk_wait(struct rt_talk *talk);
/* For a caller that polls `wake` itself, among others: true if nothing has come and the agent will
 * write to it; rt_talk_awake() then follows the poll. */
bool rt_talk_sleep(struct rt_talk *talk);
void rt_talk_awake(struct rt_talk *talk);

/* Ends the process; the reason is in its stderr. */
_Noreturn void rt_talk_give_up(const struct rt_err *err);

#endif
