#ifndef RT_TESTS_STORY_H
#define RT_TESTS_STORY_H
/* Bodies of events for tests of state and store: a study "t" with one axis, x. */
#include <stdlib.h>

#include "base/alloc.h"
#include "store/state.h"

/* A plan with these axes, a JSON list. */
static inline struct rt_plan *story_plan_of(const char *axes, unsigned replicates, unsigned retries)
{
    char *text = rt_printf("{\"format\":1,\"name\":\"t\","
                           "\"entry\":{\"kind\":\"python\",\"file\":\"m.py\",\"function\":\"f\"},"
                           "\"params\":{},\"axes\":%s,\"replicates\":%u,\"seed\":0,"
                           "\"seeds\":\"shared\",\"objective\":null,"
                           "\"limits\":{\"timeout_us\":0,\"retries\":%u,\"output_bytes\":65536},"
                           "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}",
                           axes, replicates, retries);
    struct rt_json *json;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &plan, &err));
    rt_json_free(json);
    free(text);
    return plan;
}

/* A plan with x = 0..levels-1. */
static inline struct rt_plan *story_plan(unsigned levels, unsigned replicates, unsigned retries)
{
    char *axes = rt_printf("[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":%u,"
                           "\"kind\":\"int\"}]",
                           levels);
    struct rt_plan *plan = story_plan_of(axes, replicates, retries);

    free(axes);
    return plan;
}

static inline void story_attempts(struct rt_buf *body, uint64_t first, uint64_t count,
                                  uint32_t attempt, uint32_t launch, uint32_t rank,
                                  enum rt_outcome outcome, uint32_t flags)
{
    rt_buf_put_varint(body, count);
    for (uint64_t k = 0; k < count; k++) {
        struct rt_attempt row = {.study = 1,
                                 .ordinal = first + k,
                                 .attempt = attempt,
                                 .launch = launch,
                                 .rank = rank,
                                 .pid = 4711,
                                 .start_us = 1700000000000000u,
                                 .duration_us = 1000,
                                 .outcome = outcome,
                                 .flags = flags,
                                 .result = {.data = {"{\"loss\":0.5}", 12}, .size = 12}};

        rt_attempt_put(body, &row);
    }
}

static inline void story_lease(struct rt_buf *body, uint64_t first, uint64_t count,
                               uint32_t attempt, uint32_t launch, uint32_t rank)
{
    struct rt_lease_range range = {first, count, attempt};
    struct rt_lease lease = {launch, 1, rank, &range, 1};

    rt_lease_put(body, &lease);
}

#endif
