#ifndef RT_STORE_HOME_HISTORY_H
#define RT_STORE_HOME_HISTORY_H
/*
 * The history of a home: the events of its newest writer, of the one that it
 * continues, and so on, each as far as its successor says. Everything is
 * checked as it is read.
 */
#include "store/home.h"
#include "store/home_frame.h"

/* Calls each() for the events from `from` on, up to the head of `newest`, which has begun, until
 * it returns non-zero, which is then returned. */
int rt_home_events(const char *home, const uint8_t uuid[16], const struct rt_home_writer *newest,
                   uint64_t from, rt_home_frame_fn *each, void *context, struct rt_err *err);

/* Up to which event the record of a writer is part of the history that ends with `newest`: 1 and
 * *seq, or 0 if it has no part in it. */
int rt_home_counts(const char *home, const struct rt_home_writer *newest, uint32_t number,
                   uint64_t *seq, struct rt_err *err);

#endif
