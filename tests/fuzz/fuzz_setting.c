/* Any lines as settings of the command line, and those that are a number as how often to draw: each
 * changes the plan, or leaves it as it was. */
#include "base/alloc.h"
#include "tests/fuzz/plan_checks.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char study[] = "entry: m.py:f\n"
                            "params: {epochs: 40, opt: {name: sgd}, hidden: [20]}\n"
                            "sweep: {noise: \"0:0.5:0.05\", opt.lr: [0.1, 0.2]}\n";

static void set(struct rt_json *plan, const char *setting)
{
    char *before = rt_json_text(plan);
    struct rt_plan *checked;
    struct rt_err err;
    char *rest;
    uint64_t samples = strtoull(setting, &rest, 10);
    int rc = samples && !*rest ? rt_study_set_samples(plan, samples, &err)
                               : rt_study_set(plan, setting, 3, &err);

    if (rc < 0) {
        char *after = rt_json_text(plan);

        if (err.code != RT_EUSAGE || strcmp(before, after) != 0)
            abort();
        free(after);
    } else if (rt_plan_new(plan, &checked, &err) < 0) {
        abort();
    } else {
        check_points(checked);
        rt_plan_free(checked);
    }
    free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = rt_strndup(size ? (const char *)data : "", size);
    struct rt_study_file file;
    struct rt_err err;
    char *rest = NULL;

    if (rt_study_file_parse(rt_span_text(study), "/f/a.yaml", &file, &err) < 0)
        abort();
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        set(file.plan, line);
    check_written(file.plan);
    rt_study_file_clear(&file);
    free(text);
    return 0;
}
