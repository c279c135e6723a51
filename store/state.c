/* State: its making, what can be asked of it, and the table of what applies to it. */
#include "store/state.h"

#include "base/alloc.h"
#include "store/state_inner.h"

#include <inttypes.h>
#include <stdlib.h>

struct rt_state *rt_state_new(void)
{
    return rt_calloc(1, sizeof(struct rt_state));
}

static void free_study(struct rt_study_inner *study)
{
    for (size_t i = 0; i < study->revision_count; i++) {
        rt_plan_free(study->revisions[i].plan);
        rt_segments_clear(&study->revisions[i].map);
        rt_reads_clear(&study->revisions[i].reads);
    }
    free(study->revisions);
    rt_trials_clear(&study->trials);
    rt_downs_clear(&study->downs);
    free(study->is.name);
    free(study);
}

void rt_state_free(struct rt_state *state)
{
    if (!state)
        return;
    for (size_t i = 0; i < state->study_count; i++)
        free_study(state->studies[i]);
    free(state->studies);
    free(state->launches);
    rt_leases_clear(&state->open);
    rt_leases_clear(&state->lost);
    free(state->rows);
    free(state->attempts);
    free(state);
}

/* What has no entry is a fact without a bearing on state. */
static int (*const appliers[])(struct rt_state *, const struct rt_event *, struct rt_err *) = {
    [RT_EVENT_STORE] = rt_state_apply_store,
    [RT_EVENT_LAUNCH] = rt_state_apply_launch,
    [RT_EVENT_LAUNCH_END] = rt_state_apply_launch_end,
    [RT_EVENT_STUDY] = rt_state_apply_study,
    [RT_EVENT_PLAN] = rt_state_apply_plan,
    [RT_EVENT_LEASE] = rt_state_apply_lease,
    [RT_EVENT_ATTEMPTS] = rt_state_apply_attempts,
    [RT_EVENT_RETURN] = rt_state_apply_return,
    [RT_EVENT_READS] = rt_state_apply_reads,
    [RT_EVENT_PROPOSE] = rt_state_apply_propose,
    [RT_EVENT_DRIVER] = rt_state_apply_driver,
    [RT_EVENT_CANCEL] = rt_state_apply_cancel,
};

int rt_state_apply(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    size_t kind = (size_t)event->kind;
    int rc = 0;

    if (event->seq != state->seq + 1)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " follows event %" PRIu64, event->seq,
                          state->seq);
    if ((event->seq == 1) != (event->kind == RT_EVENT_STORE))
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " %s the birth of a store", event->seq,
                          event->seq == 1 ? "is not" : "is again");
    state->attempt_count = 0;
    if (kind < sizeof appliers / sizeof appliers[0] && appliers[kind])
        rc = appliers[kind](state, event, err);
    if (rc < 0)
        return rt_err_while(err, "event %" PRIu64, event->seq);
    if (event->kind != RT_EVENT_LAUNCH && event->kind != RT_EVENT_LAUNCH_END)
        rt_leases_clear(&state->lost);
    state->seq = event->seq;
    return 0;
}

const struct rt_attempt *rt_state_attempts(const struct rt_state *state, size_t *count)
{
    *count = state->attempt_count;
    return state->attempts;
}

uint64_t rt_state_seq(const struct rt_state *state)
{
    return state->seq;
}

const uint8_t *rt_state_uuid(const struct rt_state *state)
{
    return state->uuid;
}

size_t rt_state_studies(const struct rt_state *state)
{
    return state->study_count;
}

struct rt_study_inner *rt_state_find(const struct rt_state *state, uint32_t number)
{
    return number >= 1 && number <= state->study_count ? state->studies[number - 1] : NULL;
}

const struct rt_study *rt_state_study(const struct rt_state *state, uint32_t number)
{
    struct rt_study_inner *study = rt_state_find(state, number);

    return study ? &study->is : NULL;
}

const struct rt_study *rt_state_study_by_name(const struct rt_state *state, const char *name)
{
    for (size_t i = 0; i < state->study_count; i++) {
        if (strcmp(state->studies[i]->is.name, name) == 0)
            return &state->studies[i]->is;
    }
    return NULL;
}

const struct rt_study *rt_state_study_by_id(const struct rt_state *state, const char *id)
{
    for (size_t i = 0; i < state->study_count; i++) {
        if (strcmp(state->studies[i]->is.id, id) == 0)
            return &state->studies[i]->is;
    }
    return NULL;
}

size_t rt_state_launches(const struct rt_state *state)
{
    return state->launch_count;
}

const struct rt_launch *rt_state_launch(const struct rt_state *state, uint32_t number)
{
    return number >= 1 && number <= state->launch_count ? &state->launches[number - 1] : NULL;
}

static void each_lease(const struct rt_leases *leases, rt_open_lease_fn *each, void *context)
{
    for (size_t rank = 0; rank < leases->count; rank++) {
        const struct rt_rank_leases *of = &leases->ranks[rank];

        for (size_t i = 0; i < of->count; i++) {
            const struct rt_open_range *range = &of->ranges[i];

            for (uint64_t k = 0; k < range->count; k++)
                each(context, range->study, range->ordinal + k, range->attempt, leases->launch,
                     (uint32_t)rank);
        }
    }
}

void rt_state_open_leases(const struct rt_state *state, rt_open_lease_fn *each, void *context)
{
    each_lease(&state->open, each, context);
}

bool rt_state_holds(const struct rt_state *state, uint32_t rank, uint32_t study, uint64_t ordinal,
                    uint32_t attempt)
{
    return rt_leases_hold(&state->open, rank, study, ordinal, attempt);
}

void rt_state_lost_leases(const struct rt_state *state, rt_open_lease_fn *each, void *context)
{
    each_lease(&state->lost, each, context);
}
