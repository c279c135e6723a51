/* Checkpoints: state as bytes. Layout in docs/store-format.md. */
#include "store/state_inner.h"

#include "base/alloc.h"

#include <stdlib.h>

#define SAVE_VERSION 4  /* 1 ends with the leases, 2 with the reads, 3 knows no drivers */
#define CHECK_SIZE   16 /* first bytes of the SHA-256 of all bytes before; last in every version */

static void save_proposals(const struct rt_plan *plan, struct rt_buf *out)
{
    struct rt_buf params = RT_BUF_INIT;

    rt_buf_put_varint(out, rt_plan_count(plan));
    for (uint64_t i = 0; i < rt_plan_count(plan); i++) {
        rt_buf_reset(&params);
        rt_plan_params(plan, i, &params);
        rt_buf_put_varint(out, rt_plan_replicate(plan, i));
        rt_buf_put_span(out, rt_buf_span(&params));
    }
    rt_buf_clear(&params);
}

static void save_revision(const struct rt_revision *revision, struct rt_buf *out)
{
    char *plan = rt_json_text(rt_plan_json(revision->plan));

    rt_buf_put_text(out, plan);
    free(plan);
    if (rt_plan_driven(revision->plan))
        save_proposals(revision->plan, out);
    rt_buf_put_varint(out, revision->map.count);
    for (size_t i = 0; i < revision->map.count; i++) {
        rt_buf_put_varint(out, revision->map.by_index[i].count);
        rt_buf_put_varint(out, revision->map.by_index[i].ordinal);
    }
}

static void save_study(const struct rt_study_inner *study, struct rt_buf *out)
{
    uint64_t at = 1;

    rt_buf_put_text(out, study->is.id);
    rt_buf_put_text(out, study->is.name);
    rt_buf_put_varint(out, study->is.attempts);
    rt_buf_put_varint(out, study->revision_count);
    for (size_t i = 0; i < study->revision_count; i++)
        save_revision(&study->revisions[i], out);
    while (at <= study->trials.count) {
        rt_word word;
        uint64_t run = rt_trials_run(&study->trials, at, study->trials.count, &word);

        rt_buf_put_varint(out, run);
        rt_buf_put_u16(out, word);
        at += run;
    }
}

/* Ranks behind the last that holds anything are left out: equal states are equal bytes. */
static void save_leases(const struct rt_leases *leases, struct rt_buf *out)
{
    size_t ranks = leases->count;

    while (ranks && leases->ranks[ranks - 1].count == 0)
        ranks--;
    rt_buf_put_varint(out, leases->launch);
    rt_buf_put_varint(out, ranks);
    for (size_t rank = 0; rank < ranks; rank++) {
        const struct rt_rank_leases *of = &leases->ranks[rank];

        rt_buf_put_varint(out, of->count);
        for (size_t i = 0; i < of->count; i++) {
            rt_buf_put_varint(out, of->ranges[i].study);
            rt_buf_put_varint(out, of->ranges[i].ordinal);
            rt_buf_put_varint(out, of->ranges[i].count);
            rt_buf_put_varint(out, of->ranges[i].attempt);
        }
    }
}

static void save_reads(const struct rt_study_inner *study, struct rt_buf *out)
{
    for (size_t i = 0; i < study->revision_count; i++) {
        rt_buf_put_u8(out, study->revisions[i].reads_known ? 1 : 0);
        rt_reads_put(out, &study->revisions[i].reads);
    }
}

void rt_state_save(const struct rt_state *state, struct rt_buf *out)
{
    size_t start = out->size;
    struct rt_hash hash;

    rt_buf_put_u8(out, SAVE_VERSION);
    rt_buf_put_u64(out, state->seq);
    rt_buf_put(out, state->uuid, RT_UUID_SIZE);
    rt_buf_put_varint(out, state->launch_count);
    for (size_t i = 0; i < state->launch_count; i++) {
        rt_buf_put_u64(out, state->launches[i].time_us);
        rt_buf_put_u8(out, state->launches[i].ended ? 1 : 0);
    }
    rt_buf_put_varint(out, state->study_count);
    for (size_t i = 0; i < state->study_count; i++)
        save_study(state->studies[i], out);
    save_leases(&state->open, out);
    for (size_t i = 0; i < state->study_count; i++)
        save_reads(state->studies[i], out);
    for (size_t i = 0; i < state->study_count; i++)
        rt_downs_put(&state->studies[i]->downs, out);
    for (size_t i = 0; i < state->study_count; i++)
        rt_buf_put_u8(out, state->studies[i]->is.finished ? 1 : 0);
    hash = rt_hash(rt_span(out->data + start, out->size - start));
    rt_buf_put(out, hash.bytes, CHECK_SIZE);
}

static int malformed(struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "a checkpoint is malformed");
}

static int load_plan(struct rt_reader *reader, struct rt_plan **plan, struct rt_err *err)
{
    struct rt_json *json = NULL;
    int rc;

    if (rt_json_parse(rt_read_span(reader), &json, err) < 0)
        return malformed(err);
    rc = rt_plan_new(json, plan, err);
    rt_json_free(json);
    return rc;
}

static void load_proposals(struct rt_reader *reader, struct rt_plan *plan)
{
    uint64_t count = rt_read_varint(reader);

    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        uint32_t replicate = rt_read_varint32(reader);
        struct rt_span params = rt_read_span(reader);

        if (!reader->bad)
            rt_plan_propose(plan, i, replicate, params);
    }
}

static int load_segments(struct rt_reader *reader, uint64_t total, struct rt_segments *map,
                         struct rt_err *err)
{
    uint64_t count = rt_read_varint(reader);

    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        uint64_t points = rt_read_varint(reader);
        uint64_t ordinal = rt_read_varint(reader);

        if (points < 1 || ordinal < 1 || points > RT_ORDINALS_MAX ||
            ordinal > RT_ORDINALS_MAX - points + 1)
            return malformed(err);
        rt_segments_add(map, points, ordinal);
    }
    return map->total == total && rt_segments_seal(map) ? 0 : malformed(err);
}

static int load_revision(struct rt_reader *reader, struct rt_study_inner *study, struct rt_err *err)
{
    struct rt_segments map = {NULL, NULL, 0, 0, 0};
    struct rt_plan *plan = NULL;
    int rc;

    if ((rc = load_plan(reader, &plan, err)) < 0)
        return rc;
    if (rt_plan_driven(plan))
        load_proposals(reader, plan);
    if ((rc = load_segments(reader, rt_plan_count(plan), &map, err)) < 0) {
        rt_plan_free(plan);
        rt_segments_clear(&map);
        return rc;
    }
    rt_study_add_revision(study, plan, &map);
    return 0;
}

static int load_trials(struct rt_reader *reader, struct rt_study_inner *study, struct rt_err *err)
{
    uint64_t at = 1;

    while (at <= study->trials.count) {
        uint64_t run = rt_read_varint(reader);
        rt_word word = rt_read_u16(reader);

        if (run < 1 || run > study->trials.count - at + 1 || !rt_word_valid(word))
            return malformed(err);
        for (uint64_t k = 0; word && k < run; k++)
            rt_trials_set(&study->trials, at + k, word);
        at += run;
    }
    return 0;
}

static int load_study(struct rt_reader *reader, struct rt_state *state, struct rt_err *err)
{
    char *id = rt_read_text(reader);
    char *name = rt_read_text(reader);
    struct rt_study_inner *study = NULL;
    uint64_t revisions;
    int rc = 0;

    if (!*id || strlen(id) >= sizeof study->is.id || !*name) {
        rc = malformed(err);
        goto out;
    }
    study = rt_state_add_study(state, id, name);
    study->is.attempts = rt_read_varint(reader);
    revisions = rt_read_varint(reader);
    for (uint64_t i = 0; i < revisions && rc == 0; i++)
        rc = load_revision(reader, study, err);
    if (rc == 0)
        rc = load_trials(reader, study, err);
    if (rc == 0 && study->is.plan) {
        rt_study_recount(study);
        rt_study_advance(study);
    }
out:
    free(id);
    free(name);
    return rc;
}

static int load_range(struct rt_reader *reader, struct rt_state *state, uint32_t rank,
                      struct rt_err *err)
{
    struct rt_open_range range;
    struct rt_study_inner *study;

    range.study = rt_read_varint32(reader);
    range.ordinal = rt_read_varint(reader);
    range.count = rt_read_varint(reader);
    range.attempt = rt_read_varint32(reader);
    study = rt_state_find(state, range.study);
    if (!study || range.ordinal < 1 || range.count < 1 || range.count > study->is.ordinals ||
        range.ordinal > study->is.ordinals - range.count + 1)
        return malformed(err);
    for (uint64_t k = 0; k < range.count; k++) {
        rt_word word = rt_trials_get(&study->trials, range.ordinal + k);

        if (rt_word_status(word) == RT_TRIAL_WAITING || rt_word_attempts(word) != range.attempt)
            return malformed(err);
    }
    rt_leases_add(&state->open, rank, range);
    return 0;
}

static int load_leases(struct rt_reader *reader, struct rt_state *state, struct rt_err *err)
{
    uint64_t ranks;
    int rc = 0;

    state->open.launch = rt_read_varint32(reader);
    ranks = rt_read_varint(reader);
    if (state->open.launch > state->launch_count || ranks > RT_RANKS_MAX)
        return malformed(err);
    for (uint32_t rank = 0; rank < ranks && !reader->bad; rank++) {
        uint64_t count = rt_read_varint(reader);

        for (uint64_t i = 0; i < count && rc == 0; i++)
            rc = load_range(reader, state, rank, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void load_reads(struct rt_reader *reader, struct rt_study_inner *study)
{
    for (size_t i = 0; i < study->revision_count && !reader->bad; i++) {
        study->revisions[i].reads_known = rt_read_u8(reader) != 0;
        rt_reads_get(reader, &study->revisions[i].reads);
    }
}

static int load_all(struct rt_reader *reader, struct rt_state *state, struct rt_err *err)
{
    struct rt_span uuid;
    uint8_t version = rt_read_u8(reader);
    uint64_t count;
    int rc;

    state->seq = rt_read_u64(reader);
    uuid = rt_read_bytes(reader, RT_UUID_SIZE);
    if (uuid.size)
        memcpy(state->uuid, uuid.data, uuid.size);
    count = rt_read_varint(reader);
    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        rt_state_add_launch(state, rt_read_u64(reader));
        state->launches[state->launch_count - 1].ended = rt_read_u8(reader) != 0;
    }
    count = rt_read_varint(reader);
    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        if ((rc = load_study(reader, state, err)) < 0)
            return rc;
    }
    if ((rc = load_leases(reader, state, err)) < 0)
        return rc;
    for (size_t i = 0; version > 1 && i < state->study_count; i++)
        load_reads(reader, state->studies[i]);
    for (size_t i = 0; version > 2 && i < state->study_count; i++)
        rt_downs_get(&state->studies[i]->downs, reader, state->studies[i]->is.ordinals);
    for (size_t i = 0; version > 3 && i < state->study_count; i++)
        state->studies[i]->is.finished = rt_read_u8(reader) != 0;
    return rt_reader_done(reader, "a checkpoint", err);
}

int rt_state_load(struct rt_span bytes, struct rt_state **out, struct rt_err *err)
{
    const unsigned char *data = bytes.data;
    struct rt_reader reader;
    struct rt_state *state;
    struct rt_hash hash;
    int rc;

    *out = NULL;
    if (bytes.size < 1 + CHECK_SIZE)
        return malformed(err);
    hash = rt_hash(rt_span(data, bytes.size - CHECK_SIZE));
    if (memcmp(hash.bytes, data + bytes.size - CHECK_SIZE, CHECK_SIZE) != 0)
        return rt_err_set(err, RT_EDAMAGED, "the checksum of a checkpoint does not match");
    if (data[0] > SAVE_VERSION)
        return rt_err_set(err, RT_ENEWER, "a checkpoint has version %u", data[0]);
    reader = rt_reader(rt_span(data, bytes.size - CHECK_SIZE));
    state = rt_state_new();
    if ((rc = load_all(&reader, state, err)) < 0) {
        rt_state_free(state);
        return rc;
    }
    *out = state;
    return 0;
}
