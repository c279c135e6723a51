#include "tests/expect.h"

#include <errno.h>
#include <stdlib.h>

static void an_error_is_a_code_and_a_sentence(void **state)
{
    struct rt_err err;

    (void)state;
    assert_int_equal(rt_err_set(&err, RT_EIO, "blob %d is missing", 7), RT_EIO);
    assert_int_equal(err.code, RT_EIO);
    assert_string_equal(err.text, "blob 7 is missing");
    assert_int_equal(rt_err_set(NULL, RT_EIO, "nobody %s", "asks"), RT_EIO);
}

static void callers_say_what_they_were_doing(void **state)
{
    struct rt_err err;

    (void)state;
    rt_err_set(&err, RT_EDAMAGED, "blob 77ab is missing");
    assert_int_equal(rt_err_while(&err, "checking out %s", "9c41"), RT_EDAMAGED);
    assert_int_equal(rt_err_while(&err, "replaying trial k3f9.17"), RT_EDAMAGED);
    assert_string_equal(err.text,
                        "replaying trial k3f9.17: checking out 9c41: blob 77ab is missing");
}

static void errno_is_told(void **state)
{
    struct rt_err err;

    (void)state;
    errno = ENOSPC;
    assert_int_equal(rt_err_errno(&err, RT_EIO, "writing \"%s\"", "x"), RT_EIO);
    assert_string_equal(err.text, "writing \"x\": No space left on device");
    errno = ENOSPC;
    assert_int_equal(rt_err_errno(NULL, RT_EIO, "x"), RT_EIO);
}

/* The text must end at a character however the cut falls. */
static void long_texts_are_cut_at_a_character(void **state)
{
    char text[3 * RT_ERR_TEXT];
    struct rt_err err;

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4)
            memcpy(text + i, "\xF0\x9F\x98\x80", 5);
        rt_err_set(&err, RT_EIO, "%s", text);
        assert_int_equal((strlen(err.text) - shift) % 4, 0);
        assert_true(strlen(err.text) > RT_ERR_TEXT - 5);
        rt_err_while(&err, "reading");
        assert_int_equal((strlen(err.text) - shift - strlen("reading: ")) % 4, 0);
    }
}

static void a_long_activity_leaves_room_for_the_reason(void **state)
{
    char text[3 * RT_ERR_TEXT];
    struct rt_err err;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    rt_err_set(&err, RT_EIO, "the reason");
    rt_err_while(&err, "%s", text);
    assert_non_null(strstr(err.text, "x: the reason"));
}

static void codes_become_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(rt_err_exit_code(RT_OK), 0);
    assert_int_equal(rt_err_exit_code(RT_ETRIALS), 1);
    assert_int_equal(rt_err_exit_code(RT_EUSAGE), 2);
    assert_int_equal(rt_err_exit_code(RT_ENEWER), 7);
    assert_int_equal(rt_err_exit_code(RT_EINTERRUPTED), 75);
    assert_int_equal(rt_err_exit_code(RT_ENOTFOUND), 2);
    assert_int_equal(rt_err_exit_code(RT_EPEER), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_is_a_code_and_a_sentence),
        cmocka_unit_test(callers_say_what_they_were_doing),
        cmocka_unit_test(errno_is_told),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(a_long_activity_leaves_room_for_the_reason),
        cmocka_unit_test(codes_become_exit_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
