/* Reading a plan object. */
#include "store/plan_own.h"

#define FORMAT 8

static int damaged(const char *member, const char *expected, struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "member \"%s\" of the plan is not %s", member, expected);
}

/* An integer member of an object within bounds. */
static int read_integer(const struct rt_json *object, const char *member, uint64_t min,
                        uint64_t max, uint64_t *out, struct rt_err *err)
{
    const struct rt_json *value = rt_json_get(object, member);

    if (!value || rt_json_kind(value) != RT_JSON_INT || rt_json_int(value) < 0 ||
        (uint64_t)rt_json_int(value) < min || (uint64_t)rt_json_int(value) > max)
        return rt_err_set(err, RT_EDAMAGED,
                          "member \"%s\" of the plan is not an integer from %llu to %llu", member,
                          (unsigned long long)min, (unsigned long long)max);
    *out = (uint64_t)rt_json_int(value);
    return 0;
}

static bool is_filled_text(const struct rt_json *value)
{
    return value && rt_json_string(value) && rt_json_string(value)[0];
}

static int check_entry(const struct rt_json *entry, struct rt_err *err)
{
    const char *kind = rt_json_get_text(entry, "kind", "");
    const struct rt_json *argv = rt_json_get(entry, "argv");

    if (strcmp(kind, "python") == 0 || strcmp(kind, "c") == 0) {
        if (!is_filled_text(rt_json_get(entry, "file")) ||
            !is_filled_text(rt_json_get(entry, "function")))
            return damaged("entry", "a file and a function", err);
        return 0;
    }
    if (strcmp(kind, "command") != 0)
        return damaged("entry", "a function or a command", err);
    if (!argv || rt_json_kind(argv) != RT_JSON_ARRAY || !is_filled_text(rt_json_at(argv, 0)))
        return damaged("entry", "a command with its arguments", err);
    for (size_t i = 0; i < rt_json_count(argv); i++) {
        if (!rt_json_string(rt_json_at(argv, i)))
            return damaged("entry", "a command with texts as arguments", err);
    }
    return 0;
}

static int check_objective(const struct rt_json *objective, struct rt_err *err)
{
    const char *goal = rt_json_get_text(objective, "goal", "");

    if (!objective || rt_json_kind(objective) == RT_JSON_NULL)
        return 0;
    if ((strcmp(goal, "maximize") != 0 && strcmp(goal, "minimize") != 0) ||
        !is_filled_text(rt_json_get(objective, "metric")))
        return damaged("objective", "a goal and a metric", err);
    return 0;
}

static int check_texts(const struct rt_json *json, struct rt_err *err)
{
    const struct rt_json *code = rt_json_get(json, "code");
    const struct rt_json *root = rt_json_get(json, "root");
    struct rt_hash hash;

    if (!is_filled_text(rt_json_get(json, "name")))
        return damaged("name", "a text", err);
    if (code && rt_json_kind(code) != RT_JSON_NULL &&
        (!rt_json_string(code) || rt_hash_from_hex(&hash, rt_json_string(code)) < 0))
        return damaged("code", "a code state", err);
    if (root && rt_json_kind(root) != RT_JSON_NULL && !rt_json_string(root))
        return damaged("root", "a path", err);
    return 0;
}

static int read_seeds(struct rt_plan *plan, struct rt_err *err)
{
    const char *seeds = rt_json_get_text(plan->json, "seeds", "");

    plan->seed_per_trial = strcmp(seeds, "per-trial") == 0;
    if (!plan->seed_per_trial && strcmp(seeds, "shared") != 0)
        return damaged("seeds", "\"shared\" or \"per-trial\"", err);
    return read_integer(plan->json, "seed", 0, INT64_MAX, &plan->seed, err);
}

static int read_numbers(struct rt_plan *plan, struct rt_err *err)
{
    const struct rt_json *limits = rt_json_get(plan->json, "limits");
    const struct rt_json *each = rt_json_get(plan->json, "each");
    uint64_t retries = 0;
    uint64_t threads = 0;
    int rc;

    if ((rc = read_integer(plan->json, "replicates", 1, UINT32_MAX, &plan->replicates, err)) < 0 ||
        (rc = read_integer(limits, "timeout_us", 0, INT64_MAX, &plan->timeout_us, err)) < 0 ||
        (rc = read_integer(limits, "retries", 0, RT_PLAN_RETRIES_MAX, &retries, err)) < 0 ||
        (rc = read_integer(limits, "output_bytes", 0, RT_PLAN_OUTPUT_MAX, &plan->output_bytes,
                           err)) < 0 ||
        (rc = read_integer(each, "threads", 1, RT_PLAN_THREADS_MAX, &threads, err)) < 0 ||
        (rc = rt_plan_needs_read(&plan->needs, plan->json, err)) < 0)
        return rc;
    plan->retries = (uint32_t)retries;
    plan->threads = (uint32_t)threads;
    return 0;
}

/* Listed points: each is a level, and axes, if there are any, all change together with them. */
static int read_points(struct rt_plan *plan, struct rt_err *err)
{
    const struct rt_json *points = rt_json_get(plan->json, "points");
    int rc = rt_plan_points_init(&plan->points, points, rt_json_get(plan->json, "replay"),
                                 plan->replicates, err);

    if (rc < 0 || !plan->points.count)
        return rc;
    for (size_t i = 0; i < plan->axes.count; i++) {
        if (plan->axes.items[i].count != plan->points.count || plan->axes.strides[i] != 1)
            return rt_err_set(err, RT_EDAMAGED,
                              "axis \"%s\" of the plan does not go with its points",
                              plan->axes.items[i].key);
    }
    plan->axes.levels = plan->points.count;
    return 0;
}

static int read_axes(struct rt_plan *plan, struct rt_err *err)
{
    uint64_t points;
    int rc = rt_plan_axes_init(&plan->axes, rt_json_get(plan->json, "axes"), plan->seed, err);

    if (rc < 0 || (rc = read_points(plan, err)) < 0)
        return rc;
    if (__builtin_mul_overflow(plan->axes.levels, plan->replicates, &points) ||
        points > RT_PLAN_POINTS_MAX)
        return rt_err_set(err, RT_EDAMAGED, "the plan has more than %llu trials; plan fewer",
                          (unsigned long long)RT_PLAN_POINTS_MAX);
    return 0;
}

/* A driver proposes what axes would vary. */
static int read_driver(struct rt_plan *plan, struct rt_err *err)
{
    const struct rt_json *driver = rt_json_get(plan->json, "driver");
    const struct rt_json *argv = rt_json_get(driver, "argv");
    const struct rt_json *space = rt_json_get(plan->json, "space");

    if (space && rt_json_kind(space) != RT_JSON_OBJECT)
        return damaged("space", "an object", err);
    if (!driver)
        return 0;
    if (!is_filled_text(rt_json_at(argv, 0)))
        return damaged("driver", "a program", err);
    for (size_t i = 0; i < rt_json_count(argv); i++) {
        if (!rt_json_string(rt_json_at(argv, i)))
            return damaged("driver", "a program with texts as arguments", err);
    }
    if (plan->axes.count || plan->replicates != 1)
        return damaged("driver", "alone: there are axes or replicates, too", err);
    plan->driven = true;
    return 0;
}

int rt_plan_read(struct rt_plan *plan, struct rt_err *err)
{
    const struct rt_json *params = rt_json_get(plan->json, "params");
    uint64_t format;
    int rc;

    if (rt_json_kind(plan->json) != RT_JSON_OBJECT)
        return rt_err_set(err, RT_EDAMAGED, "the plan is not an object");
    if ((rc = read_integer(plan->json, "format", 1, INT64_MAX, &format, err)) < 0)
        return rc;
    if (format > FORMAT)
        return rt_err_set(err, RT_ENEWER,
                          "the plan has format %llu, and this program knows up to %d; use a newer "
                          "program",
                          (unsigned long long)format, FORMAT);
    if (!params || rt_json_kind(params) != RT_JSON_OBJECT)
        return damaged("params", "an object", err);
    if ((rc = check_texts(plan->json, err)) < 0 ||
        (rc = check_entry(rt_json_get(plan->json, "entry"), err)) < 0 ||
        (rc = check_objective(rt_json_get(plan->json, "objective"), err)) < 0 ||
        (rc = read_seeds(plan, err)) < 0 || (rc = read_numbers(plan, err)) < 0 ||
        (rc = read_axes(plan, err)) < 0 || (rc = read_driver(plan, err)) < 0)
        return rc;
    rt_plan_read_components(plan);
    return rt_plan_pieces_init(&plan->pieces, params, &plan->axes, err);
}
