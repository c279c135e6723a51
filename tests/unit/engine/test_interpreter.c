#include "tests/expect.h"
#include "tests/folder.h"

#include "engine/interpreter.h"

#include <sys/stat.h>

static char *folder;

/* A folder that looks like an environment with an interpreter; yours. */
static char *make_environment(const char *name)
{
    char *path = rt_fs_join(folder, name);
    char *bin = rt_fs_join(path, "bin");
    char *python = rt_fs_join(bin, "python3");

    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(mkdir(bin, 0700), 0);
    assert_int_equal(symlink("/bin/sh", python), 0);
    free(python);
    free(bin);
    return path;
}

/* The interpreter that is wanted, behind the folder's name; NULL: none. */
static void expect_wanted(const char *entry, const char *expected)
{
    struct rt_json *json;
    char *path;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(entry), &json, &err));
    expect_ok(err, rt_interpreter_wanted(json, &path, &err));
    if (expected)
        assert_string_equal(path + strlen(folder), expected);
    else
        assert_null(path);
    free(path);
    rt_json_free(json);
}

static void expect_missing(const char *entry, const char *part)
{
    struct rt_json *json;
    char *path;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(entry), &json, &err));
    expect_error(err, RT_EUSAGE, part, rt_interpreter_wanted(json, &path, &err));
    assert_null(path);
    rt_json_free(json);
}

static int clean(void **state)
{
    (void)state;
    unsetenv("VIRTUAL_ENV");
    unsetenv("CONDA_PREFIX");
    return 0;
}

static void without_any_wish_none_is_wanted(void **state)
{
    (void)state;
    expect_wanted("{}", NULL);
    setenv("VIRTUAL_ENV", "", 1);
    expect_wanted("{}", NULL);
}

static void a_virtual_environment_goes_before_one_of_conda(void **state)
{
    char *venv = make_environment("venv");
    char *conda = make_environment("conda");

    (void)state;
    setenv("CONDA_PREFIX", conda, 1);
    expect_wanted("{}", "/conda/bin/python3");
    setenv("VIRTUAL_ENV", venv, 1);
    expect_wanted("{}", "/venv/bin/python3");
    free(venv);
    free(conda);
}

static void an_environment_that_is_gone_is_an_error(void **state)
{
    (void)state;
    setenv("CONDA_PREFIX", folder, 1); /* one without Python */
    expect_wanted("{}", NULL);
    setenv("CONDA_PREFIX", "/nonexistent", 1);
    expect_missing("{}", "CONDA_PREFIX is \"/nonexistent\"");
    unsetenv("CONDA_PREFIX");
    setenv("VIRTUAL_ENV", folder, 1);
    expect_missing("{}", "VIRTUAL_ENV is \"");
}

static void a_name_is_looked_up_on_the_path(void **state)
{
    char *environment = make_environment("named");
    char *bin = rt_fs_join(environment, "bin");
    char *before = rt_strdup(getenv("PATH"));

    (void)state;
    setenv("VIRTUAL_ENV", "/nonexistent", 1); /* which the study's word goes before */
    expect_missing("{\"python\":\"python3-of-nobody\"}", "\"python3-of-nobody\"");
    expect_missing("{\"python\":\"/etc/passwd\"}", "\"/etc/passwd\"");
    setenv("PATH", bin, 1);
    expect_wanted("{\"python\":\"python3\"}", "/named/bin/python3");
    setenv("PATH", before, 1);
    free(before);
    free(bin);
    free(environment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_any_wish_none_is_wanted, clean),
        cmocka_unit_test_setup(a_virtual_environment_goes_before_one_of_conda, clean),
        cmocka_unit_test_setup(an_environment_that_is_gone_is_an_error, clean),
        cmocka_unit_test_setup(a_name_is_looked_up_on_the_path, clean),
    };
    int failed;

    folder = folder_new();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_free(folder);
    return failed;
}
