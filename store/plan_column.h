#ifndef RT_STORE_PLAN_COLUMN_H
#define RT_STORE_PLAN_COLUMN_H
/* Columns of listed points: many integers that are mostly alike, or one more each. docs/plan.md. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/json.h"

#define RT_PLAN_COLUMN_FORMAT 7 /* of a plan that has runs */

/* A list of them, where [first, step, count] stands for a run; *runs is set if there is one. */
struct rt_json *rt_plan_column_new(const int64_t *values, size_t count, bool *runs);

/* The same to be read: as large as it is written, however long its runs are. */
struct rt_plan_column {
    struct rt_plan_run *runs;
    size_t run_count;
    uint64_t count; /* integers; 0: it was none */
};

/* False, and an empty column, if it is none of integers from `min` to `max`. */
bool rt_plan_column_read(struct rt_plan_column *column, const struct rt_json *json, int64_t min,
                         int64_t max);
void rt_plan_column_clear(struct rt_plan_column *column);
int64_t rt_plan_column_get(const struct rt_plan_column *column, uint64_t at);

#endif
