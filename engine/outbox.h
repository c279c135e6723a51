#ifndef RT_ENGINE_OUTBOX_H
#define RT_ENGINE_OUTBOX_H
/*
 * The outbox: what may be said only once an event is on disk.
 *
 * The conductor puts a note for every event it appends, in order, learns the
 * event's number afterwards, and takes the notes back as events become
 * durable. Work for a rank can be withdrawn until then.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum rt_note_kind {
    RT_NOTE_NOTHING, /* the event concerns nobody else */
    RT_NOTE_WORK,    /* send `message` to `rank` */
    RT_NOTE_SAY,     /* the same; nothing takes it back */
    RT_NOTE_ACK,     /* results of `rank` up to `number` are safe */
    RT_NOTE_END,     /* the launch's last event */
};

struct rt_note {
    enum rt_note_kind kind;
    int rank;
    uint64_t number;
    struct rt_buf message;
    uint64_t seq; /* of the event; 0 until it is known */
};

struct rt_outbox {
    struct rt_note *notes; /* a queue: items first .. first + count - 1 */
    size_t first;
    size_t count;
    size_t numbered; /* so many of them know their event's number */
    size_t capacity;
    uint64_t last_seq; /* the last number given */
};

void rt_outbox_clear(struct rt_outbox *outbox);
struct rt_note *rt_outbox_put(struct rt_outbox *outbox, enum rt_note_kind kind, int rank);
/* A note without an event of its own: it follows the last one, whose number must be known. */
struct rt_note *rt_outbox_put_behind(struct rt_outbox *outbox, enum rt_note_kind kind, int rank);
/* The oldest note without a number gets it. */
void rt_outbox_number(struct rt_outbox *outbox, uint64_t seq);
/* Moves the oldest note whose event is durable into *note (its message is then yours). */
bool rt_outbox_take(struct rt_outbox *outbox, uint64_t durable, struct rt_note *note);
/* Work for a rank is turned into RT_NOTE_NOTHING. */
void rt_outbox_withdraw_work(struct rt_outbox *outbox, int rank);
bool rt_outbox_empty(const struct rt_outbox *outbox);

#endif
