#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/study.h"

struct folder {
    char path[32];
};

static char *write_file(const struct folder *folder, const char *name, const char *text)
{
    char *path = rt_fs_join(folder->path, name);
    struct rt_err err;

    expect_ok(err, rt_fs_replace(path, rt_span_text(text), 0666, &err));
    return path;
}

static void put(const struct folder *folder, const char *name, const char *text)
{
    free(write_file(folder, name, text));
}

static int set_up(void **state)
{
    struct folder *folder = rt_calloc(1, sizeof *folder);
    struct rt_err err;
    char *sub;

    strcpy(folder->path, "/tmp/retrial-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    sub = rt_fs_join(folder->path, "sub");
    expect_ok(err, rt_fs_mkdirs(sub, &err));
    free(sub);
    put(folder, "m.py", "");
    put(folder, "n.py", "");
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    struct folder *folder = *state;
    struct rt_err err;

    expect_ok(err, rt_fs_remove(folder->path, &err));
    free(folder);
    return 0;
}

/* Whatever the study says differently, it is the plan of this text. */
static void expect_same(const struct folder *folder, const char *study, const char *text)
{
    char *path = write_file(folder, "s.yaml", study);
    struct rt_study_file file;
    struct rt_study_file whole;
    struct rt_err err;

    expect_ok(err, rt_study_file_read(path, &file, &err));
    expect_ok(err, rt_study_file_parse(rt_span_text(text), path, &whole, &err));
    if (!rt_json_equal(file.plan, whole.plan))
        fail_msg("%s is not %s", rt_json_text(file.plan), rt_json_text(whole.plan));
    assert_true(file.other_count > 0);
    assert_true(file.extends);
    rt_study_file_clear(&file);
    rt_study_file_clear(&whole);
    free(path);
}

static const char base[] = "name: base\n"
                           "entry: m.py:f\n"
                           "params: {epochs: 40, opt: {name: sgd, lr: 1}}\n"
                           "sweep: {a: [1, 2], b: '0:1:0.5', c: {from: 1, to: 3, step: 1}}\n"
                           "limits: {timeout: 60, retries: 1}\n"
                           "objective: {maximize: acc}\n"
                           "replicates: 3\n";

static void a_study_has_what_its_base_says(void **state)
{
    put(*state, "base.yaml", base);
    expect_same(*state, "extends: base.yaml\n",
                "entry: m.py:f\n"
                "params: {epochs: 40, opt: {name: sgd, lr: 1}}\n"
                "sweep: {a: [1, 2], b: '0:1:0.5', c: {from: 1, to: 3, step: 1}}\n"
                "limits: {timeout: 60, retries: 1}\nobjective: {maximize: acc}\nreplicates: 3\n");
}

static void keys_are_merged_or_replaced(void **state)
{
    put(*state, "base.yaml", base);
    expect_same(*state,
                "extends: base.yaml\n"
                "entry: n.py:g\n"
                "params: {opt: {lr: null, z: 1}}\n"
                "sweep: {d: [7], b: [5], c: {from: 0, to: 1, count: 2}, a: null}\n"
                "limits: {retries: 2}\n"
                "objective: {minimize: loss}\n"
                "replicates: null\n",
                "entry: n.py:g\n"
                "params: {epochs: 40, opt: {name: sgd, lr: null, z: 1}}\n"
                "sweep: {b: [5], c: {from: 0, to: 1, count: 2}, d: [7]}\n"
                "limits: {timeout: 60, retries: 2}\nobjective: {minimize: loss}\n");
}

static void keys_replace_those_of_a_list_where_they_stand(void **state)
{
    put(*state, "base.yaml",
        "entry: m.py:f\nsweep:\n- {a: [1, 2], x: [1]}\n- zip: {b: [1, 2], c: [3, 4]}\n- d: [1]\n");
    expect_same(*state, "extends: base.yaml\nsweep: {a: [3], d: null, e: [1]}\n",
                "entry: m.py:f\nsweep:\n- {a: [3], x: [1]}\n- zip: {b: [1, 2], c: [3, 4]}\n"
                "- e: [1]\n");
    expect_same(*state, "extends: base.yaml\nsweep: [{q: [1, 2]}]\n",
                "entry: m.py:f\nsweep: {q: [1, 2]}\n");
}

static void paths_start_at_the_file_that_says_them(void **state)
{
    const struct folder *folder = *state;
    char *path = write_file(folder, "sub/s.yaml", "extends: ../base.yaml\n");
    char *input = rt_fs_join(folder->path, "n.py");
    struct rt_study_file file;
    struct rt_err err;

    put(folder, "base.yaml", "entry: m.py:f\ninputs: [n.py]\n");
    expect_ok(err, rt_study_file_read(path, &file, &err));
    assert_string_equal(file.roots[0], folder->path);
    assert_string_equal(rt_json_get_text(rt_json_get(file.plan, "entry"), "file", ""), "m.py");
    assert_string_equal(
        rt_json_get_text(rt_json_at(rt_json_get(file.plan, "inputs"), 0), "path", ""), input);
    assert_int_equal(file.other_count, 1);
    rt_study_file_clear(&file);
    free(input);
    free(path);
}

static void expect_mistake(const struct folder *folder, const char *study, const char *error)
{
    char *path = write_file(folder, "s.yaml", study);
    struct rt_study_file file;
    struct rt_err err;

    assert_int_equal(rt_study_file_read(path, &file, &err), RT_EUSAGE);
    if (strncmp(err.text, folder->path, strlen(folder->path)) != 0 ||
        strcmp(err.text + strlen(folder->path) + 1, error) != 0)
        fail_msg("%s is not %s", err.text, error);
    free(path);
}

static void mistakes_are_told_with_the_file_they_are_in(void **state)
{
    put(*state, "base.yaml", "entry: m.py:f\nparams: {a: 1}\n\nlimits: {retries: many}\n");
    put(*state, "typo.yaml", "extends: base.yaml\nlimits: {retries: 0}\nreplicate: 3\n");
    put(*state, "fine.yaml", "entry: m.py:f\n");
    expect_mistake(*state, "extends: base.yaml\n",
                   "base.yaml:4:19: expected an integer from 0 to 250, found a text: many");
    expect_mistake(*state, "extends: typo.yaml\n",
                   "typo.yaml:3:1: unknown key \"replicate\"; did you mean \"replicates\"?");
    expect_mistake(*state, "extends: fine.yaml\nseed: x\n",
                   "s.yaml:2:7: expected an integer, \"per-trial\", or a mapping such as {base: 3, "
                   "per: trial}, found a text: x");
    expect_mistake(*state, "extends: [a]\n",
                   "s.yaml:1:10: expected a study file such as base.yaml, found a list");
}

static void cycles_are_refused(void **state)
{
    const struct folder *folder = *state;
    char *error =
        rt_printf("b.yaml:1:10: \"%s/s.yaml\" extends itself; name another file", folder->path);

    put(folder, "b.yaml", "extends: s.yaml\n");
    expect_mistake(folder, "extends: b.yaml\n", error);
    free(error);
}

static void a_chain_has_an_end(void **state)
{
    for (int i = 0; i < 9; i++) {
        char *name = rt_printf("b%d.yaml", i);
        char *text = rt_printf("extends: b%d.yaml\n", i + 1);

        put(*state, name, i < 8 ? text : "entry: m.py:f\n");
        free(name);
        free(text);
    }
    expect_same(*state, "extends: b1.yaml\n", "entry: m.py:f\n");
    expect_mistake(*state, "extends: b0.yaml\n",
                   "b7.yaml:1:10: more than 8 files extend one another; write what they say in "
                   "fewer");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_study_has_what_its_base_says),
        TEST(keys_are_merged_or_replaced),
        TEST(keys_replace_those_of_a_list_where_they_stand),
        TEST(paths_start_at_the_file_that_says_them),
        TEST(mistakes_are_told_with_the_file_they_are_in),
        TEST(cycles_are_refused),
        TEST(a_chain_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
