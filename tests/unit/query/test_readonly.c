#include "query/readonly.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#define NOISE "[{\"key\":\"noise\",\"from\":\"0\",\"step\":\"0.05\",\"count\":4,\"kind\":\"real\"}]"

/* Rows as texts: cells by '|', rows by newlines; after `most` rows it wants no more. */
struct got {
    struct rt_buf text;
    size_t columns;
    size_t rows;
    size_t most;
    unsigned seconds; /* of CPU time; 0: as many as usual */
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

    if (got->rows++ == got->most)
        return rt_err_set(err, RT_EIO, "enough");
    rt_buf_add(&got->text, "\n");
    for (size_t i = 0; i < got->columns; i++) {
        rt_buf_add(&got->text, i ? "|" : "");
        rt_cell_put(&got->text, &cells[i], RT_FORMAT_CSV);
    }
    return 0;
}

static int ask(struct world *world, const char *sql, struct got *got, struct rt_err *err)
{
    struct rt_rows_sink sink = {take_names, take_row, got};
    struct rt_readonly query = {.path = world->path, .sql = sql, .cpu_seconds = got->seconds};

    if (got->most == 0)
        got->most = SIZE_MAX;
    return rt_readonly_run(&query, &sink, err);
}

static int set_up(void **state)
{
    static struct world world;

    world_begin(&world);
    world_study(&world, 1, "k3f9", "noise");
    world_plan(&world, 1, "{\"epochs\":40,\"opt\":{\"lr\":0.1}}", NOISE, 2, 1);
    world_launch(&world, 1);
    world_lease(&world, 1, 1, 3, 1, 1);
    world_ended(&world, 1, 2, 1, RT_OUTCOME_OK, "{\"loss\":0.5}", 0);
    world_ended(&world, 1, 1, 1, RT_OUTCOME_FAILED, "no such file", 0);
    world_commit(&world);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    world_end(*state);
    return 0;
}

static void expect_rows(struct world *world, const char *sql, const char *want)
{
    struct got got = {0};
    struct rt_err err;

    expect_ok(err, ask(world, sql, &got, &err));
    assert_string_equal(rt_buf_text(&got.text), want);
    rt_buf_clear(&got.text);
}

static void expect_refused(struct world *world, const char *sql, const char *part)
{
    struct got got = {0};
    struct rt_err err;

    expect_error(err, RT_EUSAGE, part, ask(world, sql, &got, &err));
    assert_int_equal(got.rows, 0);
    rt_buf_clear(&got.text);
}

static void a_select_gives_its_rows(void **state)
{
    expect_rows(*state, "SELECT trial, noise, loss FROM noise WHERE outcome NOT NULL ORDER BY 1",
                "trial|noise|loss\nk3f9.1|0.0|\nk3f9.2|0.05|0.5");
    expect_rows(*state,
                "SELECT count(*) AS n, 'a' || char(10) AS t, x'00ff' AS b FROM noise;\n-- x",
                "n|t|b\n8|\"a\n\"|x'00ff'");
    expect_rows(*state, "SELECT 1 AS one WHERE 0", "one");
    expect_rows(*state,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) "
                "SELECT sum(i) AS s, sqrt(4) AS r, json_extract('{\"a\":2}', '$.a') AS j "
                "FROM n",
                "s|r|j\n6|2.0|2");
}

static void many_rows_come_through(void **state)
{
    struct got got = {0};
    struct rt_err err;

    expect_ok(err, ask(*state,
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
                       "100000) SELECT i, i * 0.5, 'row ' || i FROM n",
                       &got, &err));
    assert_int_equal(got.rows, 100000);
    assert_non_null(strstr(rt_buf_text(&got.text), "\n100000|50000.0|row 100000"));
    rt_buf_clear(&got.text);
}

static void parameters_are_bound(void **state)
{
    struct world *world = *state;
    struct got got = {.most = SIZE_MAX};
    const struct rt_readonly_param params[] = {{":a", rt_cell_int(3)},
                                               {":b", rt_cell_real(0.5)},
                                               {":c", rt_cell_text("it's")},
                                               {":d", rt_cell_int(1)}};
    struct rt_readonly query = {.path = world->path,
                                .sql = "SELECT :a AS a, :b AS b, :c AS c, :e AS e",
                                .params = params,
                                .param_count = 4};
    struct rt_rows_sink sink = {take_names, take_row, &got};
    struct rt_err err;

    expect_ok(err, rt_readonly_run(&query, &sink, &err));
    assert_string_equal(rt_buf_text(&got.text), "a|b|c|e\n3|0.5|it's|");
    rt_buf_clear(&got.text);
}

static void nothing_but_select_is_allowed(void **state)
{
    static const char *const statements[] = {
        "ATTACH '/tmp/retrial-evil.sqlite' AS evil",
        "ATTACH 'file:/tmp/retrial-evil.sqlite?mode=rwc' AS evil",
        "VACUUM INTO '/tmp/retrial-evil.sqlite'",
        "VACUUM",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 7",
        "PRAGMA writable_schema = 1",
        "INSERT INTO study (study, id, name, created, event) VALUES (9, 'a', 'b', 'c', 1)",
        "UPDATE study SET name = 'x'",
        "DELETE FROM study",
        "DROP TABLE study",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE VIRTUAL TABLE x USING fts5(y)",
        "BEGIN IMMEDIATE",
        "REINDEX",
        "ANALYZE",
        "DETACH main",
        "SAVEPOINT x",
    };

    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        expect_refused(*state, statements[i], "");
    expect_refused(*state, "DELETE FROM study", "can only SELECT");
    assert_false(rt_fs_exists("/tmp/retrial-evil.sqlite"));
    expect_rows(*state, "SELECT name FROM study", "name\nnoise");
}

static void functions_that_reach_further_are_refused(void **state)
{
    expect_refused(*state, "SELECT load_extension('/tmp/x.so')", "load_extension");
    expect_refused(*state, "SELECT writefile('/tmp/retrial-evil', 'x')", "writefile");
    expect_refused(*state, "SELECT readfile('/etc/passwd')", "readfile");
    expect_refused(*state, "SELECT fts3_tokenizer('simple')", "fts3_tokenizer");
    expect_refused(*state, "SELECT * FROM pragma_journal_mode('delete')", "");
}

static void a_query_has_limits(void **state)
{
    struct got got = {0};
    struct rt_err err;

    expect_rows(*state, "SELECT length(printf('%.*c', 500000000, 'x')) AS n", "n\n");
    expect_refused(*state, "SELECT zeroblob(1000000000)", "too big");
    expect_refused(*state,
                   "SELECT group_concat(x) FROM (SELECT hex(randomblob(8388600)) AS x "
                   "UNION ALL SELECT '0123456789 0123456789')",
                   "too big");
    expect_error(err, RT_EUSAGE, "row 1 of the result is too large",
                 ask(*state,
                     "WITH b(x) AS (SELECT zeroblob(15000000)) SELECT x, x, x, x, x, x FROM b",
                     &got, &err));
    rt_buf_clear(&got.text);
}

static void an_endless_query_is_stopped(void **state)
{
    struct got got = {.seconds = 1};
    struct rt_err err;

    expect_error(err, RT_EUSAGE, "took more than 1 s of CPU time",
                 ask(*state,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
                     "count(*) FROM n",
                     &got, &err));
    rt_buf_clear(&got.text);
}

static void one_statement_is_run(void **state)
{
    expect_refused(*state, "SELECT 1;\nSELECT 2", "line 2, column 1: one statement at a time");
    expect_refused(*state, "SELECT 1; /* x */ DROP TABLE study", "line 1, column 19");
    expect_refused(*state, "", "no statement");
    expect_refused(*state, " -- nothing\n ;", "no statement");
    expect_refused(*state, "/* open", "no statement");
}

static void a_mistake_is_located_and_corrected(void **state)
{
    expect_refused(*state, "SELECT trial\nFORM noise", "line 2, column 6: near \"noise\"");
    expect_refused(*state, "SELECT nois FROM noise",
                   "line 1, column 8: no such column: nois; did you mean noise?");
    expect_refused(*state, "SELECT n.los FROM noise AS n", "did you mean loss?");
    expect_refused(*state, "SELECT \"opt.rl\" FROM noise", "did you mean \"opt.lr\"?");
    expect_refused(*state, "SELECT * FROM niose", "no such table: niose; did you mean noise?");
    expect_refused(*state, "SELECT avgg(loss) FROM noise", "did you mean avg?");
    expect_refused(*state, "SELECT 'ä', quux FROM noise", "line 1, column 13");
}

static void a_receiver_may_have_enough(void **state)
{
    struct got got = {.most = 2};
    struct rt_err err;

    expect_error(err, RT_EIO, "enough",
                 ask(*state,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i "
                     "FROM n",
                     &got, &err));
    assert_int_equal(got.rows, 3);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    rt_buf_clear(&got.text);
}

static void an_index_that_is_not_there_is_named(void **state)
{
    struct rt_readonly query = {.path = "/nowhere/index.sqlite", .sql = "SELECT 1"};
    struct rt_rows_sink sink = {take_names, take_row, NULL};
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "/nowhere/index.sqlite", rt_readonly_run(&query, &sink, &err));
}

static void a_failure_midway_is_told_after_the_rows(void **state)
{
    struct got got = {0};
    struct rt_err err;

    expect_error(err, RT_EUSAGE, "integer overflow",
                 ask(*state,
                     "WITH n(i) AS (VALUES (1), (-9223372036854775808)) SELECT abs(i) FROM n", &got,
                     &err));
    rt_buf_clear(&got.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_select_gives_its_rows),
        cmocka_unit_test(many_rows_come_through),
        cmocka_unit_test(parameters_are_bound),
        cmocka_unit_test(nothing_but_select_is_allowed),
        cmocka_unit_test(functions_that_reach_further_are_refused),
        cmocka_unit_test(a_query_has_limits),
        cmocka_unit_test(an_endless_query_is_stopped),
        cmocka_unit_test(one_statement_is_run),
        cmocka_unit_test(a_mistake_is_located_and_corrected),
        cmocka_unit_test(a_receiver_may_have_enough),
        cmocka_unit_test(an_index_that_is_not_there_is_named),
        cmocka_unit_test(a_failure_midway_is_told_after_the_rows),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
