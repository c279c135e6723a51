#include "tests/expect.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/study.h"

#define FOLDER "/nowhere/demo"

static char *plan_of(const char *text, const char *path)
{
    struct rt_study_file file;
    struct rt_err err;
    char *plan;

    expect_ok(err, rt_study_file_parse(rt_span_text(text), path, &file, &err));
    plan = rt_json_text(file.plan);
    rt_study_file_clear(&file);
    return plan;
}

/* The plan must contain this piece of canonical JSON. */
static void expect_piece(const char *text, const char *piece)
{
    char *plan = plan_of(text, FOLDER "/noise.yaml");

    if (!strstr(plan, piece))
        fail_msg("%s\nlacks %s", plan, piece);
    free(plan);
}

static void an_entry_alone_is_a_study(void **state)
{
    char *plan = plan_of("entry: model.py:train\n", FOLDER "/noise.yaml");

    (void)state;
    assert_string_equal(
        plan, "{\"axes\":[],\"code\":null,\"each\":{\"threads\":1},"
              "\"entry\":{\"file\":\"model.py\",\"function\":\"train\",\"kind\":\"python\"},"
              "\"format\":1,\"limits\":{\"output_bytes\":65536,\"retries\":0,\"timeout_us\":0},"
              "\"name\":\"noise\",\"objective\":null,\"params\":{},\"replicates\":1,"
              "\"root\":\"demo\",\"seed\":0,\"seeds\":\"shared\"}");
    free(plan);
}

static const char full[] = "name: noise # of labels\n"
                           "entry: model.py:train\n"
                           "params: {epochs: 40, hidden: [20]}\n"
                           "sweep:\n"
                           "  label_noise: {from: 0, to: 0.5, step: 0.05}\n"
                           "replicates: 20\n"
                           "objective: {maximize: val_acc}\n"
                           "limits: {timeout: 60s, retries: 1}\n";

static void the_example_becomes_a_plan(void **state)
{
    char *plan = plan_of(full, FOLDER "/noise.yaml");

    (void)state;
    assert_string_equal(
        plan, "{\"axes\":[{\"count\":11,\"from\":\"0\",\"key\":\"label_noise\",\"kind\":\"real\","
              "\"step\":\"0.05\"}],\"code\":null,\"each\":{\"threads\":1},"
              "\"entry\":{\"file\":\"model.py\",\"function\":\"train\",\"kind\":\"python\"},"
              "\"format\":1,\"limits\":{\"output_bytes\":65536,\"retries\":1,"
              "\"timeout_us\":60000000},\"name\":\"noise\","
              "\"objective\":{\"goal\":\"maximize\",\"metric\":\"val_acc\"},"
              "\"params\":{\"epochs\":40,\"hidden\":[20]},\"replicates\":20,"
              "\"root\":\"demo\",\"seed\":0,\"seeds\":\"shared\"}");
    free(plan);
}

static void json_gives_the_same_plan(void **state)
{
    const char *json = "{\"name\": \"noise\", \"entry\": \"model.py:train\",\n"
                       "\t\"params\": {\"epochs\": 40, \"hidden\": [20]},\n"
                       "\"sweep\": {\"label_noise\": \"0:0.5:0.05\"}, \"replicates\": 20,\n"
                       "\"objective\": {\"maximize\": \"val_acc\"},\n"
                       "\"limits\": {\"timeout\": 60, \"retries\": 1}}\n";
    char *from_yaml = plan_of(full, FOLDER "/noise.yaml");
    char *from_json = plan_of(json, FOLDER "/noise.json");

    (void)state;
    assert_string_equal(from_yaml, from_json);
    free(from_yaml);
    free(from_json);
}

static void windows_files_and_byte_order_marks_are_read(void **state)
{
    (void)state;
    expect_piece("\xEF\xBB\xBF"
                 "name: a\r\nentry: m.py:f\r\nparams: {x: \"\xC3\xA9\"}\r\n",
                 "\"params\":{\"x\":\"\xC3\xA9\"}");
}

static void scalars_follow_the_core_schema(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\nparams: {a: no, b: true, c: ~, d: 010, e: 1e-4, f: 0x1F, g: '1',\n"
                 " h: 1.0, i: \"\\U0001F600\", j: 0o17, k: .5, l: 2026-01-01, m: 12:30}\n",
                 "\"params\":{\"a\":\"no\",\"b\":true,\"c\":null,\"d\":10,\"e\":0.0001,\"f\":31,"
                 "\"g\":\"1\",\"h\":1.0,\"i\":\"\xF0\x9F\x98\x80\",\"j\":15,\"k\":0.5,"
                 "\"l\":\"2026-01-01\",\"m\":\"12:30\"}");
}

static void sweeps_are_crossed_in_the_order_of_the_file(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\nparams: {z: 1}\nsweep:\n  z: [1, 2]\n  opt.lr: [a, null, [3]]\n"
                 "  n: {from: 1, to: 9, count: 5}\n",
                 "\"axes\":[{\"key\":\"z\",\"values\":[1,2]},"
                 "{\"key\":\"opt.lr\",\"values\":[\"a\",null,[3]]},"
                 "{\"count\":5,\"from\":\"1\",\"key\":\"n\",\"kind\":\"int\",\"step\":\"2\"}]");
}

static void one_real_makes_a_list_of_numbers_real(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\nsweep: {x: [0, 0.5, 1]}\n", "\"values\":[0.0,0.5,1.0]");
    expect_piece("entry: m.py:f\nsweep: {x: [0, 0.5, a]}\n", "\"values\":[0,0.5,\"a\"]");
}

static void seeds_come_in_three_forms(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\nseed: 7\n", "\"seed\":7,\"seeds\":\"shared\"");
    expect_piece("entry: m.py:f\nseed: per-trial\n", "\"seed\":0,\"seeds\":\"per-trial\"");
    expect_piece("entry: m.py:f\nseed: {base: 3, per: trial}\n",
                 "\"seed\":3,\"seeds\":\"per-trial\"");
    expect_piece("entry: m.py:f\nseed: {base: 3, per: replicate}\n",
                 "\"seed\":3,\"seeds\":\"shared\"");
}

static void expect_timeout(const char *timeout, const char *us)
{
    char *text = rt_printf("entry: m.py:f\nlimits: {timeout: %s}\n", timeout);
    char *piece = rt_printf("\"timeout_us\":%s}", us);

    expect_piece(text, piece);
    free(text);
    free(piece);
}

static void durations_have_units(void **state)
{
    (void)state;
    expect_timeout("60s", "60000000");
    expect_timeout("2min", "120000000");
    expect_timeout("1.5h", "5400000000");
    expect_timeout("250ms", "250000");
    expect_timeout("1 d", "86400000000");
    expect_timeout("90", "90000000");
    expect_timeout("0.5", "500000");
    expect_timeout("1e3", "1000000000");
}

static void expect_output(const char *size, const char *bytes)
{
    char *text = rt_printf("entry: m.py:f\nlimits: {output: %s}\n", size);
    char *piece = rt_printf("\"output_bytes\":%s,", bytes);

    expect_piece(text, piece);
    free(text);
    free(piece);
}

static void sizes_have_units(void **state)
{
    (void)state;
    expect_output("64KiB", "65536");
    expect_output("1.5 MiB", "1572864");
    expect_output("10kB", "10000");
    expect_output("0", "0");
    expect_output("100", "100");
    expect_output("7B", "7");
}

static void entries_are_of_three_kinds(void **state)
{
    (void)state;
    expect_piece("entry: ./libmodel.so:train\n",
                 "\"entry\":{\"file\":\"libmodel.so\",\"function\":\"train\",\"kind\":\"c\"}");
    expect_piece("entry: pkg/../pkg/m.py:f_1\n", "{\"file\":\"pkg/m.py\",\"function\":\"f_1\"");
    expect_piece("entry: {command: [./t.sh, --lr, \"{lr}\", 3, 0.10, true]}\n",
                 "\"entry\":{\"argv\":[\"./t.sh\",\"--lr\",\"{lr}\",\"3\",\"0.10\",\"true\"],"
                 "\"kind\":\"command\"}");
}

static void roots_hold_the_entry(void **state)
{
    struct rt_study_file file;
    struct rt_err err;
    const char *text = "entry: ../src/m.py:f\ncode: [../lib, ../src]\n";

    (void)state;
    expect_ok(err, rt_study_file_parse(rt_span_text(text), FOLDER "/s.yaml", &file, &err));
    assert_int_equal(file.root_count, 2);
    assert_string_equal(file.roots[0], "/nowhere/src");
    assert_string_equal(file.roots[1], "/nowhere/lib");
    assert_string_equal(file.path, FOLDER "/s.yaml");
    assert_string_equal(file.folder, FOLDER);
    assert_string_equal(file.text, text);
    assert_string_equal(rt_json_get_text(file.plan, "root", ""), "src");
    assert_string_equal(rt_json_get_text(rt_json_get(file.plan, "entry"), "file", ""), "m.py");
    rt_study_file_clear(&file);
}

static void an_entry_beside_the_study_starts_at_its_folder(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\ncode: ..\n", "\"root\":\"nowhere/demo\"");
    expect_piece("entry: m.py:f\ncode: ..\n", "\"file\":\"m.py\"");
    expect_piece("entry: ../m.py:f\ncode: ..\n", "\"root\":\"nowhere\"");
    expect_piece("entry: {command: [./t.sh]}\ncode: ..\n", "\"root\":\"nowhere/demo\"");
    expect_piece("entry: {command: [python3, t.py]}\ncode: /else/where\n", "\"root\":\"where\"");
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char *path = rt_fs_join(folder, name);
    struct rt_err err;

    expect_ok(err, rt_fs_replace(path, rt_span_text(text), 0600, &err));
    free(path);
}

static void what_a_file_names_must_be_there(void **state)
{
    char folder[] = "/tmp/rt-study-XXXXXX";
    struct rt_study_file file;
    struct rt_err err;
    char *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = rt_fs_join(folder, "s.yaml");
    expect_error(err, RT_EUSAGE, "No such file", rt_study_file_read(path, &file, &err));
    expect_error(err, RT_EUSAGE, "is a folder", rt_study_file_read(folder, &file, &err));
    expect_error(err, RT_EUSAGE, "not a regular file",
                 rt_study_file_read("/dev/zero", &file, &err));
    write_file(folder, "s.yaml", "entry: m.py:f\n");
    expect_error(err, RT_EUSAGE, "s.yaml:1:8: there is no file \"m.py\"",
                 rt_study_file_read(path, &file, &err));
    write_file(folder, "m.py", "");
    expect_ok(err, rt_study_file_read(path, &file, &err));
    rt_study_file_clear(&file);
    write_file(folder, "s.yaml", "entry: {command: [./m.py]}\n");
    expect_error(err, RT_EUSAGE, "s.yaml:1:19: \"./m.py\" is not executable",
                 rt_study_file_read(path, &file, &err));
    write_file(folder, "s.yaml", "entry: m.py:f\ncode: [., lib]\n");
    expect_error(err, RT_EUSAGE, "s.yaml:2:11: there is no folder \"lib\"",
                 rt_study_file_read(path, &file, &err));
    assert_null(file.plan);
    expect_ok(err, rt_fs_remove(folder, &err));
    free(path);
}

static void what_is_written_reads_as_the_same_plan(void **state)
{
    static const char text[] = "name: \"a (b)\"\n"
                               "entry: {command: [./x.sh, \"{a.b}\", --n]}\n"
                               "params: {a: {b: 1.0, c: [x, null]}, d: no}\n"
                               "sweep:\n"
                               "  r: {from: 0, to: 0.5, step: 0.05}\n"
                               "  i: '3:1:-1'\n"
                               "  one: {from: 0.0, to: 2.0, count: 3}\n"
                               "  \"strange, key\": [a, 1, true]\n"
                               "  lr: {from: 1e-5, to: 1e-1, count: 5, scale: log}\n"
                               "  width: '16:512:log6'\n"
                               "replicates: 4\n"
                               "seed: {base: 9, per: trial}\n"
                               "objective: {minimize: loss}\n"
                               "limits: {timeout: 90s, retries: 2, output: 1KiB}\n"
                               "each: {threads: 3}\n";
    struct rt_study_file file;
    struct rt_study_file again;
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_study_file_parse(rt_span_text(text), "s.yaml", &file, &err));
    rt_study_write(file.plan, &out);
    expect_ok(err, rt_study_file_parse(rt_buf_span(&out), "s.yaml", &again, &err));
    if (!rt_json_equal(file.plan, again.plan))
        fail_msg("%s is not %s: %s", rt_json_text(again.plan), rt_json_text(file.plan),
                 rt_buf_text(&out));
    rt_buf_clear(&out);
    rt_study_file_clear(&file);
    rt_study_file_clear(&again);
}

static void expect_read_again(const char *text)
{
    struct rt_study_file file;
    struct rt_study_file again;
    struct rt_buf out = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_study_file_parse(rt_span_text(text), "s.yaml", &file, &err));
    rt_study_write(file.plan, &out);
    expect_ok(err, rt_study_file_parse(rt_buf_span(&out), "s.yaml", &again, &err));
    if (!rt_json_equal(file.plan, again.plan))
        fail_msg("%s is not %s: %s", rt_json_text(again.plan), rt_json_text(file.plan),
                 rt_buf_text(&out));
    rt_buf_clear(&out);
    rt_study_file_clear(&file);
    rt_study_file_clear(&again);
}

static void needs_are_written_and_read_again(void **state)
{
    (void)state;
    expect_piece("entry: m.py:f\nlimits: {memory: 2GiB}\n", "\"memory_bytes\":2147483648");
    expect_piece("entry: m.py:f\neach: {gpus: 0.5}\n", "\"gpus_permille\":500");
    expect_piece("entry: m.py:f\neach: {gpus: 2, memory: 1kB}\n",
                 "\"each\":{\"gpus_permille\":2000,\"memory_bytes\":1000,\"threads\":1}");
    expect_piece("entry: m.py:f\ninputs: [data/x, /abs]\n",
                 "\"format\":3,\"inputs\":[{\"path\":\"data/x\"},{\"path\":\"/abs\"}]");
    expect_piece("entry: m.py:f\ncode: {roots: [.], ignore: ['*.csv']}\n",
                 "\"code_ignore\":[\"*.csv\"]");
    expect_piece("entry: m.py:f\nisolation: warm\n", "\"format\":1");
    expect_read_again("entry: m.py:f\nlimits: {memory: 2GiB}\neach: {gpus: 0.05, memory: 1kB}\n"
                      "isolation: fresh\ninputs: [a, /b]\ncode: {ignore: ['*.csv', '#x']}\n");
    expect_read_again("entry: m.py:f\neach: {gpus: 8}\n");
}

/* Inputs may be files and folders, and must be there. */
static void inputs_must_be_there(void **state)
{
    char folder[] = "/tmp/retrial-test-XXXXXX";
    struct rt_study_file file;
    char *error;
    char *model;
    char *path;
    struct rt_err err;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = rt_fs_join(folder, "s.yaml");
    model = rt_fs_join(folder, "m.py");
    expect_ok(err, rt_fs_replace(model, rt_span_text(""), 0666, &err));
    expect_ok(err,
              rt_fs_replace(path, rt_span_text("entry: m.py:f\ninputs: [m.py, .]\n"), 0666, &err));
    expect_ok(err, rt_study_file_read(path, &file, &err));
    rt_study_file_clear(&file);
    expect_ok(err,
              rt_fs_replace(path, rt_span_text("entry: m.py:f\ninputs: [m.py, x]\n"), 0666, &err));
    error =
        rt_printf("%s:2:16: there is no file or folder \"x\"; paths start at the study file", path);
    expect_error(err, RT_EUSAGE, error, rt_study_file_read(path, &file, &err));
    expect_ok(err, rt_fs_remove(folder, &err));
    free(error);
    free(model);
    free(path);
}

static void groups_and_lists_are_written_and_read_again(void **state)
{
    (void)state;
    expect_read_again("entry: a.py:f\nsweep: {zip: {a: [1, 0.5, 1], b: [x, y, z]}, c: [1, 2]}\n");
    expect_read_again("entry: a.py:f\nsweep:\n- x: [1, 2]\n- zip: {a: '1:3:1', b: [0, 0, 1]}\n"
                      "- zip: {w: [1, 2], q: [3, 4]}\n- zip: {from: 0, to: 4, step: 2}\n");
    expect_read_again("entry: a.py:f\nparams: {z: 3, m: {n: 1}}\nsweep: {s: [1]}\n"
                      "list: [{b: 1, a: [2]}, {}, {z: 4, q: 1.5}, {m.n: 2, b: 0.5}]\n");
    expect_read_again("entry: a.py:f\nsweep: {a: '0:1000000000000000000:500000000000000000'}\n");
    expect_read_again("entry: a.py:f\nsamples: 7\nsample:\n  w: int(-1000000000000000000, 9)\n  a: "
                      "uniform(0, 1.5)\n  b: int(-3, 9)\n"
                      "  c: loguniform(1e-5, 1)\n  d: choice(x, 1, 2.5)\n  e: {choice: [1, 2.0]}\n"
                      "list: [{q: 1}, {r: 2}]\nsweep: {s: [1], zip: {t: [1, 2], u: [3, 4]}}\n");
}

static void zipped_keys_are_one_axis_of_several_keys(void **state)
{
    (void)state;
    expect_piece("entry: a.py:f\nsweep: {zip: {a: [1, 2], b: [x, x]}}\n",
                 "\"axes\":[{\"key\":\"a\",\"values\":[1,2],\"zip\":0},"
                 "{\"key\":\"b\",\"values\":[\"x\",\"x\"],\"zip\":0}]");
    expect_piece("entry: a.py:f\nsweep: {zip: [1, 2]}\n",
                 "\"axes\":[{\"key\":\"zip\",\"values\":[1,2]}]");
    expect_piece("entry: a.py:f\nsweep: {zip: [1, 2]}\n", "\"format\":1");
    expect_piece("entry: a.py:f\nsweep: {zip: {a: [1, 2]}}\n", "\"format\":2");
}

static void listed_params_may_have_different_keys(void **state)
{
    (void)state;
    expect_piece("entry: a.py:f\nsweep: {s: [1]}\nparams: {z: 3}\n"
                 "list: [{a: 1}, {b.c: x, z: 4}]\n",
                 "\"axes\":[{\"absent\":[1],\"key\":\"a\",\"values\":[1,null],\"zip\":0},"
                 "{\"key\":\"z\",\"values\":[3,4],\"zip\":0},"
                 "{\"absent\":[0],\"key\":\"b.c\",\"values\":[null,\"x\"],\"zip\":0},"
                 "{\"key\":\"s\",\"values\":[1]}]");
}

/* argv is not const, literals are. */
static int from_words(const char **words, const struct rt_study_option *options,
                      struct rt_study_file *file, struct rt_err *err)
{
    return rt_study_file_from_words((char *const *)words, options, file, err);
}

static void an_entry_of_the_command_line_is_a_study(void **state)
{
    const struct rt_study_option options[] = {
        {"--replicates", "replicates", "3", false},   {"--timeout", "limits.timeout", "3s", false},
        {"--retries", "limits.retries", NULL, false}, {"--memory", "limits.memory", "1GiB", false},
        {"--gpus", "each.gpus", "0.5", false},        {NULL, NULL, NULL, false}};
    const struct rt_study_option wrong[] = {{"--replicates", "replicates", "3", false},
                                            {"--timeout", "limits.timeout", "soon", false},
                                            {NULL, NULL, NULL, false}};
    char folder[] = "/tmp/rt-study-XXXXXX";
    struct rt_study_file file;
    struct rt_err err;
    char *before = rt_fs_absolute(".");

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file(folder, "train.py", "");
    assert_int_equal(chdir(folder), 0);
    expect_error(err, RT_EUSAGE, "there is no file \"no.py\"; paths start at the current folder",
                 from_words((const char *[]){"no.py:f", NULL}, NULL, &file, &err));
    expect_error(err, RT_EUSAGE, "is no name of a function",
                 from_words((const char *[]){"train.py:", NULL}, NULL, &file, &err));
    expect_error(err, RT_EUSAGE, "option \"--timeout\": expected a duration such as 60s",
                 from_words((const char *[]){"train.py:train", NULL}, wrong, &file, &err));
    expect_error(err, RT_EUSAGE, "\"\xff.py:f\" is not UTF-8",
                 from_words((const char *[]){"\xff.py:f", NULL}, NULL, &file, &err));
    expect_ok(err, from_words((const char *[]){"train.py:train", NULL}, options, &file, &err));
    assert_int_equal(rt_json_get_int(rt_json_get(file.plan, "limits"), "timeout_us", 0), 3000000);
    assert_int_equal(rt_json_get_int(rt_json_get(file.plan, "each"), "gpus_permille", 0), 500);
    assert_string_equal(rt_json_get_text(file.plan, "name", ""), "train");
    assert_int_equal(rt_json_get_int(file.plan, "replicates", 0), 3);
    rt_study_file_clear(&file);
    expect_ok(err,
              from_words((const char *[]){"python3", "train.py", "{lr}", NULL}, NULL, &file, &err));
    assert_string_equal(rt_json_get_text(file.plan, "name", ""), "train");
    rt_study_file_clear(&file);
    assert_int_equal(chdir(before), 0);
    expect_ok(err, rt_fs_remove(folder, &err));
    free(before);
}

/* The keys that a mapping of the schema has, as the program lists those it knows. */
static void expect_keys(const struct rt_json *properties, const char *text)
{
    struct rt_buf want = RT_BUF_INIT;
    struct rt_study_file file;
    struct rt_err err;

    rt_buf_add(&want, "the keys here are ");
    for (void *i = rt_json_first(properties); i; i = rt_json_next(properties, i))
        rt_buf_printf(&want, "%s%s", want.size > 18 ? ", " : "", rt_json_iter_key(i));
    expect_error(err, RT_EUSAGE, rt_buf_text(&want),
                 rt_study_file_parse(rt_span_text(text), "a.yaml", &file, &err));
    rt_buf_clear(&want);
}

static void the_schema_has_the_keys_of_the_program(void **state)
{
    static const char schema[] = "docs/study-file.schema.json";
    char *folder =
        rt_strndup(__FILE__, strlen(__FILE__) - strlen("tests/unit/engine/test_study.c"));
    char *file = rt_printf("%s%s", folder, schema);
    const struct rt_json *top;
    struct rt_json *json;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_json_parse_file(file, &json, &err));
    top = rt_json_get(json, "properties");
    expect_keys(top, "zzzzzzzz: 1\n");
    expect_keys(rt_json_get(rt_json_get(top, "limits"), "properties"), "limits: {zzzzzzzz: 1}\n");
    expect_keys(rt_json_get(rt_json_get(top, "each"), "properties"), "each: {zzzzzzzz: 1}\n");
    expect_keys(rt_json_get(rt_json_get(top, "objective"), "properties"),
                "objective: {zzzzzzzz: 1}\n");
    rt_json_free(json);
    free(file);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_alone_is_a_study),
        cmocka_unit_test(the_example_becomes_a_plan),
        cmocka_unit_test(json_gives_the_same_plan),
        cmocka_unit_test(windows_files_and_byte_order_marks_are_read),
        cmocka_unit_test(scalars_follow_the_core_schema),
        cmocka_unit_test(sweeps_are_crossed_in_the_order_of_the_file),
        cmocka_unit_test(one_real_makes_a_list_of_numbers_real),
        cmocka_unit_test(seeds_come_in_three_forms),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(entries_are_of_three_kinds),
        cmocka_unit_test(roots_hold_the_entry),
        cmocka_unit_test(an_entry_beside_the_study_starts_at_its_folder),
        cmocka_unit_test(what_a_file_names_must_be_there),
        cmocka_unit_test(what_is_written_reads_as_the_same_plan),
        cmocka_unit_test(needs_are_written_and_read_again),
        cmocka_unit_test(inputs_must_be_there),
        cmocka_unit_test(groups_and_lists_are_written_and_read_again),
        cmocka_unit_test(zipped_keys_are_one_axis_of_several_keys),
        cmocka_unit_test(listed_params_may_have_different_keys),
        cmocka_unit_test(an_entry_of_the_command_line_is_a_study),
        cmocka_unit_test(the_schema_has_the_keys_of_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
