#ifndef RT_STORE_PROPOSALS_PAGE_H
#define RT_STORE_PROPOSALS_PAGE_H
/*
 * Params of points that follow each other, in little memory: each as what differs from the one
 * before. Used by proposals alone.
 *
 * A text is its replicate and its size, and then by turns: how many bytes are as before, how many
 * of those before are passed over, and how many new ones follow. All numbers are varints.
 */
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

/* Appends a text. */
void rt_proposals_pack(struct rt_buf *out, uint32_t replicate, struct rt_span before,
                       struct rt_span text);
/* Reads the next one at an offset, which moves on; *text has the one before, and then this. Returns
 * its replicate. */
uint32_t rt_proposals_unpack(struct rt_span packed, size_t *offset, struct rt_buf *text);

#endif
