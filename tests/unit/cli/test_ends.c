/* What several launches of replays come to together. */
#include "tests/expect.h"

#include "tests/folder.h"
#include "tests/story.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "cli/ends.h"
#include "store/store.h"

static void a_command_goes_on_after_what_concerns_one_replay(void **state)
{
    (void)state;
    assert_true(rt_ends_go_on(0));
    assert_true(rt_ends_go_on(RT_ETRIALS));
    assert_true(rt_ends_go_on(RT_ECONFLICT));
    assert_true(rt_ends_go_on(RT_EUSAGE));
    assert_false(rt_ends_go_on(RT_EINTERRUPTED));
    assert_false(rt_ends_go_on(RT_EIO));
    assert_false(rt_ends_go_on(RT_ELOCKED));
}

/* Joins two ends with words of their own; the words of the graver one stay. */
static void expect_join(int rc, int next, int joined)
{
    struct rt_err err;
    struct rt_err own;

    rt_err_set(&err, rc, "the first");
    rt_err_set(&own, next, "the second");
    assert_int_equal(rt_ends_join(rc, next, &own, &err), joined);
    assert_string_equal(err.text, joined == rc ? "the first" : "the second");
}

static void the_graver_end_stays_with_its_words(void **state)
{
    static const int order[] = {0, RT_ETRIALS, RT_ECONFLICT, RT_EUSAGE, RT_EIO};

    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
            expect_join(order[i], order[k], order[i > k ? i : k]);
    }
}

static void why_a_replay_could_not_be_started_is_said_where_it_is_not_the_end(void **state)
{
    char *folder = folder_new();
    char *path = rt_fs_join(folder, "said");
    struct rt_err err = {0};
    struct rt_err own = {0};
    char said[100] = "";
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int before = dup(STDERR_FILENO);

    (void)state;
    rt_err_set(&own, RT_EUSAGE, "it has no\nfunction");
    dup2(file, STDERR_FILENO);
    rt_ends_join(RT_EIO, RT_EUSAGE, &own, &err);
    rt_ends_join(RT_EUSAGE, 0, &err, &own); /* it is */
    dup2(before, STDERR_FILENO);
    assert_true(pread(file, said, sizeof said - 1, 0) > 0);
    assert_string_equal(said, "it has no\\nfunction\n");
    close(before);
    close(file);
    free(path);
    folder_free(folder);
}

static void a_launch_of_another_study_is_none_of_a_replay(void **state)
{
    char *folder = folder_new();
    struct rt_plan *plan = story_plan(2, 1, 0);
    struct rt_buf body = RT_BUF_INIT;
    struct rt_ends ends = {true, 7, 7};
    struct rt_store *store;
    struct rt_err err;
    char *path;

    (void)state;
    path = rt_fs_join(folder, "store");
    expect_ok(err, rt_store_open(path, RT_STORE_CREATE, &store, &err));
    rt_buf_add(&body, "{\"study\":1,\"id\":\"k3f9\",\"name\":\"t\"}");
    expect_ok(err, rt_store_append(store, RT_EVENT_STUDY, rt_buf_span(&body), NULL, &err));
    rt_buf_reset(&body);
    expect_ok(err, rt_state_plan_event(rt_state_study(rt_store_state(store), 1), plan, NULL, NULL,
                                       &body, &err));
    expect_ok(err, rt_store_append(store, RT_EVENT_PLAN, rt_buf_span(&body), NULL, &err));
    rt_buf_reset(&body);
    rt_buf_add(&body, "{\"launch\":1,\"study\":1}");
    expect_ok(err, rt_store_append(store, RT_EVENT_LAUNCH, rt_buf_span(&body), NULL, &err));
    expect_ok(err, rt_store_commit(store, &err));
    expect_ok(err, rt_store_index_level(store, &err));
    expect_ok(err, rt_store_close(store, &err));
    expect_ok(err, rt_ends_of_launch(path, 1, true, 0, &ends, &err));
    assert_false(ends.known);
    assert_int_equal(ends.left, 0);
    assert_int_equal(ends.rc, 0);
    folder_free(folder);
    rt_buf_clear(&body);
    rt_plan_free(plan);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_goes_on_after_what_concerns_one_replay),
        cmocka_unit_test(the_graver_end_stays_with_its_words),
        cmocka_unit_test(why_a_replay_could_not_be_started_is_said_where_it_is_not_the_end),
        cmocka_unit_test(a_launch_of_another_study_is_none_of_a_replay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
