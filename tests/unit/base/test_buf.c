#include "tests/expect.h"

#include "base/buf.h"
#include "base/reader.h"

static void what_was_put_is_read_back(void **state)
{
    struct rt_buf buf = RT_BUF_INIT;
    struct rt_reader reader;
    struct rt_err err;

    (void)state;
    rt_buf_put_u8(&buf, 7);
    rt_buf_put_u32(&buf, 0xDEADBEEF);
    rt_buf_put_varint(&buf, UINT64_MAX);
    rt_buf_put_signed(&buf, INT64_MIN);
    rt_buf_put_f64(&buf, -0.1);
    rt_buf_put_text(&buf, "trial");
    reader = rt_reader(rt_buf_span(&buf));
    assert_int_equal(rt_read_u8(&reader), 7);
    assert_int_equal(rt_read_u32(&reader), 0xDEADBEEF);
    assert_true(rt_read_varint(&reader) == UINT64_MAX);
    assert_true(rt_read_signed(&reader) == INT64_MIN);
    assert_true(rt_read_f64(&reader) == -0.1);
    assert_int_equal(rt_read_span(&reader).size, 5);
    expect_ok(err, rt_reader_done(&reader, "the test", &err));
    rt_buf_clear(&buf);
}

static void a_cut_number_is_bad_and_stays_bad(void **state)
{
    struct rt_reader reader = rt_reader(rt_span("\x80\x80", 2));
    struct rt_err err;

    (void)state;
    assert_int_equal(rt_read_varint(&reader), 0);
    assert_int_equal(rt_read_u8(&reader), 0);
    expect_error(err, RT_EDAMAGED, "the test is cut short",
                 rt_reader_done(&reader, "the test", &err));
}

static void a_span_longer_than_the_rest_is_refused(void **state)
{
    struct rt_reader reader = rt_reader(rt_span("\x05"
                                                "abc",
                                                4));

    (void)state;
    assert_int_equal(rt_read_span(&reader).size, 0);
    assert_true(reader.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_read_back),
        cmocka_unit_test(a_cut_number_is_bad_and_stays_bad),
        cmocka_unit_test(a_span_longer_than_the_rest_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
