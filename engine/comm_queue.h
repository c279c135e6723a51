#ifndef RT_ENGINE_COMM_QUEUE_H
#define RT_ENGINE_COMM_QUEUE_H
/* A queue of messages that a rank sent to itself: first in, first out. */
#include "base/buf.h"
#include "base/span.h"

struct rt_comm_queue {
    struct rt_buf *messages; /* a ring of `capacity` items, a power of two */
    size_t capacity;
    size_t first;
    size_t count;
};

void rt_comm_queue_put(struct rt_comm_queue *queue, struct rt_span message); /* copies */
/* 1 and replaces *message, or 0 if the queue is empty. */
int rt_comm_queue_take(struct rt_comm_queue *queue, struct rt_buf *message);
void rt_comm_queue_clear(struct rt_comm_queue *queue);

#endif
