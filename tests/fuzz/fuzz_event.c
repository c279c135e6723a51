/*
 * Any bytes as a record, as a checkpoint, or as the story of a study. The
 * first byte says which.
 *
 * A story is events that follow a planned study and a launch: kind, size (16
 * bits), body. If the first byte is 128 or more, trials of the study are
 * proposed by a driver, two so far. What is refused must leave no trace, and
 * what is accepted must add up and survive a checkpoint.
 */
#include "base/buf.h"
#include "store/state.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct told {
    enum rt_event_kind kind;
    const char *body;
};

static const struct told driven[] = {
    {RT_EVENT_STORE, "{\"format\":1,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}"},
    {RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"},
    {RT_EVENT_PLAN,
     "{\"study\":1,\"revision\":1,\"segments\":[],\"plan\":{\"format\":6,\"name\":\"t\","
     "\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},\"params\":{},\"axes\":[],"
     "\"replicates\":1,\"driver\":{\"kind\":\"command\",\"argv\":[\"true\"],\"resume\":\"replay\","
     "\"silence_us\":1},\"seed\":0,\"seeds\":\"shared\",\"objective\":null,\"limits\":"
     "{\"timeout_us\":0,\"retries\":1,\"output_bytes\":65536},\"each\":{\"threads\":1},"
     "\"code\":null,\"root\":\"t\"}}"},
    {RT_EVENT_LAUNCH, "{\"launch\":1}"},
    {RT_EVENT_PROPOSE, "{\"study\":1,\"launch\":1,\"point\":0,\"trials\":[{\"id\":1,\"params\":"
                       "{\"x\":1},\"replicate\":1},{\"id\":2,\"params\":{},\"replicate\":1}]}"},
};

static const struct told beginning[] = {
    {RT_EVENT_STORE, "{\"format\":1,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}"},
    {RT_EVENT_STUDY, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}"},
    {RT_EVENT_PLAN,
     "{\"study\":1,\"revision\":1,\"segments\":[[0,20,1]],\"plan\":{\"format\":1,\"name\":\"t\","
     "\"entry\":{\"kind\":\"command\",\"argv\":[\"true\"]},\"params\":{},\"axes\":[{\"key\":\"x\","
     "\"from\":\"0\",\"step\":\"1\",\"count\":10,\"kind\":\"int\"}],\"replicates\":2,\"seed\":0,"
     "\"seeds\":\"shared\",\"objective\":null,\"limits\":{\"timeout_us\":0,\"retries\":1,"
     "\"output_bytes\":65536},\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}}"},
    {RT_EVENT_LAUNCH, "{\"launch\":1}"},
};

/* A plan of hundreds of millions of trials is a fair one, and takes memory accordingly. */
static int asks_for_much(const uint8_t *data, size_t size)
{
    int digits = 0;

    for (size_t i = 0; i < size; i++) {
        digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
        if (digits > 4)
            return 1;
    }
    return 0;
}

static void try_record(struct rt_span bytes)
{
    struct rt_buf again = RT_BUF_INIT;
    struct rt_event event;
    uint8_t store[16];
    struct rt_err err;

    if (rt_event_get(bytes, &event, store, &err) < 0)
        return;
    rt_event_put(&again, &event, store);
    if (!rt_span_equal(bytes, rt_buf_span(&again)))
        abort();
    rt_buf_clear(&again);
}

/* Any bytes, with the checksum that they should have. */
static void try_checkpoint(struct rt_span bytes)
{
    struct rt_buf sealed = RT_BUF_INIT;
    struct rt_hash hash = rt_hash(bytes);
    struct rt_state *state;
    struct rt_err err;

    rt_buf_put(&sealed, bytes.data, bytes.size);
    rt_buf_put(&sealed, hash.bytes, 16);
    if (rt_state_load(rt_buf_span(&sealed), &state, &err) == 0)
        rt_state_free(state);
    rt_buf_clear(&sealed);
}

static int apply(struct rt_state *state, enum rt_event_kind kind, struct rt_span body)
{
    struct rt_event event = {rt_state_seq(state) + 1, 7, kind, body};
    struct rt_err err;

    return rt_state_apply(state, &event, &err);
}

static void check_counts(const struct rt_study *study)
{
    uint64_t counts[4] = {0, 0, 0, 0};
    uint64_t done = 0;

    for (uint64_t ordinal = 1; ordinal <= study->ordinals; ordinal++)
        counts[rt_state_trial(study, ordinal).status]++;
    for (int i = 0; i < RT_OUTCOMES; i++)
        done += study->done[i];
    if (counts[RT_TRIAL_DONE] != done || counts[RT_TRIAL_LEASED] != study->leased ||
        counts[RT_TRIAL_RETIRED] + study->planned != study->ordinals ||
        (counts[RT_TRIAL_WAITING] == 0) != (rt_study_next_waiting(study, 1) == 0))
        abort();
}

/* Saved, loaded and saved again, a state is the same. */
static void check_checkpoint(const struct rt_state *state, const struct rt_buf *saved)
{
    struct rt_buf again = RT_BUF_INIT;
    struct rt_state *loaded;
    struct rt_err err;

    if (rt_state_load(rt_buf_span(saved), &loaded, &err) < 0)
        abort();
    rt_state_save(loaded, &again);
    if (!rt_span_equal(rt_buf_span(saved), rt_buf_span(&again)))
        abort();
    for (size_t i = 1; i <= rt_state_studies(state); i++) {
        check_counts(rt_state_study(state, (uint32_t)i));
        check_counts(rt_state_study(loaded, (uint32_t)i));
    }
    rt_state_free(loaded);
    rt_buf_clear(&again);
}

static void tell(struct rt_state *state, struct rt_reader *reader)
{
    struct rt_buf before = RT_BUF_INIT;
    struct rt_buf after = RT_BUF_INIT;

    rt_state_save(state, &before);
    while (rt_reader_left(reader) > 3) {
        enum rt_event_kind kind = (enum rt_event_kind)(rt_read_u8(reader) % (RT_EVENT_FLOOR + 1));
        size_t size = rt_read_u16(reader);
        size_t left = rt_reader_left(reader);
        int rc = apply(state, kind, rt_read_bytes(reader, size < left ? size : left));

        rt_buf_reset(&after);
        rt_state_save(state, &after);
        if (rc < 0 && !rt_span_equal(rt_buf_span(&before), rt_buf_span(&after)))
            abort();
        check_checkpoint(state, &after);
        rt_buf_reset(&before);
        rt_buf_put(&before, after.data, after.size);
    }
    rt_buf_clear(&before);
    rt_buf_clear(&after);
}

static void follow(const struct told *events, size_t count, struct rt_span bytes)
{
    struct rt_state *state = rt_state_new();
    struct rt_reader reader = rt_reader(bytes);

    for (size_t i = 0; i < count; i++) {
        if (apply(state, events[i].kind, rt_span_text(events[i].body)) < 0)
            abort();
    }
    tell(state, &reader);
    rt_state_free(state);
}

static void try_story(struct rt_span bytes)
{
    follow(beginning, sizeof beginning / sizeof beginning[0], bytes);
}

static void try_driven_story(struct rt_span bytes)
{
    follow(driven, sizeof driven / sizeof driven[0], bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(struct rt_span) = {try_record, try_checkpoint, try_story};

    if (size == 0 || size >= 1 << 16 || asks_for_much(data, size))
        return 0;
    if (data[0] >= 128)
        try_driven_story(rt_span(data + 1, size - 1));
    else
        tries[data[0] % 3](rt_span(data + 1, size - 1));
    return 0;
}
