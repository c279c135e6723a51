#include "tests/expect.h"

#include "store/event.h"

#include <stdlib.h>

static const uint8_t uuid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct rt_attempt an_attempt(void)
{
    struct rt_attempt attempt = {
        .study = 1,
        .ordinal = 5000000000u,
        .attempt = 2,
        .launch = 3,
        .rank = 4095,
        .worker = 7,
        .position = 19,
        .pid = 31337,
        .start_us = 1700000000000000u,
        .duration_us = 123456,
        .user_us = 1,
        .sys_us = 2,
        .max_rss_kib = 70000,
        .seed = 0xFEEDBEEF,
        .outcome = RT_OUTCOME_CRASHED,
        .status = -11,
        .flags = RT_ATTEMPT_LATE,
        .result = {.data = {"{\"loss\":0.5}", 12}, .size = 12},
        .out = {.kept = {.data = {"headtail", 8}, .size = 8}, .head = 4, .total = 1u << 30},
    };

    attempt.reason.by_hash = true;
    attempt.reason.size = 123456789;
    memset(attempt.reason.hash.bytes, 0xAB, RT_HASH_SIZE);
    return attempt;
}

static void assert_same_attempt(const struct rt_attempt *a, const struct rt_attempt *b)
{
    assert_true(a->study == b->study && a->ordinal == b->ordinal && a->attempt == b->attempt);
    assert_true(a->launch == b->launch && a->rank == b->rank && a->worker == b->worker);
    assert_true(a->position == b->position && a->pid == b->pid && a->start_us == b->start_us);
    assert_true(a->duration_us == b->duration_us && a->user_us == b->user_us);
    assert_true(a->sys_us == b->sys_us && a->max_rss_kib == b->max_rss_kib);
    assert_true(a->seed == b->seed && a->outcome == b->outcome && a->status == b->status);
    assert_true(a->flags == b->flags);
    assert_true(rt_span_equal(a->result.data, b->result.data));
    assert_true(a->reason.by_hash && b->reason.by_hash && a->reason.size == b->reason.size);
    assert_true(rt_hash_equal(&a->reason.hash, &b->reason.hash));
    assert_true(rt_span_equal(a->out.kept.data, b->out.kept.data));
    assert_true(a->out.head == b->out.head && a->out.total == b->out.total);
    assert_true(a->err.total == b->err.total && b->err.kept.data.size == 0);
}

static void attempts_are_read_back_as_they_were_put(void **state)
{
    struct rt_attempt in[3] = {an_attempt(), an_attempt(), an_attempt()};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_attempts_reader reader;
    struct rt_attempt out;
    struct rt_err err;

    (void)state;
    in[1].ordinal = 1;
    in[2].outcome = RT_OUTCOME_OK;
    rt_attempts_put(&body, in, 3);
    expect_ok(err, rt_attempts_open(&reader, rt_buf_span(&body), &err));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rt_attempts_next(&reader, &out, &err), 1);
        assert_same_attempt(&in[i], &out);
    }
    assert_int_equal(rt_attempts_next(&reader, &out, &err), 0);
    rt_buf_clear(&body);
}

static void attempts_cut_anywhere_are_damaged(void **state)
{
    struct rt_attempt in[2] = {an_attempt(), an_attempt()};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    rt_attempts_put(&body, in, 2);
    for (size_t size = 0; size < body.size; size++) {
        struct rt_attempts_reader reader;
        struct rt_attempt attempt;
        char *copy = malloc(size + 1); /* of its own, for the sanitizer to guard the end */
        int rc;

        memcpy(copy, body.data, size);
        rc = rt_attempts_open(&reader, rt_span(copy, size), &err);
        for (int i = 0; i < 3 && rc >= 0; i++)
            rc = rt_attempts_next(&reader, &attempt, &err);
        assert_int_equal(rc, RT_EDAMAGED);
        free(copy);
    }
    rt_buf_clear(&body);
}

static void an_attempt_needs_an_outcome_and_a_trial(void **state)
{
    struct rt_attempt bad[4] = {an_attempt(), an_attempt(), an_attempt(), an_attempt()};
    struct rt_attempts_reader reader;
    struct rt_attempt out;
    struct rt_err err;

    (void)state;
    bad[0].outcome = RT_OUTCOME_NONE;
    bad[1].ordinal = 0;
    bad[2].attempt = 0;
    bad[3].out.head = 9; /* more than was kept */
    for (int i = 0; i < 4; i++) {
        struct rt_buf body = RT_BUF_INIT;

        rt_attempts_put(&body, &bad[i], 1);
        expect_ok(err, rt_attempts_open(&reader, rt_buf_span(&body), &err));
        expect_error(err, RT_EDAMAGED, "malformed", rt_attempts_next(&reader, &out, &err));
        rt_buf_clear(&body);
    }
}

static void the_shortest_attempt_is_read_back(void **state)
{
    struct rt_attempt in = {.study = 1, .ordinal = 1, .attempt = 1, .outcome = RT_OUTCOME_OK};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_attempts_reader reader;
    struct rt_attempt out;
    struct rt_err err;

    (void)state;
    rt_attempts_put(&body, &in, 1);
    expect_ok(err, rt_attempts_open(&reader, rt_buf_span(&body), &err));
    assert_int_equal(rt_attempts_next(&reader, &out, &err), 1);
    assert_int_equal(rt_attempts_next(&reader, &out, &err), 0);
    rt_buf_clear(&body);
}

static void a_lease_is_read_back_as_it_was_put(void **state)
{
    struct rt_lease_range ranges[2] = {{1, 1000, 1}, {5000, 1, 3}};
    struct rt_lease in = {.launch = 2, .study = 1, .rank = 9, .ranges = ranges, .count = 2};
    struct rt_buf body = RT_BUF_INIT;
    struct rt_lease out;
    struct rt_err err;

    (void)state;
    rt_lease_put(&body, &in);
    expect_ok(err, rt_lease_get(rt_buf_span(&body), &out, &err));
    assert_int_equal(out.launch, 2);
    assert_int_equal(out.rank, 9);
    assert_int_equal(out.count, 2);
    for (int i = 0; i < 2; i++) {
        assert_true(out.ranges[i].ordinal == ranges[i].ordinal);
        assert_true(out.ranges[i].count == ranges[i].count);
        assert_true(out.ranges[i].attempt == ranges[i].attempt);
    }
    free(out.ranges);
    for (size_t size = 0; size < body.size; size++)
        expect_error(err, RT_EDAMAGED, "a lease",
                     rt_lease_get(rt_span(body.data, size), &out, &err));
    rt_buf_clear(&body);
}

static void a_lease_of_nothing_or_past_the_last_number_is_damaged(void **state)
{
    struct rt_lease_range ranges[3] = {{1, 0, 1}, {0, 1, 1}, {UINT64_MAX, 2, 1}};
    struct rt_lease out;
    struct rt_err err;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct rt_lease in = {.launch = 1, .study = 1, .ranges = &ranges[i], .count = 1};
        struct rt_buf body = RT_BUF_INIT;

        rt_lease_put(&body, &in);
        expect_error(err, RT_EDAMAGED, "malformed", rt_lease_get(rt_buf_span(&body), &out, &err));
        rt_buf_clear(&body);
    }
}

static void put_record(struct rt_buf *record, unsigned kind, const char *body)
{
    struct rt_event event = {
        .seq = 7, .time_us = 99, .kind = (enum rt_event_kind)kind, .body = rt_span_text(body)};

    rt_event_put(record, &event, uuid);
}

static void a_record_is_read_back_as_it_was_put(void **state)
{
    struct rt_buf record = RT_BUF_INIT;
    struct rt_event event;
    uint8_t store[16];
    struct rt_err err;

    (void)state;
    put_record(&record, RT_EVENT_STUDY, "{}");
    expect_ok(err, rt_event_get(rt_buf_span(&record), &event, store, &err));
    assert_true(event.seq == 7 && event.time_us == 99 && event.kind == RT_EVENT_STUDY);
    assert_true(rt_span_equal(event.body, rt_span_text("{}")));
    assert_memory_equal(store, uuid, 16);
    rt_buf_clear(&record);
}

static void every_flipped_bit_of_a_record_is_noticed(void **state)
{
    struct rt_buf record = RT_BUF_INIT;
    struct rt_event event;
    uint8_t store[16];
    struct rt_err err;

    (void)state;
    put_record(&record, RT_EVENT_STUDY, "{\"study\":1}");
    for (size_t bit = 0; bit < 8 * record.size; bit++) {
        record.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
        expect_error(err, RT_EDAMAGED, "checksum",
                     rt_event_get(rt_buf_span(&record), &event, store, &err));
        record.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t size = 0; size < record.size; size++)
        assert_int_equal(rt_event_get(rt_span(record.data, size), &event, store, &err),
                         RT_EDAMAGED);
    rt_buf_clear(&record);
}

static void a_later_version_or_an_unknown_kind_is_newer_and_not_damaged(void **state)
{
    unsigned char later[40] = {2, 1, 2, 3};
    struct rt_hash hash = rt_hash(rt_span(later, 24));
    struct rt_buf record = RT_BUF_INIT;
    struct rt_event event;
    uint8_t store[16];
    struct rt_err err;

    (void)state;
    memcpy(later + 24, hash.bytes, 16);
    expect_error(err, RT_ENEWER, "version 2",
                 rt_event_get(rt_span(later, sizeof later), &event, store, &err));
    put_record(&record, 99, "");
    expect_error(err, RT_ENEWER, "kind 99",
                 rt_event_get(rt_buf_span(&record), &event, store, &err));
    rt_buf_reset(&record);
    put_record(&record, 0, "");
    expect_error(err, RT_EDAMAGED, "no kind",
                 rt_event_get(rt_buf_span(&record), &event, store, &err));
    rt_buf_clear(&record);
}

static void outcomes_have_names_and_names_outcomes(void **state)
{
    enum rt_outcome outcome;

    (void)state;
    for (int i = 0; i < RT_OUTCOMES; i++) {
        assert_int_equal(rt_outcome_from_name(rt_outcome_name((enum rt_outcome)i), &outcome), 0);
        assert_int_equal(outcome, i);
    }
    assert_int_equal(rt_outcome_from_name("vanished", &outcome), -1);
    assert_string_equal(rt_outcome_name((enum rt_outcome)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_are_read_back_as_they_were_put),
        cmocka_unit_test(attempts_cut_anywhere_are_damaged),
        cmocka_unit_test(an_attempt_needs_an_outcome_and_a_trial),
        cmocka_unit_test(the_shortest_attempt_is_read_back),
        cmocka_unit_test(a_lease_is_read_back_as_it_was_put),
        cmocka_unit_test(a_lease_of_nothing_or_past_the_last_number_is_damaged),
        cmocka_unit_test(a_record_is_read_back_as_it_was_put),
        cmocka_unit_test(every_flipped_bit_of_a_record_is_noticed),
        cmocka_unit_test(a_later_version_or_an_unknown_kind_is_newer_and_not_damaged),
        cmocka_unit_test(outcomes_have_names_and_names_outcomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
