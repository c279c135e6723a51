#ifndef RT_ENGINE_ENDED_H
#define RT_ENGINE_ENDED_H
/* What came of one call of an entry. */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "store/event.h"

/* The buffers belong to the worker, and are empty before the call. */
struct rt_ended {
    enum rt_outcome outcome;
    int32_t status;       /* see struct rt_attempt */
    struct rt_buf result; /* canonical JSON object of metrics */
    struct rt_buf reason;
    bool measured; /* the entry knows the resource use itself: */
    uint64_t user_us;
    uint64_t sys_us;
    uint64_t max_rss_kib;
};

/* Ends a call badly: sets the outcome and the reason. */
void rt_ended_failed(struct rt_ended *ended, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "killed by signal 11 (SIGSEGV)" */
void rt_ended_signal_text(struct rt_buf *reason, int signal);

#endif
