#ifndef RT_STORE_CHECK_HASH_H
#define RT_STORE_CHECK_HASH_H
/* Hashes by which the index finds trials that differ in little, and whether their metrics do. */
#include <stdbool.h>
#include "base/buf.h"
#include "store/index_metrics.h"
#include "store/plan.h"

uint64_t rt_check_mix(uint64_t hash);
/* Of all that the points of a plan share: results of another model are no pairs with these. */
uint64_t rt_check_hash_fixed(const struct rt_plan *plan);
/* Of a key and the value that a point has of it. */
uint64_t rt_check_hash_value(const struct rt_plan *plan, size_t axis, uint64_t point);
/* Times differ by nature, and would hide that nothing else does; *left_out names them. False if
 * nothing but them is there. */
bool rt_check_hash_metrics(const struct rt_metrics *metrics, uint64_t *hash,
                           struct rt_buf *left_out);

#endif
