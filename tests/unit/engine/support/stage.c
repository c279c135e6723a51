#include "tests/unit/engine/support/stage.h"

#include "tests/expect.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>

static void note_flags(struct stage *stage, struct rt_span body)
{
    struct rt_attempts_reader reader;
    struct rt_attempt row;
    struct rt_err err;

    expect_ok(err, rt_attempts_open(&reader, body, &err));
    while (rt_attempts_next(&reader, &row, &err) == 1)
        stage->last_flags = row.flags;
}

static void apply(struct stage *stage, enum rt_event_kind kind, struct rt_span body)
{
    struct rt_event event = {++stage->seq, 1000000 + stage->seq, kind, body};
    struct rt_err err;

    expect_ok(err, rt_state_apply(stage->state, &event, &err));
    stage->appended[kind]++;
    if (kind == RT_EVENT_ATTEMPTS)
        note_flags(stage, body);
}

static void apply_text(struct stage *stage, enum rt_event_kind kind, const char *text)
{
    apply(stage, kind, rt_span_text(text));
}

static void apply_plan(struct stage *stage, unsigned trials, unsigned retries)
{
    char *plan = rt_printf(
        "{\"format\":1,\"name\":\"s\",\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},"
        "\"params\":{},\"axes\":[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":%u,"
        "\"kind\":\"int\"}],\"replicates\":1,\"seed\":0,\"seeds\":\"shared\",\"objective\":null,"
        "\"limits\":{\"timeout_us\":0,\"retries\":%u,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\".\"}",
        trials, retries);
    char *body =
        rt_printf("{\"study\":1,\"revision\":1,\"segments\":[[0,%u,1]],\"plan\":%s}", trials, plan);

    apply_text(stage, RT_EVENT_PLAN, body);
    free(body);
    free(plan);
}

static void drop_message(struct stage *stage)
{
    struct stage_message *message = &stage->messages[stage->first++];

    rt_wire_clear(&message->wire);
    rt_buf_clear(&message->bytes);
    stage->count--;
}

static void begin_launch(struct stage *stage, unsigned ranks)
{
    struct rt_conductor_options options = {
        .launch = ++stage->launch,
        .study = 1,
        .ranks = ranks,
        .silence_us = 30000000,
        .beat_us = 1000000,
        .grace_us = 10000000,
        .startup_us = 20000000,
        .retry = stage->retry,
    };
    char *body = rt_printf("{\"launch\":%u,\"host\":\"h\"}", stage->launch);

    apply_text(stage, RT_EVENT_LAUNCH, body);
    free(body);
    stage->durable = stage->seq;
    stage->conductor = rt_conductor_new(&options, stage->state, rt_span_text("the study"));
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_START});
}

void stage_relaunch(struct stage *stage, unsigned ranks)
{
    while (stage->count)
        drop_message(stage);
    memset(stage->results, 0, sizeof stage->results);
    rt_conductor_free(stage->conductor);
    begin_launch(stage, ranks);
}

struct stage *stage_new(unsigned trials, unsigned retries, unsigned ranks)
{
    struct stage *stage = rt_calloc(1, sizeof *stage);

    stage->state = rt_state_new();
    stage->now_us = 1;
    apply_text(stage, RT_EVENT_STORE,
               "{\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\",\"format\":1,"
               "\"version\":\"0.1.0\"}");
    apply_text(stage, RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"s\"}");
    apply_plan(stage, trials, retries);
    begin_launch(stage, ranks);
    return stage;
}

void stage_free(struct stage *stage)
{
    while (stage->count)
        drop_message(stage);
    rt_actions_clear(&stage->actions);
    rt_conductor_free(stage->conductor);
    rt_state_free(stage->state);
    free(stage);
}

static void keep_message(struct stage *stage, struct rt_action *action)
{
    struct stage_message *message = &stage->messages[stage->first + stage->count++];

    assert_true(stage->first + stage->count < STAGE_MESSAGES);
    message->rank = action->rank;
    message->bytes = action->bytes;
    action->bytes = (struct rt_buf)RT_BUF_INIT;
    memset(&message->wire, 0, sizeof message->wire);
    if (rt_wire_get(rt_buf_span(&message->bytes), &message->wire, NULL) < 0)
        message->wire.kind = RT_WIRE_STUDY; /* the only one that is not made by the conductor */
}

void stage_step(struct stage *stage, const struct rt_input *input)
{
    struct rt_err err;

    expect_ok(err,
              rt_conductor_step(stage->conductor, input, stage->now_us, &stage->actions, &err));
    for (size_t i = 0; i < stage->actions.count; i++) {
        struct rt_action *action = &stage->actions.items[i];

        if (action->kind == RT_ACTION_APPEND) {
            apply(stage, action->event, rt_buf_span(&action->bytes));
            rt_conductor_appended(stage->conductor, stage->seq);
        } else if (action->kind == RT_ACTION_SEND) {
            keep_message(stage, action);
        } else {
            stage->finished = true;
        }
        rt_buf_clear(&action->bytes);
    }
    stage->actions.count = 0;
}

void stage_tick(struct stage *stage)
{
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_TICK});
}

void stage_stop(struct stage *stage)
{
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_STOP});
}

void stage_sync(struct stage *stage)
{
    stage->durable = stage->seq;
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_DURABLE, .seq = stage->durable});
}

void stage_say(struct stage *stage, int rank, const struct rt_wire *wire)
{
    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_MESSAGE, .rank = rank, .wire = wire});
}

void stage_join(struct stage *stage, int rank, unsigned slots)
{
    struct rt_wire hello = {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), slots}};
    struct rt_wire ready = {.kind = RT_WIRE_READY, .ready = {.study = 1}};

    stage_say(stage, rank, &hello);
    stage_say(stage, rank, &ready);
    stage_tick(stage);
}

void stage_result(struct stage *stage, int rank, uint64_t ordinal, uint32_t attempt,
                  enum rt_outcome outcome, bool again)
{
    struct rt_attempt ended = {.study = 1,
                               .ordinal = ordinal,
                               .attempt = attempt,
                               .launch = stage->ended_in ? stage->ended_in : 1,
                               .rank = (uint32_t)rank,
                               .duration_us = 60000000,
                               .outcome = outcome};
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    struct rt_buf rows = RT_BUF_INIT;

    stage->results[rank] += !again;
    rt_attempts_put(&rows, &ended, 1);
    wire.results = (struct rt_wire_results){stage->results[rank], rt_buf_span(&rows)};
    stage_say(stage, rank, &wire);
    rt_buf_clear(&rows);
}

const struct rt_wire *stage_take(struct stage *stage, int rank, enum rt_wire_kind kind)
{
    for (size_t i = 0; i < stage->count; i++) {
        struct stage_message *message = &stage->messages[stage->first + i];

        if (message->rank != rank)
            continue;
        message->rank = -1;
        if (message->wire.kind == kind)
            return &message->wire;
    }
    return NULL;
}

uint64_t stage_work(const struct rt_wire *work)
{
    uint64_t sum = 0;

    for (size_t i = 0; work && i < work->work.count; i++)
        sum += work->work.ranges[i].count;
    return sum;
}

const struct rt_study *stage_study(const struct stage *stage)
{
    return rt_state_study(stage->state, 1);
}
