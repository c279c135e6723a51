#ifndef RT_ENGINE_RANGE_H
#define RT_ENGINE_RANGE_H
/*
 * Ranges as people write them, ends included, and the axes they become.
 *
 * A range by step must hit its end exactly; one by count divides its span
 * evenly, or by equal factors if its scale is logarithmic. All values are
 * integers if from, to and step are; else all are reals.
 */
#include <stdbool.h>
#include "base/decimal.h"
#include "base/json.h"

struct rt_range {
    struct rt_decimal from;
    struct rt_decimal to;
    struct rt_decimal step; /* unless count is given */
    int64_t count;          /* 0: by step */
    bool log;               /* with count: by equal factors */
    bool real;              /* one of the numbers was written as a real */
};

#define RT_RANGE_UNEVEN_MAX 100000 /* levels of a range by count whose step is no decimal */

/* An axis of a plan (store/plan.h) without its key. RT_EUSAGE. `axis` is yours. */
int rt_range_axis(const struct rt_range *range, struct rt_json **axis, struct rt_err *err);
/* Of a range by factors. */
int rt_range_log_axis(const struct rt_range *range, struct rt_json **axis, struct rt_err *err);

/* True if the text has the form a:b:c with three numbers, a:b:log5 or a:b:lin5; *range is then
 * that. A number that is none, or too long, makes it no range. */
bool rt_range_parse(const char *text, struct rt_range *range);

#endif
