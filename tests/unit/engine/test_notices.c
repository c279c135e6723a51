#include "tests/expect.h"

#include "engine/live.h"
#include "engine/notices.h"

static unsigned told;
static char last[600];

static void tell(void *context, const char *text)
{
    (void)context;
    told++;
    snprintf(last, sizeof last, "%s", text);
}

static void look(struct rt_notices *notices, const struct rt_progress *progress, unsigned expected)
{
    told = 0;
    rt_notices_look(notices, progress, tell, NULL);
    assert_int_equal(told, expected);
}

static void gpus_that_no_trial_asks_for_are_told_once(void **state)
{
    struct rt_notices notices = {.asks_gpus = false};
    struct rt_progress progress = {.agents = 1};

    (void)state;
    look(&notices, &progress, 0);
    progress.gpu_agents = 1;
    look(&notices, &progress, 1);
    assert_non_null(strstr(last, "each: {gpus: 1}"));
    progress.gpu_agents = 2;
    look(&notices, &progress, 0);
}

static void ranks_that_are_bound_are_told_once(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};
    struct rt_json *about = rt_json_new_object();
    struct rt_progress progress = {.agents = 3, .bound = about, .bound_agents = 3};

    (void)state;
    rt_json_set_text(about, "host", "node17");
    rt_json_set_int(about, "cores", 1);
    rt_json_set_int(about, "launcher_cores", 64);
    rt_json_set_int(about, "slots", 8);
    look(&notices, &progress, 1);
    assert_non_null(strstr(last, "on node17 (and 2 more) to 1 of its 64 cores"));
    assert_non_null(strstr(last, "8 workers"));
    assert_non_null(strstr(last, "--bind-to none"));
    look(&notices, &progress, 0);
    rt_json_free(about);
}

static void gpus_that_trials_ask_for_are_no_news(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};

    (void)state;
    look(&notices, &(struct rt_progress){.agents = 1, .gpu_agents = 1}, 0);
}

static void modules_from_past_the_snapshot_are_told_once(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};
    struct rt_json *live = NULL;
    struct rt_json *found = rt_json_new_object();
    struct rt_progress progress = {.agents = 1};

    (void)state;
    look(&notices, &progress, 0);
    rt_json_set_text(found, "pkg", "/home/u/pkg/__init__.py");
    rt_json_set_text(found, "other", "/home/u/other.py");
    rt_live_add(&live, found);
    progress.live = live;
    look(&notices, &progress, 1);
    assert_non_null(strstr(last, "the module pkg is not"));
    assert_non_null(strstr(last, "/home/u/pkg/__init__.py (and 1 more)"));
    look(&notices, &progress, 0);
    rt_json_set_text(found, "late", "/home/u/late.py");
    rt_live_add(&live, found);
    look(&notices, &progress, 1);
    assert_non_null(strstr(last, "the module late is not"));
    assert_non_null(strstr(last, "/home/u/late.py;"));
    look(&notices, &progress, 0);
    rt_json_free(found);
    rt_json_free(live);
}

static void an_import_that_each_worker_makes_is_told_once(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};
    struct rt_progress progress = {.agents = 1, .unshared = "torch has a CUDA context"};

    (void)state;
    look(&notices, &progress, 1);
    assert_non_null(strstr(last, "by itself"));
    assert_non_null(strstr(last, "torch has a CUDA context"));
    look(&notices, &progress, 0);
}

static void an_agent_without_trials_is_told_once_if_others_have_some(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};
    struct rt_progress progress = {.failed_agents = 1};

    (void)state;
    rt_err_set(&progress.why, RT_EUSAGE, "n2 has no GPU");
    look(&notices, &progress, 0); /* perhaps all fail, and the launch will say so */
    progress.agents = 3;
    look(&notices, &progress, 1);
    assert_string_equal(last, "an agent takes no trials: n2 has no GPU");
    progress.failed_agents = 2;
    look(&notices, &progress, 0);
}

static void a_launch_that_failed_tells_by_itself(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};

    (void)state;
    look(&notices,
         &(struct rt_progress){.failed_agents = 2, .failure = RT_EUSAGE, .stopping = true}, 0);
}

static void agents_that_go_and_come_are_told_each_time(void **state)
{
    struct rt_notices notices = {.asks_gpus = true};
    struct rt_progress progress = {.agents = 3, .lost_agents = 1, .agent_news = "rank 1 went"};

    (void)state;
    look(&notices, &progress, 1);
    assert_string_equal(last, "rank 1 went");
    look(&notices, &progress, 0);
    progress.lost_agents = 3;
    progress.back_agents = 1;
    progress.agent_news = "rank 1 is back";
    look(&notices, &progress, 1);
    assert_string_equal(last, "rank 1 is back (and 2 more agents were given up or came back)");
}

static void look_at_index(struct rt_notices *notices, const char *pinned_by, unsigned expected)
{
    struct rt_index_status status = {0};

    told = 0;
    snprintf(status.pinned_by, sizeof status.pinned_by, "%s", pinned_by);
    rt_notices_index(notices, &status, tell, NULL);
    assert_int_equal(told, expected);
}

static void who_stays_in_the_way_of_the_index_is_named_once(void **state)
{
    struct rt_notices notices = {0};

    (void)state;
    look_at_index(&notices, "", 0);
    look_at_index(&notices, "pid 17 (sqlite3)", 0);
    look_at_index(&notices, "", 0);
    look_at_index(&notices, "pid 17 (sqlite3)", 0);
    look_at_index(&notices, "pid 17 (sqlite3)", 1);
    assert_non_null(strstr(last, "waits for pid 17 (sqlite3)"));
    look_at_index(&notices, "pid 17 (sqlite3)", 0);
    look_at_index(&notices, "pid 18 (python3)", 0);
    look_at_index(&notices, "pid 18 (python3)", 1);
}

static void an_index_that_is_made_anew_is_told_once(void **state)
{
    struct rt_notices notices = {0};
    struct rt_index_status status = {.renewed = true};

    (void)state;
    told = 0;
    rt_notices_index(&notices, &status, tell, NULL);
    assert_non_null(strstr(last, "made anew from the journal"));
    rt_notices_index(&notices, &status, tell, NULL);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gpus_that_no_trial_asks_for_are_told_once),
        cmocka_unit_test(ranks_that_are_bound_are_told_once),
        cmocka_unit_test(gpus_that_trials_ask_for_are_no_news),
        cmocka_unit_test(modules_from_past_the_snapshot_are_told_once),
        cmocka_unit_test(an_import_that_each_worker_makes_is_told_once),
        cmocka_unit_test(an_agent_without_trials_is_told_once_if_others_have_some),
        cmocka_unit_test(a_launch_that_failed_tells_by_itself),
        cmocka_unit_test(agents_that_go_and_come_are_told_each_time),
        cmocka_unit_test(who_stays_in_the_way_of_the_index_is_named_once),
        cmocka_unit_test(an_index_that_is_made_anew_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
