#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#include "sql.h"
#include "store/index_bulk.h"
#include "store/index_ddl.h"
#include "store/index_pairs.h"
#include "store/index_verdicts.h"

static bool starts(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

static void begin(struct world *world, struct rt_db **db)
{
    world_begin(world);
    world_study(world, 1, "k3f9", "s");
    world_plan(world, 1, "{}", "[{\"key\":\"x\",\"values\":[1]}]", 1, 0);
    world_commit(world);
    expect_ok(world->err, rt_db_open(world->path, RT_DB_WRITE, db, &world->err));
}

static void every_statement_of_the_index_fits_the_schema(void **state)
{
    struct world world;
    struct rt_index_verdicts *verdicts;
    struct rt_index_pairs *pairs;
    struct rt_db *db;
    int seen = 0;

    (void)state;
    begin(&world, &db);
    expect_ok(world.err, rt_index_pairs_new(db, &pairs, &world.err));
    expect_ok(world.err, rt_index_verdicts_new(db, &verdicts, &world.err));
    expect_ok(world.err, rt_db_exec(db, "ATTACH ':memory:' AS made", &world.err));
    for (const struct rt_sql_file *file = rt_sql_files; file->name; file++) {
        struct rt_stmt *stmt;
        const char *rest;

        if (starts(file->name, "check/")
                ? strchr(file->text, '{') != NULL
                : !starts(file->name, "index/") || starts(file->name, "index/create_"))
            continue;
        if (rt_db_prepare(db, file->text, &stmt, &rest, &world.err) < 0)
            fail_msg("sql/%s: %s", file->name, world.err.text);
        if (strspn(rest, " \n") != strlen(rest))
            fail_msg("sql/%s holds more than one statement", file->name);
        rt_stmt_free(stmt);
        seen++;
    }
    assert_true(seen > 20);
    rt_db_close(db);
    rt_index_pairs_free(pairs);
    rt_index_verdicts_free(verdicts);
    world_end(&world);
}

/* Templates that are no statement by themselves, and what they are part of. */
static const char *around(const char *name, const char **behind)
{
    *behind = "";
    if (starts(name, "study/source_"))
        return "SELECT * FROM ";
    if (starts(name, "study/axis_")) {
        *behind = " FROM (SELECT 1 AS point)";
        return "SELECT ";
    }
    return "";
}

static void every_template_of_a_study_fits_the_schema(void **state)
{
    struct world world;
    struct rt_index_bulk *bulk;
    struct rt_db *db;
    int seen = 0;

    (void)state;
    begin(&world, &db);
    expect_ok(world.err, rt_index_bulk_new(db, &bulk, &world.err));
    for (const struct rt_sql_file *file = rt_sql_files; file->name; file++) {
        bool makes = starts(file->name, "study/trial");
        const struct rt_ddl_slot slots[] = {{"trials", makes ? "trial_2" : "trial_1"},
                                            {"rows", makes ? "trial_row_2" : "trial_row_1"},
                                            {"columns", ""},
                                            {"values", ""},
                                            {"view", "\"new\""},
                                            {"id", "'k3f9'"},
                                            {"study", "1"},
                                            {"axis", "0"},
                                            {"count", "1"},
                                            {"stride", "1"},
                                            {"from", "0"},
                                            {"step", "1"},
                                            {"divisor", "10.0"},
                                            {"source", "trial_1"},
                                            {"stored", ""},
                                            {"assignments", ""},
                                            {"derived", ""},
                                            {"replicate", "point + 1"},
                                            {"column", strstr(file->name, "add") ? "p9" : "p1"},
                                            {"before", "p1"},
                                            {"type", "REAL"},
                                            {NULL, NULL}};
        const char *behind;
        const char *before = around(file->name, &behind);
        struct rt_stmt *stmt;
        char *filled;
        char *sql;

        if (!starts(file->name, "study/"))
            continue;
        filled = rt_ddl_fill(file->text, slots);
        sql = rt_printf("%s%s%s", before, filled, behind);
        if (rt_db_prepare(db, sql, &stmt, NULL, &world.err) < 0)
            fail_msg("sql/%s: %s", file->name, world.err.text);
        rt_stmt_free(stmt);
        free(filled);
        free(sql);
        seen++;
    }
    assert_true(seen > 10);
    rt_db_close(db);
    rt_index_bulk_free(bulk);
    world_end(&world);
}

static void quoting_doubles_the_quotes_and_nothing_else(void **state)
{
    struct rt_buf out = RT_BUF_INIT;

    (void)state;
    rt_ddl_name(&out, "a\"b'c;\n--{x}");
    rt_ddl_text(&out, "a\"b'c");
    assert_string_equal(rt_buf_text(&out), "\"a\"\"b'c;\n--{x}\"'a\"b''c'");
    rt_buf_clear(&out);
}

static void what_fills_a_slot_is_not_filled_again(void **state)
{
    const struct rt_ddl_slot slots[] = {{"a", "{b}"}, {"b", "2"}, {NULL, NULL}};
    char *sql = rt_ddl_fill("x {a} y {b}{a}", slots);

    (void)state;
    assert_string_equal(sql, "x {b} y 2{b}");
    free(sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_of_the_index_fits_the_schema),
        cmocka_unit_test(every_template_of_a_study_fits_the_schema),
        cmocka_unit_test(quoting_doubles_the_quotes_and_nothing_else),
        cmocka_unit_test(what_fills_a_slot_is_not_filled_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
