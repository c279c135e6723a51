#include "query/listing.h"

#include <math.h>
#include <stdlib.h>

#include "query/table.h"
#include "tests/expect.h"

#define COUNT(items) (sizeof(items) / sizeof(items)[0])

static struct rt_cell null(void)
{
    return rt_cell_text(NULL);
}

/* What a listing of rows of `count` cells prints. */
static char *print(enum rt_format format, bool terminal, const char *const *names, size_t count,
                   const struct rt_cell *cells, size_t rows)
{
    struct rt_listing_options options = {.format = format, .terminal = terminal};
    struct rt_listing *listing;
    struct rt_err err;
    char *text = NULL;
    size_t size;

    options.to = open_memstream(&text, &size);
    listing = rt_listing_new(&options, names, count);
    for (size_t i = 0; i < rows; i++)
        expect_ok(err, rt_listing_row(listing, cells + i * count, &err));
    expect_ok(err, rt_listing_end(listing, &err));
    rt_listing_free(listing);
    fclose(options.to);
    return text;
}

static void expect_print(enum rt_format format, const char *want)
{
    static const char *const names[] = {"trial", "noise", "n", "note"};
    const struct rt_cell cells[] = {
        rt_cell_text("k3.1"), rt_cell_real(0),       rt_cell_int(20), null(),
        rt_cell_text("k3.2"), rt_cell_real(0.05),    rt_cell_int(3),  rt_cell_text("a|b\n\033[2J"),
        rt_cell_text("k3.3"), rt_cell_real(1.0 / 3), null(),          rt_cell_text(""),
    };
    char *text = print(format, false, names, COUNT(names), cells, 3);

    assert_string_equal(text, want);
    free(text);
}

static void a_table_aligns_numbers_at_their_points(void **state)
{
    (void)state;
    expect_print(RT_FORMAT_TABLE, "trial     noise   n  note\n"
                                  "-----  --------  --  ------------\n"
                                  "k3.1   0         20\n"
                                  "k3.2   0.05       3  a|b\\n\\x1b[2J\n"
                                  "k3.3   0.333333\n");
}

static void csv_tells_null_from_an_empty_text(void **state)
{
    (void)state;
    expect_print(RT_FORMAT_CSV, "trial,noise,n,note\n"
                                "k3.1,0.0,20,\n"
                                "k3.2,0.05,3,\"a|b\n\033[2J\"\n"
                                "k3.3,0.3333333333333333,,\"\"\n");
}

static void json_is_an_array_of_objects(void **state)
{
    (void)state;
    expect_print(
        RT_FORMAT_JSON,
        "[\n"
        " {\"trial\": \"k3.1\", \"noise\": 0.0, \"n\": 20, \"note\": null},\n"
        " {\"trial\": \"k3.2\", \"noise\": 0.05, \"n\": 3, \"note\": \"a|b\\n\\u001b[2J\"},\n"
        " {\"trial\": \"k3.3\", \"noise\": 0.3333333333333333, \"n\": null, \"note\": \"\"}\n"
        "]\n");
}

static void markdown_is_a_table_that_can_be_read_as_it_is(void **state)
{
    (void)state;
    expect_print(RT_FORMAT_MD, "| trial |              noise |   n | note             |\n"
                               "| ----- | -----------------: | --: | ---------------- |\n"
                               "| k3.1  | 0.0                |  20 |                  |\n"
                               "| k3.2  | 0.05               |   3 | a\\|b<br>\\x1b\\[2J |\n"
                               "| k3.3  | 0.3333333333333333 |     |                  |\n");
}

static void a_listing_without_rows_has_its_names(void **state)
{
    static const char *const names[] = {"a", "b"};
    static const char *const want[] = {"a  b\n-  -\n", "a,b\n", "[]\n",
                                       "| a   | b   |\n| --- | --- |\n"};

    (void)state;
    for (int format = RT_FORMAT_TABLE; format <= RT_FORMAT_MD; format++) {
        char *text = print((enum rt_format)format, false, names, 2, NULL, 0);

        assert_string_equal(text, want[format]);
        free(text);
    }
}

static void equal_names_become_different_members(void **state)
{
    static const char *const names[] = {"a", "a", "a_2", "a"};
    const struct rt_cell cells[] = {rt_cell_int(1), rt_cell_int(2), rt_cell_int(3), rt_cell_int(4)};
    char *text = print(RT_FORMAT_JSON, false, names, 4, cells, 1);

    (void)state;
    assert_string_equal(text, "[\n {\"a\": 1, \"a_2\": 2, \"a_2_2\": 3, \"a_3\": 4}\n]\n");
    free(text);
}

static void csv_on_a_terminal_does_nothing_to_it(void **state)
{
    static const char *const names[] = {"a\033b"};
    const struct rt_cell cell = rt_cell_text("\033]0;x\a");
    char *text = print(RT_FORMAT_CSV, true, names, 1, &cell, 1);

    (void)state;
    assert_string_equal(text, "a\\x1bb\n\\x1b]0;x\\x07\n");
    free(text);
}

static void a_table_cuts_long_texts_and_markdown_does_not(void **state)
{
    static const char *const names[] = {"a", "b"};
    char long_text[RT_TABLE_WIDTH + 2] = "";
    char longer_text[RT_TABLE_LAST + 2] = "";
    struct rt_cell cells[2];
    char *text;

    (void)state;
    memset(long_text, 'x', RT_TABLE_WIDTH + 1);
    memset(longer_text, 'y', RT_TABLE_LAST + 1);
    cells[0] = rt_cell_text(long_text);
    cells[1] = rt_cell_text(longer_text);
    text = print(RT_FORMAT_TABLE, true, names, 2, cells, 1);
    assert_non_null(strstr(text, "xxx...  yyy"));
    assert_non_null(strstr(text, "yyy...\n"));
    assert_null(strstr(text, longer_text));
    free(text);
    cells[1] = cells[0];
    text = print(RT_FORMAT_TABLE, true, names, 2, cells, 1);
    assert_non_null(strstr(text, "xxx...  xxx"));
    assert_non_null(strstr(text, long_text)); /* behind the last column stands nothing */
    free(text);
    cells[1] = rt_cell_text(longer_text);
    text = print(RT_FORMAT_MD, true, names, 2, cells, 1);
    assert_non_null(strstr(text, long_text));
    assert_non_null(strstr(text, longer_text));
    free(text);
}

static void a_column_has_no_more_decimals_than_its_largest_number(void **state)
{
    static const char *const names[] = {"x", "y"};
    const struct rt_cell cells[] = {
        rt_cell_real(0.110053123), rt_cell_real(1234.5678),   rt_cell_real(0.00286176321),
        rt_cell_real(0.5),         rt_cell_real(-0.09999996), rt_cell_real(1e-9),
        rt_cell_real(0.0000123),   rt_cell_real(0),
    };
    char *text = print(RT_FORMAT_TABLE, true, names, 2, cells, 4);

    (void)state;
    assert_string_equal(text, "        x         y\n"
                              "---------  --------\n"
                              " 0.110053  1234.57\n"
                              " 0.002862     0.5\n"
                              "-0.1          1e-09\n"
                              " 1.23e-05     0\n");
    free(text);
}

static void rows_beyond_the_sample_are_printed_as_they_come(void **state)
{
    static const char *const names[] = {"n"};
    struct rt_cell *cells = calloc(RT_TABLE_SAMPLE + 2, sizeof *cells);
    char *text;

    (void)state;
    for (int i = 0; i < RT_TABLE_SAMPLE + 2; i++)
        cells[i] = rt_cell_int(i < RT_TABLE_SAMPLE ? 7 : 123456);
    text = print(RT_FORMAT_TABLE, true, names, 1, cells, RT_TABLE_SAMPLE + 2);
    assert_int_equal(strlen(text), 4 + 2 * RT_TABLE_SAMPLE + 2 * 7);
    assert_string_equal(text + strlen(text) - 16, "7\n123456\n123456\n");
    free(text);
    free(cells);
}

static void numbers_keep_their_meaning_in_every_format(void **state)
{
    static const char *const names[] = {"x"};
    const struct rt_cell cells[] = {rt_cell_real(1e-7), rt_cell_real(1234567.5),
                                    rt_cell_real(INFINITY), rt_cell_int(INT64_MIN)};
    char *text = print(RT_FORMAT_CSV, false, names, 1, cells, 4);

    (void)state;
    assert_string_equal(text, "x\n1e-07\n1234567.5\ninf\n-9223372036854775808\n");
    free(text);
    text = print(RT_FORMAT_JSON, false, names, 1, cells, 4);
    assert_non_null(strstr(text, "{\"x\": {\"$float\":\"inf\"}}"));
    free(text);
}

static void a_blob_is_hexadecimal(void **state)
{
    static const char *const names[] = {"x"};
    const struct rt_cell cell = {.kind = RT_CELL_BLOB, .text = {"\0\377", 2}};
    char *text = print(RT_FORMAT_JSON, false, names, 1, &cell, 1);

    (void)state;
    assert_string_equal(text, "[\n {\"x\": \"x'00ff'\"}\n]\n");
    free(text);
}

static void a_full_disk_ends_the_listing(void **state)
{
    static const char *const names[] = {"x"};
    struct rt_listing_options options = {.format = RT_FORMAT_CSV, .to = fopen("/dev/full", "w")};
    struct rt_listing *listing = rt_listing_new(&options, names, 1);
    struct rt_cell cell = rt_cell_int(1);
    struct rt_err err;

    (void)state;
    setvbuf(options.to, NULL, _IONBF, 0);
    expect_error(err, RT_EIO, "No space left", rt_listing_row(listing, &cell, &err));
    rt_listing_free(listing);
    fclose(options.to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_aligns_numbers_at_their_points),
        cmocka_unit_test(csv_tells_null_from_an_empty_text),
        cmocka_unit_test(json_is_an_array_of_objects),
        cmocka_unit_test(markdown_is_a_table_that_can_be_read_as_it_is),
        cmocka_unit_test(a_listing_without_rows_has_its_names),
        cmocka_unit_test(equal_names_become_different_members),
        cmocka_unit_test(csv_on_a_terminal_does_nothing_to_it),
        cmocka_unit_test(a_table_cuts_long_texts_and_markdown_does_not),
        cmocka_unit_test(a_column_has_no_more_decimals_than_its_largest_number),
        cmocka_unit_test(rows_beyond_the_sample_are_printed_as_they_come),
        cmocka_unit_test(numbers_keep_their_meaning_in_every_format),
        cmocka_unit_test(a_blob_is_hexadecimal),
        cmocka_unit_test(a_full_disk_ends_the_listing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
