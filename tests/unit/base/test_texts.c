#include "tests/expect.h"

#include "base/alloc.h"
#include "base/texts.h"

#include <stdlib.h>

static void texts_stay_where_they_are_until_they_are_dropped(void **state)
{
    const char *kept[300];
    struct rt_texts texts = {NULL, 0};
    char text[1000];

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
            memset(text, 'a' + i % 26, sizeof text);
            kept[i] = rt_texts_keep(&texts, rt_span(text, sizeof text));
        }
        assert_int_equal(texts.size, 300 * sizeof text);
        for (int i = 0; i < 300; i++) {
            memset(text, 'a' + i % 26, sizeof text);
            assert_memory_equal(kept[i], text, sizeof text);
        }
        rt_texts_reset(&texts);
        assert_int_equal(texts.size, 0);
    }
    rt_texts_clear(&texts);
}

static void a_text_may_be_long_or_empty(void **state)
{
    const size_t size = 1000000;
    struct rt_texts texts = {NULL, 0};
    char *text = rt_alloc(size);
    const char *kept;

    (void)state;
    memset(text, 'x', size);
    assert_non_null(rt_texts_keep(&texts, rt_span(NULL, 0)));
    kept = rt_texts_keep(&texts, rt_span(text, size));
    assert_non_null(rt_texts_keep(&texts, rt_span("behind", 6)));
    assert_memory_equal(kept, text, size);
    rt_texts_clear(&texts);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stay_where_they_are_until_they_are_dropped),
        cmocka_unit_test(a_text_may_be_long_or_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
