#include "query/recorded.h"

#include <string.h>

struct wanted {
    enum rt_event_kind kind;
    struct rt_buf *body;
};

/* Takes the first event only. */
static int take(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct wanted *wanted = context;

    (void)err;
    wanted->kind = event->kind;
    rt_buf_put(wanted->body, event->body.data, event->body.size);
    return 1;
}

int rt_recorded_read(struct rt_store *store, uint64_t event, uint64_t row,
                     struct rt_recorded *recorded, struct rt_err *err)
{
    struct wanted wanted = {.body = &recorded->body};
    struct rt_attempts_reader reader;
    int rc;

    memset(recorded, 0, sizeof *recorded);
    if ((rc = rt_store_read(store, event, take, &wanted, err)) < 0)
        return rc;
    if (rc == 0 || wanted.kind != RT_EVENT_ATTEMPTS)
        return 0;
    if ((rc = rt_attempts_open(&reader, rt_buf_span(&recorded->body), err)) < 0)
        return rc;
    do {
        rc = rt_attempts_next(&reader, &recorded->attempt, err);
    } while (rc > 0 && row-- > 0);
    return rc;
}

void rt_recorded_clear(struct rt_recorded *recorded)
{
    rt_buf_clear(&recorded->body);
    memset(recorded, 0, sizeof *recorded);
}
