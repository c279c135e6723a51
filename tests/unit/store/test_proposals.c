#include "tests/expect.h"

#include <stdio.h>

#include "store/proposals.h"

static struct rt_span text_of(const struct rt_proposals *proposals, uint64_t index)
{
    struct rt_span params = {NULL, 0};
    uint32_t replicate;

    return rt_proposals_get(proposals, index, &replicate, &params) ? params : rt_span(NULL, 0);
}

static void points_of_many_pages_keep_their_texts(void **state)
{
    struct rt_proposals proposals = {0};
    char text[32];

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "{\"x\":%u}", (unsigned)(i * i));
        rt_proposals_put(&proposals, i, 1 + (uint32_t)i % 3, rt_span_text(text));
    }
    assert_int_equal(proposals.count, 1000);
    for (uint64_t i = 0; i < 1000; i++) {
        struct rt_span params;
        uint32_t replicate;

        snprintf(text, sizeof text, "{\"x\":%u}", (unsigned)(i * i));
        assert_true(rt_proposals_get(&proposals, i, &replicate, &params));
        assert_int_equal(replicate, 1 + i % 3);
        assert_int_equal(params.size, strlen(text));
        assert_memory_equal(params.data, text, params.size);
    }
    assert_null(text_of(&proposals, 1000).data);
    rt_proposals_clear(&proposals);
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
    assert_null(text_of(&proposals, 700).data);
    assert_memory_equal(text_of(&proposals, 701).data, "{\"a\":3}", 7);
    rt_proposals_forget(&proposals, 701);
    assert_int_equal(proposals.count, 702);
    for (size_t i = 0; i < proposals.page_count; i++)
        assert_null(proposals.pages[i]);
    rt_proposals_put(&proposals, 700, 1, rt_span_text("{}"));
    assert_int_equal(text_of(&proposals, 700).size, 2);
    rt_proposals_clear(&proposals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_many_pages_keep_their_texts),
        cmocka_unit_test(what_is_forgotten_takes_its_page_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
