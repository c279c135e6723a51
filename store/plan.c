/* A plan as it is asked: how many points, which level, which params. */
#include "store/plan_own.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

int rt_plan_new(const struct rt_json *json, struct rt_plan **out, struct rt_err *err)
{
    struct rt_plan *plan = rt_calloc(1, sizeof *plan);
    int rc;

    *out = NULL;
    plan->json = rt_json_copy(json);
    if ((rc = rt_plan_read(plan, err)) < 0) {
        rt_plan_free(plan);
        return rc;
    }
    rt_plan_keep_seeds(plan);
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

void rt_plan_axis_bare_value(const struct rt_plan *plan, size_t axis, uint64_t level,
                             struct rt_value *value)
{
    rt_plan_axis_get_bare(&plan->axes.items[axis], level, value);
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
    from->proposals = (struct rt_proposals){NULL, 0, 0, 0, NULL};
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
    uint32_t replicate;

    if (plan->points.count)
        return (uint32_t)rt_plan_column_get(&plan->points.replicates, index % plan->points.count);
    if (!plan->driven)
        return rt_plan_repeat(plan, index);
    replicate = rt_proposals_replicate(&plan->proposals, index);
    return replicate ? replicate : 1;
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
    if (!rt_proposals_params(&plan->proposals, index, out))
        rt_plan_pieces_put(&plan->pieces, &plan->axes, index % plan->axes.levels, out);
}
