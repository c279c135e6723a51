#ifndef RT_ENGINE_REPORT_LINE_H
#define RT_ENGINE_REPORT_LINE_H
/* A line that a command writes to $RETRIAL_REPORT: "step=3 val_loss=0.4", a JSON object of the
 * same, or "checkpoint PATH step=3". */
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct rt_report_line {
    int64_t step; /* -1: none was said, of a checkpoint */
    uint32_t count;
    struct rt_buf values; /* packed: store/report.h */
    char *path;           /* of a checkpoint; NULL: it is a report */
};

/* RT_EUSAGE. The line is to be cleared in any case. */
int rt_report_line_read(struct rt_span text, struct rt_report_line *line, struct rt_err *err);
void rt_report_line_clear(struct rt_report_line *line);

#endif
