#ifndef RT_TESTS_PLAN_CHECKS_H
#define RT_TESTS_PLAN_CHECKS_H
/* What holds of every plan that is made of a study file or of settings. */
#include <stdlib.h>
#include <string.h>

#include "engine/study.h"
#include "store/plan.h"

/* What a plan gives to trials must be canonical JSON already. */
static inline void check_point(const struct rt_plan *plan, uint64_t index)
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

static inline void check_points(const struct rt_plan *plan)
{
    check_point(plan, 0);
    check_point(plan, rt_plan_count(plan) / 2);
    check_point(plan, rt_plan_count(plan) - 1);
}

/* What rt_study_write() says of a plan must be read as the same plan, unless it runs code from
 * elsewhere, which a plan does not know the place of. */
static inline void check_written(const struct rt_json *plan)
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

#endif
