#ifndef RT_STORE_METRIC_NAME_H
#define RT_STORE_METRIC_NAME_H
/* What the name of a metric says of it. */
#include <stdbool.h>
#include "base/span.h"

/* True for "seconds", "fit_time", "elapsed.ms", "trainDuration": a time or a rate, which differs
 * between any two runs. */
bool rt_metric_is_time(struct rt_span name);

#endif
