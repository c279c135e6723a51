#include "tests/expect.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/db.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>

struct place {
    char folder[64];
    char *path;
    struct rt_db *db;
    struct rt_err err;
};

static void begin(struct place *place)
{
    strcpy(place->folder, "/tmp/retrial-db.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->path = rt_fs_join(place->folder, "x.sqlite");
    expect_ok(place->err, rt_db_open(place->path, RT_DB_WRITE, &place->db, &place->err));
    expect_ok(place->err, rt_db_exec(place->db, "CREATE TABLE t (a, b)", &place->err));
}

static void end(struct place *place)
{
    rt_db_close(place->db);
    expect_ok(place->err, rt_fs_remove(place->folder, &place->err));
    free(place->path);
}

static void values_come_back_as_they_were_bound(void **state)
{
    struct rt_stmt *stmt;
    struct place place;

    (void)state;
    begin(&place);
    expect_ok(place.err, rt_db_prepare(place.db, "SELECT :i, :r, :t, :empty, NULL, x'00ff'", &stmt,
                                       NULL, &place.err));
    rt_stmt_int(stmt, ":i", INT64_MIN);
    rt_stmt_real_at(stmt, rt_stmt_param(stmt, ":r"), 0.1);
    rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":t"), rt_span("a\0b", 3));
    rt_stmt_text(stmt, ":empty", "");
    rt_stmt_text(stmt, ":nowhere", "ignored");
    assert_int_equal(rt_stmt_step(stmt, &place.err), 1);
    assert_int_equal(rt_stmt_columns(stmt), 6);
    assert_true(rt_stmt_get_int(stmt, 0) == INT64_MIN);
    assert_true(rt_stmt_get_real(stmt, 1) == 0.1);
    assert_true(rt_span_equal(rt_stmt_get_span(stmt, 2), rt_span("a\0b", 3)));
    assert_int_equal(rt_stmt_kind(stmt, 3), RT_CELL_TEXT);
    assert_int_equal(rt_stmt_kind(stmt, 4), RT_CELL_NULL);
    assert_null(rt_stmt_get_text(stmt, 4));
    assert_int_equal(rt_stmt_kind(stmt, 5), RT_CELL_BLOB);
    assert_int_equal(rt_stmt_get_span(stmt, 5).size, 2);
    assert_int_equal(rt_stmt_step(stmt, &place.err), 0);
    rt_stmt_free(stmt);
    end(&place);
}

static void a_statement_runs_again_after_its_end(void **state)
{
    struct rt_stmt *stmt;
    struct place place;
    int64_t count;

    (void)state;
    begin(&place);
    expect_ok(place.err,
              rt_db_prepare(place.db, "INSERT INTO t (a) VALUES (:a)", &stmt, NULL, &place.err));
    for (int i = 0; i < 3; i++) {
        rt_stmt_int(stmt, ":a", i);
        expect_ok(place.err, rt_stmt_run(stmt, &place.err));
        assert_int_equal(rt_db_changes(place.db), 1);
    }
    rt_stmt_unbind(stmt);
    expect_ok(place.err, rt_stmt_run(stmt, &place.err));
    rt_stmt_free(stmt);
    expect_ok(place.err,
              rt_db_number(place.db, "SELECT 10 * count(a) + count(*) FROM t", &count, &place.err));
    assert_int_equal(count, 34);
    expect_error(place.err, RT_EDAMAGED, "no row",
                 rt_db_number(place.db, "SELECT a FROM t WHERE 0", &count, &place.err));
    end(&place);
}

static void wrong_sql_says_what_is_wrong(void **state)
{
    const char *rest;
    struct rt_stmt *stmt;
    struct place place;

    (void)state;
    begin(&place);
    expect_error(place.err, RT_EUSAGE, "no such column: nosie",
                 rt_db_prepare(place.db, "SELECT nosie FROM t", &stmt, NULL, &place.err));
    expect_error(place.err, RT_EUSAGE, "no such column: nosie",
                 rt_db_prepare(place.db, "SELECT \"nosie\" FROM t", &stmt, NULL, &place.err));
    expect_error(place.err, RT_EUSAGE, "syntax error",
                 rt_db_prepare(place.db, "SELEKT 1", &stmt, NULL, &place.err));
    expect_error(place.err, RT_EUSAGE, "no statement",
                 rt_db_prepare(place.db, " -- nothing", &stmt, NULL, &place.err));
    expect_ok(place.err, rt_db_prepare(place.db, "SELECT 1; SELECT 2", &stmt, &rest, &place.err));
    assert_string_equal(rest, " SELECT 2");
    rt_stmt_free(stmt);
    end(&place);
}

static void a_missing_database_is_not_made_by_reading(void **state)
{
    struct place place;
    struct rt_db *db;
    char *path;

    (void)state;
    begin(&place);
    path = rt_fs_join(place.folder, "missing");
    expect_error(place.err, RT_ENOTFOUND, "missing", rt_db_open(path, RT_DB_READ, &db, &place.err));
    assert_false(rt_fs_exists(path));
    free(path);
    end(&place);
}

static void a_file_that_is_none_is_damaged(void **state)
{
    static const char noise[] = "this is not a database, though it is long enough to be looked at";
    struct place place;
    struct rt_db *db;
    char *path;

    (void)state;
    begin(&place);
    path = rt_fs_join(place.folder, "noise");
    expect_ok(place.err, rt_fs_replace(path, rt_span(noise, sizeof noise), 0600, &place.err));
    expect_error(place.err, RT_EDAMAGED, "not a database",
                 rt_db_open(path, RT_DB_READ, &db, &place.err));
    expect_error(place.err, RT_EDAMAGED, "not a database",
                 rt_db_open(path, RT_DB_WRITE, &db, &place.err));
    free(path);
    end(&place);
}

static void a_reader_cannot_write(void **state)
{
    struct place place;
    struct rt_db *db;

    (void)state;
    begin(&place);
    expect_ok(place.err, rt_db_open(place.path, RT_DB_READ, &db, &place.err));
    expect_error(place.err, RT_EIO, "readonly",
                 rt_db_exec(db, "INSERT INTO t VALUES (1, 2)", &place.err));
    rt_db_close(db);
    end(&place);
}

static void a_folder_that_cannot_be_written_can_be_read(void **state)
{
    struct place place;
    struct rt_db *db;
    int64_t count;

    (void)state;
    begin(&place);
    rt_db_close(place.db);
    place.db = NULL;
    assert_int_equal(chmod(place.folder, 0500), 0);
    expect_ok(place.err, rt_db_open(place.path, RT_DB_READ, &db, &place.err));
    expect_ok(place.err, rt_db_number(db, "SELECT count(*) FROM t", &count, &place.err));
    rt_db_close(db);
    assert_int_equal(chmod(place.folder, 0700), 0);
    end(&place);
}

static void a_write_that_does_not_fit_is_an_io_error(void **state)
{
    struct rlimit before;
    struct rlimit small;
    struct place place;
    int rc;

    (void)state;
    begin(&place);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 256 * 1024;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rc = rt_db_exec(place.db, "INSERT INTO t VALUES (zeroblob(1000000), 1)", &place.err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(rc, RT_EIO);
    assert_non_null(strstr(place.err.text, "x.sqlite"));
    end(&place);
}

static void a_checkpoint_waits_for_no_reader(void **state)
{
    struct rt_stmt *stmt;
    struct place place;
    struct rt_db *db;
    int64_t pages;

    (void)state;
    begin(&place);
    expect_ok(place.err, rt_db_exec(place.db, "INSERT INTO t VALUES (1, 2)", &place.err));
    expect_ok(place.err, rt_db_open(place.path, RT_DB_READ, &db, &place.err));
    expect_ok(place.err, rt_db_prepare(db, "SELECT a FROM t", &stmt, NULL, &place.err));
    assert_int_equal(rt_stmt_step(stmt, &place.err), 1);
    expect_ok(place.err, rt_db_exec(place.db, "INSERT INTO t VALUES (3, 4)", &place.err));
    assert_int_equal(rt_db_checkpoint(place.db, true, &pages, &place.err), 1);
    assert_true(pages > 0);
    rt_stmt_free(stmt);
    rt_db_close(db);
    assert_int_equal(rt_db_checkpoint(place.db, true, &pages, &place.err), 0);
    end(&place);
}

static bool only_select(void *context, enum rt_db_action action, const char *name)
{
    (void)context;
    return action == RT_DB_SELECT || action == RT_DB_COLUMN ||
           (action == RT_DB_FUNCTION && strcmp(name, "abs") == 0);
}

static void what_is_not_allowed_does_not_compile(void **state)
{
    static const struct rt_db_limits limits = {only_select, NULL, 1000, 1000, 1 << 26};
    struct rt_stmt *stmt;
    struct place place;
    int64_t number;

    (void)state;
    begin(&place);
    rt_db_restrict(place.db, &limits);
    expect_error(place.err, RT_EUSAGE, "not authorized",
                 rt_db_prepare(place.db, "DELETE FROM t", &stmt, NULL, &place.err));
    expect_error(place.err, RT_EUSAGE, "not authorized to use function",
                 rt_db_prepare(place.db, "SELECT sqlite_version()", &stmt, NULL, &place.err));
    expect_error(place.err, RT_EUSAGE, "not authorized",
                 rt_db_prepare(place.db, "ATTACH 'x' AS y", &stmt, NULL, &place.err));
    expect_ok(place.err, rt_db_number(place.db, "SELECT abs(-3)", &number, &place.err));
    assert_int_equal(number, 3);
    expect_ok(place.err,
              rt_db_number(place.db, "SELECT value FROM json_each('[4]')", &number, &place.err));
    assert_int_equal(number, 4);
    end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_back_as_they_were_bound),
        cmocka_unit_test(a_statement_runs_again_after_its_end),
        cmocka_unit_test(wrong_sql_says_what_is_wrong),
        cmocka_unit_test(a_missing_database_is_not_made_by_reading),
        cmocka_unit_test(a_file_that_is_none_is_damaged),
        cmocka_unit_test(a_reader_cannot_write),
        cmocka_unit_test(a_folder_that_cannot_be_written_can_be_read),
        cmocka_unit_test(a_write_that_does_not_fit_is_an_io_error),
        cmocka_unit_test(a_checkpoint_waits_for_no_reader),
        cmocka_unit_test(what_is_not_allowed_does_not_compile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
