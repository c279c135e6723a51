#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "store/proposals.h"
#include "store/proposals_page.h"

static void expect_point(const struct rt_proposals *proposals, uint64_t index, uint32_t replicate,
                         const char *text)
{
    struct rt_buf params = RT_BUF_INIT;

    assert_int_equal(rt_proposals_replicate(proposals, index), replicate);
    assert_true(rt_proposals_params(proposals, index, &params));
    assert_string_equal(rt_buf_text(&params), text);
    rt_buf_clear(&params);
}

static void expect_none(const struct rt_proposals *proposals, uint64_t index)
{
    struct rt_buf params = RT_BUF_INIT;

    assert_int_equal(rt_proposals_replicate(proposals, index), 0);
    assert_false(rt_proposals_params(proposals, index, &params));
    assert_int_equal(params.size, 0);
}

/* Params in all sorts of likeness to those before. */
static char *text_at(uint64_t i)
{
    static const char *const kinds[] = {"", "a,b", "}]", "\\\"", "deep"};

    if (i % 97 == 0)
        return rt_strdup("{}");
    if (i % 89 == 0)
        return rt_printf("{\"alone\":[%u,2,{\"b\":%u}]}", (unsigned)i, (unsigned)(i % 7));
    return rt_printf("{\"kind\":\"%s\",\"lr\":0.%u,\"x\":%u}", kinds[i % 5],
                     (unsigned)(i * 7919 % 100003), (unsigned)(i * i % 5));
}

static void put_some(struct rt_proposals *proposals, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        char *text = text_at(i);

        rt_proposals_put(proposals, i, 1 + (uint32_t)i % 3, rt_span_text(text));
        free(text);
    }
}

static void expect_text(const struct rt_proposals *proposals, uint64_t index)
{
    char *text = text_at(index);

    expect_point(proposals, index, 1 + (uint32_t)index % 3, text);
    free(text);
}

/* Pages far behind the last are packed, those before are not: both are read alike, in any order. */
static void points_of_many_pages_keep_their_texts(void **state)
{
    struct rt_proposals proposals = {0};

    (void)state;
    put_some(&proposals, 20000);
    assert_int_equal(proposals.count, 20000);
    for (uint64_t i = 0; i < 20000; i++)
        expect_text(&proposals, i);
    for (uint64_t i = 20000; i-- > 0; i -= i < 12 ? i : 12)
        expect_text(&proposals, i);
    for (uint64_t i = 0; i < 20000; i++)
        expect_text(&proposals, i * 7919 % 20000);
    expect_none(&proposals, 20000);
    rt_proposals_clear(&proposals);
}

static void a_point_far_behind_may_change(void **state)
{
    struct rt_proposals proposals = {0};

    (void)state;
    put_some(&proposals, 10000);
    expect_text(&proposals, 70);
    rt_proposals_put(&proposals, 70, 9, rt_span_text("{\"new\":1}"));
    expect_point(&proposals, 70, 9, "{\"new\":1}");
    expect_text(&proposals, 69);
    expect_text(&proposals, 71);
    for (uint64_t i = 128; i < 192; i++) {
        expect_text(&proposals, i);
        rt_proposals_forget(&proposals, i);
        expect_none(&proposals, i);
    }
    assert_null(proposals.pages[2]);
    expect_text(&proposals, 192);
    rt_proposals_clear(&proposals);
}

/* Most of a text is as in the one before. */
static void packed_texts_take_what_differs_and_little_more(void **state)
{
    struct rt_buf packed = RT_BUF_INIT;
    struct rt_buf text = RT_BUF_INIT;
    size_t offset = 0;

    (void)state;
    rt_proposals_pack(&packed, 1, rt_span(NULL, 0), rt_span_text("{\"x\":1,\"y\":2.5}"));
    rt_proposals_pack(&packed, 300, rt_span_text("{\"x\":1,\"y\":2.5}"),
                      rt_span_text("{\"x\":12,\"y\":2.5}"));
    assert_in_range(packed.size, 1, 16 + 4 + 9);
    assert_int_equal(rt_proposals_unpack(rt_buf_span(&packed), &offset, &text), 1);
    assert_string_equal(rt_buf_text(&text), "{\"x\":1,\"y\":2.5}");
    assert_int_equal(rt_proposals_unpack(rt_buf_span(&packed), &offset, &text), 300);
    assert_string_equal(rt_buf_text(&text), "{\"x\":12,\"y\":2.5}");
    assert_int_equal(offset, packed.size);
    rt_buf_clear(&packed);
    rt_buf_clear(&text);
}

/* An agent has few at a time, of a million. */
static void what_is_forgotten_takes_its_page_along(void **state)
{
    struct rt_proposals proposals = {0};

    (void)state;
    rt_proposals_put(&proposals, 700, 1, rt_span_text("{\"a\":1}"));
    rt_proposals_put(&proposals, 701, 1, rt_span_text("{\"a\":2}"));
    rt_proposals_put(&proposals, 701, 2, rt_span_text("{\"a\":3}"));
    rt_proposals_forget(&proposals, 700);
    rt_proposals_forget(&proposals, 700);
    rt_proposals_forget(&proposals, 3);
    expect_none(&proposals, 700);
    expect_point(&proposals, 701, 2, "{\"a\":3}");
    rt_proposals_forget(&proposals, 701);
    assert_int_equal(proposals.count, 702);
    for (size_t i = 0; i < proposals.page_count; i++)
        assert_null(proposals.pages[i]);
    rt_proposals_put(&proposals, 700, 1, rt_span_text("{}"));
    expect_point(&proposals, 700, 1, "{}");
    rt_proposals_clear(&proposals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_many_pages_keep_their_texts),
        cmocka_unit_test(a_point_far_behind_may_change),
        cmocka_unit_test(packed_texts_take_what_differs_and_little_more),
        cmocka_unit_test(what_is_forgotten_takes_its_page_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
