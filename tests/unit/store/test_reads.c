#include "tests/expect.h"

#include "store/reads.h"

#include <stdio.h>
#include <stdlib.h>

static void names_are_kept_once_and_sorted(void **state)
{
    struct rt_reads reads = {NULL, 0, 0};

    (void)state;
    assert_true(rt_reads_note(&reads, "lr"));
    assert_true(rt_reads_note(&reads, "epochs"));
    assert_false(rt_reads_note(&reads, "lr"));
    assert_int_equal(reads.count, 2);
    assert_string_equal(reads.keys[0], "epochs");
    assert_string_equal(reads.keys[1], "lr");
    assert_true(rt_reads_has(&reads, "epochs"));
    assert_false(rt_reads_has(&reads, "epoch"));
    rt_reads_clear(&reads);
    assert_int_equal(reads.count, 0);
}

static void a_parameter_is_read_not_read_or_unknown(void **state)
{
    struct rt_reads reads = {NULL, 0, 0};

    (void)state;
    assert_int_equal(rt_reads_verdict(&reads, "lr"), RT_READ_NEVER);
    rt_reads_note(&reads, "opt.lr");
    rt_reads_note(&reads, "net.*");
    assert_int_equal(rt_reads_verdict(&reads, "opt"), RT_READ_YES);
    assert_int_equal(rt_reads_verdict(&reads, "opt.lr"), RT_READ_YES);
    assert_int_equal(rt_reads_verdict(&reads, "opt.l"), RT_READ_NEVER);
    assert_int_equal(rt_reads_verdict(&reads, "opt.lr.x"), RT_READ_NEVER);
    assert_int_equal(rt_reads_verdict(&reads, "net.width"), RT_READ_UNKNOWN);
    assert_int_equal(rt_reads_verdict(&reads, "net.deep.er"), RT_READ_UNKNOWN);
    assert_int_equal(rt_reads_verdict(&reads, "network"), RT_READ_NEVER);
    rt_reads_note(&reads, "*");
    assert_int_equal(rt_reads_verdict(&reads, "network"), RT_READ_UNKNOWN);
    assert_int_equal(rt_reads_verdict(&reads, "opt.lr"), RT_READ_YES);
    rt_reads_clear(&reads);
}

static void too_many_or_too_long_names_count_as_a_bulk_read(void **state)
{
    struct rt_reads reads = {NULL, 0, 0};
    struct rt_reads more = {NULL, 0, 0};
    char name[RT_READS_KEY_MAX + 2];

    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(rt_reads_note(&reads, name));
    assert_int_equal(reads.count, 1);
    assert_true(rt_reads_has(&reads, "*"));
    for (int i = 0; i < 2 * RT_READS_MAX; i++) {
        snprintf(name, sizeof name, "key%d", i);
        rt_reads_note(&reads, name);
    }
    assert_true(reads.count <= RT_READS_MAX);
    rt_reads_note(&more, "one that found no room");
    assert_true(rt_reads_cover(&reads, &more));
    assert_false(rt_reads_merge(&reads, &more));
    rt_reads_clear(&reads);
    rt_reads_clear(&more);
}

static void merging_says_whether_there_was_news(void **state)
{
    struct rt_reads reads = {NULL, 0, 0};
    struct rt_reads more = {NULL, 0, 0};

    (void)state;
    rt_reads_note(&more, "lr");
    assert_false(rt_reads_cover(&reads, &more));
    assert_true(rt_reads_merge(&reads, &more));
    assert_true(rt_reads_cover(&reads, &more));
    assert_false(rt_reads_merge(&reads, &more));
    rt_reads_clear(&reads);
    rt_reads_clear(&more);
}

static void packed_names_come_back(void **state)
{
    struct rt_reads reads = {NULL, 0, 0};
    struct rt_reads back = {NULL, 0, 0};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_reader reader;
    struct rt_json *json;

    (void)state;
    rt_reads_note(&reads, "*");
    rt_reads_note(&reads, "größe");
    rt_reads_put(&bytes, &reads);
    reader = rt_reader(rt_buf_span(&bytes));
    rt_reads_get(&reader, &back);
    assert_false(reader.bad);
    assert_true(rt_reads_cover(&back, &reads) && rt_reads_cover(&reads, &back));
    rt_reads_clear(&back);
    json = rt_reads_json(&reads);
    assert_true(rt_reads_from_json(json, &back));
    assert_true(rt_reads_cover(&back, &reads) && rt_reads_cover(&reads, &back));
    rt_json_free(json);
    rt_reads_clear(&back);
    rt_reads_clear(&reads);
    rt_buf_clear(&bytes);
}

static void refuse(const char *bytes, size_t size)
{
    struct rt_reads reads = {NULL, 0, 0};
    struct rt_reader reader = rt_reader(rt_span(bytes, size));

    rt_reads_get(&reader, &reads);
    assert_true(reader.bad);
    rt_reads_clear(&reads);
}

static void what_is_no_packed_set_is_refused(void **state)
{
    (void)state;
    refuse("\1\1a", 1);                  /* cut short */
    refuse("\2\1a\1a", 5);               /* twice */
    refuse("\1\0", 2);                   /* empty */
    refuse("\1\2a\0", 4);                /* a NUL */
    refuse("\377\377\377\377\17\1a", 7); /* more than there can be */
}

static void json_of_another_kind_is_refused(void **state)
{
    static const char *const texts[] = {"{}", "3", "[1]", "[\"a\",null]"};

    (void)state;
    assert_false(rt_reads_from_json(NULL, NULL));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct rt_reads reads = {NULL, 0, 0};
        struct rt_json *json;
        struct rt_err err;

        expect_ok(err, rt_json_parse(rt_span_text(texts[i]), &json, &err));
        assert_false(rt_reads_from_json(json, &reads));
        rt_reads_clear(&reads);
        rt_json_free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_kept_once_and_sorted),
        cmocka_unit_test(a_parameter_is_read_not_read_or_unknown),
        cmocka_unit_test(too_many_or_too_long_names_count_as_a_bulk_read),
        cmocka_unit_test(merging_says_whether_there_was_news),
        cmocka_unit_test(packed_names_come_back),
        cmocka_unit_test(what_is_no_packed_set_is_refused),
        cmocka_unit_test(json_of_another_kind_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
