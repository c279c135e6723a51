#ifndef RT_BASE_QUANTITY_H
#define RT_BASE_QUANTITY_H
/* Numbers with a unit: "90 s", "1.5h", "2 GiB". */
#include <stdbool.h>
#include <stdint.h>

struct rt_unit {
    const char *name; /* NULL ends a list */
    int64_t factor;
};

extern const struct rt_unit rt_durations[]; /* ms, s, min, h, d, in microseconds */

/* False if it is none, or no integer of the smallest unit. */
bool rt_quantity_parse(const char *text, const struct rt_unit *units, int64_t *value);

#endif
