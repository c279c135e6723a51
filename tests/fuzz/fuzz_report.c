/*
 * Any bytes as what trials report and are told: as the body of REPORTS, as the list of an ANSWER,
 * or as a line of a command. The first byte says which. What is accepted is the same when it is
 * put once more, and a line makes a report that is accepted.
 */
#include "engine/pruning.h"
#include "engine/report_line.h"
#include "engine/wire.h"
#include "store/report.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules[] =
    "{\"rules\":[{\"rule\":\"median\",\"metric\":\"v\",\"goal\":\"minimize\",\"after\":1},"
    "{\"rule\":\"asha\",\"metric\":\"v\",\"goal\":\"maximize\",\"factor\":2},"
    "{\"rule\":\"threshold\",\"metric\":\"w\",\"goal\":\"minimize\",\"upper\":3.5},"
    "{\"rule\":\"patience\",\"metric\":\"w\",\"goal\":\"minimize\",\"steps\":2}]}";

static void put_again(struct rt_span rows)
{
    struct rt_reader reader = rt_reader(rows);
    struct rt_buf again = RT_BUF_INIT;
    struct rt_report report;
    struct rt_report same;

    rt_report_get(&reader, &report);
    rt_report_put(&again, &report);
    reader = rt_reader(rt_buf_span(&again));
    rt_report_get(&reader, &same);
    if (reader.bad || rt_reader_left(&reader) || same.number != report.number ||
        !rt_span_equal(same.values, report.values))
        abort();
    rt_buf_clear(&again);
}

/* Rules have a place for each ordinal up to the highest: of a study there are not so many. */
static void judge(struct rt_pruning *pruning, const struct rt_report *report)
{
    struct rt_ruling verdict;

    if (report->ordinal > 1000)
        return;
    rt_pruning_report(pruning, report, &verdict);
    if (verdict.stop && !verdict.text[0])
        abort();
    if (report->number % 3 == 0)
        rt_pruning_ended(pruning, report->ordinal, (enum rt_outcome)(report->step % RT_OUTCOMES));
}

static void try_rows(struct rt_span bytes)
{
    struct rt_pruning *pruning;
    struct rt_reports_reader reader;
    struct rt_report report;
    struct rt_json *json;
    struct rt_err err;

    if (rt_json_parse(rt_span_text(rules), &json, &err) < 0 ||
        rt_pruning_new(json, &pruning, &err) < 0)
        abort();
    if (rt_reports_open(&reader, bytes, &err) == 0) {
        struct rt_span rest = rt_span(reader.reader.at, rt_reader_left(&reader.reader));

        while (rt_reports_next(&reader, &report, &err) == 1) {
            put_again(rest);
            judge(pruning, &report);
            rest = rt_span(reader.reader.at, rt_reader_left(&reader.reader));
        }
    }
    rt_pruning_free(pruning);
    rt_json_free(json);
}

static void try_told(struct rt_span bytes)
{
    struct rt_reader reader = rt_reader(bytes);
    struct rt_buf again = RT_BUF_INIT;
    struct rt_wire_told one;
    struct rt_wire_told same;

    while (rt_wire_next_told(&reader, &one)) {
        struct rt_reader once;

        rt_buf_reset(&again);
        rt_wire_put_told(&again, &one);
        once = rt_reader(rt_buf_span(&again));
        if (!rt_wire_next_told(&once, &same) || same.ordinal != one.ordinal ||
            same.attempt != one.attempt || !rt_span_equal(same.text, one.text))
            abort();
    }
    rt_buf_clear(&again);
}

static void try_line(struct rt_span bytes)
{
    struct rt_report_line line;
    struct rt_err err;
    struct rt_reader values;

    if (rt_report_line_read(bytes, &line, &err) == 0 && !line.path) {
        if (line.step < 0)
            abort();
        values = rt_reader(rt_buf_span(&line.values));
        for (uint32_t i = 0; i < line.count; i++) {
            struct rt_span name;
            double value;

            rt_report_value(&values, &name, &value);
        }
        if (values.bad || rt_reader_left(&values))
            abort();
    }
    rt_report_line_clear(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(struct rt_span) = {try_rows, try_told, try_line};

    if (size > 0)
        tries[data[0] % 3](rt_span(data + 1, size - 1));
    return 0;
}
