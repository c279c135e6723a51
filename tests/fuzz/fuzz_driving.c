/*
 * Any conversation with a driver, as a journal may have it.
 *
 * A line is an event that follows a planned study, its first letter the kind: p, t, d, c, l and P
 * for PROPOSE, TELL, DRIVER, CANCEL, LAUNCH and PLAN, with the body behind it; a digit is an
 * attempt of so manieth trial, which fails if an f follows. What the state refuses is left out, as
 * it cannot be in a journal. It is read twice: turn by turn, with each left behind as soon as it is
 * there, and all at once. Both must come to the same.
 */
#include "base/alloc.h"
#include "engine/driving_own.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 256

struct story {
    struct rt_state *state;
    struct rt_buf bodies[LINES];
    enum rt_event_kind kinds[LINES];
    uint64_t seqs[LINES];
    size_t count;
};

static const char plan[] =
    "{\"study\":1,\"revision\":1,\"segments\":[],\"plan\":{\"format\":6,\"name\":\"t\","
    "\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},\"params\":{},\"axes\":[],"
    "\"replicates\":1,\"driver\":{\"kind\":\"command\",\"argv\":[\"true\"],\"resume\":\"replay\","
    "\"silence_us\":1,\"no_better_for\":3,\"target\":1},\"seed\":0,\"seeds\":\"shared\","
    "\"objective\":{\"goal\":\"minimize\",\"metric\":\"y\"},\"limits\":"
    "{\"timeout_us\":0,\"retries\":1,\"output_bytes\":65536},\"each\":{\"threads\":1},"
    "\"code\":null,\"root\":\"t\"}}";

static bool apply(struct story *story, enum rt_event_kind kind, struct rt_span body)
{
    struct rt_event event = {rt_state_seq(story->state) + 1, 7, kind, body};
    struct rt_err err;

    if (story->count == LINES || rt_state_apply(story->state, &event, &err) < 0)
        return false;
    rt_buf_put(&story->bodies[story->count], body.data, body.size);
    story->kinds[story->count] = kind;
    story->seqs[story->count++] = event.seq;
    return true;
}

static void begin(struct story *story)
{
    story->state = rt_state_new();
    if (!apply(story, RT_EVENT_STORE,
               rt_span_text("{\"format\":1,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}")) ||
        !apply(story, RT_EVENT_STUDY,
               rt_span_text("{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}")) ||
        !apply(story, RT_EVENT_PLAN, rt_span_text(plan)) ||
        !apply(story, RT_EVENT_LAUNCH, rt_span_text("{\"launch\":1}")))
        abort();
}

/* Leases a trial and ends it. */
static void attempt(struct story *story, uint64_t ordinal, bool fails)
{
    const struct rt_study *study = rt_state_study(story->state, 1);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_attempt row = {.study = 1,
                             .ordinal = ordinal,
                             .attempt = rt_state_trial(study, ordinal).attempts + 1,
                             .launch = 1,
                             .outcome = fails ? RT_OUTCOME_FAILED : RT_OUTCOME_OK,
                             .result = {.data = {"{\"y\":1.5}", 9}, .size = 9}};
    struct rt_lease_range range = {ordinal, 1, row.attempt};
    struct rt_lease lease = {1, 1, 0, &range, 1};

    rt_lease_put(&body, &lease);
    if (apply(story, RT_EVENT_LEASE, rt_buf_span(&body))) {
        rt_buf_reset(&body);
        rt_attempts_put(&body, &row, 1);
        apply(story, RT_EVENT_ATTEMPTS, rt_buf_span(&body));
    }
    rt_buf_clear(&body);
}

static void take_line(struct story *story, struct rt_span line)
{
    static const struct {
        char letter;
        enum rt_event_kind kind;
    } kinds[] = {{'p', RT_EVENT_PROPOSE}, {'t', RT_EVENT_TELL},   {'d', RT_EVENT_DRIVER},
                 {'c', RT_EVENT_CANCEL},  {'l', RT_EVENT_LAUNCH}, {'P', RT_EVENT_PLAN}};
    const char *text = line.data;

    if (line.size && text[0] >= '0' && text[0] <= '9')
        attempt(story, (uint64_t)(text[0] - '0'), line.size > 1 && text[1] == 'f');
    for (size_t i = 0; line.size && i < sizeof kinds / sizeof *kinds; i++) {
        if (text[0] == kinds[i].letter)
            apply(story, kinds[i].kind, rt_span(text + 1, line.size - 1));
    }
}

static int survey(const struct story *story, struct rt_driving *driving, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < story->count; i++) {
        struct rt_event event = {story->seqs[i], 7, story->kinds[i],
                                 rt_buf_span(&story->bodies[i])};

        rc = rt_driving_survey_event(driving, &event, err);
    }
    return rc;
}

static void put_turns(struct rt_script *script, struct rt_buf *out)
{
    for (; script->at < script->count; rt_script_pass(script)) {
        const struct rt_turn *turn = &script->turns[script->at];

        rt_buf_printf(out, "%d %s %s\n", (int)turn->kind, turn->text,
                      turn->reply ? turn->reply : "");
    }
    if (script->bytes)
        abort();
    rt_script_leave(script);
}

static int read_all(const struct story *story, struct rt_driving *driving, bool at_once,
                    struct rt_buf *out, struct rt_err *err)
{
    int rc = 0;

    rt_driving_read_clear(driving);
    driving->reading.next = driving->survey.plan_seq + 1;
    driving->reading.current = driving->beginning.number == 0;
    for (size_t i = 0; rc >= 0 && i < story->count; i++) {
        struct rt_event event = {story->seqs[i], 7, story->kinds[i],
                                 rt_buf_span(&story->bodies[i])};

        if (event.seq < driving->reading.next)
            continue;
        rc = rt_driving_read_event(driving, &event, err);
        if (driving->reading.current && !at_once)
            put_turns(&driving->script, out);
    }
    if (rc >= 0 && driving->reading.current)
        put_turns(&driving->script, out);
    return rc < 0 ? rc : rt_driving_read_up(driving, err);
}

/* What it knows of the trials in the end. */
static void put_trials(const struct rt_driving *driving, struct rt_buf *out)
{
    rt_buf_printf(out, "%llu open, %llu told\n", (unsigned long long)driving->open,
                  (unsigned long long)driving->outcomes);
    for (size_t i = 0; i < driving->count; i++) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);

        if (trial)
            rt_buf_printf(out, "%zu %s %s %s %d %u\n", i, trial->id, trial->params,
                          trial->result ? trial->result : "", trial->orphan, trial->left);
    }
}

/* Appends what came out; what is refused has a reason. */
static void converse(const struct story *story, bool at_once, struct rt_buf *out)
{
    struct rt_driving driving = {.study = rt_state_study(story->state, 1)};
    struct rt_err err = {0};

    driving.settings = rt_json_get(rt_plan_json(driving.study->plan), "driver");
    if (survey(story, &driving, &err) < 0 || read_all(story, &driving, at_once, out, &err) < 0) {
        if (!err.text[0])
            abort();
        rt_buf_reset(out);
        rt_buf_add(out, err.text);
    } else {
        put_trials(&driving, out);
    }
    rt_driving_drop_all(&driving);
    rt_driving_read_clear(&driving);
    rt_survey_clear(&driving.survey);
    rt_beginning_clear(&driving.beginning);
    free(driving.trials);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct story *story = rt_calloc(1, sizeof *story);
    struct rt_buf once = RT_BUF_INIT;
    struct rt_buf again = RT_BUF_INIT;
    const uint8_t *end = data + size;

    begin(story);
    while (data < end) {
        const uint8_t *stop = memchr(data, '\n', (size_t)(end - data));

        stop = stop ? stop : end;
        take_line(story, rt_span(data, (size_t)(stop - data)));
        data = stop + 1;
    }
    converse(story, true, &once);
    converse(story, false, &again);
    if (!rt_span_equal(rt_buf_span(&once), rt_buf_span(&again)))
        abort();
    for (size_t i = 0; i < LINES; i++)
        rt_buf_clear(&story->bodies[i]);
    rt_state_free(story->state);
    free(story);
    rt_buf_clear(&once);
    rt_buf_clear(&again);
    return 0;
}
