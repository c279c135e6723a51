#include "engine/skip.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

struct skipping {
    const struct rt_study *study;
    struct rt_lease lease;
    size_t range_capacity;
    struct rt_attempt *attempts;
    size_t attempt_capacity;
};

static struct rt_payload short_enough(const char *reason)
{
    size_t size = strnlen(reason, RT_PAYLOAD_INLINE_MAX);

    return (struct rt_payload){.data = rt_span(reason, size), .size = size};
}

static void add(struct skipping *skipping, uint64_t point, const char *reason)
{
    uint64_t ordinal = rt_study_ordinal(skipping->study, point);
    struct rt_trial now = rt_state_trial(skipping->study, ordinal);
    struct rt_lease *lease = &skipping->lease;

    if (now.status != RT_TRIAL_WAITING || now.attempts)
        return;
    lease->ranges =
        rt_grow(lease->ranges, &skipping->range_capacity, lease->count + 1, sizeof *lease->ranges);
    skipping->attempts = rt_grow(skipping->attempts, &skipping->attempt_capacity, lease->count + 1,
                                 sizeof *skipping->attempts);
    lease->ranges[lease->count] = (struct rt_lease_range){ordinal, 1, 1};
    skipping->attempts[lease->count++] =
        (struct rt_attempt){.study = skipping->study->number,
                            .ordinal = ordinal,
                            .attempt = 1,
                            .launch = lease->launch,
                            .start_us = rt_wall_us(),
                            .seed = rt_plan_seed(skipping->study->plan, point),
                            .outcome = RT_OUTCOME_SKIPPED,
                            .reason = short_enough(reason)};
}

static int append(struct rt_store *store, const struct skipping *skipping, struct rt_err *err)
{
    struct rt_buf lease = RT_BUF_INIT;
    struct rt_buf attempts = RT_BUF_INIT;
    uint64_t seq;
    int rc;

    rt_lease_put(&lease, &skipping->lease);
    rt_attempts_put(&attempts, skipping->attempts, skipping->lease.count);
    if ((rc = rt_store_append(store, RT_EVENT_LEASE, rt_buf_span(&lease), &seq, err)) == 0)
        rc = rt_store_append(store, RT_EVENT_ATTEMPTS, rt_buf_span(&attempts), &seq, err);
    rt_buf_clear(&lease);
    rt_buf_clear(&attempts);
    return rc;
}

int rt_skip_cannot(struct rt_store *store, uint32_t launch, uint32_t study, struct rt_err *err)
{
    struct skipping skipping = {.study = rt_state_study(rt_store_state(store), study),
                                .lease = {.launch = launch, .study = study}};
    const struct rt_plan *plan = skipping.study->plan;
    const struct rt_json *list = rt_json_get(rt_json_get(rt_plan_json(plan), "replay"), "cannot");
    int rc = 0;

    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *pair = rt_json_at(list, i);
        const char *reason = rt_json_string(rt_json_at(pair, 1));
        uint64_t point = (uint64_t)rt_json_int(rt_json_at(pair, 0));

        for (; point < rt_plan_count(plan); point += rt_plan_levels(plan))
            add(&skipping, point, reason ? reason : "");
    }
    if (skipping.lease.count)
        rc = append(store, &skipping, err);
    free(skipping.lease.ranges);
    free(skipping.attempts);
    return rc;
}
