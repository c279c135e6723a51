#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/quantity.h"
#include "base/utf8.h"
#include "engine/scalar.h"
#include "store/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#define TIMEOUT_MAX_US (INT64_C(366) * 86400 * 1000000)

static const struct rt_unit sizes[] = {
    {"B", 1},         {"kB", 1000},     {"MB", 1000000},  {"GB", 1000000000},
    {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0},
};

/* "1.5 min" in the smallest unit; numbers alone have the factor `bare`. */
static bool read_quantity(const struct rt_yaml_node *node, const struct rt_unit *units,
                          int64_t bare, int64_t *value)
{
    struct rt_decimal amount;

    if (node->kind == RT_JSON_INT || node->kind == RT_JSON_REAL)
        return rt_scalar_decimal(node->text, &amount, NULL) == 0 &&
               rt_decimal_times(amount, bare, &amount, NULL) == 0 &&
               rt_decimal_to_int(amount, value);
    if (node->kind != RT_JSON_STRING)
        return false;
    return rt_quantity_parse(node->text, units, value);
}

static struct rt_json *member(struct rt_study_reader *reader, const char *name)
{
    return rt_json_get(reader->plan, name);
}

static int read_timeout(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int64_t us = 0;

    if (!read_quantity(node, rt_durations, 1000000, &us))
        return rt_study_mismatch(
            reader, node, "a duration such as 60s, 2min, 1.5h (units: ms, s, min, h, d)", err);
    if (us <= 0)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "timeout %s is not positive; remove the key if there is none",
                             rt_utf8_clip(node->text, clip));
    if (us > TIMEOUT_MAX_US)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "timeout %s is longer than a year; remove the key if there is none",
                             rt_utf8_clip(node->text, clip));
    rt_json_set_int(member(reader, "limits"), "timeout_us", us);
    return 0;
}

static int read_retries(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, 0, RT_PLAN_RETRIES_MAX, &value, err);

    if (rc == 0)
        rt_json_set_int(member(reader, "limits"), "retries", value);
    return rc;
}

static const char size_expected[] = "a size such as 64KiB (units: B, kB, MB, GB, KiB, MiB, GiB)";

static int read_output(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int64_t bytes = 0;

    if (!read_quantity(node, sizes, 1, &bytes) || bytes < 0)
        return rt_study_mismatch(reader, node, size_expected, err);
    if (bytes > RT_PLAN_OUTPUT_MAX)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "output %s is more than the 64MiB that can be kept; write a file "
                             "for more",
                             rt_utf8_clip(node->text, clip));
    rt_json_set_int(member(reader, "limits"), "output_bytes", bytes);
    return 0;
}

static int read_memory(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       const char *object, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int64_t bytes = 0;

    if (!read_quantity(node, sizes, 1, &bytes))
        return rt_study_mismatch(reader, node, size_expected, err);
    if (bytes <= 0)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "memory %s is not positive; remove the key if there is no limit",
                             rt_utf8_clip(node->text, clip));
    if (bytes > RT_PLAN_MEMORY_MAX)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "memory %s is more than a million GiB; remove the key if there is no "
                             "limit",
                             rt_utf8_clip(node->text, clip));
    rt_json_set_int(member(reader, object), "memory_bytes", bytes);
    return 0;
}

static int read_memory_limit(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err)
{
    return read_memory(reader, node, "limits", err);
}

static int read_memory_need(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err)
{
    return read_memory(reader, node, "each", err);
}

/* Parts of a GPU are counted in thousandths; several trials share one, or one has several. */
static int read_gpus(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    int64_t permille = -1;

    if ((node->kind != RT_JSON_INT && node->kind != RT_JSON_REAL) ||
        !read_quantity(node, NULL, 1000, &permille) || permille < 0 ||
        permille > RT_PLAN_GPUS_MAX || (permille > 1000 && permille % 1000 != 0))
        return rt_study_mismatch(reader, node,
                                 "a part of a GPU such as 0.5, of three decimals at most, or a "
                                 "number of GPUs such as 2",
                                 err);
    if (permille > 0)
        rt_json_set_int(member(reader, "each"), "gpus_permille", permille);
    return 0;
}

int rt_study_read_limits(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"timeout", read_timeout},
        {"retries", read_retries},
        {"output", read_output},
        {"memory", read_memory_limit},
        {NULL, NULL},
    };
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT, "a mapping such as {timeout: 60s}", err);

    return rc < 0 ? rc : rt_study_fields(reader, node, fields, err);
}

static int read_threads(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, 1, RT_PLAN_THREADS_MAX, &value, err);

    if (rc == 0)
        rt_json_set_int(member(reader, "each"), "threads", value);
    return rc;
}

int rt_study_read_each(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"threads", read_threads}, {"memory", read_memory_need}, {"gpus", read_gpus}, {NULL, NULL}};
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT, "a mapping such as {threads: 2}", err);

    return rc < 0 ? rc : rt_study_fields(reader, node, fields, err);
}

int rt_study_read_replicates(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, 1, RT_PLAN_POINTS_MAX, &value, err);

    if (rc == 0)
        rt_json_set_int(reader->plan, "replicates", value);
    return rc;
}

static int read_seed_base(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                          struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, 0, INT64_MAX, &value, err);

    if (rc == 0)
        rt_json_set_int(reader->plan, "seed", value);
    return rc;
}

static int read_seed_per(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    bool per_trial = node->text && strcmp(node->text, "trial") == 0;

    if (!per_trial && !(node->text && strcmp(node->text, "replicate") == 0))
        return rt_study_mismatch(reader, node, "\"replicate\" or \"trial\"", err);
    rt_json_set_text(reader->plan, "seeds", per_trial ? "per-trial" : "shared");
    return 0;
}

int rt_study_read_seed(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"base", read_seed_base}, {"per", read_seed_per}, {NULL, NULL}};

    if (node->kind == RT_JSON_OBJECT)
        return rt_study_fields(reader, node, fields, err);
    if (node->kind == RT_JSON_INT)
        return read_seed_base(reader, node, err);
    if (node->kind != RT_JSON_STRING || strcmp(node->text, "per-trial") != 0)
        return rt_study_mismatch(
            reader, node, "an integer, \"per-trial\", or a mapping such as {base: 3, per: trial}",
            err);
    rt_json_set_text(reader->plan, "seeds", "per-trial");
    return 0;
}

static int read_goal(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    struct rt_json *objective = rt_json_get(reader->plan, "objective");
    int rc = rt_study_expect(reader, node, RT_JSON_STRING, "the name of a metric", err);

    if (rc < 0)
        return rc;
    if (!node->text[0])
        return rt_yaml_error(reader->yaml, node->offset, err, "the name of the metric is empty");
    if (rt_json_kind(objective) != RT_JSON_NULL)
        return rt_yaml_error(reader->yaml, node->key_offset, err,
                             "there is one objective per study; remove \"maximize\" or "
                             "\"minimize\"");
    objective = rt_json_new_object();
    rt_json_set_text(objective, "goal", node->key);
    rt_json_set_text(objective, "metric", node->text);
    rt_json_set(reader->plan, "objective", objective);
    return 0;
}

int rt_study_read_objective(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"maximize", read_goal}, {"minimize", read_goal}, {NULL, NULL}};

    if (node->kind != RT_JSON_OBJECT || node->count == 0)
        return rt_study_mismatch(reader, node, "a mapping such as {maximize: accuracy}", err);
    return rt_study_fields(reader, node, fields, err);
}
