/* Any bytes as a study file: refused with a place, or a plan whose points can be derived. */
#include "engine/study.h"
#include "store/plan.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a plan gives to trials must be canonical JSON already. */
static void check_point(const struct rt_plan *plan, uint64_t index)
{
    struct rt_buf params = RT_BUF_INIT;
    struct rt_json *json;
    struct rt_err err;
    char *again;

    rt_plan_params(plan, index, &params);
    if (rt_json_parse(rt_buf_span(&params), &json, &err) < 0)
        abort();
    again = rt_json_text(json);
    if (strcmp(again, rt_buf_text(&params)) != 0)
        abort();
    free(again);
    rt_json_free(json);
    rt_buf_clear(&params);
}

/* What rt_study_write() says of a plan must be read as the same plan, unless it runs code from
 * elsewhere, which a plan does not know the place of. */
static void check_written(const struct rt_json *plan)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_study_file file;
    struct rt_err err;

    if (strcmp(rt_json_get_text(plan, "root", ""), "f") != 0)
        return;
    rt_study_write(plan, &text);
    if (rt_study_file_parse(rt_buf_span(&text), "/f/a.yaml", &file, &err) < 0 ||
        !rt_json_equal(plan, file.plan))
        abort();
    rt_study_file_clear(&file);
    rt_buf_clear(&text);
}

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
    check_point(plan, 0);
    check_point(plan, rt_plan_count(plan) / 2);
    check_point(plan, rt_plan_count(plan) - 1);
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
