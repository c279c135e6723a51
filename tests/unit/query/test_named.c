#include "query/named.h"

#include <math.h>

#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#define NOISE     "[{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.5\",\"count\":2,\"kind\":\"real\"}]"
#define EVIL      "a\"b'; --{by}\n"
#define EVIL_AXES "[{\"key\":\"a\\\"b'; --{by}\\n\",\"values\":[\"x\",\"y\"]}]"

struct got {
    struct rt_buf text;
    size_t columns;
};

static int take_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct got *got = context;

    (void)err;
    got->columns = count;
    for (size_t i = 0; i < count; i++)
        rt_buf_printf(&got->text, "%s%s", i ? "|" : "", names[i]);
    return 0;
}

static int take_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct got *got = context;

    (void)err;
    rt_buf_add(&got->text, "\n");
    for (size_t i = 0; i < got->columns; i++) {
        rt_buf_add(&got->text, i ? "|" : "");
        rt_cell_put(&got->text, &cells[i], RT_FORMAT_TABLE);
    }
    return 0;
}

static int fill(struct world *world, uint32_t study, const char *name,
                const struct rt_named_options *options, struct rt_named_query *query,
                struct rt_err *err)
{
    struct rt_named named;
    struct rt_db *db;
    int rc;

    expect_ok(*err, rt_named_find(name, &named, err));
    expect_ok(*err, rt_db_open(world->path, RT_DB_READ, &db, err));
    rc = rt_named_fill(&named, db, rt_state_study(world->state, study), options, query, err);
    rt_db_close(db);
    return rc;
}

/* What a named query gives for a study: names, then rows. Yours. */
static char *ask(struct world *world, uint32_t study, const char *name,
                 const struct rt_named_options *options)
{
    struct rt_named_query query;
    struct got got = {0};
    struct rt_rows_sink sink = {take_names, take_row, &got};
    struct rt_err err;

    expect_ok(err, fill(world, study, name, options, &query, &err));
    struct rt_readonly readonly = {.path = world->path,
                                   .sql = query.sql,
                                   .params = query.params,
                                   .param_count = query.param_count};
    expect_ok(err, rt_readonly_run(&readonly, &sink, &err));
    rt_named_clear(&query);
    return rt_buf_take(&got.text);
}

static void expect_asked(struct world *world, uint32_t study, const char *name,
                         const struct rt_named_options *options, const char *want)
{
    char *got = ask(world, study, name, options);

    assert_string_equal(got, want);
    free(got);
}

/* Study 1: two levels, three replicates; study 2 has names that are hard to quote. */
static int set_up(void **state)
{
    static struct world world;
    static const char *const results[] = {
        "{\"val_acc\":1.0,\"realised_noise\":0.25,\"loss\":3}",
        "{\"val_acc\":5.0,\"realised_noise\":0.5,\"loss\":2}",
        "{\"val_acc\":2.0,\"realised_noise\":0.25,\"loss\":1}",
        NULL,
        "{\"val_acc\":6.0,\"realised_noise\":0.25,\"loss\":4}",
        "{\"val_acc\":{\"$float\":\"nan\"},\"realised_noise\":0.75,\"loss\":5}",
    };

    world_begin(&world);
    world_study(&world, 1, "k3f9ab", "noise");
    world_plan(&world, 1, "{\"loss\":7}", NOISE, 3, 1);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 6, 1, 1);
    for (uint64_t i = 0; i < 6; i++)
        world_ended(&world, 1, i + 1, 1, results[i] ? RT_OUTCOME_OK : RT_OUTCOME_FAILED,
                    results[i] ? results[i] : "it broke\nhere", 0);
    world_lease(&world, 1, 4, 1, 2, 1);
    world_ended(&world, 1, 4, 2, RT_OUTCOME_CRASHED, "signal 11", 0);
    world_study(&world, 2, "m00000", EVIL);
    world_plan(&world, 2, "{}", EVIL_AXES, 1, 0);
    world_lease(&world, 2, 1, 2, 1, 1);
    world_ended(&world, 2, 1, 1, RT_OUTCOME_OK, "{\"a\\\"b'; --{by}\\n\":1.5}", 0);
    world_study(&world, 3, "n00000", "bare");
    world_plan(&world, 3, "{}", "[]", 1, 0);
    world_commit(&world);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    world_end(*state);
    return 0;
}

static const struct rt_named_options defaults;

static void noise_tells_mean_deviation_and_interval(void **state)
{
    /* By hand: 1, 5, 2 (level 0 has trials 1, 3, 5: 1, 2, 6): mean 3, sd sqrt(7), half width
     * 4.302653 * sqrt(7) / sqrt(3). Level 0.5 has one value, a NaN and a failure. */
    expect_asked(*state, 1, "noise", &defaults,
                 "noise|realised_noise|n|of|mean|sd|ci95_low|ci95_high\n"
                 "0|0.25|3|3|3|2.64575|-3.57241|9.57241\n"
                 "0.5|0.625|1|3|5|||");
}

static void noise_goes_by_other_columns(void **state)
{
    struct rt_named_options options = {.by = "host", .metric = "loss", .realised = "val_acc"};

    expect_asked(*state, 1, "noise", &options,
                 "host|val_acc|n|of|mean|sd|ci95_low|ci95_high\n"
                 "|3.5|5|6|3|1.58114|1.03676|4.96324");
}

static void the_interval_is_right_for_many_trials(void **state)
{
    static const double want[] = {12.7062047, 2.2281389, 2.0422725, 2.0395134, 1.9839715};
    static const unsigned degrees[] = {1, 10, 30, 31, 100};
    struct world world;

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        unsigned n = degrees[i] + 1;
        double low;
        double sd;
        char *text;

        world_begin(&world);
        world_study(&world, 1, "k3f9ab", "noise");
        world_plan(&world, 1, "{\"z\":1}",
                   "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1\",\"count\":1,\"kind\":\"int\"}]",
                   n, 0);
        world_launch(&world, 1);
        world_lease(&world, 1, 1, n, 1, 1);
        for (unsigned k = 1; k <= n; k++)
            world_ended(&world, 1, k, 1, RT_OUTCOME_OK,
                        k == n ? "{\"val_acc\":1.0}" : "{\"val_acc\":0.0}", 0);
        world_commit(&world);
        text = ask(&world, 1, "noise", &defaults);
        sd = sqrt(1.0 / n); /* of n - 1 zeros and a one */
        low = 1.0 / n - want[i] * sd / sqrt(n);
        struct rt_buf line = RT_BUF_INIT;
        rt_buf_printf(&line, "\n0|%u|%u|%.6g|%.6g|%.6g|%.6g", n, n, 1.0 / n, sd, low,
                      2.0 / n - low);
        if (!strstr(text, rt_buf_text(&line)))
            fail_msg("%s lacks %s", text, rt_buf_text(&line));
        rt_buf_clear(&line);
        free(text);
        world_end(&world);
    }
}

static void best_follows_the_objective(void **state)
{
    struct rt_named_options options = {.limit = 2};

    expect_asked(*state, 1, "best", &options,
                 "trial|noise|val_acc|seconds\nk3f9ab.5|0|6|2.5\nk3f9ab.2|0.5|5|2.5");
    options.minimize = true;
    expect_asked(*state, 1, "best", &options,
                 "trial|noise|val_acc|seconds\nk3f9ab.1|0|1|2.5\nk3f9ab.3|0|2|2.5");
    options = (struct rt_named_options){.metric = "loss", .limit = 1};
    expect_asked(*state, 1, "best", &options,
                 "trial|noise|metric.loss|seconds\nk3f9ab.6|0.5|5|2.5");
}

static void failures_tell_why(void **state)
{
    expect_asked(*state, 1, "failures", &defaults,
                 "trial|noise|outcome|status|attempt|host|reason\n"
                 "k3f9ab.4|0.5|crashed|done|2||signal 11");
}

static void trials_shows_what_varies_and_what_came_of_it(void **state)
{
    struct rt_named_options options = {.where = "noise > 0.2 -- and no more", .limit = 2};

    expect_asked(*state, 1, "trials", &options,
                 "trial|noise|outcome|val_acc|realised_noise|metric.loss|seconds\n"
                 "k3f9ab.2|0.5|ok|5|0.5|2|2.5\n"
                 "k3f9ab.4|0.5|crashed||||2.5");
    expect_asked(*state, 3, "trials", &defaults, "trial|outcome|seconds\nn00000.1|waiting|");
}

static void attempts_shows_trials_that_took_several(void **state)
{
    char *text = ask(*state, 1, "attempts", &defaults);

    assert_non_null(strstr(text, "\nk3f9ab.4|1|failed|0|0|1|"));
    assert_non_null(strstr(text, "\nk3f9ab.4|2|crashed|1|0|1|"));
    assert_null(strstr(text, "k3f9ab.1"));
    free(text);
}

static void load_adds_up_to_the_time_that_was_spent(void **state)
{
    char *text = ask(*state, 1, "load", &defaults);
    const char *at = text;
    size_t lines = 0;

    /* All seven attempts start and end together in this world. */
    while ((at = strchr(at + 1, '\n'))) {
        assert_non_null(strstr(at, "|0.125|7|7|"));
        lines++;
    }
    assert_int_equal(lines, 20);
    assert_non_null(strstr(text, "|7|7|7"));
    free(text);
}

static void slowest_is_asked_of_every_study(void **state)
{
    expect_asked(*state, 3, "slowest", &defaults,
                 "trial|outcome|seconds|cpu_seconds|max_rss_mib|host");
}

static void names_that_are_sql_do_no_harm(void **state)
{
    struct rt_named_options options = {.metric = EVIL};
    struct rt_named named;

    for (size_t i = 0; rt_named_at(i, &named); i++)
        free(ask(*state, 2, named.name, &options));
    expect_asked(*state, 2, "best", &options,
                 "trial|param." EVIL "|metric." EVIL "|seconds\nm00000.1|x|1.5|2.5");
}

static void expect_refused(struct world *world, uint32_t study, const char *name,
                           struct rt_named_options options, int code, const char *part)
{
    struct rt_named_query query;
    struct rt_err err;

    expect_error(err, code, part, fill(world, study, name, &options, &query, &err));
    rt_named_clear(&query);
}

static void what_a_study_has_not_is_named(void **state)
{
    expect_refused(*state, 1, "noise", (struct rt_named_options){.metric = "val_ac"}, RT_ENOTFOUND,
                   "study \"noise\" has no metric \"val_ac\"; did you mean \"val_acc\"?");
    expect_refused(*state, 1, "noise", (struct rt_named_options){.metric = "something"},
                   RT_ENOTFOUND, "it has val_acc, realised_noise, loss");
    expect_refused(*state, 1, "noise", (struct rt_named_options){.by = "nois"}, RT_ENOTFOUND,
                   "has no parameter \"nois\"; did you mean \"noise\"?");
    expect_refused(*state, 1, "noise", (struct rt_named_options){.realised = "realised"},
                   RT_ENOTFOUND, "has no metric \"realised\"");
    expect_refused(*state, 3, "noise", defaults, RT_EUSAGE, "sweeps no parameter; --by KEY");
    expect_refused(*state, 3, "best", defaults, RT_ENOTFOUND, "has recorded no metric \"val_acc\"");
}

static void a_named_query_explains_itself(void **state)
{
    struct rt_named named;
    size_t count = 0;

    (void)state;
    for (; rt_named_at(count, &named); count++) {
        char *summary = rt_named_summary(&named);
        char *help = rt_named_help(&named);

        assert_true(strlen(summary) > 10 && strlen(summary) <= 60);
        assert_null(strchr(summary, '\n'));
        assert_true(strlen(help) > 10);
        free(summary);
        free(help);
    }
    assert_int_equal(count, 9);
}

static void an_unknown_query_is_near_to_a_known_one(void **state)
{
    struct rt_named named;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "did you mean \"best\"?", rt_named_find("bets", &named, &err));
    expect_error(err, RT_ENOTFOUND, "lists them", rt_named_find("else", &named, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_tells_mean_deviation_and_interval),
        cmocka_unit_test(noise_goes_by_other_columns),
        cmocka_unit_test(the_interval_is_right_for_many_trials),
        cmocka_unit_test(best_follows_the_objective),
        cmocka_unit_test(failures_tell_why),
        cmocka_unit_test(trials_shows_what_varies_and_what_came_of_it),
        cmocka_unit_test(attempts_shows_trials_that_took_several),
        cmocka_unit_test(load_adds_up_to_the_time_that_was_spent),
        cmocka_unit_test(slowest_is_asked_of_every_study),
        cmocka_unit_test(names_that_are_sql_do_no_harm),
        cmocka_unit_test(what_a_study_has_not_is_named),
        cmocka_unit_test(a_named_query_explains_itself),
        cmocka_unit_test(an_unknown_query_is_near_to_a_known_one),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
