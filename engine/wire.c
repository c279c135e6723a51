#include "engine/wire.h"

#include "base/alloc.h"
#include "base/reader.h"
#include "store/state.h"

#include <assert.h>
#include <stdlib.h>

/* Read as a little-endian u32: "RTW" and 0x91, so that text is never taken for a message. */
#define MAGIC 0x91575452u

#define ATTEMPTS_MAX 254u /* of one trial; store/state.h */
#define RANGE_SIZE   4u   /* bytes of the shortest range: four varints */
#define POINT_SIZE   3u   /* bytes of the shortest point: two varints, an empty span */

/* 0, or a negative enum rt_code. */
static int32_t get_code(struct rt_reader *reader)
{
    int64_t code = rt_read_signed(reader);

    if (code > 0 || code < INT32_MIN) {
        reader->bad = true;
        return 0;
    }
    return (int32_t)code;
}

static void put_hello(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_span(message, wire->hello.about);
    rt_buf_put_varint(message, wire->hello.slots);
}

static void get_hello(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->hello.about = rt_read_span(reader);
    wire->hello.slots = rt_read_varint32(reader);
    if (wire->hello.about.size > RT_WIRE_ABOUT_MAX || wire->hello.slots > RT_WIRE_SLOTS_MAX)
        reader->bad = true;
}

static void put_study(struct rt_buf *message, const struct rt_wire *wire)
{
    const struct rt_wire_study *study = &wire->study;

    rt_buf_put_varint(message, study->launch);
    rt_buf_put_varint(message, study->study);
    rt_buf_put_span(message, study->id);
    rt_buf_put_span(message, study->plan);
    rt_buf_put(message, study->code.bytes, sizeof study->code.bytes);
    rt_buf_put_span(message, study->bundle);
}

static void get_study(struct rt_reader *reader, struct rt_wire *wire)
{
    struct rt_wire_study *study = &wire->study;
    struct rt_span code;

    study->launch = rt_read_varint32(reader);
    study->study = rt_read_varint32(reader);
    study->id = rt_read_span(reader);
    study->plan = rt_read_span(reader);
    code = rt_read_bytes(reader, sizeof study->code.bytes);
    if (code.size)
        memcpy(study->code.bytes, code.data, code.size);
    study->bundle = rt_read_span(reader);
    if (study->launch == 0 || study->study == 0 || study->id.size == 0 ||
        study->id.size > RT_WIRE_ID_MAX || study->plan.size > RT_WIRE_PLAN_MAX)
        reader->bad = true;
}

static void put_ready(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->ready.study);
    rt_buf_put_signed(message, wire->ready.code);
    rt_buf_put_span(message, wire->ready.text);
}

static void get_ready(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->ready.study = rt_read_varint32(reader);
    wire->ready.code = get_code(reader);
    wire->ready.text = rt_read_span(reader);
    if (wire->ready.study == 0 || wire->ready.text.size > RT_WIRE_TEXT_MAX)
        reader->bad = true;
}

static void put_work(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->work.study);
    rt_buf_put_varint(message, wire->work.count);
    for (size_t i = 0; i < wire->work.count; i++) {
        const struct rt_wire_range *range = &wire->work.ranges[i];

        rt_buf_put_varint(message, range->ordinal);
        rt_buf_put_varint(message, range->index);
        rt_buf_put_varint(message, range->count);
        rt_buf_put_varint(message, range->attempt);
    }
    rt_buf_put_varint(message, wire->work.point_count);
    for (size_t i = 0; i < wire->work.point_count; i++) {
        const struct rt_wire_point *point = &wire->work.points[i];

        rt_buf_put_varint(message, point->index);
        rt_buf_put_varint(message, point->replicate);
        rt_buf_put_span(message, point->params);
    }
}

/* Reads a range that may hold `room` trials at most; its trials are taken off *room. */
static void get_range(struct rt_reader *reader, struct rt_wire_range *range, uint64_t *room)
{
    range->ordinal = rt_read_varint(reader);
    range->index = rt_read_varint(reader);
    range->count = rt_read_varint(reader);
    range->attempt = rt_read_varint32(reader);
    if (range->count == 0 || range->count > *room || range->ordinal == 0 ||
        range->ordinal > UINT64_MAX - range->count || range->index > UINT64_MAX - range->count ||
        range->attempt == 0 || range->attempt > ATTEMPTS_MAX)
        reader->bad = true;
    else
        *room -= range->count;
}

/* Points are kept by their number: none may be too far away. */
static void get_points(struct rt_reader *reader, struct rt_wire_work *work)
{
    uint64_t count = rt_read_varint(reader);

    if (count > RT_WIRE_TRIALS_MAX || count > rt_reader_left(reader) / POINT_SIZE) {
        reader->bad = true;
        return;
    }
    work->point_count = (size_t)count;
    work->points = count ? rt_calloc(work->point_count, sizeof *work->points) : NULL;
    for (size_t i = 0; i < work->point_count && !reader->bad; i++) {
        struct rt_wire_point *point = &work->points[i];

        point->index = rt_read_varint(reader);
        point->replicate = rt_read_varint32(reader);
        point->params = rt_read_span(reader);
        if (point->index >= RT_ORDINALS_MAX || point->replicate == 0 ||
            point->params.size > RT_WIRE_PARAMS_MAX)
            reader->bad = true;
    }
}

static void get_work(struct rt_reader *reader, struct rt_wire *wire)
{
    uint64_t room = RT_WIRE_TRIALS_MAX;
    uint64_t count;

    wire->work.study = rt_read_varint32(reader);
    count = rt_read_varint(reader);
    if (wire->work.study == 0 || count > rt_reader_left(reader) / RANGE_SIZE) {
        reader->bad = true;
        return;
    }
    wire->work.count = (size_t)count;
    wire->work.ranges = rt_calloc(wire->work.count, sizeof *wire->work.ranges);
    for (size_t i = 0; i < wire->work.count && !reader->bad; i++)
        get_range(reader, &wire->work.ranges[i], &room);
    get_points(reader, &wire->work);
}

static void put_results(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->results.number);
    rt_buf_put_span(message, wire->results.rows);
}

static void get_results(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->results.number = rt_read_varint(reader);
    wire->results.rows = rt_read_span(reader);
    if (wire->results.number == 0 || wire->results.rows.size == 0)
        reader->bad = true;
}

static void put_ack(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->ack);
}

static void get_ack(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->ack = rt_read_varint(reader);
}

static void put_beat(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->beat.number);
    rt_buf_put_varint(message, wire->beat.running);
    rt_buf_put_varint(message, wire->beat.queued);
    rt_buf_put_varint(message, wire->beat.acked);
}

static void get_beat(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->beat.number = rt_read_varint(reader);
    wire->beat.running = rt_read_varint32(reader);
    wire->beat.queued = rt_read_varint(reader);
    wire->beat.acked = rt_read_varint(reader);
}

static void put_stop(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->stop.grace_us);
    rt_buf_put_signed(message, wire->stop.code);
}

static void get_stop(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->stop.grace_us = rt_read_varint(reader);
    wire->stop.code = get_code(reader);
}

static void put_reads(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->reads.study);
    rt_reads_put(message, &wire->reads.reads);
}

static void get_reads(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->reads.study = rt_read_varint32(reader);
    rt_reads_get(reader, &wire->reads.reads);
    if (wire->reads.study == 0)
        reader->bad = true;
}

static void put_reports(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->reports.number);
    rt_buf_put_span(message, wire->reports.rows);
}

static void get_reports(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->reports.number = rt_read_varint(reader);
    wire->reports.rows = rt_read_span(reader);
    if (wire->reports.number == 0 || wire->reports.rows.size == 0)
        reader->bad = true;
}

static void put_answer(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->answer.number);
    rt_buf_put_span(message, wire->answer.told);
}

static void get_answer(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->answer.number = rt_read_varint(reader);
    wire->answer.told = rt_read_span(reader);
}

static void put_heard(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_span(message, wire->heard);
}

static void get_heard(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->heard = rt_read_span(reader);
}

static void put_place(struct rt_buf *message, const struct rt_wire *wire)
{
    rt_buf_put_varint(message, wire->piece.ordinal);
    rt_buf_put_varint(message, wire->piece.attempt);
    rt_buf_put_varint(message, wire->piece.offset);
}

static void get_place(struct rt_reader *reader, struct rt_wire *wire)
{
    wire->piece.ordinal = rt_read_varint(reader);
    wire->piece.attempt = rt_read_varint32(reader);
    wire->piece.offset = rt_read_varint(reader);
    if (wire->piece.ordinal == 0 || wire->piece.attempt == 0)
        reader->bad = true;
}

static void put_piece(struct rt_buf *message, const struct rt_wire *wire)
{
    const struct rt_wire_piece *piece = &wire->piece;

    put_place(message, wire);
    rt_buf_put_varint(message, piece->size);
    rt_buf_put_varint(message, piece->step);
    rt_buf_put_u8(message, piece->folder);
    rt_buf_put_span(message, piece->name);
    rt_buf_put(message, piece->hash.bytes, sizeof piece->hash.bytes);
    rt_buf_put_span(message, piece->bytes);
}

static bool is_file_name(struct rt_span name)
{
    return name.size && name.size <= RT_WIRE_NAME_MAX && !memchr(name.data, '/', name.size) &&
           !memchr(name.data, 0, name.size);
}

static void get_piece(struct rt_reader *reader, struct rt_wire *wire)
{
    struct rt_wire_piece *piece = &wire->piece;
    struct rt_span hash;

    get_place(reader, wire);
    piece->size = rt_read_varint(reader);
    piece->step = rt_read_varint(reader);
    piece->folder = rt_read_u8(reader) == 1;
    piece->name = rt_read_span(reader);
    hash = rt_read_bytes(reader, sizeof piece->hash.bytes);
    if (hash.size)
        memcpy(piece->hash.bytes, hash.data, hash.size);
    piece->bytes = rt_read_span(reader);
    if (piece->step > INT64_MAX || (piece->size != RT_WIRE_KEPT &&
                                    (!is_file_name(piece->name) || piece->offset > piece->size ||
                                     piece->bytes.size > piece->size - piece->offset)))
        reader->bad = true;
}

void rt_wire_put_told(struct rt_buf *told, const struct rt_wire_told *one)
{
    rt_buf_put_varint(told, one->ordinal);
    rt_buf_put_varint(told, one->attempt);
    rt_buf_put_span(told, one->text);
}

bool rt_wire_next_told(struct rt_reader *told, struct rt_wire_told *one)
{
    if (rt_reader_left(told) == 0)
        return false;
    one->ordinal = rt_read_varint(told);
    one->attempt = rt_read_varint32(told);
    one->text = rt_read_span(told);
    return !told->bad;
}

static void put_nothing(struct rt_buf *message, const struct rt_wire *wire)
{
    (void)message;
    (void)wire;
}

static void get_nothing(struct rt_reader *reader, struct rt_wire *wire)
{
    (void)reader;
    (void)wire;
}

static const struct kind {
    const char *name;
    void (*put)(struct rt_buf *message, const struct rt_wire *wire);
    void (*get)(struct rt_reader *reader, struct rt_wire *wire);
} kinds[] = {
    [RT_WIRE_HELLO] = {"HELLO", put_hello, get_hello},
    [RT_WIRE_STUDY] = {"STUDY", put_study, get_study},
    [RT_WIRE_READY] = {"READY", put_ready, get_ready},
    [RT_WIRE_WORK] = {"WORK", put_work, get_work},
    [RT_WIRE_RESULTS] = {"RESULTS", put_results, get_results},
    [RT_WIRE_ACK] = {"ACK", put_ack, get_ack},
    [RT_WIRE_BEAT] = {"BEAT", put_beat, get_beat},
    [RT_WIRE_STOP] = {"STOP", put_stop, get_stop},
    [RT_WIRE_BYE] = {"BYE", put_nothing, get_nothing},
    [RT_WIRE_FORGET] = {"FORGET", put_nothing, get_nothing},
    [RT_WIRE_RETURN] = {"RETURN", put_work, get_work},
    [RT_WIRE_READS] = {"READS", put_reads, get_reads},
    [RT_WIRE_REPORTS] = {"REPORTS", put_reports, get_reports},
    [RT_WIRE_ANSWER] = {"ANSWER", put_answer, get_answer},
    [RT_WIRE_HEARD] = {"HEARD", put_heard, get_heard},
    [RT_WIRE_KEEP] = {"KEEP", put_piece, get_piece},
    [RT_WIRE_MORE] = {"MORE", put_place, get_place},
    [RT_WIRE_WANT] = {"WANT", put_place, get_place},
    [RT_WIRE_PIECE] = {"PIECE", put_piece, get_piece},
};

static const struct kind *find_kind(unsigned number)
{
    if (number >= sizeof kinds / sizeof *kinds || !kinds[number].name)
        return NULL;
    return &kinds[number];
}

const char *rt_wire_kind_name(enum rt_wire_kind kind)
{
    const struct kind *found = find_kind((unsigned)kind);

    return found ? found->name : "unknown";
}

void rt_wire_put(struct rt_buf *message, const struct rt_wire *wire)
{
    const struct kind *kind = find_kind((unsigned)wire->kind);

    assert(kind);
    rt_buf_put_u32(message, MAGIC);
    rt_buf_put_u16(message, RT_WIRE_VERSION);
    rt_buf_put_u16(message, (uint16_t)wire->kind);
    kind->put(message, wire);
}

static int get_kind(struct rt_reader *reader, const struct kind **kind, struct rt_wire *wire,
                    struct rt_err *err)
{
    uint32_t magic = rt_read_u32(reader);
    uint16_t version = rt_read_u16(reader);
    uint16_t number = rt_read_u16(reader);

    if (reader->bad || magic != MAGIC)
        return rt_err_set(err, RT_EPEER, "what came is not a message of retrial");
    if (version != RT_WIRE_VERSION)
        return rt_err_set(err, RT_EPEER,
                          "a message has version %u of the wire format, this program speaks "
                          "version %u; start the same retrial on all hosts",
                          version, RT_WIRE_VERSION);
    if (!(*kind = find_kind(number)))
        return rt_err_set(err, RT_EPEER, "a message is of the unknown kind %u", number);
    wire->kind = (enum rt_wire_kind)number;
    return 0;
}

int rt_wire_get(struct rt_span message, struct rt_wire *wire, struct rt_err *err)
{
    struct rt_reader reader = rt_reader(message);
    const struct kind *kind;
    int rc;

    *wire = (struct rt_wire){0};
    if ((rc = get_kind(&reader, &kind, wire, err)) < 0)
        return rc;
    kind->get(&reader, wire);
    if (!reader.bad && rt_reader_left(&reader) == 0)
        return 0;
    rt_wire_clear(wire);
    return rt_err_set(err, RT_EPEER, "a %s message of %zu bytes is malformed", kind->name,
                      message.size);
}

static void free_work(struct rt_wire_work *work)
{
    free(work->ranges);
    free(work->points);
}

void rt_wire_clear(struct rt_wire *wire)
{
    if (wire->kind == RT_WIRE_WORK || wire->kind == RT_WIRE_RETURN)
        free_work(&wire->work);
    if (wire->kind == RT_WIRE_READS)
        rt_reads_clear(&wire->reads.reads);
    *wire = (struct rt_wire){0};
}
