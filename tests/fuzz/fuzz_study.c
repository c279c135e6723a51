/* Any bytes as a study file: refused with a place, or a plan whose points can be derived. */
#include "tests/fuzz/plan_checks.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_as(const uint8_t *data, size_t size, const char *path)
{
    struct rt_study_file file;
    struct rt_plan *plan;
    struct rt_err err;

    if (rt_study_file_parse(rt_span(data, size), path, &file, &err) < 0) {
        if (err.code != RT_EUSAGE || strncmp(err.text, path, strlen(path)) != 0)
            abort();
        return;
    }
    if (rt_plan_new(file.plan, &plan, &err) < 0)
        abort();
    check_written(file.plan);
    check_points(plan);
    rt_plan_free(plan);
    rt_study_file_clear(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_as(data, size, "/f/a.yaml");
    if (size && data[0] == '{')
        try_as(data, size, "/f/a.json");
    return 0;
}
