/* What running trials report and keep, and what they are answered. */
#include "tests/expect.h"

#include <stdlib.h>

#include "base/json.h"
#include "engine/hearing.h"
#include "store/report.h"
#include "tests/unit/engine/support/stage.h"

static void report(struct stage *stage, int rank, uint64_t batch, uint64_t ordinal)
{
    struct rt_report row = {
        .study = 1, .ordinal = ordinal, .attempt = 1, .number = batch, .step = 1};
    struct rt_wire wire = {.kind = RT_WIRE_REPORTS, .reports = {.number = batch}};
    struct rt_buf values = RT_BUF_INIT;
    struct rt_buf rows = RT_BUF_INIT;

    rt_report_put_value(&values, rt_span_text("loss"), 0.5);
    row.count = 1;
    row.values = rt_buf_span(&values);
    rt_buf_put_varint(&rows, 1);
    rt_report_put(&rows, &row);
    wire.reports.rows = rt_buf_span(&rows);
    stage_say(stage, rank, &wire);
    rt_buf_clear(&values);
    rt_buf_clear(&rows);
}

static void an_answer_of_which_nothing_is_recorded_follows_those_before(void **state)
{
    struct stage *stage = stage_new(2, 0, 1);
    const struct rt_wire *wire;

    (void)state;
    stage_join(stage, 0, 2);
    stage_sync(stage);
    report(stage, 0, 1, 1);
    report(stage, 0, 2, 77); /* there is no such trial */
    assert_null(stage_take(stage, 0, RT_WIRE_ANSWER));
    stage_sync(stage);
    wire = stage_take(stage, 0, RT_WIRE_ANSWER);
    assert_non_null(wire);
    assert_int_equal(wire->answer.number, 1);
    wire = stage_take(stage, 0, RT_WIRE_ANSWER);
    assert_non_null(wire);
    assert_int_equal(wire->answer.number, 2);
    stage_free(stage);
}

static void keep(struct stage *stage, int rank, uint64_t ordinal)
{
    struct rt_wire_piece piece = {
        .ordinal = ordinal, .attempt = 1, .name = rt_span_text("last.pt")};

    stage_step(stage, &(struct rt_input){.kind = RT_INPUT_KEPT, .rank = rank, .piece = &piece});
}

static void a_checkpoint_is_taken_of_who_has_the_trial(void **state)
{
    struct stage *stage = stage_new(1, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    keep(stage, 1, 1);
    assert_int_equal(stage->appended[RT_EVENT_CHECKPOINT], 0);
    keep(stage, 0, 1);
    assert_int_equal(stage->appended[RT_EVENT_CHECKPOINT], 1);
    keep(stage, 0, 77);
    assert_int_equal(stage->appended[RT_EVENT_CHECKPOINT], 1);
    stage_free(stage);
}

static struct rt_hearing heard(uint64_t ordinal, const char *text)
{
    return (struct rt_hearing){.ordinal = ordinal,
                               .attempt = 1,
                               .number = 1,
                               .call = 3,
                               .reports = 2,
                               .text = rt_span_text(text)};
}

static void say_heard(struct stage *stage, int rank, uint64_t ordinal, const char *text)
{
    const struct rt_hearing hearing = heard(ordinal, text);
    struct rt_wire wire = {.kind = RT_WIRE_HEARD};
    struct rt_buf rows = RT_BUF_INIT;

    rt_hearing_put(&rows, &hearing);
    wire.heard = rt_buf_span(&rows);
    stage_say(stage, rank, &wire);
    rt_buf_clear(&rows);
}

static void what_was_heard_is_taken_of_who_has_the_trial(void **state)
{
    struct stage *stage = stage_new(1, 0, 2);

    (void)state;
    stage_join(stage, 0, 1);
    stage_join(stage, 1, 1);
    stage_sync(stage);
    say_heard(stage, 1, 1, "{\"stop\":\"why\"}");
    say_heard(stage, 0, 77, "{\"stop\":\"why\"}");
    say_heard(stage, 0, 1, "{\"stop\":1}");
    say_heard(stage, 0, 1, "{\"params\":[]}");
    say_heard(stage, 0, 1, "no JSON");
    assert_int_equal(stage->appended[RT_EVENT_DECISIONS], 0);
    say_heard(stage, 0, 1, "{\"params\":{\"lr\":0.5}}");
    assert_int_equal(stage->appended[RT_EVENT_DECISIONS], 1);
    stage_free(stage);
}

static void what_is_no_hearing_bars_its_sender(void **state)
{
    struct stage *stage = stage_new(1, 0, 1);

    (void)state;
    stage_join(stage, 0, 1);
    stage_sync(stage);
    say_heard(stage, 0, 0, "{\"stop\":\"why\"}");
    say_heard(stage, 0, 1, "{\"stop\":\"why\"}");
    assert_int_equal(stage->appended[RT_EVENT_DECISIONS], 0);
    stage_free(stage);
}

static void a_hearing_reads_back_as_it_was_put(void **state)
{
    const struct rt_hearing put = heard(17, "{\"params\":{\"lr\":0.5},\"stop\":\"why\"}");
    struct rt_buf rows = RT_BUF_INIT;
    struct rt_hearing got;
    struct rt_reader reader;
    struct rt_json *json;
    char *text;

    (void)state;
    rt_hearing_put(&rows, &put);
    reader = rt_reader(rt_buf_span(&rows));
    assert_true(rt_hearing_next(&reader, &got));
    json = rt_hearing_json(&got);
    text = rt_json_text(json);
    assert_string_equal(text, "{\"attempt\":1,\"call\":3,\"number\":1,\"ordinal\":17,"
                              "\"params\":{\"lr\":0.5},\"reports\":2,\"stop\":\"why\"}");
    assert_false(rt_hearing_next(&reader, &got));
    assert_false(reader.bad);
    free(text);
    rt_json_free(json);
    rt_buf_clear(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_of_which_nothing_is_recorded_follows_those_before),
        cmocka_unit_test(a_checkpoint_is_taken_of_who_has_the_trial),
        cmocka_unit_test(what_was_heard_is_taken_of_who_has_the_trial),
        cmocka_unit_test(what_is_no_hearing_bars_its_sender),
        cmocka_unit_test(a_hearing_reads_back_as_it_was_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
