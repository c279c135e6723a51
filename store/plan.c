#include "store/plan.h"

#include "base/alloc.h"
#include "store/plan_needs.h"
#include "store/plan_params.h"
#include "store/plan_points.h"
#include "store/proposals.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define FORMAT     8
#define SEEDS_KEPT 256

const char *const rt_key_names[RT_KEY_COMPONENTS] = {"entry", "code",        "params", "inputs",
                                                     "seed",  "environment", "threads"};
enum component { ENTRY, CODE, PARAMS, INPUTS, SEED, ENVIRONMENT, THREADS };

struct rt_plan {
    struct rt_json *json;
    struct rt_plan_axes axes;
    struct rt_plan_pieces pieces;
    struct rt_plan_points points;
    uint64_t replicates;
    uint64_t seed;
    bool seed_per_trial;
    uint32_t *shared_seeds; /* of the first SEEDS_KEPT replicates, unless there is one per trial */
    uint32_t retries;
    uint64_t timeout_us;
    uint64_t output_bytes;
    uint32_t threads;
    struct rt_plan_needs needs;
    bool driven;
    struct rt_proposals proposals;                /* if driven: its points */
    struct rt_hash components[RT_KEY_COMPONENTS]; /* those that all points share */
};

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

static struct rt_hash hash_text(const char *text)
{
    return rt_hash(rt_span_text(text));
}

/* docs/plan.md, "Keys". */
static void read_components(struct rt_plan *plan)
{
    char *entry = rt_json_text(rt_json_get(plan->json, "entry"));
    const char *root = rt_json_get_text(plan->json, "root", "");
    const char *code = rt_json_get_text(plan->json, "code", NULL);
    const struct rt_json *inputs = rt_json_get(plan->json, "inputs");
    char *files = inputs ? rt_json_text(inputs) : rt_strdup("{}");
    struct rt_span spans[] = {rt_span_text(entry), rt_span_text(root)};
    char threads[16];

    snprintf(threads, sizeof threads, "%u", plan->threads);
    plan->components[ENTRY] = rt_hash_list(spans, 2);
    if (code)
        rt_hash_from_hex(&plan->components[CODE], code);
    plan->components[INPUTS] = hash_text(files);
    plan->components[ENVIRONMENT] = hash_text("{}");
    plan->components[THREADS] = hash_text(threads);
    free(files);
    free(entry);
}

static int read_plan(struct rt_plan *plan, struct rt_err *err)
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
    read_components(plan);
    return rt_plan_pieces_init(&plan->pieces, params, &plan->axes, err);
}

/* docs/plan.md, "Seeds". The params, and not the index, tell trials apart: a trial keeps
 * its seed when the plan around it changes. */
static uint32_t make_seed(const struct rt_plan *plan, uint64_t replicate, struct rt_span params)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;

    rt_buf_add(&text, plan->seed_per_trial ? "retrial seed per-trial" : "retrial seed shared");
    rt_buf_put_u8(&text, 0);
    rt_buf_put_u64(&text, plan->seed);
    rt_buf_put_u64(&text, replicate);
    if (plan->seed_per_trial)
        rt_buf_put(&text, params.data, params.size);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    return (uint32_t)hash.bytes[0] | (uint32_t)hash.bytes[1] << 8 | (uint32_t)hash.bytes[2] << 16 |
           (uint32_t)hash.bytes[3] << 24;
}

/* Most plans have few: each is asked for as often as there are levels. */
static void keep_shared_seeds(struct rt_plan *plan)
{
    size_t count = plan->replicates < SEEDS_KEPT ? (size_t)plan->replicates : SEEDS_KEPT;

    if (plan->seed_per_trial)
        return;
    plan->shared_seeds = rt_calloc(count, sizeof *plan->shared_seeds);
    for (size_t i = 0; i < count; i++)
        plan->shared_seeds[i] = make_seed(plan, i + 1, rt_span(NULL, 0));
}

int rt_plan_new(const struct rt_json *json, struct rt_plan **out, struct rt_err *err)
{
    struct rt_plan *plan = rt_calloc(1, sizeof *plan);
    int rc;

    *out = NULL;
    plan->json = rt_json_copy(json);
    if ((rc = read_plan(plan, err)) < 0) {
        rt_plan_free(plan);
        return rc;
    }
    keep_shared_seeds(plan);
    *out = plan;
    return 0;
}

void rt_plan_free(struct rt_plan *plan)
{
    if (!plan)
        return;
    rt_plan_axes_clear(&plan->axes);
    rt_plan_pieces_clear(&plan->pieces);
    rt_plan_points_clear(&plan->points);
    rt_proposals_clear(&plan->proposals);
    rt_json_free(plan->json);
    free(plan->shared_seeds);
    free(plan);
}

const struct rt_json *rt_plan_json(const struct rt_plan *plan)
{
    return plan->json;
}

const char *rt_plan_name(const struct rt_plan *plan)
{
    return rt_json_get_text(plan->json, "name", "");
}

uint64_t rt_plan_count(const struct rt_plan *plan)
{
    return plan->driven ? plan->proposals.count : plan->axes.levels * plan->replicates;
}

uint64_t rt_plan_levels(const struct rt_plan *plan)
{
    return plan->driven ? plan->proposals.count : plan->axes.levels;
}

uint32_t rt_plan_retries(const struct rt_plan *plan)
{
    return plan->retries;
}

uint64_t rt_plan_timeout_us(const struct rt_plan *plan)
{
    return plan->timeout_us;
}

uint64_t rt_plan_output_bytes(const struct rt_plan *plan)
{
    return plan->output_bytes;
}

uint32_t rt_plan_threads(const struct rt_plan *plan)
{
    return plan->threads;
}

uint64_t rt_plan_memory_limit(const struct rt_plan *plan)
{
    return plan->needs.memory_limit;
}

uint64_t rt_plan_memory(const struct rt_plan *plan)
{
    return plan->needs.memory;
}

uint32_t rt_plan_gpus_permille(const struct rt_plan *plan)
{
    return plan->needs.gpus_permille;
}

bool rt_plan_fresh(const struct rt_plan *plan)
{
    return plan->needs.fresh;
}

size_t rt_plan_axes(const struct rt_plan *plan)
{
    return plan->axes.count;
}

const char *rt_plan_axis_key(const struct rt_plan *plan, size_t axis)
{
    return plan->axes.items[axis].key;
}

enum rt_axis_kind rt_plan_axis_kind(const struct rt_plan *plan, size_t axis)
{
    return plan->axes.items[axis].kind;
}

uint64_t rt_plan_axis_stride(const struct rt_plan *plan, size_t axis)
{
    return plan->axes.strides[axis];
}

uint64_t rt_plan_axis_count(const struct rt_plan *plan, size_t axis)
{
    return plan->axes.items[axis].count;
}

void rt_plan_axis_value(const struct rt_plan *plan, size_t axis, uint64_t level,
                        struct rt_value *value)
{
    rt_plan_axis_get(&plan->axes.items[axis], level, value);
}

bool rt_plan_axis_lacks(const struct rt_plan *plan, size_t axis, uint64_t level)
{
    return rt_plan_axis_absent(&plan->axes.items[axis], level);
}

bool rt_plan_axis_varies(const struct rt_plan *plan, size_t axis)
{
    return plan->axes.items[axis].varies;
}

/* Axes of more than one level have the same stride only if they change together. */
size_t rt_plan_axis_group(const struct rt_plan *plan, size_t axis, size_t *members)
{
    const struct rt_plan_axes *axes = &plan->axes;
    size_t first = axes->count;

    *members = 0;
    for (size_t i = 0; i < axes->count; i++) {
        if (!axes->items[i].varies || axes->strides[i] != axes->strides[axis])
            continue;
        if (first == axes->count)
            first = i;
        (*members)++;
    }
    return first;
}

bool rt_plan_driven(const struct rt_plan *plan)
{
    return plan->driven;
}

void rt_plan_propose(struct rt_plan *plan, uint64_t index, uint32_t replicate,
                     struct rt_span params)
{
    assert(plan->driven);
    rt_proposals_put(&plan->proposals, index, replicate, params);
}

void rt_plan_forget(struct rt_plan *plan, uint64_t index)
{
    rt_proposals_forget(&plan->proposals, index);
}

int rt_plan_merge(const struct rt_plan *plan, const struct rt_json *own, struct rt_buf *out,
                  struct rt_err *err)
{
    return rt_proposals_merge(rt_json_get(plan->json, "params"), own, out, err);
}

void rt_plan_hand_over(struct rt_plan *from, struct rt_plan *to)
{
    assert(from->driven && to->driven && to->proposals.count == 0);
    to->proposals = from->proposals;
    from->proposals = (struct rt_proposals){NULL, 0, 0, 0};
}

uint64_t rt_plan_level(const struct rt_plan *plan, uint64_t index, size_t axis)
{
    return rt_plan_axes_level(&plan->axes, index % plan->axes.levels, axis);
}

uint64_t rt_plan_axis_listed(const struct rt_plan *plan, size_t axis)
{
    return rt_plan_axis_lists(&plan->axes.items[axis]);
}

void rt_plan_axis_listed_value(const struct rt_plan *plan, size_t axis, uint64_t number,
                               struct rt_value *value)
{
    rt_plan_axis_get_listed(&plan->axes.items[axis], number, value);
}

uint32_t rt_plan_replicate(const struct rt_plan *plan, uint64_t index)
{
    uint32_t replicate = 1;
    struct rt_span params;

    if (plan->points.count)
        return (uint32_t)rt_plan_column_get(&plan->points.replicates, index % plan->points.count);
    if (!plan->driven)
        return rt_plan_repeat(plan, index);
    rt_proposals_get(&plan->proposals, index, &replicate, &params);
    return replicate;
}

uint32_t rt_plan_repeat(const struct rt_plan *plan, uint64_t index)
{
    if (plan->driven)
        return 1;
    return (uint32_t)(index / plan->axes.levels) + 1;
}

const struct rt_json *rt_plan_told(const struct rt_plan *plan, uint64_t index)
{
    return plan->points.told ? rt_plan_points_told(&plan->points, index % plan->points.count)
                             : NULL;
}

bool rt_plan_lists_points(const struct rt_plan *plan)
{
    return plan->points.count > 0;
}

bool rt_plan_origin(const struct rt_plan *plan, uint64_t index, struct rt_plan_origin *out)
{
    const struct rt_plan_points *points = &plan->points;
    uint64_t point = points->count ? index % points->count : 0;

    if (!points->ordinals.count || !points->attempts.count)
        return false;
    *out = (struct rt_plan_origin){
        .study = points->studies.count ? (size_t)rt_plan_column_get(&points->studies, point) : 0,
        .ordinal = (uint64_t)rt_plan_column_get(&points->ordinals, point),
        .attempt = (uint32_t)rt_plan_column_get(&points->attempts, point)};
    return true;
}

void rt_plan_params(const struct rt_plan *plan, uint64_t index, struct rt_buf *out)
{
    struct rt_span proposed;
    uint32_t replicate;

    if (rt_proposals_get(&plan->proposals, index, &replicate, &proposed))
        rt_buf_put(out, proposed.data, proposed.size);
    else
        rt_plan_pieces_put(&plan->pieces, &plan->axes, index % plan->axes.levels, out);
}

uint32_t rt_plan_seed_of(const struct rt_plan *plan, uint32_t replicate, struct rt_span params)
{
    if (plan->shared_seeds && replicate <= plan->replicates && replicate <= SEEDS_KEPT)
        return plan->shared_seeds[replicate - 1];
    return make_seed(plan, replicate, params);
}

uint32_t rt_plan_seed(const struct rt_plan *plan, uint64_t index)
{
    uint32_t replicate = rt_plan_replicate(plan, index);
    struct rt_buf params = RT_BUF_INIT;
    uint32_t seed;

    if (plan->points.count)
        return (uint32_t)rt_plan_column_get(&plan->points.seeds, index % plan->points.seeds.count);
    if (plan->seed_per_trial)
        rt_plan_params(plan, index, &params);
    seed = rt_plan_seed_of(plan, replicate, rt_buf_span(&params));
    rt_buf_clear(&params);
    return seed;
}

void rt_plan_key(const struct rt_plan *plan, uint64_t index, const struct rt_hash *environment,
                 struct rt_hash components[RT_KEY_COMPONENTS], struct rt_hash *key)
{
    struct rt_buf params = RT_BUF_INIT;
    struct rt_span spans[RT_KEY_COMPONENTS];
    char seed[16];

    rt_plan_params(plan, index, &params);
    snprintf(seed, sizeof seed, "%u", rt_plan_seed(plan, index));
    memcpy(components, plan->components, sizeof plan->components);
    components[PARAMS] = rt_hash(rt_buf_span(&params));
    components[SEED] = hash_text(seed);
    if (environment)
        components[ENVIRONMENT] = *environment;
    for (size_t i = 0; i < RT_KEY_COMPONENTS; i++)
        spans[i] = rt_span(components[i].bytes, RT_HASH_SIZE);
    *key = rt_hash_list(spans, RT_KEY_COMPONENTS);
    rt_buf_clear(&params);
}
