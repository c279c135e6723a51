#include "tests/expect.h"

#include "engine/report_line.h"
#include "store/report.h"

static int read_line(const char *text, struct rt_report_line *line, struct rt_err *err)
{
    return rt_report_line_read(rt_span_text(text), line, err);
}

static void has_value(const struct rt_report_line *line, const char *name, double want)
{
    struct rt_buf values = line->values;
    struct rt_report report = {.count = line->count, .values = rt_buf_span(&values)};
    double value;

    assert_int_equal(rt_report_find(&report, name, &value), 0);
    assert_true(value == want || (want != want && value != value));
}

static void words_and_objects_say_the_same(void **state)
{
    const char *const lines[] = {"step=3 loss=0.5 acc=nan", "  acc=nan\tloss=5e-1 step=3 \r",
                                 "{\"step\": 3, \"loss\": 0.5, \"acc\": {\"$float\": \"nan\"}}"};
    struct rt_report_line line;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        expect_ok(err, read_line(lines[i], &line, &err));
        assert_int_equal(line.step, 3);
        assert_int_equal(line.count, 2);
        assert_null(line.path);
        has_value(&line, "loss", 0.5);
        has_value(&line, "acc", 0.0 / 0.0);
        rt_report_line_clear(&line);
    }
}

static void checkpoints_name_a_path(void **state)
{
    struct rt_report_line line;
    struct rt_err err;

    (void)state;
    expect_ok(err, read_line("checkpoint my last.pt step=12", &line, &err));
    assert_string_equal(line.path, "my last.pt");
    assert_int_equal(line.step, 12);
    rt_report_line_clear(&line);
    expect_ok(err, read_line("checkpoint last step=x", &line, &err));
    assert_string_equal(line.path, "last step=x");
    assert_int_equal(line.step, -1);
    rt_report_line_clear(&line);
}

static void all_else_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *part;
    } bad[] = {
        {"loss=0.5", "needs a step"},
        {"step=-1 loss=1", "\"step=-1\" is no name=number"},
        {"step=3 loss=", "\"loss=\""},
        {"step=3 =1", "\"=1\""},
        {"step=3 loss=1x", "\"loss=1x\""},
        {"epoch 3", "\"epoch\" is no name=number"},
        {"", "needs a step"},
        {"{\"step\": 1.5, \"a\": 1}", "needs a step"},
        {"{\"step\": 1, \"a\": \"b\"}", "\"a\" is a text, not a number"},
        {"{\"step\": 1", ""},
    };
    struct rt_report_line line;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_error(err, RT_EUSAGE, bad[i].part, read_line(bad[i].text, &line, &err));
        rt_report_line_clear(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_objects_say_the_same),
        cmocka_unit_test(checkpoints_name_a_path),
        cmocka_unit_test(all_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
