#include "engine/pool_own.h"

#include "base/alloc.h"
#include "base/reader.h"
#include "engine/capture.h"
#include "engine/frame.h"
#include "engine/live.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#define LIVE_SIZE_MAX (1u << 18) /* bytes of what a worker says of modules */

#define INBOX_KEEP (1u << 20) /* bytes of an inbox kept for the next results */
#define NUMBER_MAX (1u << 31) /* a worker that has run so many trials is replaced */

void rt_slot_init(struct rt_slot *slot, uint32_t number)
{
    *slot =
        (struct rt_slot){.state = RT_SLOT_EMPTY, .number = number, .wake = -1, .files = {-1, -1}};
}

void rt_slot_clear(struct rt_slot *slot)
{
    struct rt_waiting *given = slot->given;

    rt_ring_free(slot->ring);
    for (int i = 0; i < 2; i++) {
        if (slot->files[i] >= 0)
            close(slot->files[i]);
    }
    if (slot->wake >= 0)
        close(slot->wake);
    rt_buf_clear(&slot->inbox);
    rt_buf_clear(&slot->outbox);
    rt_buf_clear(&slot->notes.out);
    free(slot->verdict_reason);
    rt_slot_init(slot, slot->number);
    slot->given = given;
}

static struct rt_waiting *given(const struct rt_slot *slot, uint32_t number)
{
    return &slot->given[number % RT_SLOT_GIVEN];
}

static int open_files(struct rt_slot *slot, int *ring, struct rt_err *err)
{
    int rc;

    if ((rc = rt_ring_new(&slot->ring, ring, err)) < 0 ||
        (rc = rt_capture_new(&slot->files[0], err)) < 0 ||
        (rc = rt_capture_new(&slot->files[1], err)) < 0)
        return rc;
    slot->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return slot->wake < 0 ? rt_err_errno(err, RT_EIO, "making a wake-up for a worker") : 0;
}

int rt_slot_open(struct rt_pool *pool, struct rt_slot *slot, struct rt_brood *brood,
                 uint64_t mono_us, struct rt_err *err)
{
    struct rt_packet packet = {.kind = RT_PACKET_WORKER, .id = slot->number, .fd_count = 5};
    char *folder = rt_printf("%s/worker-%u", pool->scratch, slot->number);
    int ring = -1;
    int rc;

    slot->brood = brood;
    if ((rc = open_files(slot, &ring, err)) < 0)
        goto out;
    if (getrandom(&slot->nonce, sizeof slot->nonce, 0) != sizeof slot->nonce) {
        rc = rt_err_errno(err, RT_EIO, "drawing a random number");
        goto out;
    }
    packet.number = slot->nonce;
    packet.fds[0] = ring;
    packet.fds[1] = slot->wake;
    packet.fds[2] = pool->bell;
    packet.fds[3] = slot->files[0];
    packet.fds[4] = slot->files[1];
    rt_packet_set_text(&packet, folder);
    if ((rc = rt_packet_send(brood->control, &packet, err)) < 0)
        goto out;
    if (!slot->given)
        slot->given = rt_calloc(RT_SLOT_GIVEN, sizeof *slot->given);
    slot->first = slot->next = 1;
    slot->quiet_us = mono_us;
    slot->state = RT_SLOT_UP;
    brood->starting++;
out:
    if (ring >= 0)
        close(ring);
    if (rc < 0)
        rt_slot_clear(slot);
    free(folder);
    return rc;
}

/* Workers derive params from the plan, but cannot know what a driver proposes. */
static void put_trial(const struct rt_plan *plan, const struct rt_waiting *trial,
                      struct rt_buf *body)
{
    rt_buf_put_varint(body, trial->ordinal);
    rt_buf_put_varint(body, trial->index);
    rt_buf_put_varint(body, trial->attempt);
    if (!rt_plan_driven(plan))
        return;
    rt_buf_put_varint(body, rt_plan_replicate(plan, trial->index));
    rt_plan_params(plan, trial->index, body);
}

bool rt_slot_give(struct rt_slot *slot, const struct rt_waiting *trial, uint64_t mono_us)
{
    struct rt_buf *packed = &slot->outbox;
    struct rt_frame frame = {slot->next, {NULL, 0}};
    size_t size;

    if (slot->next - slot->first >= RT_SLOT_GIVEN || slot->next >= NUMBER_MAX)
        return false;
    rt_buf_reset(packed);
    put_trial(slot->brood->plan, trial, packed);
    rt_buf_reserve(packed, packed->size + RT_FRAME_HEAD); /* the payload stays where it is */
    frame.payload = rt_buf_span(packed);
    size = packed->size;
    if (rt_ring_room(slot->ring, NULL) < (int64_t)(size + RT_FRAME_HEAD))
        return false;
    rt_frame_put(packed, slot->nonce, &frame);
    rt_ring_write(slot->ring, rt_span(packed->data + size, packed->size - size), NULL);
    *given(slot, slot->next++) = *trial;
    if (slot->live++ == 0)
        slot->quiet_us = mono_us;
    return true;
}

void rt_slot_wake(struct rt_slot *slot)
{
    uint64_t one = 1;

    if (rt_ring_must_wake(slot->ring, RT_RING_INPUT) && write(slot->wake, &one, sizeof one) < 0 &&
        errno != EAGAIN)
        abort(); /* an eventfd of ours can be written to, or is full */
}

static bool is_plain(const struct rt_payload *payload)
{
    return !payload->by_hash;
}

/* Whether the worker may say this of a trial of its own. */
static bool is_plausible(const struct rt_attempt *attempt)
{
    return is_plain(&attempt->result) && is_plain(&attempt->reason) &&
           is_plain(&attempt->out.kept) && is_plain(&attempt->err.kept) &&
           (attempt->outcome == RT_OUTCOME_OK || attempt->outcome == RT_OUTCOME_FAILED ||
            attempt->outcome == RT_OUTCOME_CRASHED || attempt->outcome == RT_OUTCOME_PRUNED);
}

/* The mean follows quickly, so that a change from short to long trials is seen. */
static void learn_duration(struct rt_brood *brood, uint64_t duration_us)
{
    double sample = (double)duration_us + 2;

    brood->mean_us = brood->mean_us > 0 ? brood->mean_us + (sample - brood->mean_us) / 8 : sample;
    brood->falls = brood->false_starts = 0;
}

static void take_live(struct rt_pool *pool, struct rt_span text)
{
    struct rt_json *live = NULL;

    if (text.size && text.size <= LIVE_SIZE_MAX && rt_json_parse(text, &live, NULL) == 0)
        rt_live_add(&pool->live, live);
    rt_json_free(live);
}

/* Behind the attempt come the params that the worker's trials have read, and the modules from past
 * the snapshot that they have imported, if there is news of either. */
static void take_seen(struct rt_pool *pool, struct rt_brood *brood, struct rt_reader *reader)
{
    struct rt_reads reads = {NULL, 0, 0};

    if (reader->bad || rt_reader_left(reader) == 0)
        return;
    rt_reads_get(reader, &reads);
    take_live(pool, rt_read_span(reader));
    if (!reader->bad) {
        rt_reads_merge(&brood->reads, &reads);
        brood->reads_known = true;
    }
    rt_reads_clear(&reads);
}

/* The oldest trial without a result, which what came must be of. */
static int find_trial(struct rt_slot *slot, uint32_t number, const struct rt_waiting **trial,
                      struct rt_err *err)
{
    while (slot->first < number && slot->first < slot->next &&
           given(slot, slot->first)->attempt == 0)
        slot->first++;
    *trial = given(slot, slot->first);
    if (slot->first != number || slot->first == slot->next || (*trial)->attempt == 0)
        return rt_err_set(err, RT_EPEER, "a result came for trial %u instead of %u", number,
                          slot->first);
    return 0;
}

static int take_result(struct rt_pool *pool, struct rt_slot *slot, const struct rt_frame *frame,
                       struct rt_err *err)
{
    struct rt_reader reader = rt_reader(frame->payload);
    const struct rt_waiting *trial;
    struct rt_attempt attempt;
    int rc;

    if ((rc = find_trial(slot, frame->number, &trial, err)) < 0)
        return rc;
    rt_attempt_get(&reader, &attempt);
    take_seen(pool, slot->brood, &reader);
    if (rt_reader_done(&reader, "a result", err) < 0 || !is_plausible(&attempt))
        return rt_err_set(err, RT_EPEER, "a result is malformed");
    attempt.study = slot->brood->study;
    attempt.ordinal = trial->ordinal;
    attempt.attempt = trial->attempt;
    attempt.launch = pool->options.launch;
    attempt.rank = pool->options.rank;
    attempt.worker = slot->number;
    attempt.position = ++slot->position;
    if (slot->forked) /* or the result was faster than the word of the fork */
        attempt.pid = slot->pid;
    attempt.seed = rt_plan_seed(slot->brood->plan, trial->index);
    attempt.flags = rt_slot_trace(slot);
    slot->user_us += attempt.user_us;
    slot->sys_us += attempt.sys_us;
    rt_pool_put(pool, &attempt);
    rt_plan_forget(slot->brood->plan, trial->index);
    learn_duration(slot->brood, attempt.duration_us);
    slot->first++;
    slot->live--;
    return 0;
}

static int take_frame(struct rt_pool *pool, struct rt_slot *slot, const struct rt_frame *frame,
                      uint64_t mono_us, struct rt_err *err)
{
    const struct rt_waiting *trial;
    uint32_t number = frame->number & ~RT_FRAME_NOTE;
    int rc;

    if (number == frame->number)
        return take_result(pool, slot, frame, err);
    if ((rc = find_trial(slot, number, &trial, err)) < 0)
        return rc;
    return rt_slot_take_note(pool, slot, number, frame->payload, mono_us, err);
}

static int take_results(struct rt_pool *pool, struct rt_slot *slot, uint64_t mono_us,
                        struct rt_err *err)
{
    size_t at = 0;
    int64_t size;
    int rc = 0;

    for (;;) {
        struct rt_frame frame;

        size = rt_frame_get(rt_span(slot->inbox.data + at, slot->inbox.size - at), slot->nonce,
                            &frame, err);
        if (size <= 0 || (rc = take_frame(pool, slot, &frame, mono_us, err)) < 0)
            break;
        at += (size_t)size;
    }
    if (at) {
        memmove(slot->inbox.data, slot->inbox.data + at, slot->inbox.size - at);
        slot->inbox.size -= at;
    }
    if (slot->inbox.size == 0 && slot->inbox.capacity > INBOX_KEEP)
        rt_buf_clear(&slot->inbox);
    return size < 0 ? (int)size : rc;
}

void rt_slot_drain(struct rt_pool *pool, struct rt_slot *slot, uint64_t mono_us)
{
    uint64_t one = 1;
    struct rt_err err;
    int64_t got;

    while ((got = rt_ring_read(slot->ring, &slot->inbox, &err)) > 0) {
        if (rt_ring_must_wake(slot->ring, RT_RING_ROOM) &&
            write(slot->wake, &one, sizeof one) < 0 && errno != EAGAIN)
            abort();
        slot->quiet_us = mono_us;
        if ((got = take_results(pool, slot, mono_us, &err)) < 0)
            break;
    }
    if (got < 0)
        rt_slot_kill(slot, RT_OUTCOME_FAILED, "the trial wrote over memory of its worker: %s",
                     err.text);
}

bool rt_slot_running(const struct rt_slot *slot, uint64_t mono_us, uint64_t *since_us)
{
    uint32_t started = rt_ring_started(slot->ring, since_us);

    if (*since_us < slot->quiet_us || *since_us > mono_us)
        *since_us = slot->quiet_us; /* what the worker says is checked against what we know */
    return slot->live > 0 && started >= slot->first && started < slot->next;
}

void rt_slot_take_back(struct rt_slot *slot, rt_slot_back_fn *each, void *context)
{
    struct rt_err err;
    int64_t started;

    if (slot->next == slot->first)
        return;
    started = rt_ring_revoke(slot->ring, slot->next - 1, &err);
    if (started < 0) {
        rt_slot_kill(slot, RT_OUTCOME_FAILED, "the trial wrote over memory of its worker: %s",
                     err.text);
        return;
    }
    for (uint32_t number = slot->next - 1; number > started && number >= slot->first; number--) {
        struct rt_waiting *trial = given(slot, number);

        if (trial->attempt == 0)
            continue;
        each(context, trial);
        trial->attempt = 0;
        slot->live--;
    }
}

void rt_slot_push_back(void *brood, const struct rt_waiting *trial)
{
    rt_backlog_push_front(&((struct rt_brood *)brood)->backlog, trial);
}

void rt_slot_kill(struct rt_slot *slot, enum rt_outcome verdict, const char *format, ...)
{
    struct rt_packet packet = {.kind = RT_PACKET_END, .id = slot->number};
    va_list args;

    if (slot->verdict == RT_OUTCOME_NONE) {
        va_start(args, format);
        slot->verdict_reason = rt_vprintf(format, args);
        va_end(args);
        slot->verdict = verdict;
    }
    /* If the template is gone, so is the worker soon: the nursery will say so. */
    rt_packet_send(slot->brood->control, &packet, NULL);
    slot->state = RT_SLOT_ENDING;
}

void rt_slot_retire(struct rt_slot *slot)
{
    struct rt_frame last = {0, {NULL, 0}};
    struct rt_buf frame = RT_BUF_INIT;

    rt_frame_put(&frame, slot->nonce, &last);
    rt_ring_write(slot->ring, rt_buf_span(&frame), NULL);
    rt_buf_clear(&frame);
    rt_slot_wake(slot);
    slot->state = RT_SLOT_ENDING;
}
