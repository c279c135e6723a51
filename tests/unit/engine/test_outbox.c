#include "tests/expect.h"

#include "engine/outbox.h"

static void a_note_waits_for_its_event_to_be_durable(void **state)
{
    struct rt_outbox outbox = {0};
    struct rt_note note;

    (void)state;
    rt_outbox_put(&outbox, RT_NOTE_ACK, 3)->number = 7;
    assert_false(rt_outbox_take(&outbox, 100, &note)); /* it has no number yet */
    rt_outbox_number(&outbox, 5);
    assert_false(rt_outbox_take(&outbox, 4, &note));
    assert_true(rt_outbox_take(&outbox, 5, &note));
    assert_int_equal(note.rank, 3);
    assert_int_equal(note.number, 7);
    assert_true(rt_outbox_empty(&outbox));
    rt_outbox_clear(&outbox);
}

static void notes_come_back_in_order_through_many(void **state)
{
    struct rt_outbox outbox = {0};
    struct rt_note note;
    uint64_t next = 1;

    (void)state;
    for (uint64_t seq = 1; seq <= 5000; seq++) {
        rt_outbox_put(&outbox, RT_NOTE_ACK, 0)->number = seq;
        rt_outbox_number(&outbox, seq);
        while (seq % 3 == 0 && rt_outbox_take(&outbox, seq - 1, &note))
            assert_int_equal(note.number, next++);
    }
    while (rt_outbox_take(&outbox, UINT64_MAX, &note))
        assert_int_equal(note.number, next++);
    assert_int_equal(next, 5001);
    rt_outbox_clear(&outbox);
}

static void withdrawn_work_keeps_its_place_and_says_nothing(void **state)
{
    struct rt_outbox outbox = {0};
    struct rt_note note;

    (void)state;
    rt_buf_add(&rt_outbox_put(&outbox, RT_NOTE_WORK, 1)->message, "work for 1");
    rt_buf_add(&rt_outbox_put(&outbox, RT_NOTE_WORK, 2)->message, "work for 2");
    rt_outbox_put(&outbox, RT_NOTE_ACK, 1);
    rt_outbox_withdraw_work(&outbox, 1);
    for (uint64_t seq = 10; seq <= 12; seq++)
        rt_outbox_number(&outbox, seq);
    assert_true(rt_outbox_take(&outbox, 12, &note));
    assert_int_equal(note.kind, RT_NOTE_NOTHING);
    assert_true(rt_outbox_take(&outbox, 12, &note));
    assert_int_equal(note.kind, RT_NOTE_WORK);
    assert_int_equal(note.rank, 2);
    rt_buf_clear(&note.message);
    assert_true(rt_outbox_take(&outbox, 12, &note));
    assert_int_equal(note.kind, RT_NOTE_ACK);
    rt_outbox_clear(&outbox);
}

static void a_note_without_an_event_follows_the_last_event(void **state)
{
    struct rt_outbox outbox = {0};
    struct rt_note note;

    (void)state;
    rt_outbox_put(&outbox, RT_NOTE_NOTHING, 0);
    rt_outbox_number(&outbox, 10);
    rt_outbox_put_behind(&outbox, RT_NOTE_ACK, 1)->number = 7;
    rt_outbox_put(&outbox, RT_NOTE_NOTHING, 0);
    rt_outbox_number(&outbox, 11);
    assert_false(rt_outbox_take(&outbox, 9, &note));
    assert_true(rt_outbox_take(&outbox, 10, &note));
    assert_true(rt_outbox_take(&outbox, 10, &note));
    assert_int_equal(note.number, 7);
    assert_false(rt_outbox_take(&outbox, 10, &note));
    rt_outbox_clear(&outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_waits_for_its_event_to_be_durable),
        cmocka_unit_test(notes_come_back_in_order_through_many),
        cmocka_unit_test(withdrawn_work_keeps_its_place_and_says_nothing),
        cmocka_unit_test(a_note_without_an_event_follows_the_last_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
