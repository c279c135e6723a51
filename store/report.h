#ifndef RT_STORE_REPORT_H
#define RT_STORE_REPORT_H
/*
 * Reports: what trials said of themselves while they ran, and their binary
 * form (docs/store-format.md). Wire and journal share it. Pure.
 */
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/reader.h"
#include "base/span.h"

#define RT_REPORT_VALUES_MAX 64u  /* metrics of one report */
#define RT_REPORT_NAME_MAX   256u /* bytes */

struct rt_report {
    uint32_t study;
    uint64_t ordinal;
    uint32_t attempt;
    uint64_t
        number;   /* of the attempt's reports: 1, 2, ...; gaps are reports that were thinned out */
    int64_t step; /* 0 or more */
    uint64_t time_us;      /* wall clock, UTC */
    uint32_t count;        /* of values */
    struct rt_span values; /* packed; borrowed */
};

/* Appends a value to the values of a report. */
void rt_report_put_value(struct rt_buf *values, struct rt_span name, double value);

/* Reads one value after another from a reader of `values`, which get() has checked. */
void rt_report_value(struct rt_reader *values, struct rt_span *name, double *value);
/* The value of this name; -1 if there is none. */
int rt_report_find(const struct rt_report *report, const char *name, double *value);

void rt_report_put(struct rt_buf *rows, const struct rt_report *report);
/* Borrows; the reader is bad if it is no report. */
void rt_report_get(struct rt_reader *reader, struct rt_report *report);

/* Body of REPORTS: a count, then reports. next(): 1, 0 at the end, negative if damaged. */
struct rt_reports_reader {
    struct rt_reader reader;
    uint64_t left;
};
int rt_reports_open(struct rt_reports_reader *reports, struct rt_span body, struct rt_err *err);
int rt_reports_next(struct rt_reports_reader *reports, struct rt_report *report,
                    struct rt_err *err);

#endif
