#include "engine/handover.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_ROWS  512
#define BATCH_BYTES (256u << 10)
#define SPOOL_BYTES (8u << 20) /* a longer spool is written anew without what is durable */
#define BATCH_US    2000u      /* batches begin so far apart, unless they are full */

void rt_handover_init(struct rt_handover *handover)
{
    memset(handover, 0, sizeof *handover);
}

void rt_handover_clear(struct rt_handover *handover)
{
    for (size_t i = 0; i < handover->count; i++)
        rt_buf_clear(&handover->batches[i].rows);
    free(handover->batches);
    rt_buf_clear(&handover->open);
    rt_spool_close(handover->spool);
    rt_harvest_clear(&handover->harvest);
    rt_handover_init(handover);
}

static struct rt_batch *new_batch(struct rt_handover *handover)
{
    struct rt_batch *batch;

    handover->batches = rt_grow(handover->batches, &handover->capacity, handover->count + 1,
                                sizeof *handover->batches);
    batch = &handover->batches[handover->count++];
    *batch = (struct rt_batch){.number = ++handover->number, .rows = RT_BUF_INIT};
    return batch;
}

static void take_up(void *context, struct rt_span rows)
{
    struct rt_handover *handover = context;
    struct rt_batch *batch = new_batch(handover);

    rt_buf_put(&batch->rows, rows.data, rows.size);
    batch->harvested = true;
    handover->harvested = batch->number;
}

/* Keeps the first. */
static void note_trouble(struct rt_handover *handover, const struct rt_err *err)
{
    if (!handover->trouble.code)
        handover->trouble = *err;
}

int rt_handover_trouble(const struct rt_handover *handover, struct rt_err *err)
{
    if (handover->trouble.code)
        *err = handover->trouble;
    return handover->trouble.code;
}

/* A damaged file is set aside, with what may still be in it; one that cannot be read stays. */
static void harvest(struct rt_handover *handover, const char *path)
{
    struct rt_err err;
    int rc = rt_harvest_read(path, take_up, handover, &err);

    if (rc < 0 || (rc == 1 && rt_harvest_set_aside(path, &err) < 0))
        note_trouble(handover, &err);
}

void rt_handover_open_spool(struct rt_handover *handover, const char *study_id, uint32_t launch,
                            int rank)
{
    struct rt_err err;

    rt_harvest_find(&handover->harvest, study_id);
    for (size_t i = 0; i < handover->harvest.count; i++)
        harvest(handover, handover->harvest.paths[i]);
    if (rt_spool_open(study_id, launch, rank, &handover->spool, &err) < 0)
        note_trouble(handover, &err);
}

/* What was harvested is durable, or there was nothing in it. */
static void remove_harvested(struct rt_handover *handover, uint64_t number)
{
    if (handover->harvest.count == 0 || number < handover->harvested || handover->trouble.code)
        return;
    for (size_t i = 0; i < handover->harvest.count; i++)
        unlink(handover->harvest.paths[i]);
    rt_harvest_clear(&handover->harvest);
}

static void put_into_spool(struct rt_handover *handover, const struct rt_batch *batch)
{
    struct rt_err err;

    if (rt_spool_put(handover->spool, rt_buf_span(&batch->rows), &err) < 0)
        note_trouble(handover, &err);
}

/* Keeps the spool to what is not durable yet. A kill in the middle of writing it anew costs what
 * the spool is for, and nothing that is durable. */
static void trim_spool(struct rt_handover *handover)
{
    struct rt_err err;

    if (handover->count && rt_spool_size(handover->spool) < SPOOL_BYTES)
        return;
    if (rt_spool_clear(handover->spool, &err) < 0)
        note_trouble(handover, &err);
    for (size_t i = 0; i < handover->count; i++) {
        if (!handover->batches[i].harvested)
            put_into_spool(handover, &handover->batches[i]);
    }
}

/* An attempt waits for company only if others came shortly before. */
static void open_batch(struct rt_handover *handover, uint64_t mono_us)
{
    if (handover->open_count++)
        return;
    handover->due_us = handover->begun_us + BATCH_US;
    handover->begun_us = mono_us;
}

void rt_handover_put(struct rt_handover *handover, const struct rt_attempt *attempt,
                     uint64_t mono_us)
{
    open_batch(handover, mono_us);
    rt_attempt_put(&handover->open, attempt);
}

void rt_handover_put_packed(struct rt_handover *handover, struct rt_span row, uint64_t mono_us)
{
    open_batch(handover, mono_us);
    rt_buf_put(&handover->open, row.data, row.size);
}

bool rt_handover_full(const struct rt_handover *handover)
{
    return handover->open_count >= BATCH_ROWS || handover->open.size >= BATCH_BYTES;
}

bool rt_handover_due(const struct rt_handover *handover, uint64_t mono_us, bool quiet)
{
    if (handover->open_count == 0)
        return false;
    return quiet || rt_handover_full(handover) || mono_us >= handover->due_us;
}

struct rt_span rt_handover_close(struct rt_handover *handover, uint64_t *number)
{
    struct rt_batch *batch = new_batch(handover);

    batch->sent = true;
    rt_buf_reserve(&batch->rows, handover->open.size + 10);
    rt_buf_put_varint(&batch->rows, handover->open_count);
    rt_buf_put(&batch->rows, handover->open.data, handover->open.size);
    rt_buf_reset(&handover->open);
    handover->open_count = 0;
    *number = batch->number;
    put_into_spool(handover, batch);
    return rt_buf_span(&batch->rows);
}

struct rt_span rt_handover_unsent(struct rt_handover *handover, uint64_t *number)
{
    for (size_t i = 0; i < handover->count; i++) {
        struct rt_batch *batch = &handover->batches[i];

        if (batch->sent)
            continue;
        batch->sent = true;
        *number = batch->number;
        return rt_buf_span(&batch->rows);
    }
    return rt_span(NULL, 0);
}

void rt_handover_ack(struct rt_handover *handover, uint64_t number)
{
    size_t done = 0;

    remove_harvested(handover, number);
    while (done < handover->count && handover->batches[done].number <= number)
        rt_buf_clear(&handover->batches[done++].rows);
    if (done == 0)
        return;
    handover->count -= done;
    memmove(handover->batches, handover->batches + done,
            handover->count * sizeof *handover->batches);
    trim_spool(handover);
}

bool rt_handover_closed(const struct rt_handover *handover)
{
    return handover->open_count == 0;
}

bool rt_handover_empty(const struct rt_handover *handover)
{
    return handover->open_count == 0 && handover->count == 0;
}

uint64_t rt_handover_wait_us(const struct rt_handover *handover, uint64_t mono_us)
{
    if (handover->open_count == 0)
        return UINT64_MAX;
    return handover->due_us > mono_us ? handover->due_us - mono_us : 0;
}
