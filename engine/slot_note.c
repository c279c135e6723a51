/* What running trials say beside their results, and what they are told. */
#include "engine/pool_own.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/reader.h"
#include "engine/frame.h"
#include "engine/hearing.h"
#include "engine/note.h"
#include "store/report.h"

#include <stdlib.h>
#include <string.h>

#define REPORT_US     5000u        /* reports wait so long for company */
#define REPORT_BYTES  (256u << 10) /* or until they are so many */
#define PATH_SIZE_MAX 4096u
#define HEARD_BYTES   (4u << 20) /* that wait to be recorded; more are only counted */

/* The notes at hand are of another trial than those before: all is counted anew. */
static void turn_to(struct rt_slot_notes *notes, uint32_t number)
{
    if (notes->number == number)
        return;
    notes->number = number;
    notes->taken = notes->past = notes->sent = notes->heard = 0;
}

static int take_report(struct rt_pool *pool, struct rt_slot *slot, struct rt_reader *reader,
                       uint64_t mono_us, struct rt_err *err)
{
    const struct rt_waiting *trial = &slot->given[slot->first % RT_SLOT_GIVEN];
    bool waits = rt_read_u8(reader) == 1;
    struct rt_report report;

    rt_report_get(reader, &report);
    if (rt_reader_done(reader, "a report", err) < 0)
        return rt_err_set(err, RT_EPEER, "a report is malformed");
    report.study = slot->brood->study;
    report.ordinal = trial->ordinal;
    report.attempt = trial->attempt;
    rt_report_put(&pool->reports, &report);
    if (pool->report_count++ == 0)
        pool->report_us = mono_us;
    pool->report_waits = pool->report_waits || waits;
    slot->notes.taken++;
    return 0;
}

static int take_keep(struct rt_pool *pool, struct rt_slot *slot, struct rt_reader *reader,
                     struct rt_err *err)
{
    const struct rt_waiting *trial = &slot->given[slot->first % RT_SLOT_GIVEN];
    struct rt_pool_copy copy = {.ordinal = trial->ordinal, .attempt = trial->attempt};
    char *folder = rt_printf("%s/worker-%u/", pool->scratch, slot->number);
    char *path;
    char *name;
    int rc = 0;

    copy.step = (int64_t)rt_read_varint(reader) - 1;
    copy.folder = rt_read_u8(reader) == 1;
    copy.path = path = rt_read_text(reader);
    copy.name = name = rt_read_text(reader);
    if (rt_reader_done(reader, "a checkpoint", err) < 0 || copy.step < -1 || !path || !name ||
        !name[0] || strchr(name, '/') || strlen(path) > PATH_SIZE_MAX ||
        strncmp(path, folder, strlen(folder)) != 0 || strchr(path + strlen(folder), '/'))
        rc = rt_err_set(err, RT_EPEER, "a checkpoint is malformed");
    else if (pool->keep)
        pool->keep(pool->keep_context, &copy);
    else
        rt_pool_kept(pool, copy.ordinal, copy.attempt);
    free(path);
    free(name);
    free(folder);
    return rc;
}

static int take_heard(struct rt_pool *pool, struct rt_slot *slot, struct rt_reader *reader,
                      struct rt_err *err)
{
    const struct rt_waiting *trial = &slot->given[slot->first % RT_SLOT_GIVEN];
    struct rt_hearing hearing = {.ordinal = trial->ordinal, .attempt = trial->attempt};

    hearing.call = rt_read_varint(reader);
    hearing.reports = rt_read_varint(reader);
    hearing.text = rt_read_span(reader);
    if (rt_reader_done(reader, "what a trial has heard", err) < 0 || hearing.call > INT64_MAX ||
        hearing.reports > INT64_MAX)
        return rt_err_set(err, RT_EPEER, "what a trial has heard is malformed");
    if (slot->notes.heard == RT_ATTEMPT_HEARD_MAX)
        return 0;
    hearing.number = ++slot->notes.heard;
    if (hearing.number < RT_ATTEMPT_HEARD_MAX && hearing.text.size < HEARD_BYTES &&
        pool->heard.size < HEARD_BYTES - hearing.text.size)
        rt_hearing_put(&pool->heard, &hearing);
    return 0;
}

uint32_t rt_slot_trace(const struct rt_slot *slot)
{
    uint32_t heard = slot->notes.number == slot->first ? slot->notes.heard : 0;

    return RT_ATTEMPT_TRACED | heard << RT_ATTEMPT_HEARD_AT;
}

void rt_pool_take_heard(struct rt_pool *pool, struct rt_buf *rows)
{
    rt_buf_put(rows, pool->heard.data, pool->heard.size);
    rt_buf_reset(&pool->heard);
}

static void ask_to_restore(struct rt_pool *pool, const struct rt_slot *slot,
                           const struct rt_waiting *trial)
{
    char *folder = rt_printf("%s/worker-%u", pool->scratch, slot->number);

    if (pool->restore)
        pool->restore(pool->keep_context, trial->ordinal, trial->attempt, folder);
    else
        rt_pool_restored(pool, trial->ordinal, trial->attempt, NULL);
    free(folder);
}

int rt_slot_take_note(struct rt_pool *pool, struct rt_slot *slot, uint32_t number,
                      struct rt_span note, uint64_t mono_us, struct rt_err *err)
{
    const struct rt_waiting *trial = &slot->given[number % RT_SLOT_GIVEN];
    struct rt_reader reader = rt_reader(note);

    turn_to(&slot->notes, number);
    switch (rt_read_u8(&reader)) {
    case RT_NOTE_REPORT:
        return take_report(pool, slot, &reader, mono_us, err);
    case RT_NOTE_KEEP:
        return take_keep(pool, slot, &reader, err);
    case RT_NOTE_HEARD:
        return take_heard(pool, slot, &reader, err);
    case RT_NOTE_RESTORE:
        ask_to_restore(pool, slot, trial);
        return 0;
    default:
        return rt_err_set(err, RT_EPEER, "a note is of an unknown kind");
    }
}

void rt_slot_flush_notes(struct rt_slot *slot)
{
    struct rt_buf *out = &slot->notes.out;

    if (out->size == 0 || rt_ring_room(slot->ring, NULL) < (int64_t)out->size)
        return;
    rt_ring_write(slot->ring, rt_buf_span(out), NULL);
    rt_buf_reset(out);
    rt_slot_wake(slot);
}

/* What is said at last waits, if there is no room: the worker makes some when it reads. New params
 * for one that does not listen are left out; for all else somebody may wait. */
void rt_slot_say(struct rt_slot *slot, uint32_t number, const struct rt_buf *note)
{
    struct rt_frame frame = {number | RT_FRAME_NOTE, rt_buf_span(note)};

    if (note->data[0] == RT_NOTE_PARAMS &&
        slot->notes.out.size + note->size + RT_FRAME_HEAD > RT_RING_LANE)
        return;
    rt_frame_put(&slot->notes.out, slot->nonce, &frame);
    rt_slot_flush_notes(slot);
}

uint64_t rt_pool_reports(const struct rt_pool *pool, uint64_t mono_us, uint64_t *wait_us)
{
    uint64_t due = pool->report_us + REPORT_US;

    *wait_us = due > mono_us ? due - mono_us : 0;
    if (pool->report_waits || pool->reports.size >= REPORT_BYTES)
        *wait_us = 0;
    return pool->report_count;
}

void rt_pool_reports_pass(struct rt_pool *pool)
{
    pool->past_size = pool->reports.size;
    pool->past_count = pool->report_count;
    for (uint32_t i = 0; i < pool->options.slots; i++)
        pool->slots[i].notes.past = pool->slots[i].notes.taken;
}

uint64_t rt_pool_take_reports(struct rt_pool *pool, bool past, struct rt_buf *rows)
{
    struct rt_buf *reports = &pool->reports;
    uint64_t count = past ? pool->past_count : pool->report_count;
    size_t size = past ? pool->past_size : reports->size;

    rt_buf_put(rows, reports->data, size);
    if (size < reports->size)
        memmove(reports->data, reports->data + size, reports->size - size);
    reports->size -= size;
    pool->report_count -= count;
    pool->past_size = 0;
    pool->past_count = 0;
    if (pool->report_count == 0)
        pool->report_waits = false;
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot_notes *notes = &pool->slots[i].notes;
        uint64_t sent = past ? notes->past : notes->taken;

        notes->sent = sent > notes->sent ? sent : notes->sent;
    }
    return count;
}

static void say_answered(struct rt_slot *slot, uint64_t count)
{
    struct rt_buf note = RT_BUF_INIT;

    rt_buf_put_u8(&note, RT_NOTE_ANSWERED);
    rt_buf_put_varint(&note, count);
    rt_slot_say(slot, slot->notes.number, &note);
    rt_buf_clear(&note);
}

void rt_pool_answer_reports(struct rt_pool *pool, bool all)
{
    struct rt_buf dropped = RT_BUF_INIT;

    if (all)
        rt_pool_take_reports(pool, false, &dropped);
    rt_buf_clear(&dropped);
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot *slot = &pool->slots[i];

        if (slot->state == RT_SLOT_UP && slot->notes.sent && slot->notes.number == slot->first)
            say_answered(slot, slot->notes.sent);
    }
}

/* The place where an attempt runs, or NULL. */
static struct rt_slot *slot_of(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt)
{
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot *slot = &pool->slots[i];
        const struct rt_waiting *trial;

        if (slot->state != RT_SLOT_UP || slot->live == 0)
            continue;
        while (slot->first < slot->next && slot->given[slot->first % RT_SLOT_GIVEN].attempt == 0)
            slot->first++;
        trial = &slot->given[slot->first % RT_SLOT_GIVEN];
        if (trial->ordinal == ordinal && trial->attempt == attempt)
            return slot;
    }
    return NULL;
}

static void put_told(struct rt_slot *slot, enum rt_note_down kind, const char *text)
{
    struct rt_buf note = RT_BUF_INIT;

    rt_buf_put_u8(&note, (uint8_t)kind);
    rt_buf_put_text(&note, text);
    rt_slot_say(slot, slot->first, &note);
    rt_buf_clear(&note);
}

bool rt_pool_tell(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, struct rt_span text)
{
    struct rt_slot *slot = slot_of(pool, ordinal, attempt);
    struct rt_json *told = NULL;
    char *params;

    if (!slot || rt_json_parse(text, &told, NULL) < 0)
        return false;
    if (rt_json_get(told, "params")) {
        params = rt_json_text(rt_json_get(told, "params"));
        put_told(slot, RT_NOTE_PARAMS, params);
        free(params);
    }
    if (rt_json_get_text(told, "stop", NULL))
        put_told(slot, RT_NOTE_STOP, rt_json_get_text(told, "stop", ""));
    rt_json_free(told);
    return true;
}

void rt_pool_set_keeper(struct rt_pool *pool, rt_pool_keep_fn *keep, rt_pool_restore_fn *restore,
                        void *context)
{
    pool->keep = keep;
    pool->restore = restore;
    pool->keep_context = context;
}

void rt_pool_kept(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt)
{
    struct rt_slot *slot = slot_of(pool, ordinal, attempt);
    struct rt_buf note = RT_BUF_INIT;

    rt_buf_put_u8(&note, RT_NOTE_KEPT);
    if (slot)
        rt_slot_say(slot, slot->first, &note);
    rt_buf_clear(&note);
}

void rt_pool_restored(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, const char *path)
{
    struct rt_slot *slot = slot_of(pool, ordinal, attempt);

    if (slot)
        put_told(slot, RT_NOTE_RESTORED, path ? path : "");
}

void rt_pool_say(struct rt_pool *pool, uint64_t ordinal, uint32_t attempt, const char *text)
{
    struct rt_slot *slot = slot_of(pool, ordinal, attempt);

    if (slot)
        put_told(slot, RT_NOTE_SAY, text);
}
