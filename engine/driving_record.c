/* What a driver asks and is told, on its way to the journal. */
#include "engine/driving_own.h"

#include <inttypes.h>

static int append(struct rt_driving *driving, enum rt_event_kind kind, struct rt_buf *body,
                  struct rt_err *err)
{
    uint64_t seq;

    return driving->options.append(driving->options.context, kind, rt_buf_span(body), &seq, err);
}

static int flush_proposals(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_buf body = RT_BUF_INIT;
    uint64_t point = driving->count - driving->proposal_count;
    uint64_t seq = 0;
    int rc;

    if (driving->proposal_count == 0)
        return 0;
    rt_buf_printf(&body, "{\"launch\":%u,\"point\":%" PRIu64 ",\"study\":%u,\"trials\":[",
                  (unsigned)driving->options.launch, point, (unsigned)driving->options.study);
    rt_buf_put(&body, driving->proposals.data, driving->proposals.size);
    rt_buf_add(&body, "]}");
    rc = driving->options.append(driving->options.context, RT_EVENT_PROPOSE, rt_buf_span(&body),
                                 &seq, err);
    for (; point < driving->count; point++)
        rt_driving_trial(driving, point)->asked = seq;
    driving->proposal_count = 0;
    rt_buf_reset(&driving->proposals);
    rt_buf_clear(&body);
    return rc;
}

int rt_driving_flush_tells(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_buf body = RT_BUF_INIT;
    int rc;

    if (driving->tells.size == 0)
        return 0;
    rt_buf_printf(&body, "{\"launch\":%u,\"study\":%u,\"tells\":[",
                  (unsigned)driving->options.launch, (unsigned)driving->options.study);
    rt_buf_put(&body, driving->tells.data, driving->tells.size);
    rt_buf_add(&body, "]}");
    rc = append(driving, RT_EVENT_TELL, &body, err);
    rt_buf_reset(&driving->tells);
    rt_buf_clear(&body);
    return rc;
}

int rt_driving_flush(struct rt_driving *driving, struct rt_err *err)
{
    int rc = flush_proposals(driving, err);

    return rc < 0 ? rc : rt_driving_flush_tells(driving, err);
}

int rt_driving_append_kind(struct rt_driving *driving, enum rt_event_kind kind,
                           struct rt_json *body, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc = rt_driving_flush(driving, err);

    rt_json_set_int(body, "study", driving->options.study);
    rt_json_set_int(body, "launch", driving->options.launch);
    rt_json_canonical(body, &text);
    if (rc == 0)
        rc = append(driving, kind, &text, err);
    rt_json_free(body);
    rt_buf_clear(&text);
    return rc;
}

int rt_driving_append(struct rt_driving *driving, const char *what, struct rt_json *body,
                      struct rt_err *err)
{
    rt_json_set_text(body, "what", what);
    return rt_driving_append_kind(driving, RT_EVENT_DRIVER, body, err);
}
