#ifndef RT_ENGINE_FOOTPRINT_H
#define RT_ENGINE_FOOTPRINT_H
/*
 * Footprint: the memory that a process and all below it hold.
 *
 * Memory is what is resident. What several processes share counts for each
 * of them in equal shares (the kernel's PSS), so that workers are not charged
 * for all that their template has imported, nor a fork of a trial twice.
 */
#include <stdint.h>
#include <sys/types.h>

/* Bytes held by `pid` and its descendants. Exact figures cost the kernel a walk over all pages;
 * up to `enough` bytes, the sum of resident sizes is returned, which is never less. 0 if the
 * process is gone. */
uint64_t rt_footprint_bytes(pid_t pid, uint64_t enough);

/* Microseconds after which a process that holds `used` of at most `limit` bytes is to be looked at
 * again: no sooner than it could fill the rest. */
uint64_t rt_footprint_pause_us(uint64_t used, uint64_t limit);

#endif
