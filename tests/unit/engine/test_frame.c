#include "tests/expect.h"

#include "engine/frame.h"

#define NONCE UINT64_C(0x123456789ABCDEF0)

static void make(struct rt_buf *bytes, const char *text)
{
    struct rt_frame frame = {42, rt_span_text(text)};

    rt_frame_put(bytes, NONCE, &frame);
}

static void frames_come_one_by_one_once_they_are_complete(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_frame frame;
    struct rt_err err;
    size_t first;

    (void)state;
    make(&bytes, "a trial and its params");
    first = bytes.size;
    make(&bytes, "");
    for (size_t size = 0; size < first; size++)
        assert_int_equal(rt_frame_get(rt_span(bytes.data, size), NONCE, &frame, &err), 0);
    assert_int_equal(rt_frame_get(rt_buf_span(&bytes), NONCE, &frame, &err), first);
    assert_int_equal(frame.number, 42);
    assert_memory_equal(frame.payload.data, "a trial and its params", frame.payload.size);
    assert_int_equal(
        rt_frame_get(rt_span(bytes.data + first, bytes.size - first), NONCE, &frame, &err),
        RT_FRAME_HEAD);
    assert_int_equal(frame.payload.size, 0);
    rt_buf_clear(&bytes);
}

static void no_flipped_bit_goes_unseen(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_frame frame;

    (void)state;
    make(&bytes, "eleven text");
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        bytes.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_true(rt_frame_get(rt_buf_span(&bytes), NONCE, &frame, NULL) <= 0);
        bytes.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    rt_buf_clear(&bytes);
}

static void a_frame_of_another_worker_is_refused(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_frame frame;
    struct rt_err err;

    (void)state;
    make(&bytes, "x");
    expect_error(err, RT_EPEER, "wrong head",
                 (int)rt_frame_get(rt_buf_span(&bytes), NONCE + 1, &frame, &err));
    rt_buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_one_by_one_once_they_are_complete),
        cmocka_unit_test(no_flipped_bit_goes_unseen),
        cmocka_unit_test(a_frame_of_another_worker_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
