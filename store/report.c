#include "store/report.h"

#include "base/utf8.h"

#include <string.h>

#define REPORT_MIN 15u /* bytes of the shortest */

void rt_report_put_value(struct rt_buf *values, struct rt_span name, double value)
{
    rt_buf_put_span(values, name);
    rt_buf_put_f64(values, value);
}

void rt_report_value(struct rt_reader *values, struct rt_span *name, double *value)
{
    *name = rt_read_span(values);
    *value = rt_read_f64(values);
}

int rt_report_find(const struct rt_report *report, const char *name, double *value)
{
    struct rt_reader reader = rt_reader(report->values);
    size_t size = strlen(name);
    struct rt_span found;

    for (uint32_t i = 0; i < report->count; i++) {
        rt_report_value(&reader, &found, value);
        if (found.size == size && memcmp(found.data, name, size) == 0)
            return 0;
    }
    return -1;
}

void rt_report_put(struct rt_buf *rows, const struct rt_report *report)
{
    rt_buf_put_varint(rows, report->study);
    rt_buf_put_varint(rows, report->ordinal);
    rt_buf_put_varint(rows, report->attempt);
    rt_buf_put_varint(rows, report->number);
    rt_buf_put_varint(rows, (uint64_t)report->step);
    rt_buf_put_u64(rows, report->time_us);
    rt_buf_put_varint(rows, report->count);
    rt_buf_put_span(rows, report->values);
}

static bool are_values(const struct rt_report *report)
{
    struct rt_reader reader = rt_reader(report->values);
    struct rt_span name;
    double value;

    for (uint32_t i = 0; i < report->count; i++) {
        rt_report_value(&reader, &name, &value);
        if (reader.bad || name.size == 0 || name.size > RT_REPORT_NAME_MAX ||
            memchr(name.data, '\0', name.size) || !rt_utf8_valid(name, NULL))
            return false;
    }
    return rt_reader_left(&reader) == 0;
}

void rt_report_get(struct rt_reader *reader, struct rt_report *report)
{
    uint64_t step;

    report->study = rt_read_varint32(reader);
    report->ordinal = rt_read_varint(reader);
    report->attempt = rt_read_varint32(reader);
    report->number = rt_read_varint(reader);
    step = rt_read_varint(reader);
    report->step = (int64_t)step;
    report->time_us = rt_read_u64(reader);
    report->count = rt_read_varint32(reader);
    report->values = rt_read_span(reader);
    if (report->study == 0 || report->ordinal == 0 || report->attempt == 0 || report->number == 0 ||
        step > INT64_MAX || report->count == 0 || report->count > RT_REPORT_VALUES_MAX ||
        reader->bad || !are_values(report))
        reader->bad = true;
}

int rt_reports_open(struct rt_reports_reader *reports, struct rt_span body, struct rt_err *err)
{
    reports->reader = rt_reader(body);
    reports->left = rt_read_varint(&reports->reader);
    if (reports->reader.bad || reports->left > rt_reader_left(&reports->reader) / REPORT_MIN)
        return rt_err_set(err, RT_EDAMAGED, "a batch of reports has a wrong count");
    return 0;
}

int rt_reports_next(struct rt_reports_reader *reports, struct rt_report *report, struct rt_err *err)
{
    int rc;

    if (reports->left == 0)
        return (rc = rt_reader_done(&reports->reader, "a batch of reports", err)) < 0 ? rc : 0;
    reports->left--;
    rt_report_get(&reports->reader, report);
    if (reports->reader.bad)
        return rt_err_set(err, RT_EDAMAGED, "a report is malformed");
    return 1;
}
