#include "tests/expect.h"

#include "engine/wire.h"

/* Puts and gets back; *bytes keeps what the spans of the result borrow from. */
static struct rt_wire there_and_back(const struct rt_wire *wire, struct rt_buf *bytes)
{
    struct rt_wire got;
    struct rt_err err;

    rt_buf_reset(bytes);
    rt_wire_put(bytes, wire);
    expect_ok(err, rt_wire_get(rt_buf_span(bytes), &got, &err));
    assert_int_equal(got.kind, wire->kind);
    return got;
}

static void refuse(const struct rt_wire *wire)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;
    struct rt_err err;

    rt_wire_put(&bytes, wire);
    expect_error(err, RT_EPEER, "malformed", rt_wire_get(rt_buf_span(&bytes), &got, &err));
    rt_buf_clear(&bytes);
}

static void a_hello_keeps_what_an_agent_says_of_itself(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_HELLO};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    wire.hello = (struct rt_wire_hello){rt_span_text("{\"host\":\"n1\"}"), 48};
    got = there_and_back(&wire, &bytes);
    assert_true(rt_span_equal(got.hello.about, wire.hello.about));
    assert_int_equal(got.hello.slots, 48);
    rt_buf_clear(&bytes);
}

static void reads_keep_their_names(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_READS, .reads = {.study = 2}};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    rt_reads_note(&wire.reads.reads, "lr");
    rt_reads_note(&wire.reads.reads, "*");
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.reads.study, 2);
    assert_true(rt_reads_cover(&got.reads.reads, &wire.reads.reads));
    rt_wire_clear(&got);
    wire.reads.study = 0;
    refuse(&wire);
    rt_reads_clear(&wire.reads.reads);
    rt_buf_clear(&bytes);
}

static void a_study_keeps_plan_code_and_bundle(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_STUDY};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    wire.study = (struct rt_wire_study){.launch = 3,
                                        .study = 2,
                                        .id = rt_span_text("k3f9"),
                                        .plan = rt_span_text("{}"),
                                        .code = rt_hash(rt_span_text("code")),
                                        .bundle = rt_span("\0\1\2", 3)};
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.study.launch, 3);
    assert_int_equal(got.study.study, 2);
    assert_true(rt_span_equal(got.study.id, wire.study.id));
    assert_true(rt_span_equal(got.study.plan, wire.study.plan));
    assert_true(rt_hash_equal(&got.study.code, &wire.study.code));
    assert_true(rt_span_equal(got.study.bundle, wire.study.bundle));
    rt_buf_clear(&bytes);
}

static void a_ready_keeps_the_reason_of_a_failure(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_READY};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    wire.ready = (struct rt_wire_ready){1, RT_EUSAGE, rt_span_text("no module named torch")};
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.ready.study, 1);
    assert_int_equal(got.ready.code, RT_EUSAGE);
    assert_true(rt_span_equal(got.ready.text, wire.ready.text));
    rt_buf_clear(&bytes);
}

static void ranges_come_back(enum rt_wire_kind kind)
{
    struct rt_wire_range ranges[] = {{1, 0, 500, 1}, {UINT64_MAX - 9, 7, 8, 254}};
    struct rt_wire wire = {.kind = kind};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    wire.work = (struct rt_wire_work){.study = 1, .ranges = ranges, .count = 2};
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.work.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(got.work.ranges[i].ordinal == ranges[i].ordinal);
        assert_true(got.work.ranges[i].index == ranges[i].index);
        assert_true(got.work.ranges[i].count == ranges[i].count);
        assert_int_equal(got.work.ranges[i].attempt, ranges[i].attempt);
    }
    rt_wire_clear(&got);
    assert_null(got.work.ranges);
    rt_buf_clear(&bytes);
}

static void work_and_what_is_returned_of_it_keep_their_ranges(void **state)
{
    (void)state;
    ranges_come_back(RT_WIRE_WORK);
    ranges_come_back(RT_WIRE_RETURN);
}

static void results_beats_acks_stops_and_byes_come_back(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_RESULTS};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    wire.results = (struct rt_wire_results){9, rt_span_text("rows")};
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.results.number, 9);
    assert_true(rt_span_equal(got.results.rows, wire.results.rows));
    wire = (struct rt_wire){.kind = RT_WIRE_BEAT, .beat = {UINT64_MAX, 4, 1u << 20, 77}};
    got = there_and_back(&wire, &bytes);
    assert_true(got.beat.number == UINT64_MAX && got.beat.running == 4);
    assert_true(got.beat.queued == 1u << 20 && got.beat.acked == 77);
    wire = (struct rt_wire){.kind = RT_WIRE_ACK, .ack = 12};
    assert_true(there_and_back(&wire, &bytes).ack == 12);
    wire = (struct rt_wire){.kind = RT_WIRE_STOP, .stop = {30000000, RT_EINTERRUPTED}};
    got = there_and_back(&wire, &bytes);
    assert_true(got.stop.grace_us == 30000000 && got.stop.code == RT_EINTERRUPTED);
    wire = (struct rt_wire){.kind = RT_WIRE_BYE};
    there_and_back(&wire, &bytes);
    assert_int_equal(bytes.size, RT_WIRE_HEADER_SIZE);
    wire = (struct rt_wire){.kind = RT_WIRE_FORGET};
    there_and_back(&wire, &bytes);
    assert_int_equal(bytes.size, RT_WIRE_HEADER_SIZE);
    rt_buf_clear(&bytes);
}

static void what_was_proposed_goes_with_the_work(void **state)
{
    struct rt_wire_range range = {5, 4, 2, 1};
    struct rt_wire_point points[] = {{4, 1, rt_span_text("{\"x\":1}")},
                                     {5, 7, rt_span_text("{\"x\":\"\u00e9\"}")}};
    struct rt_wire wire = {
        .kind = RT_WIRE_WORK,
        .work = {.study = 1, .ranges = &range, .count = 1, .points = points, .point_count = 2}};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.work.point_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(got.work.points[i].index, points[i].index);
        assert_int_equal(got.work.points[i].replicate, points[i].replicate);
        assert_true(rt_span_equal(got.work.points[i].params, points[i].params));
    }
    rt_wire_clear(&got);
    assert_null(got.work.points);
    rt_buf_clear(&bytes);
}

static void reports_and_their_answers_come_back(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_REPORTS, .reports = {300, rt_span_text("rows")}};
    const struct rt_wire_told told = {9, 2, rt_span_text("{\"stop\":\"worse\"}")};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_buf list = RT_BUF_INIT;
    struct rt_wire_told one;
    struct rt_reader reader;
    struct rt_wire got;

    (void)state;
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.reports.number, 300);
    assert_true(rt_span_equal(got.reports.rows, wire.reports.rows));
    rt_wire_put_told(&list, &told);
    rt_wire_put_told(&list, &told);
    wire = (struct rt_wire){.kind = RT_WIRE_ANSWER, .answer = {301, rt_buf_span(&list)}};
    got = there_and_back(&wire, &bytes);
    assert_int_equal(got.answer.number, 301);
    reader = rt_reader(got.answer.told);
    for (int i = 0; i < 2; i++) {
        assert_true(rt_wire_next_told(&reader, &one));
        assert_int_equal(one.ordinal, 9);
        assert_int_equal(one.attempt, 2);
        assert_true(rt_span_equal(one.text, told.text));
    }
    assert_false(rt_wire_next_told(&reader, &one));
    rt_buf_clear(&list);
    rt_buf_clear(&bytes);
}

static void pieces_of_checkpoints_come_back(void **state)
{
    static const enum rt_wire_kind kinds[] = {RT_WIRE_KEEP, RT_WIRE_PIECE, RT_WIRE_MORE,
                                              RT_WIRE_WANT};
    struct rt_wire wire = {.piece = {.ordinal = 70000,
                                     .attempt = 3,
                                     .offset = 1u << 20,
                                     .size = (1u << 20) + 5,
                                     .step = 8,
                                     .folder = true,
                                     .name = rt_span_text("last.pt"),
                                     .bytes = rt_span_text("bytes")}};
    struct rt_buf bytes = RT_BUF_INIT;

    (void)state;
    memset(wire.piece.hash.bytes, 7, sizeof wire.piece.hash.bytes);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct rt_wire got;

        wire.kind = kinds[i];
        got = there_and_back(&wire, &bytes);
        assert_int_equal(got.piece.ordinal, 70000);
        assert_int_equal(got.piece.attempt, 3);
        assert_int_equal(got.piece.offset, wire.piece.offset);
        if (kinds[i] != RT_WIRE_KEEP && kinds[i] != RT_WIRE_PIECE)
            continue;
        assert_int_equal(got.piece.size, wire.piece.size);
        assert_true(got.piece.folder);
        assert_true(rt_span_equal(got.piece.name, wire.piece.name));
        assert_true(rt_span_equal(got.piece.bytes, wire.piece.bytes));
        if (kinds[i] == RT_WIRE_KEEP)
            assert_int_equal(got.piece.step, 8);
        else
            assert_memory_equal(&got.piece.hash, &wire.piece.hash, sizeof got.piece.hash);
    }
    rt_buf_clear(&bytes);
}

static void values_beyond_their_limits_are_refused(void **state)
{
    static char big[RT_WIRE_ABOUT_MAX + 1];
    struct rt_wire wire = {.kind = RT_WIRE_HELLO};

    (void)state;
    wire.hello = (struct rt_wire_hello){rt_span(big, sizeof big), 1};
    refuse(&wire);
    wire.hello = (struct rt_wire_hello){rt_span_text("{}"), RT_WIRE_SLOTS_MAX + 1};
    refuse(&wire);
    wire = (struct rt_wire){.kind = RT_WIRE_READY, .ready = {1, 1, {NULL, 0}}};
    refuse(&wire);
    wire = (struct rt_wire){.kind = RT_WIRE_READY, .ready = {0, 0, {NULL, 0}}};
    refuse(&wire);
    wire = (struct rt_wire){.kind = RT_WIRE_STOP, .stop = {0, 1}};
    refuse(&wire);
    wire = (struct rt_wire){.kind = RT_WIRE_RESULTS, .results = {0, rt_span_text("rows")}};
    refuse(&wire);
    wire = (struct rt_wire){.kind = RT_WIRE_STUDY, .study = {.launch = 1, .study = 1}};
    refuse(&wire);
}

static void ranges_that_no_conductor_sends_are_refused(void **state)
{
    static const struct rt_wire_range wrong[] = {
        {0, 0, 1, 1},                      /* ordinals start at 1 */
        {1, 0, 0, 1},                      /* nothing */
        {1, 0, 1, 0},                      /* attempts start at 1 */
        {1, 0, 1, 255},                    /* and end at 254 */
        {UINT64_MAX, 0, 1, 1},             /* runs past the last ordinal */
        {1, UINT64_MAX, 1, 1},             /* and past the last index */
        {1, 0, RT_WIRE_TRIALS_MAX + 1, 1}, /* more than a batch may hold */
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct rt_wire_range range = wrong[i];
        struct rt_wire wire = {.kind = RT_WIRE_WORK,
                               .work = {.study = 1, .ranges = &range, .count = 1}};

        refuse(&wire);
    }
}

static void a_batch_of_ranges_is_counted_as_a_whole(void **state)
{
    struct rt_wire_range ranges[] = {{1, 0, RT_WIRE_TRIALS_MAX, 1}, {1, 0, 1, 1}};
    struct rt_wire wire = {.kind = RT_WIRE_WORK,
                           .work = {.study = 1, .ranges = ranges, .count = 2}};

    (void)state;
    refuse(&wire);
}

static void a_count_without_its_ranges_allocates_nothing(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire wire = {.kind = RT_WIRE_BYE};
    struct rt_err err;

    (void)state;
    rt_wire_put(&bytes, &wire);
    bytes.data[6] = RT_WIRE_WORK;
    rt_buf_put_varint(&bytes, 1);
    rt_buf_put_varint(&bytes, UINT64_MAX);
    expect_error(err, RT_EPEER, "malformed", rt_wire_get(rt_buf_span(&bytes), &wire, &err));
    rt_buf_clear(&bytes);
}

static void every_cut_and_every_extra_byte_is_noticed(void **state)
{
    struct rt_wire_range ranges[] = {{1, 0, 500, 1}, {600, 700, 8, 2}};
    struct rt_wire_range one = {5, 4, 1, 1};
    struct rt_wire_point point = {4, 1, rt_span_text("{\"x\":1}")};
    const struct rt_wire_piece piece = {.ordinal = 1,
                                        .attempt = 1,
                                        .size = 2,
                                        .name = rt_span_text("a"),
                                        .bytes = rt_span_text("ab")};
    const struct rt_wire wires[] = {
        {.kind = RT_WIRE_HELLO, .hello = {rt_span_text("{}"), 2}},
        {.kind = RT_WIRE_STUDY,
         .study = {.launch = 1, .study = 1, .id = rt_span_text("a"), .plan = rt_span_text("{}")}},
        {.kind = RT_WIRE_READY, .ready = {1, 0, {NULL, 0}}},
        {.kind = RT_WIRE_WORK, .work = {.study = 1, .ranges = ranges, .count = 2}},
        {.kind = RT_WIRE_RESULTS, .results = {1, rt_span_text("rows")}},
        {.kind = RT_WIRE_ACK, .ack = 300},
        {.kind = RT_WIRE_BEAT, .beat = {1, 2, 3, 4}},
        {.kind = RT_WIRE_STOP, .stop = {300, 0}},
        {.kind = RT_WIRE_BYE},
        {.kind = RT_WIRE_FORGET},
        {.kind = RT_WIRE_RETURN, .work = {.study = 1, .ranges = ranges, .count = 2}},
        {.kind = RT_WIRE_WORK,
         .work = {.study = 1, .ranges = &one, .count = 1, .points = &point, .point_count = 1}},
        {.kind = RT_WIRE_REPORTS, .reports = {1, rt_span_text("rows")}},
        {.kind = RT_WIRE_ANSWER, .answer = {1, rt_span_text("told")}},
        {.kind = RT_WIRE_KEEP, .piece = piece},
        {.kind = RT_WIRE_PIECE, .piece = piece},
        {.kind = RT_WIRE_MORE, .piece = piece},
        {.kind = RT_WIRE_WANT, .piece = piece},
    };
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_wire got;

    (void)state;
    for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
        rt_buf_reset(&bytes);
        rt_wire_put(&bytes, &wires[i]);
        for (size_t size = 0; size < bytes.size; size++)
            assert_int_equal(rt_wire_get(rt_span(bytes.data, size), &got, NULL), RT_EPEER);
        rt_buf_put_u8(&bytes, 0);
        assert_int_equal(rt_wire_get(rt_buf_span(&bytes), &got, NULL), RT_EPEER);
    }
    rt_buf_clear(&bytes);
}

static void strangers_other_versions_and_unknown_kinds_are_told_apart(void **state)
{
    struct rt_wire wire = {.kind = RT_WIRE_BYE};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    rt_wire_put(&bytes, &wire);
    expect_error(err, RT_EPEER, "not a message of retrial",
                 rt_wire_get(rt_span_text("GET / HTTP/1.1"), &wire, &err));
    bytes.data[6] = 200;
    expect_error(err, RT_EPEER, "unknown kind 200", rt_wire_get(rt_buf_span(&bytes), &wire, &err));
    bytes.data[4] = 99;
    expect_error(err, RT_EPEER, "version 99 of the wire format",
                 rt_wire_get(rt_buf_span(&bytes), &wire, &err));
    rt_buf_clear(&bytes);
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(rt_wire_kind_name(RT_WIRE_RESULTS), "RESULTS");
    assert_string_equal(rt_wire_kind_name((enum rt_wire_kind)0), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_keeps_what_an_agent_says_of_itself),
        cmocka_unit_test(reads_keep_their_names),
        cmocka_unit_test(a_study_keeps_plan_code_and_bundle),
        cmocka_unit_test(a_ready_keeps_the_reason_of_a_failure),
        cmocka_unit_test(work_and_what_is_returned_of_it_keep_their_ranges),
        cmocka_unit_test(results_beats_acks_stops_and_byes_come_back),
        cmocka_unit_test(what_was_proposed_goes_with_the_work),
        cmocka_unit_test(reports_and_their_answers_come_back),
        cmocka_unit_test(pieces_of_checkpoints_come_back),
        cmocka_unit_test(values_beyond_their_limits_are_refused),
        cmocka_unit_test(ranges_that_no_conductor_sends_are_refused),
        cmocka_unit_test(a_batch_of_ranges_is_counted_as_a_whole),
        cmocka_unit_test(a_count_without_its_ranges_allocates_nothing),
        cmocka_unit_test(every_cut_and_every_extra_byte_is_noticed),
        cmocka_unit_test(strangers_other_versions_and_unknown_kinds_are_told_apart),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
