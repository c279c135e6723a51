/* What running trials report and keep, and what they are answered. */
#include "tests/expect.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_of_which_nothing_is_recorded_follows_those_before),
        cmocka_unit_test(a_checkpoint_is_taken_of_who_has_the_trial),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
