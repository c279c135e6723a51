#include "engine/comm.h"

#include "base/alloc.h"
#include "engine/comm_queue.h"

#include <stdlib.h>

struct local {
    struct rt_comm comm; /* first, so that a pointer to it is one to the whole */
    struct rt_comm_queue queue;
};

static int local_send(struct rt_comm *comm, int to, struct rt_span message, struct rt_err *err)
{
    struct local *local = (struct local *)comm;

    if (to != 0)
        return rt_err_set(err, RT_EINTERNAL, "there is no rank %d to send to: the comm is local",
                          to);
    if (message.size > RT_COMM_MESSAGE_MAX)
        return rt_err_set(err, RT_EINTERNAL, "a message of %zu bytes is over the limit of %u",
                          message.size, RT_COMM_MESSAGE_MAX);
    rt_comm_queue_put(&local->queue, message);
    return 0;
}

static int local_receive(struct rt_comm *comm, int *from, struct rt_buf *message,
                         struct rt_err *err)
{
    struct local *local = (struct local *)comm;

    (void)err;
    *from = 0;
    return rt_comm_queue_take(&local->queue, message);
}

static void local_close(struct rt_comm *comm, bool abort)
{
    struct local *local = (struct local *)comm;

    (void)abort;
    rt_comm_queue_clear(&local->queue);
    free(local);
}

static const struct rt_comm_ops local_ops = {local_send, local_receive, local_close};

struct rt_comm *rt_comm_local(void)
{
    struct local *local = rt_calloc(1, sizeof *local);

    local->comm = (struct rt_comm){.ops = &local_ops, .rank = 0, .size = 1, .name = "local"};
    return &local->comm;
}
