/* Seeds and keys of points. docs/plan.md. */
#include "store/plan_own.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>

#define SEEDS_KEPT 256

const char *const rt_key_names[RT_KEY_COMPONENTS] = {"entry", "code",        "params", "inputs",
                                                     "seed",  "environment", "threads"};
enum component { ENTRY, CODE, PARAMS, INPUTS, SEED, ENVIRONMENT, THREADS };

static struct rt_hash hash_text(const char *text)
{
    return rt_hash(rt_span_text(text));
}

/* docs/plan.md, "Keys". */
void rt_plan_read_components(struct rt_plan *plan)
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
void rt_plan_keep_seeds(struct rt_plan *plan)
{
    size_t count = plan->replicates < SEEDS_KEPT ? (size_t)plan->replicates : SEEDS_KEPT;

    if (plan->seed_per_trial)
        return;
    plan->shared_seeds = rt_calloc(count, sizeof *plan->shared_seeds);
    for (size_t i = 0; i < count; i++)
        plan->shared_seeds[i] = make_seed(plan, i + 1, rt_span(NULL, 0));
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
