#include "tests/expect.h"
#include "tests/host_root.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/host.h"
#include "engine/fit.h"

#include <stdlib.h>
#include <unistd.h>

static int set_up(void **state)
{
    (void)state;
    host_root_begin();
    setenv("RETRIAL_GPUS", "0,1,2", 1);
    unsetenv("MPI_LOCALRANKID");
    unsetenv("MPI_LOCALNRANKS");
    unsetenv("SLURM_GPUS_PER_TASK");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_root_end();
    return 0;
}

static struct rt_plan *plan_of(const char *each)
{
    char *text = rt_printf("{\"format\": 2, \"name\": \"x\", \"entry\": {\"kind\": \"command\", "
                           "\"argv\": [\"true\"]}, \"params\": {}, \"axes\": [], \"replicates\": 1,"
                           " \"seed\": 0, \"seeds\": \"shared\", \"objective\": null, \"limits\": "
                           "{\"timeout_us\": 0, \"retries\": 0, \"output_bytes\": 0}, \"each\": "
                           "{\"threads\": 1%s}, \"code\": null, \"root\": \"\"}",
                           each);
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    rt_json_free(json);
    free(text);
    return plan;
}

/* Devices of all workers, with blanks between. */
static void expect_devices(const char *each, uint32_t most, const char *devices)
{
    struct rt_plan *plan = plan_of(each);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_fit fit;
    struct rt_err err;

    expect_ok(err, rt_fit_find(plan, most, &fit, &err));
    for (uint32_t i = 0; i < fit.workers; i++)
        rt_buf_printf(&text, "%s%s", i ? " " : "", fit.devices ? fit.devices[i] : "-");
    assert_string_equal(rt_buf_text(&text), devices);
    rt_buf_clear(&text);
    rt_fit_clear(&fit);
    rt_plan_free(plan);
}

static void expect_no_fit(const char *each, const char *told)
{
    struct rt_plan *plan = plan_of(each);
    struct rt_fit fit;
    struct rt_err err;

    assert_int_equal(rt_fit_find(plan, 8, &fit, &err), RT_EUSAGE);
    if (!strstr(err.text, told))
        fail_msg("\"%s\" is not in \"%s\"", told, err.text);
    rt_plan_free(plan);
}

static void workers_are_as_many_as_have_devices(void **state)
{
    (void)state;
    expect_devices("", 2, "- -");
    expect_devices(", \"gpus_permille\": 1000", 8, "0 1 2");
    expect_devices(", \"gpus_permille\": 1000", 2, "0 1");
}

static void parts_of_a_device_are_never_more_than_the_whole(void **state)
{
    (void)state;
    expect_devices(", \"gpus_permille\": 500", 8, "0 1 2 0 1 2");
    expect_devices(", \"gpus_permille\": 500", 4, "0 1 2 0");
    expect_devices(", \"gpus_permille\": 300", 99, "0 1 2 0 1 2 0 1 2");
    expect_devices(", \"gpus_permille\": 501", 99, "0 1 2");
}

static void several_devices_go_to_one_worker(void **state)
{
    (void)state;
    setenv("RETRIAL_GPUS", "0,1,2,3,4", 1);
    expect_devices(", \"gpus_permille\": 2000", 8, "0,1 2,3");
    expect_devices(", \"gpus_permille\": 5000", 8, "0,1,2,3,4");
}

static void too_few_gpus_are_told_with_both_numbers(void **state)
{
    (void)state;
    expect_no_fit(", \"gpus_permille\": 4000", "4 GPUs");
    expect_no_fit(", \"gpus_permille\": 4000", "has 3 (by RETRIAL_GPUS)");
    setenv("RETRIAL_GPUS", "", 1);
    expect_no_fit(", \"gpus_permille\": 500", "0.5 GPU, and");
}

static void ranks_of_one_node_have_different_devices(void **state)
{
    (void)state;
    setenv("RETRIAL_GPUS", "0,1", 1);
    setenv("MPI_LOCALRANKID", "1", 1);
    setenv("MPI_LOCALNRANKS", "2", 1);
    expect_devices(", \"gpus_permille\": 1000", 8, "1");
    expect_no_fit(", \"gpus_permille\": 2000", "1 for this rank");
    setenv("SLURM_GPUS_PER_TASK", "2", 1);
    expect_devices(", \"gpus_permille\": 1000", 8, "0 1");
}

static void memory_is_what_is_available_or_allowed(void **state)
{
    (void)state;
    host_root_put("/proc/meminfo",
                  "MemTotal:  16777216 kB\nMemFree: 1 kB\nMemAvailable:  8388608 kB\n");
    assert_true(rt_host_memory_kib() == 16777216);
    assert_true(rt_host_memory_available() == UINT64_C(8) << 30);
    host_root_put("/proc/self/cgroup", "0::/job/step/task\n");
    host_root_put("/sys/fs/cgroup/job/step/memory.max", "max\n");
    assert_true(rt_host_memory_available() == UINT64_C(8) << 30);
    host_root_put("/sys/fs/cgroup/job/memory.max", "4294967296\n");
    assert_true(rt_host_memory_available() == UINT64_C(4) << 30);
    host_root_put("/sys/fs/cgroup/memory.max", "1073741824\n");
    assert_true(rt_host_memory_available() == UINT64_C(1) << 30);
    host_root_put("/proc/self/cgroup", "9:cpu:/\n8:memory:/slurm/job_1\n0::/\n");
    host_root_put("/sys/fs/cgroup/memory.max", "max\n");
    host_root_put("/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes", "2147483648\n");
    assert_true(rt_host_memory_available() == UINT64_C(2) << 30);
}

static void memory_decides_how_many_run_at_once(void **state)
{
    (void)state;
    host_root_put("/proc/meminfo", "MemTotal:  16777216 kB\nMemAvailable:  8388608 kB\n");
    expect_devices(", \"memory_bytes\": 3221225472", 8, "- -");
    expect_devices(", \"memory_bytes\": 3221225472", 1, "-");
    expect_devices(", \"memory_bytes\": 3221225472, \"gpus_permille\": 1000", 8, "0 1");
    expect_no_fit(", \"memory_bytes\": 17179869184", "16.00 GiB of memory");
    expect_no_fit(", \"memory_bytes\": 17179869184", "has 8.00 GiB;");
    setenv("MPI_LOCALRANKID", "1", 1);
    setenv("MPI_LOCALNRANKS", "2", 1);
    expect_devices(", \"memory_bytes\": 3221225472", 8, "-");
}

static void cores_are_divided_by_threads(void **state)
{
    struct rt_plan *plan = plan_of("");
    struct rt_fit fit;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_fit_find(plan, 0, &fit, &err));
    assert_int_equal(fit.workers, rt_host_cores());
    rt_fit_clear(&fit);
    rt_plan_free(plan);
}

static void devices_are_told_by_worker(void **state)
{
    struct rt_plan *plan = plan_of(", \"gpus_permille\": 1000");
    struct rt_fit fit;
    struct rt_json *told;
    struct rt_err err;
    char *text;

    (void)state;
    expect_ok(err, rt_fit_find(plan, 2, &fit, &err));
    told = rt_fit_devices(&fit);
    text = rt_json_text(told);
    assert_string_equal(text, "{\"counted\":false,\"of\":[\"0\",\"1\"],\"variables\":"
                              "[\"CUDA_VISIBLE_DEVICES\",\"HIP_VISIBLE_DEVICES\"]}");
    free(text);
    rt_json_free(told);
    rt_fit_clear(&fit);
    rt_plan_free(plan);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(workers_are_as_many_as_have_devices),
        TEST(parts_of_a_device_are_never_more_than_the_whole),
        TEST(several_devices_go_to_one_worker),
        TEST(too_few_gpus_are_told_with_both_numbers),
        TEST(ranks_of_one_node_have_different_devices),
        TEST(memory_is_what_is_available_or_allowed),
        TEST(memory_decides_how_many_run_at_once),
        TEST(cores_are_divided_by_threads),
        TEST(devices_are_told_by_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
