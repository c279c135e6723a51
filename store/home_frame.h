#ifndef RT_STORE_HOME_FRAME_H
#define RT_STORE_HOME_FRAME_H
/* Frames: how events lie in the journal files of a home. Pure; layout in docs/home.md. */
#include "base/buf.h"
#include "store/event.h"
#include "store/home.h"

#define RT_HOME_FRAME_HEADER 48                  /* bytes before the records */
#define RT_HOME_FRAME_MAX    (UINT64_C(1) << 31) /* bytes of records */

/* What the header of a frame says. */
struct rt_home_frame {
    uint64_t first; /* number of its first event */
    uint64_t count;
    uint64_t bytes; /* of the records */
    uint8_t before[RT_HOME_CHECK];
};

/* Appends: start, then each event in order, then end, which gives the frame's check. */
size_t rt_home_frame_start(struct rt_buf *out, uint64_t first, const uint8_t before[RT_HOME_CHECK]);
void rt_home_frame_put(struct rt_buf *out, const struct rt_event *event, const uint8_t uuid[16]);
void rt_home_frame_end(struct rt_buf *out, size_t start, uint64_t count,
                       uint8_t check[RT_HOME_CHECK]);

/* Reads a header. RT_EDAMAGED. */
int rt_home_frame_header(struct rt_span header, struct rt_home_frame *frame, struct rt_err *err);

/* Checks a whole frame, gives its check, and calls each() for its events until it returns
 * non-zero, which is then returned. */
typedef int rt_home_frame_fn(void *context, const struct rt_event *event, struct rt_err *err);
int rt_home_frame_read(struct rt_span bytes, const uint8_t uuid[16], uint8_t check[RT_HOME_CHECK],
                       rt_home_frame_fn *each, void *context, struct rt_err *err);

#endif
