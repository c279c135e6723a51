#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#include <sys/stat.h>

#define NOISE "[{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.05\",\"count\":4,\"kind\":\"real\"}]"

static void begin_noise(struct world *world)
{
    world_begin(world);
    world_study(world, 1, "k3f9", "noise");
    world_plan(world, 1, "{\"epochs\":40,\"hidden\":[20],\"opt\":{\"lr\":0.1}}", NOISE, 2, 1);
    world_launch(world, 1);
}

/* A study "s" with one axis x = 1..count, all of it leased, in launch 1. */
static void begin_simple(struct world *world, unsigned count, unsigned retries)
{
    char *axes = rt_printf("[{\"key\":\"x\",\"from\":\"1\",\"step\":\"1\",\"count\":%u,"
                           "\"kind\":\"int\"}]",
                           count);

    world_begin(world);
    world_study(world, 1, "ab12", "s");
    world_plan(world, 1, "{}", axes, 1, retries);
    world_launch(world, 1);
    world_lease(world, 1, 1, count, 1, 1);
    free(axes);
}

static void ok(struct world *world, uint64_t ordinal, const char *result)
{
    world_ended(world, 1, ordinal, 1, RT_OUTCOME_OK, result, 0);
}

static void a_study_is_a_view_with_a_row_for_every_trial(void **state)
{
    struct world world;

    (void)state;
    begin_noise(&world);
    world_lease(&world, 1, 1, 3, 1, 1);
    ok(&world, 2, "{\"loss\":0.5,\"n\":3}");
    world_commit(&world);
    expect_answer(&world,
                  "SELECT trial, ordinal, replicate, status, outcome, noise, epochs, \"opt.lr\", "
                  "hidden, loss, n, attempt, seed FROM noise ORDER BY ordinal",
                  "k3f9.1|1|1|running|NULL|0.0|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.2|2|1|done|ok|0.05|40|0.1|[20]|0.5|3|1|42\n"
                  "k3f9.3|3|1|running|NULL|0.1|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.4|4|1|waiting|NULL|0.15|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.5|5|2|waiting|NULL|0.0|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.6|6|2|waiting|NULL|0.05|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.7|7|2|waiting|NULL|0.1|40|0.1|[20]|NULL|NULL|NULL|NULL\n"
                  "k3f9.8|8|2|waiting|NULL|0.15|40|0.1|[20]|NULL|NULL|NULL|NULL");
    world_end(&world);
}

static void when_all_have_ended_the_view_reads_one_table(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 3, 0);
    for (uint64_t i = 3; i > 0; i--)
        ok(&world, i, "{\"m\":1}");
    world_commit(&world);
    expect_answer(&world, "SELECT x, m, status FROM s", "1|1|done\n2|1|done\n3|1|done");
    expect_answer(&world,
                  "SELECT count(*) FROM sqlite_schema WHERE name = 's' AND sql LIKE "
                  "'%pending%'",
                  "0");
    expect_answer(&world, "SELECT count(*) FROM pending", "0");
    expect_answer(&world, "SELECT count(*) FROM lease", "0");
    world_end(&world);
}

static void listed_values_keep_their_types(void **state)
{
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{\"none\":null,\"yes\":true}",
               "[{\"key\":\"a\",\"values\":[1,2.5]},{\"key\":\"b\",\"values\":[\"x\",[1,2]]},"
               "{\"key\":\"c\",\"values\":[false,{\"$float\":\"inf\"}]}]",
               1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 1, 1, 1);
    ok(&world, 1, "{}");
    world_commit(&world);
    expect_answer(&world,
                  "SELECT a, b, c, typeof(a), typeof(b), typeof(c), yes, typeof(none) FROM s "
                  "WHERE ordinal IN (1, 8) ORDER BY ordinal",
                  "1.0|x|0|real|text|integer|1|null\n2.5|[1,2]|inf|real|text|text|1|null");
    expect_answer(&world, "SELECT name, type, axis FROM study_column ORDER BY number",
                  "a|real|0\nb|text|1\nc|mixed|2\nnone|none|NULL\nyes|boolean|NULL");
    world_end(&world);
}

static void pending_values_are_the_recorded_ones_to_the_last_bit(void **state)
{
    static const char axes[] =
        "[{\"key\":\"x\",\"from\":\"-0.3\",\"step\":\"0.001\",\"count\":700,\"kind\":\"real\"}]";
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{}", axes, 1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 700, 1, 1);
    world_commit(&world);
    {
        struct rt_db *db;

        expect_ok(world.err, rt_db_open(world.path, RT_DB_WRITE, &db, &world.err));
        expect_ok(world.err,
                  rt_db_exec(db, "CREATE TABLE before AS SELECT ordinal, x FROM s", &world.err));
        rt_db_close(db);
    }
    for (uint64_t i = 1; i <= 700; i++)
        ok(&world, i, "{}");
    world_commit(&world);
    expect_answer(&world, "SELECT count(*), sum(s.x = before.x) FROM s JOIN before USING (ordinal)",
                  "700|700");
    world_end(&world);
}

static void a_long_axis_is_not_unrolled(void **state)
{
    static const char axes[] =
        "[{\"key\":\"x\",\"from\":\"0\",\"step\":\"1e-30\",\"count\":100001,"
        "\"kind\":\"real\"},{\"key\":\"y\",\"from\":\"0\",\"step\":\"0.1\",\"count\":800,"
        "\"kind\":\"real\"},{\"key\":\"z\",\"from\":\"5\",\"step\":\"5\",\"count\":3,"
        "\"kind\":\"int\"}]";
    struct world world;
    struct stat info;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{}", axes, 1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT x, y, z, status FROM s LIMIT 5",
                  "0.0|0.0|5|waiting\n0.0|0.0|10|waiting\n0.0|0.0|15|waiting\n0.0|0.1|5|waiting\n"
                  "0.0|0.1|10|waiting");
    expect_answer(&world, "SELECT count(*) FROM axis_value", "0");
    assert_int_equal(stat(world.path, &info), 0);
    assert_true(info.st_size < 2000000);
    world_end(&world);
}

static void names_that_clash_say_whose_they_are(void **state)
{
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{\"loss\":\"mse\",\"seed\":7,\"LR\":1,\"lr\":2,\"\":3}",
               "[{\"key\":\"x\",\"values\":[1]}]", 1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 1, 1, 1);
    world_commit(&world);
    expect_answer(&world,
                  "SELECT loss, \"param.seed\", \"param.LR\", \"param.lr.2\", \"param.\" "
                  "FROM s",
                  "mse|7|1|2|3");
    ok(&world, 1, "{\"X\":9,\"loss\":{\"$float\":\"nan\"},\"metric.X.state\":1,\"trial\":5}");
    world_commit(&world);
    expect_answer(&world,
                  "SELECT \"param.loss\", \"metric.loss\", \"metric.loss.state\", \"param.x\", "
                  "\"metric.X\", \"metric.trial\", \"metric.X.state\", trial FROM s",
                  "mse|NULL|nan|1|9|5|1|ab12.1");
    world_end(&world);
}

static void nan_is_null_with_its_state_beside_it(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 4, 0);
    ok(&world, 1, "{\"loss\":{\"$float\":\"nan\"}}");
    ok(&world, 2, "{\"loss\":1.5}");
    ok(&world, 3, "{\"loss\":{\"$float\":\"-inf\"},\"more\":{\"in\":{\"$float\":\"inf\"}}}");
    ok(&world, 4, "{\"loss\":null}");
    world_commit(&world);
    expect_answer(&world, "SELECT loss, \"loss.state\", \"more.in\", \"more.in.state\" FROM s",
                  "NULL|nan|NULL|NULL\n1.5|NULL|NULL|NULL\nNULL|-inf|NULL|inf\n"
                  "NULL|NULL|NULL|NULL");
    expect_answer(&world, "SELECT avg(loss) FROM s", "1.5");
    world_end(&world);
}

static void types_widen_and_keep_what_was_there(void **state)
{
    struct world world;

    (void)state;
    begin_simple(&world, 4, 0);
    ok(&world, 1, "{\"a\":1,\"b\":true,\"c\":[1],\"d\":null}");
    world_commit(&world);
    expect_answer(&world, "SELECT typeof(a), b, c FROM s WHERE ordinal = 1", "integer|1|[1]");
    ok(&world, 2, "{\"a\":2.5,\"b\":7,\"c\":\"x\",\"d\":\"12\"}");
    world_commit(&world);
    expect_answer(&world, "SELECT a, typeof(a), b, c, d FROM s WHERE ordinal < 3",
                  "1.0|real|1|[1]|NULL\n2.5|real|7|x|12");
    ok(&world, 3, "{\"a\":\"3\",\"d\":4}");
    world_commit(&world);
    expect_answer(&world, "SELECT a, typeof(a), typeof(d) FROM s WHERE ordinal < 4",
                  "1.0|real|null\n2.5|real|text\n3|text|integer");
    expect_answer(&world,
                  "SELECT name, type FROM study_column WHERE kind = 'metric' ORDER BY number",
                  "a|mixed\nb|integer\nc|text\nd|mixed");
    world_end(&world);
}

static void hostile_names_are_only_names(void **state)
{
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "a\"; DROP TABLE study; --");
    world_study(&world, 2, "cd34", "Study");
    world_study(&world, 3, "ef56", "trial_1");
    world_study(&world, 4, "gh78", "sqlite_x");
    world_study(&world, 5, "ij90", "STUDY");
    world_plan(&world, 1, "{\"select\":\"'; DROP TABLE study; --\",\"{view}\":1}",
               "[{\"key\":\"x\\\"]`'\",\"values\":[\"a'b\"]}]", 1, 0);
    for (uint32_t study = 2; study <= 5; study++)
        world_plan(&world, study, "{}", "[{\"key\":\"x\",\"values\":[1]}]", 1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 1, 1, 1);
    ok(&world, 1, "{\"drop\\\" table\":1,\"\\u00e9;--\":2.5}");
    world_commit(&world);
    expect_answer(&world, "SELECT view FROM study ORDER BY study",
                  "a\"; DROP TABLE study; --\nstudy.Study\nstudy.trial_1\nstudy.sqlite_x\n"
                  "study.STUDY.2");
    expect_answer(
        &world,
        "SELECT \"select\", \"{view}\", \"x\"\"]`'\", \"drop\"\" table\", \"\xC3\xA9;--\" "
        "FROM \"a\"\"; DROP TABLE study; --\"",
        "'; DROP TABLE study; --|1|a'b|1|2.5");
    world_end(&world);
}

static void too_many_metrics_leave_the_rest_out(void **state)
{
    struct rt_buf result = RT_BUF_INIT;
    struct world world;

    (void)state;
    begin_simple(&world, 2, 0);
    for (int i = 0; i < 1000; i++)
        rt_buf_printf(&result, "%c\"m%d\":%d", i ? ',' : '{', i, i);
    rt_buf_add(&result, "}");
    ok(&world, 1, rt_buf_text(&result));
    ok(&world, 2, "{\"m0\":0.5,\"m449\":{\"$float\":\"inf\"},\"m450\":1}");
    world_commit(&world);
    expect_answer(&world, "SELECT m0, m449, \"m449.state\" FROM s", "0.0|449.0|NULL\n0.5|NULL|inf");
    expect_answer(&world, "SELECT left_out FROM study", "551");
    rt_buf_clear(&result);
    world_end(&world);
}

static void a_new_plan_retires_keeps_and_adds(void **state)
{
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{\"lr\":0.1}", "[{\"key\":\"x\",\"values\":[1,2]}]", 1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 2, 1, 1);
    ok(&world, 1, "{\"m\":1}");
    ok(&world, 2, "{\"m\":2}");
    world_say_text(&world, RT_EVENT_LAUNCH_END,
                   "{\"launch\":1,\"reason\":\"done\",\"detail\":\"\"}");
    world_plan(&world, 1, "{}",
               "[{\"key\":\"x\",\"values\":[2,3]},{\"key\":\"lr\",\"values\":[0.1,0.2]}]", 1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, x, lr, m, status FROM s ORDER BY x, lr",
                  "2|2|0.1|2|done\n3|2|0.2|NULL|waiting\n4|3|0.1|NULL|waiting\n"
                  "5|3|0.2|NULL|waiting");
    expect_answer(&world, "SELECT ordinal, retired FROM \"s.attempts\" ORDER BY 1", "1|1\n2|0");
    world_plan(&world, 1, "{\"lr\":0.1,\"x\":2}", "[]", 1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, x, lr, m, status FROM s", "2|2|0.1|2|done");
    expect_answer(&world, "SELECT revision, trials FROM study", "3|1");
    expect_answer(&world, "SELECT revision, trials, source FROM plan",
                  "1|2|the file\n2|4|the file\n3|1|the file");
    world_end(&world);
}

static void a_trial_that_comes_back_has_its_row_and_parameters_again(void **state)
{
    struct world world;

    (void)state;
    world_begin(&world);
    world_study(&world, 1, "ab12", "s");
    world_plan(&world, 1, "{\"k\":7}", "[{\"key\":\"x\",\"values\":[1,2]}]", 1, 0);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 2, 1, 1);
    ok(&world, 1, "{\"m\":1}");
    world_plan(&world, 1, "{\"k\":8}", "[{\"key\":\"x\",\"values\":[9]}]", 1, 0);
    world_plan(&world, 1, "{}", "[{\"key\":\"k\",\"values\":[8]},{\"key\":\"x\",\"values\":[9]}]",
               1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, x, k, status FROM s", "3|9|8|waiting");
    world_plan(&world, 1, "{\"k\":7}", "[{\"key\":\"x\",\"values\":[1,2]}]", 1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, x, k, m, status FROM s ORDER BY 1",
                  "1|1|7|1|done\n2|2|7|NULL|running");
    world_plan(&world, 1, "{}", "[{\"key\":\"k\",\"values\":[7]},{\"key\":\"x\",\"values\":[1]}]",
               1, 0);
    world_commit(&world);
    expect_answer(&world, "SELECT ordinal, x, k, m, status FROM s", "1|1|7|1|done");
    expect_answer(&world, "SELECT typeof(p2) FROM trial_1", "integer");
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_is_a_view_with_a_row_for_every_trial),
        cmocka_unit_test(when_all_have_ended_the_view_reads_one_table),
        cmocka_unit_test(listed_values_keep_their_types),
        cmocka_unit_test(pending_values_are_the_recorded_ones_to_the_last_bit),
        cmocka_unit_test(a_long_axis_is_not_unrolled),
        cmocka_unit_test(names_that_clash_say_whose_they_are),
        cmocka_unit_test(nan_is_null_with_its_state_beside_it),
        cmocka_unit_test(types_widen_and_keep_what_was_there),
        cmocka_unit_test(hostile_names_are_only_names),
        cmocka_unit_test(too_many_metrics_leave_the_rest_out),
        cmocka_unit_test(a_new_plan_retires_keeps_and_adds),
        cmocka_unit_test(a_trial_that_comes_back_has_its_row_and_parameters_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
