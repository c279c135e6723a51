#include "tests/expect.h"
#include "tests/host_root.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/gpus.h"

#include <stdlib.h>
#include <unistd.h>

static int set_up(void **state)
{
    (void)state;
    host_root_begin();
    unsetenv("RETRIAL_GPUS");
    unsetenv("CUDA_VISIBLE_DEVICES");
    unsetenv("HIP_VISIBLE_DEVICES");
    unsetenv("ROCR_VISIBLE_DEVICES");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_root_end();
    return 0;
}

static void put_nvidia(const char *bus, const char *model)
{
    char *path = rt_printf("/proc/driver/nvidia/gpus/%s/information", bus);
    char *text = rt_printf("Model: \t\t %s\nIRQ:   \t\t 42\nGPU UUID: \t GPU-%s\n", model, bus);

    host_root_put(path, text);
    host_root_put(
        "/proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n"
        "GCC version:  gcc version 12.2.0\n");
    free(path);
    free(text);
}

static void expect_ids(const char *const *ids, const char *variable)
{
    struct rt_gpus gpus;

    rt_gpus_find(&gpus);
    for (size_t i = 0; ids[i]; i++) {
        assert_true(i < gpus.count);
        assert_string_equal(gpus.ids[i], ids[i]);
        assert_true(ids[i + 1] || gpus.count == i + 1);
    }
    if (!ids[0])
        assert_int_equal(gpus.count, 0);
    assert_string_equal(gpus.variables[0], variable);
    rt_gpus_clear(&gpus);
}

static void a_node_without_drivers_has_none(void **state)
{
    (void)state;
    expect_ids((const char *const[]){NULL}, "ROCR_VISIBLE_DEVICES");
    assert_null(rt_gpus_about());
}

static void cuda_s_variable_is_read_as_cuda_does(void **state)
{
    (void)state;
    put_nvidia("0000:07:00.0", "NVIDIA A100-SXM4-40GB");
    setenv("CUDA_VISIBLE_DEVICES", " 3, GPU-8f2c,3,-1,5", 1);
    expect_ids((const char *const[]){"3", "GPU-8f2c", NULL}, "CUDA_VISIBLE_DEVICES");
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    expect_ids((const char *const[]){NULL}, "CUDA_VISIBLE_DEVICES");
    setenv("CUDA_VISIBLE_DEVICES", "NoDevFiles", 1);
    expect_ids((const char *const[]){NULL}, "CUDA_VISIBLE_DEVICES");
}

static void what_the_person_lists_comes_before_all_else(void **state)
{
    (void)state;
    setenv("CUDA_VISIBLE_DEVICES", "3", 1);
    setenv("RETRIAL_GPUS", "0,1", 1);
    expect_ids((const char *const[]){"0", "1", NULL}, "CUDA_VISIBLE_DEVICES");
}

static void two_variables_with_one_list_are_narrowed_together(void **state)
{
    struct rt_gpus gpus;

    (void)state;
    setenv("CUDA_VISIBLE_DEVICES", "2,3", 1);
    setenv("HIP_VISIBLE_DEVICES", "2,3", 1);
    setenv("ROCR_VISIBLE_DEVICES", "2,3", 1);
    rt_gpus_find(&gpus);
    assert_int_equal(gpus.count, 2);
    assert_string_equal(gpus.variables[1], "HIP_VISIBLE_DEVICES");
    rt_gpus_clear(&gpus);
    setenv("HIP_VISIBLE_DEVICES", "0,1", 1);
    rt_gpus_find(&gpus);
    assert_null(gpus.variables[1]);
    rt_gpus_clear(&gpus);
}

static void the_driver_tells_models_and_its_version(void **state)
{
    struct rt_json *about;
    char *text;

    (void)state;
    put_nvidia("0000:0a:00.0", "NVIDIA A100-SXM4-40GB");
    put_nvidia("0000:07:00.0", "NVIDIA A100-SXM4-40GB");
    expect_ids((const char *const[]){"0", "1", NULL}, "CUDA_VISIBLE_DEVICES");
    about = rt_gpus_about();
    text = rt_json_text(about);
    assert_string_equal(text, "{\"devices\":[{\"bus\":\"0000:07:00.0\",\"model\":\"NVIDIA "
                              "A100-SXM4-40GB\",\"uuid\":\"GPU-0000:07:00.0\"},{\"bus\":\"0000:0a:"
                              "00.0\",\"model\":\"NVIDIA A100-SXM4-40GB\",\"uuid\":\"GPU-0000:0a:"
                              "00.0\"}],\"driver\":\"535.104.05\",\"usable\":2}");

    free(text);
    rt_json_free(about);
    setenv("CUDA_VISIBLE_DEVICES", "", 1);
    about = rt_gpus_about();
    assert_int_equal(rt_json_get_int(about, "usable", -1), 0);
    rt_json_free(about);
}

static void a_container_has_those_whose_files_it_has(void **state)
{
    (void)state;
    put_nvidia("0000:07:00.0", "NVIDIA L4");
    put_nvidia("0000:0a:00.0", "NVIDIA L4");
    host_root_put("/dev/nvidia1", "");
    host_root_put("/dev/nvidiactl", "");
    host_root_put("/dev/nvidia-uvm", "");
    expect_ids((const char *const[]){"0", NULL}, "CUDA_VISIBLE_DEVICES");
}

static void device_files_alone_are_enough(void **state)
{
    (void)state;
    host_root_put("/dev/nvidia0", "");
    host_root_put("/dev/nvidia1", "");
    expect_ids((const char *const[]){"0", "1", NULL}, "CUDA_VISIBLE_DEVICES");
}

static void amd_s_are_nodes_with_simd_units(void **state)
{
    struct rt_json *about;

    (void)state;
    host_root_put("/sys/class/kfd/kfd/topology/nodes/0/properties",
                  "cpu_cores_count 64\nsimd_count 0\n");
    host_root_put("/sys/class/kfd/kfd/topology/nodes/1/properties",
                  "cpu_cores_count 0\nsimd_count 440\n");
    host_root_put("/sys/class/kfd/kfd/topology/nodes/1/name", "aldebaran\n");
    host_root_put("/sys/module/amdgpu/version", "6.3.6\n");
    expect_ids((const char *const[]){"0", NULL}, "ROCR_VISIBLE_DEVICES");
    about = rt_gpus_about();
    assert_string_equal(rt_json_get_text(about, "driver", ""), "6.3.6");
    assert_string_equal(rt_json_get_text(rt_json_at(rt_json_get(about, "devices"), 0), "model", ""),
                        "aldebaran");
    rt_json_free(about);
}

static void ranks_of_one_node_share_without_overlap(void **state)
{
    struct rt_gpus gpus;

    (void)state;
    setenv("RETRIAL_GPUS", "0,1,2,3,4", 1);
    rt_gpus_find(&gpus);
    rt_gpus_share(&gpus, 0, 2);
    assert_int_equal(gpus.count, 2);
    assert_string_equal(gpus.ids[1], "1");
    rt_gpus_clear(&gpus);
    rt_gpus_find(&gpus);
    rt_gpus_share(&gpus, 1, 2);
    assert_int_equal(gpus.count, 3);
    assert_string_equal(gpus.ids[0], "2");
    rt_gpus_clear(&gpus);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_node_without_drivers_has_none),
        TEST(cuda_s_variable_is_read_as_cuda_does),
        TEST(what_the_person_lists_comes_before_all_else),
        TEST(two_variables_with_one_list_are_narrowed_together),
        TEST(the_driver_tells_models_and_its_version),
        TEST(a_container_has_those_whose_files_it_has),
        TEST(device_files_alone_are_enough),
        TEST(amd_s_are_nodes_with_simd_units),
        TEST(ranks_of_one_node_share_without_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
