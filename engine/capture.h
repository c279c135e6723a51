#ifndef RT_ENGINE_CAPTURE_H
#define RT_ENGINE_CAPTURE_H
/*
 * Capture: files in memory that a worker's stdout and stderr go to.
 *
 * Files, unlike pipes, block nobody and do not care who else holds them. A
 * trial's output is what lies behind the offset where it began; offsets only
 * grow, so that agent and worker may free what is not kept at any time.
 */
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

/* Makes one, open for appending. */
int rt_capture_new(int *fd, struct rt_err *err);

uint64_t rt_capture_size(int fd);

/* Appends to *kept what is kept of the bytes from `base` to `size`: all, or `limit` bytes of
 * which the first half is the start and the rest the end. *head says how many are the start. */
void rt_capture_read(int fd, uint64_t base, uint64_t size, uint64_t limit, struct rt_buf *kept,
                     uint64_t *head);

/* Gives back the memory of what would not be kept if the output ended at `size`. */
void rt_capture_thin(int fd, uint64_t base, uint64_t size, uint64_t limit);

/* Gives back the memory of all from `base` to `size`. */
void rt_capture_drop(int fd, uint64_t base, uint64_t size);

#endif
