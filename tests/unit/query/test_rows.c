#include "query/rows.h"

#include "tests/expect.h"

struct got {
    size_t columns;
    size_t rows;
    int64_t sum;
    char last[32];
};

static int take_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct got *got = context;

    (void)err;
    got->columns = count;
    assert_int_equal(names[0][0], 'a');
    return 0;
}

static int take_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct got *got = context;

    if (cells[0].kind == RT_CELL_INT && cells[0].integer == 13)
        return rt_err_set(err, RT_EIO, "unlucky");
    got->rows++;
    got->sum += cells[0].integer;
    if (got->columns > 1 && cells[1].kind == RT_CELL_TEXT)
        snprintf(got->last, sizeof got->last, "%.*s", (int)cells[1].text.size,
                 (const char *)cells[1].text.data);
    return 0;
}

static void put_names(struct rt_buf *out)
{
    static const char *const names[] = {"a", "b"};

    rt_rows_put_names(out, names, 2);
}

static void put_row(struct rt_buf *out, int64_t a, const char *b)
{
    struct rt_cell cells[] = {rt_cell_int(a), rt_cell_text(b)};
    size_t frame = rt_rows_begin(out);

    rt_rows_put_cell(out, &cells[0]);
    rt_rows_put_cell(out, &cells[1]);
    rt_rows_close(out, frame);
}

/* Takes the bytes, which it frees, in steps. */
static int take(struct rt_buf *bytes, size_t step, struct got *got, struct rt_err *err)
{
    struct rt_rows_sink sink = {take_names, take_row, got};
    struct rt_rows rows = {0};
    int rc = 1;

    memset(got, 0, sizeof *got);
    for (size_t at = 0; rc > 0 && at < bytes->size; at += step) {
        rt_buf_put(&rows.bytes, bytes->data + at,
                   bytes->size - at < step ? bytes->size - at : step);
        rc = rt_rows_take(&rows, &sink, err);
    }
    rt_rows_clear(&rows);
    rt_buf_clear(bytes);
    return rc;
}

static void rows_arrive_however_they_are_cut(void **state)
{
    struct got got;
    struct rt_err err;

    (void)state;
    for (size_t step = 1; step < 40; step++) {
        struct rt_buf bytes = RT_BUF_INIT;

        put_names(&bytes);
        put_row(&bytes, 1, "x");
        put_row(&bytes, -5, NULL);
        put_row(&bytes, 7, "last");
        rt_rows_put_end(&bytes, 3);
        assert_int_equal(take(&bytes, step, &got, &err), 0);
        assert_int_equal(got.rows, 3);
        assert_int_equal(got.sum, 3);
        assert_string_equal(got.last, "last");
    }
}

static void an_error_travels_with_its_code(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err sent;
    struct rt_err err;
    struct got got;

    (void)state;
    rt_err_set(&sent, RT_EDAMAGED, "a page is torn");
    put_names(&bytes);
    put_row(&bytes, 1, "x");
    rt_rows_put_error(&bytes, &sent);
    expect_error(err, RT_EDAMAGED, "a page is torn", take(&bytes, 1000, &got, &err));
    assert_int_equal(got.rows, 1);
}

static void a_sink_that_fails_ends_it(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;
    struct got got;

    (void)state;
    put_names(&bytes);
    put_row(&bytes, 13, "x");
    put_row(&bytes, 1, "x");
    expect_error(err, RT_EIO, "unlucky", take(&bytes, 1000, &got, &err));
    assert_int_equal(got.rows, 0);
}

static void expect_nonsense(struct rt_buf *bytes)
{
    struct rt_err err;
    struct got got;

    expect_error(err, RT_EPEER, "nonsense", take(bytes, 1000, &got, &err));
}

static void put_frame(struct rt_buf *bytes, const char *frame, size_t size)
{
    rt_buf_put_u32(bytes, (uint32_t)size);
    rt_buf_put(bytes, frame, size);
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *frame;
        size_t size;
    } frames[] = {
        {"\x01\x00", 2}, /* no columns */
        {"\x01\x02\x01"
         "a",
         4}, /* fewer names than said */
        {"\x01\x01\x02"
         "a\0",
         5},                         /* NUL in a name */
        {"\x01\xff\xff\xff\x7f", 5}, /* more columns than there can be */
        {"\x02\x00", 2},             /* rows before names */
        {"\x03\x00", 2},             /* end before names */
        {"\x04\x00\x00", 3},         /* an error that is none */
        {"\x04\x01\x05"
         "a",
         4},         /* its sentence cut */
        {"\x09", 1}, /* no such frame */
    };
    struct rt_buf bytes = RT_BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        put_frame(&bytes, frames[i].frame, frames[i].size);
        expect_nonsense(&bytes);
    }
    put_frame(&bytes, "", 0);
    expect_nonsense(&bytes);
    rt_buf_put_u32(&bytes, RT_ROWS_FRAME_MAX + 1);
    expect_nonsense(&bytes);
}

static void rows_that_make_no_sense_are_refused(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;

    (void)state;
    put_names(&bytes);
    put_frame(&bytes, "\x02\x00", 2); /* half a row */
    expect_nonsense(&bytes);
    put_names(&bytes);
    put_frame(&bytes, "\x02\x00\x07", 3); /* no such kind of cell */
    expect_nonsense(&bytes);
    put_names(&bytes);
    put_names(&bytes);
    expect_nonsense(&bytes);
    put_names(&bytes);
    rt_rows_put_end(&bytes, 1); /* there was none */
    expect_nonsense(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_arrive_however_they_are_cut),
        cmocka_unit_test(an_error_travels_with_its_code),
        cmocka_unit_test(a_sink_that_fails_ends_it),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(rows_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
