#ifndef RT_QUERY_RECORDED_H
#define RT_QUERY_RECORDED_H
/* An attempt as the journal has it: with its result, its whole reason and what it wrote. */
#include "store/store.h"

struct rt_recorded {
    struct rt_attempt attempt;
    struct rt_buf body; /* of the event, which the attempt borrows from */
};

/* Reads row `row` (from 0) of event `event`: 1 if it is there, 0 if that event has no such row, for
 * an attempt that was lost has none. Clear it in either case. */
int rt_recorded_read(struct rt_store *store, uint64_t event, uint64_t row,
                     struct rt_recorded *recorded, struct rt_err *err);
void rt_recorded_clear(struct rt_recorded *recorded);

#endif
