#include "tests/expect.h"

#include "store/report.h"

static void put(struct rt_buf *rows, const char *name, int64_t step, uint32_t count)
{
    struct rt_buf values = RT_BUF_INIT;
    struct rt_report report = {
        .study = 1, .ordinal = 7, .attempt = 2, .number = 300, .step = step, .time_us = 5};

    rt_report_put_value(&values, rt_span_text(name), 0.25);
    rt_report_put_value(&values, rt_span_text("b"), -1);
    report.count = count;
    report.values = rt_buf_span(&values);
    rt_report_put(rows, &report);
    rt_buf_clear(&values);
}

static void reports_come_back_as_they_were(void **state)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_reports_reader reader;
    struct rt_report report;
    struct rt_err err;
    double value;

    (void)state;
    rt_buf_put_varint(&body, 2);
    put(&body, "a", 3, 2);
    put(&body, "a", INT64_MAX, 2);
    expect_ok(err, rt_reports_open(&reader, rt_buf_span(&body), &err));
    assert_int_equal(rt_reports_next(&reader, &report, &err), 1);
    assert_int_equal(report.ordinal, 7);
    assert_int_equal(report.attempt, 2);
    assert_int_equal(report.number, 300);
    assert_int_equal(report.step, 3);
    assert_int_equal(report.time_us, 5);
    assert_int_equal(rt_report_find(&report, "b", &value), 0);
    assert_true(value == -1);
    assert_int_equal(rt_report_find(&report, "c", &value), -1);
    assert_int_equal(rt_reports_next(&reader, &report, &err), 1);
    assert_true(report.step == INT64_MAX);
    assert_int_equal(rt_reports_next(&reader, &report, &err), 0);
    rt_buf_clear(&body);
}

static void refuse(struct rt_buf *body)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    struct rt_err err;
    int rc = rt_reports_open(&reader, rt_buf_span(body), &err);

    while (rc >= 0 && (rc = rt_reports_next(&reader, &report, &err)) > 0)
        continue;
    assert_int_equal(rc, RT_EDAMAGED);
    rt_buf_clear(body);
}

static void what_is_no_report_is_refused(void **state)
{
    struct rt_buf body = RT_BUF_INIT;

    (void)state;
    rt_buf_put_varint(&body, 1);
    put(&body, "", 3, 2); /* no name */
    refuse(&body);
    rt_buf_put_varint(&body, 1);
    put(&body, "\xff", 3, 2); /* no UTF-8 */
    refuse(&body);
    rt_buf_put_varint(&body, 1);
    put(&body, "a", 3, 3); /* a value too few */
    refuse(&body);
    rt_buf_put_varint(&body, 1);
    put(&body, "a", 3, 1); /* one too many */
    refuse(&body);
    rt_buf_put_varint(&body, 1);
    put(&body, "a", -1, 2);
    refuse(&body);
    rt_buf_put_varint(&body, 2); /* a wrong count */
    put(&body, "a", 3, 2);
    refuse(&body);
    rt_buf_put_varint(&body, UINT64_MAX);
    refuse(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_come_back_as_they_were),
        cmocka_unit_test(what_is_no_report_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
