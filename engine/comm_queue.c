#include "engine/comm_queue.h"

#include "base/alloc.h"

#include <stdlib.h>

static void grow(struct rt_comm_queue *queue)
{
    size_t capacity = queue->capacity ? 2 * queue->capacity : 16;
    struct rt_buf *messages = rt_calloc(capacity, sizeof *messages);

    for (size_t i = 0; i < queue->count; i++)
        messages[i] = queue->messages[(queue->first + i) & (queue->capacity - 1)];
    free(queue->messages);
    queue->messages = messages;
    queue->capacity = capacity;
    queue->first = 0;
}

void rt_comm_queue_put(struct rt_comm_queue *queue, struct rt_span message)
{
    struct rt_buf *slot;

    if (queue->count == queue->capacity)
        grow(queue);
    slot = &queue->messages[(queue->first + queue->count++) & (queue->capacity - 1)];
    *slot = (struct rt_buf)RT_BUF_INIT;
    rt_buf_put(slot, message.data, message.size);
}

int rt_comm_queue_take(struct rt_comm_queue *queue, struct rt_buf *message)
{
    if (queue->count == 0)
        return 0;
    rt_buf_clear(message);
    *message = queue->messages[queue->first];
    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->count--;
    return 1;
}

void rt_comm_queue_clear(struct rt_comm_queue *queue)
{
    struct rt_buf message = RT_BUF_INIT;

    while (rt_comm_queue_take(queue, &message))
        rt_buf_clear(&message);
    free(queue->messages);
    *queue = (struct rt_comm_queue){0};
}
