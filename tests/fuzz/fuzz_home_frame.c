/* Any bytes as a frame of a home: refused, or events that make the same frame again. */
#include "store/home_frame.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t uuid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static int put_again(void *context, const struct rt_event *event, struct rt_err *err)
{
    (void)err;
    rt_home_frame_put(context, event, uuid);
    return 0;
}

static void check(struct rt_span frame)
{
    struct rt_home_frame header;
    struct rt_buf again = RT_BUF_INIT;
    uint8_t check[RT_HOME_CHECK];
    uint8_t same[RT_HOME_CHECK];
    struct rt_err err;
    size_t start;

    if (rt_home_frame_read(frame, uuid, check, put_again, &again, &err) < 0 ||
        rt_home_frame_header(rt_span(frame.data, RT_HOME_FRAME_HEADER), &header, &err) < 0) {
        rt_buf_clear(&again);
        return;
    }
    rt_buf_reset(&again);
    start = rt_home_frame_start(&again, header.first, header.before);
    if (rt_home_frame_read(frame, uuid, check, put_again, &again, &err) < 0)
        abort();
    rt_home_frame_end(&again, start, header.count, same);
    if (again.size != frame.size || memcmp(again.data, frame.data, frame.size) != 0 ||
        memcmp(check, same, RT_HOME_CHECK) != 0)
        abort();
    rt_buf_clear(&again);
}

/* The bytes as a frame; as what is in one; and as bodies of events in one: no fuzzer finds checks
 * by itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t before[RT_HOME_CHECK];
    struct rt_event event = {7, 8, RT_EVENT_AGENT, rt_span(data, size)};
    struct rt_buf frame = RT_BUF_INIT;
    uint8_t end[RT_HOME_CHECK];
    size_t start;

    check(rt_span(data, size));
    start = rt_home_frame_start(&frame, 7, before);
    rt_buf_put(&frame, data, size);
    rt_home_frame_end(&frame, start, 1 + size % 3, end);
    check(rt_buf_span(&frame));
    rt_buf_reset(&frame);
    start = rt_home_frame_start(&frame, 7, before);
    rt_home_frame_put(&frame, &event, uuid);
    event.seq++;
    rt_home_frame_put(&frame, &event, uuid);
    rt_home_frame_end(&frame, start, 2, end);
    check(rt_buf_span(&frame));
    rt_buf_clear(&frame);
    return 0;
}
