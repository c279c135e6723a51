#include "tests/expect.h"

#include "engine/about.h"

#include <stdlib.h>
#include <unistd.h>

static void a_host_has_all_members(void **state)
{
    static const char *const texts[] = {"host", "boot", "system", "cpu"};
    static const char *const numbers[] = {"pid", "start", "cores", "memory_kib"};
    struct rt_json *about = rt_about_host();

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_true(strlen(rt_json_get_text(about, texts[i], "")) > 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_true(rt_json_get_int(about, numbers[i], 0) > 0);
    assert_int_equal(rt_json_get_int(about, "pid", 0), getpid());
    rt_json_free(about);
}

static void a_launch_tells_its_command_and_hides_secrets(void **state)
{
    static char program[] = "retrial";
    static char run[] = "run";
    static char key[] = "--api-key";
    static char value[] = "abc";
    char *argv[] = {program, run, key, value, NULL};
    struct rt_json *about;
    char *command;

    (void)state;
    setenv("OMP_NUM_THREADS", "3", 1);
    setenv("SLURM_JWT", "abc", 1);
    setenv("LOADEDMODULES", "gcc/12:openmpi/4.1", 1);
    setenv("SLURM_JOB_ID", "4711", 1);
    about = rt_about_launch(4, argv);
    command = rt_json_text(rt_json_get(about, "command"));
    assert_string_equal(command, "[\"retrial\",\"run\",\"--api-key\",\"(hidden)\"]");
    free(command);
    assert_string_equal(rt_json_get_text(rt_json_get(about, "env"), "OMP_NUM_THREADS", ""), "3");
    assert_int_equal(rt_json_kind(rt_json_get(rt_json_get(about, "env"), "SLURM_JWT")),
                     RT_JSON_NULL);
    assert_string_equal(rt_json_string(rt_json_at(rt_json_get(about, "modules"), 1)),
                        "openmpi/4.1");
    assert_string_equal(rt_json_get_text(rt_json_get(about, "job"), "system", ""), "slurm");
    assert_string_equal(rt_json_get_text(rt_json_get(about, "job"), "id", ""), "4711");
    assert_string_equal(rt_json_get_text(about, "version", ""), RETRIAL_VERSION);
    assert_non_null(strstr(rt_json_get_text(about, "program", ""), "test_about"));
    assert_int_equal(rt_json_get_text(about, "cwd", "")[0], '/');
    rt_json_free(about);
}

static void without_a_scheduler_there_is_no_job(void **state)
{
    struct rt_json *about;

    (void)state;
    unsetenv("SLURM_JOB_ID");
    unsetenv("LOADEDMODULES");
    about = rt_about_launch(0, NULL);
    assert_int_equal(rt_json_kind(rt_json_get(about, "job")), RT_JSON_NULL);
    assert_int_equal(rt_json_count(rt_json_get(about, "modules")), 0);
    rt_json_free(about);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_all_members),
        cmocka_unit_test(a_launch_tells_its_command_and_hides_secrets),
        cmocka_unit_test(without_a_scheduler_there_is_no_job),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
