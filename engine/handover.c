#include "engine/handover.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_ROWS  512
#define BATCH_BYTES (256u << 10)
#define BATCH_US    2000u /* an attempt waits so long for company */

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
    rt_handover_init(handover);
}

void rt_handover_put(struct rt_handover *handover, const struct rt_attempt *attempt,
                     uint64_t mono_us)
{
    if (handover->open_count++ == 0)
        handover->open_since_us = mono_us;
    rt_attempt_put(&handover->open, attempt);
}

bool rt_handover_full(const struct rt_handover *handover)
{
    return handover->open_count >= BATCH_ROWS || handover->open.size >= BATCH_BYTES;
}

bool rt_handover_due(const struct rt_handover *handover, uint64_t mono_us, bool quiet)
{
    if (handover->open_count == 0)
        return false;
    return quiet || rt_handover_full(handover) || mono_us >= handover->open_since_us + BATCH_US;
}

struct rt_span rt_handover_close(struct rt_handover *handover, uint64_t *number)
{
    struct rt_batch *batch;

    handover->batches = rt_grow(handover->batches, &handover->capacity, handover->count + 1,
                                sizeof *handover->batches);
    batch = &handover->batches[handover->count++];
    *batch = (struct rt_batch){++handover->number, RT_BUF_INIT};
    rt_buf_reserve(&batch->rows, handover->open.size + 10);
    rt_buf_put_varint(&batch->rows, handover->open_count);
    rt_buf_put(&batch->rows, handover->open.data, handover->open.size);
    rt_buf_reset(&handover->open);
    handover->open_count = 0;
    *number = batch->number;
    return rt_buf_span(&batch->rows);
}

void rt_handover_ack(struct rt_handover *handover, uint64_t number)
{
    size_t done = 0;

    while (done < handover->count && handover->batches[done].number <= number)
        rt_buf_clear(&handover->batches[done++].rows);
    if (done == 0)
        return;
    handover->count -= done;
    memmove(handover->batches, handover->batches + done,
            handover->count * sizeof *handover->batches);
}

bool rt_handover_empty(const struct rt_handover *handover)
{
    return handover->open_count == 0 && handover->count == 0;
}

uint64_t rt_handover_wait_us(const struct rt_handover *handover, uint64_t mono_us)
{
    uint64_t due = handover->open_since_us + BATCH_US;

    if (handover->open_count == 0)
        return UINT64_MAX;
    return due > mono_us ? due - mono_us : 0;
}
