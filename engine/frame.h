#ifndef RT_ENGINE_FRAME_H
#define RT_ENGINE_FRAME_H
/*
 * Frames: what the streams of a ring are made of. Each carries the nonce of
 * its worker, the number of its trial, a length and a checksum: bytes that
 * users' code put there by accident are no frame.
 */
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RT_FRAME_HEAD 24         /* bytes before the payload */
#define RT_FRAME_MAX  (1u << 29) /* bytes of a payload */
#define RT_FRAME_NOTE                                                                              \
    (1u << 31) /* added to a number: a note of the trial, or to it: engine/note.h */

struct rt_frame {
    uint32_t number;        /* of the trial, counted per worker from 1; 0: the worker is to end */
    struct rt_span payload; /* borrowed */
};

void rt_frame_put(struct rt_buf *bytes, uint64_t nonce, const struct rt_frame *frame);

/* Returns the size of the frame that the bytes start with, 0 if more bytes must come, or
 * RT_EPEER if they are no frame. */
int64_t rt_frame_get(struct rt_span bytes, uint64_t nonce, struct rt_frame *frame,
                     struct rt_err *err);

#endif
