/* What a driver may say, and what is no request. */
#include "tests/expect.h"

#include "base/alloc.h"
#include "engine/driver_message.h"
#include "engine/repeats.h"

#include <stdlib.h>

static void requests_are_told_apart(void **state)
{
    static const struct {
        const char *line;
        enum rt_driver_verb verb;
    } lines[] = {
        {"{\"submit\":[{\"id\":\"a\",\"params\":{\"opt.lr\":1}},{\"id\":1,\"params\":{},\"tags\":"
         "{\"g\":true},\"priority\":-1000,\"replicates\":3}]}",
         RT_DRIVER_SUBMIT},
        {"{\"cancel\":[1,\"a\"]}", RT_DRIVER_CANCEL},
        {" {\"ids\": [1], \"priority\": 5} ", RT_DRIVER_PRIORITY},
        {"{\"ask\":\"time\",\"n\":0}", RT_DRIVER_ASK},
        {"{\"batch\":1}", RT_DRIVER_BATCH},
        {"{\"reports\":true}", RT_DRIVER_REPORTS},
        {"{\"tell\":[{\"trial\":\"k3f9.1\",\"stop\":\"bad\",\"params\":{\"a\":1}}]}",
         RT_DRIVER_TELL},
        {"{\"save\":\"\"}", RT_DRIVER_SAVE},
        {"{\"save\":\"x\",\"told\":3}", RT_DRIVER_SAVE},
        {"{\"finish\":null}", RT_DRIVER_FINISH},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        enum rt_driver_verb verb;
        struct rt_json *message;
        struct rt_err err;

        expect_ok(err, rt_driver_message(rt_span_text(lines[i].line), &message, &verb, &err));
        assert_int_equal(verb, lines[i].verb);
        rt_json_free(message);
    }
}

static void what_is_no_request_is_refused_with_the_reason(void **state)
{
    static const char *const lines[][2] = {
        {"", "line 1"},
        {"3", "no object"},
        {"{}", "none of submit"},
        {"{\"submit\":{}}", "no list of proposals"},
        {"{\"submit\":[3]}", "a proposal is no object"},
        {"{\"submit\":[{\"params\":{}}]}", "lacks an \"id\""},
        {"{\"submit\":[{\"id\":\"\",\"params\":{}}]}", "lacks an \"id\""},
        {"{\"submit\":[{\"id\":1.5,\"params\":{}}]}", "lacks an \"id\""},
        {"{\"submit\":[{\"id\":1}]}", "no \"params\""},
        {"{\"submit\":[{\"id\":1,\"params\":{\"$float\":1}}]}", "$float"},
        {"{\"submit\":[{\"id\":1,\"params\":{},\"tag\":{}}]}", "no member \"tag\""},
        {"{\"submit\":[{\"id\":1,\"params\":{},\"tags\":{\"a\":[]}}]}", "a tag is neither"},
        {"{\"submit\":[{\"id\":1,\"params\":{},\"replicates\":0}]}", "\"replicates\" is not"},
        {"{\"submit\":[{\"id\":1,\"params\":{},\"priority\":1001}]}", "\"priority\" is not"},
        {"{\"submit\":[],\"cancel\":[]}", "no member \"cancel\""},
        {"{\"cancel\":1}", "the ids are no list"},
        {"{\"reports\":1}", "neither true nor false"},
        {"{\"tell\":{}}", "no list"},
        {"{\"tell\":[3]}", "lacks \"trial\""},
        {"{\"tell\":[{\"stop\":\"x\"}]}", "lacks \"trial\""},
        {"{\"tell\":[{\"trial\":\"a.1\"}]}", "neither \"stop\" nor"},
        {"{\"tell\":[{\"trial\":\"a.1\",\"stop\":\"\"}]}", "no text of 1 to 200"},
        {"{\"tell\":[{\"trial\":\"a.1\",\"stop\":5}]}", "no text of 1 to 200"},
        {"{\"tell\":[{\"trial\":\"a.1\",\"params\":5}]}", "is no object"},
        {"{\"tell\":[{\"trial\":\"a.1\",\"params\":{},\"id\":1}]}", "no member \"id\""},
        {"{\"priority\":1}", "the ids are no list"},
        {"{\"ask\":\"luck\",\"n\":1}", "none of \"capacity\""},
        {"{\"ask\":\"time\"}", "lacks \"n\""},
        {"{\"batch\":0}", "\"batch\" is not"},
        {"{\"save\":1}", "no text"},
        {"{\"save\":\"\",\"told\":-1}", "\"told\" is not"},
        {"{\"batch\":1,\"batch\":2}", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        enum rt_driver_verb verb;
        struct rt_json *message;
        struct rt_err err;

        expect_error(err, RT_EPEER, lines[i][1],
                     rt_driver_message(rt_span_text(lines[i][0]), &message, &verb, &err));
        assert_null(message);
    }
}

static void equal_proposals_are_equal_bytes(void **state)
{
    struct rt_json *item;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_json_parse(rt_span_text("{\"replicates\":1,\"params\":{\"b\":1.0,\"a\":2},"
                                              "\"id\":7,\"tags\":{},\"priority\":0}"),
                                 &item, &err));
    rt_driver_put_item(&text, item);
    assert_string_equal(rt_buf_text(&text), "{\"id\":7,\"params\":{\"a\":2,\"b\":1.0}}");
    rt_json_free(item);
    rt_buf_clear(&text);
}

static void repeats_are_counted(void **state)
{
    struct rt_repeats repeats = {NULL, 0, 0};

    (void)state;
    for (uint32_t turn = 1; turn <= 3; turn++) {
        for (int i = 0; i < 1000; i++) {
            char *text = rt_printf("{\"x\":%d}", i);

            assert_int_equal(rt_repeats_add(&repeats, rt_span_text(text)), turn);
            free(text);
        }
    }
    assert_int_equal(repeats.count, 1000);
    rt_repeats_clear(&repeats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_told_apart),
        cmocka_unit_test(what_is_no_request_is_refused_with_the_reason),
        cmocka_unit_test(equal_proposals_are_equal_bytes),
        cmocka_unit_test(repeats_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
