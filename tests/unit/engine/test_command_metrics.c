#include "tests/expect.h"

#include "engine/command_metrics.h"

#include <stdlib.h>
#include <unistd.h>

static struct rt_json *json(const char *text)
{
    struct rt_json *out;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &out, &err));
    return out;
}

static void expect_metrics(const char *how_text, struct rt_span output, const char *want)
{
    struct rt_json *how = json(how_text);
    struct rt_json *got;
    struct rt_err err;
    char *text;

    expect_ok(err, rt_command_metrics(how, output, &got, &err));
    text = rt_json_text(got);
    assert_string_equal(text, want);
    free(text);
    rt_json_free(got);
    rt_json_free(how);
}

static void expect_no_metrics(const char *how_text, const char *output, const char *part)
{
    struct rt_json *how = json(how_text);
    struct rt_json *got;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, part, rt_command_metrics(how, rt_span_text(output), &got, &err));
    rt_json_free(how);
}

static void the_last_match_counts(void **state)
{
    (void)state;
    expect_metrics("{\"regex\":{\"acc\":\"acc=([^ ]+)\",\"n\":\"^[0-9]+\"}}",
                   rt_span_text("1 acc=0.5 acc=1.\n22 acc=+3 x\nacc=-inf\n"),
                   "{\"acc\":{\"$float\":\"-inf\"},\"n\":22}");
    expect_metrics("{\"regex\":{\"a\":\"a(x)?\"}}", rt_span_text("ax a"), "{\"a\":\"a\"}");
    expect_metrics("{\"regex\":{\"e\":\"$\"}}", rt_span_text("ab\n"), "{\"e\":null}");
    expect_metrics("{\"regex\":{\"t\":\"is (.*)\"}}", rt_span("it\0is 0x1F", 10),
                   "{\"t\":\"0x1F\"}");
    expect_no_metrics("{\"regex\":{\"acc\":\"acc=\"}}", "nothing",
                      "matches \"acc=\", which is acc");
    expect_no_metrics("{\"regex\":{\"acc\":\"acc=\"}}", "", "matches \"acc=\"");
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void the_last_row_of_a_csv_counts(void **state)
{
    char path[] = "/tmp/rt-metrics-XXXXXX";
    char how[128];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    snprintf(how, sizeof how, "{\"csv\":\"%s\"}", path);
    write_file(path, "\na, \"b,\"\"c\"\"\" ,,d\n1,2,3,4\n 1e-3 ,\"x \"\"y\"\"\",5,\n \n");
    expect_metrics(how, rt_span(NULL, 0),
                   "{\"a\":0.001,\"b,\\\"c\\\"\":\"x \\\"y\\\"\",\"d\":null}");
    write_file(path, "a,b\n");
    expect_no_metrics(how, "", "no row below its names");
    write_file(path, "");
    expect_no_metrics(how, "", "no row below its names");
    write_file(path, "\na,b\n1,2\n\n3\n");
    expect_no_metrics(how, "", "line 5 of \"/tmp/rt-metrics-");
    expect_no_metrics(how, "", "has 1 value, and line 2 has 2 names");
    write_file(path, "a\n1,2\n");
    expect_no_metrics(how, "", "has 2 values, and line 1 has 1 name");
    write_file(path, "a,b,\n1,2,\n");
    expect_metrics(how, rt_span(NULL, 0), "{\"a\":1,\"b\":2}");
    unlink(path);
}

static void a_pattern_is_checked(void **state)
{
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_command_check_pattern("a(b|c)*", &err));
    expect_error(err, RT_EUSAGE, "\"a(\" is no regular expression",
                 rt_command_check_pattern("a(", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_match_counts),
        cmocka_unit_test(the_last_row_of_a_csv_counts),
        cmocka_unit_test(a_pattern_is_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
