#include "engine/outbox.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void rt_outbox_clear(struct rt_outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++)
        rt_buf_clear(&outbox->notes[outbox->first + i].message);
    free(outbox->notes);
    memset(outbox, 0, sizeof *outbox);
}

struct rt_note *rt_outbox_put(struct rt_outbox *outbox, enum rt_note_kind kind, int rank)
{
    struct rt_note *note;

    if (outbox->first > 64 && outbox->first > outbox->count) {
        memmove(outbox->notes, outbox->notes + outbox->first,
                outbox->count * sizeof *outbox->notes);
        outbox->first = 0;
    }
    outbox->notes = rt_grow(outbox->notes, &outbox->capacity, outbox->first + outbox->count + 1,
                            sizeof *outbox->notes);
    note = &outbox->notes[outbox->first + outbox->count++];
    *note = (struct rt_note){.kind = kind, .rank = rank, .message = RT_BUF_INIT};
    return note;
}

void rt_outbox_number(struct rt_outbox *outbox, uint64_t seq)
{
    assert(outbox->numbered < outbox->count);
    outbox->notes[outbox->first + outbox->numbered++].seq = seq;
    outbox->last_seq = seq;
}

struct rt_note *rt_outbox_put_behind(struct rt_outbox *outbox, enum rt_note_kind kind, int rank)
{
    struct rt_note *note = rt_outbox_put(outbox, kind, rank);

    assert(outbox->numbered == outbox->count - 1);
    rt_outbox_number(outbox, outbox->last_seq);
    return note;
}

bool rt_outbox_take(struct rt_outbox *outbox, uint64_t durable, struct rt_note *note)
{
    if (outbox->numbered == 0 || outbox->notes[outbox->first].seq > durable)
        return false;
    *note = outbox->notes[outbox->first++];
    outbox->numbered--;
    if (--outbox->count == 0)
        outbox->first = 0;
    return true;
}

void rt_outbox_withdraw_work(struct rt_outbox *outbox, int rank)
{
    for (size_t i = 0; i < outbox->count; i++) {
        struct rt_note *note = &outbox->notes[outbox->first + i];

        if (note->rank == rank && note->kind == RT_NOTE_WORK) {
            rt_buf_clear(&note->message);
            note->kind = RT_NOTE_NOTHING;
        }
    }
}

bool rt_outbox_empty(const struct rt_outbox *outbox)
{
    return outbox->count == 0;
}
