#include "query/statement.h"

#include <string.h>

#include "tests/expect.h"

static void expect_first(const char *sql, const char *first)
{
    size_t size = rt_statement_size(sql);

    assert_int_equal(size, strlen(first));
    assert_memory_equal(sql, first, size);
}

static void a_statement_ends_at_its_semicolon(void **state)
{
    (void)state;
    expect_first("SELECT 1;", "SELECT 1;");
    expect_first("SELECT 1; SELECT 2;", "SELECT 1;");
    expect_first(";", ";");
}

static void a_semicolon_in_quotes_or_comments_ends_nothing(void **state)
{
    (void)state;
    expect_first("SELECT ';' || 'it''s; ' FROM \"a;b\", `c;d`, [e;f]; 2",
                 "SELECT ';' || 'it''s; ' FROM \"a;b\", `c;d`, [e;f];");
    expect_first("SELECT 2-1 -- one; two\n, 4/2 /* ; */; 3",
                 "SELECT 2-1 -- one; two\n, 4/2 /* ; */;");
}

static void what_is_not_closed_goes_on(void **state)
{
    (void)state;
    expect_first("", "");
    expect_first("SELECT 1", "");
    expect_first("SELECT 'a;", "");
    expect_first("SELECT \"a;", "");
    expect_first("SELECT [a;", "");
    expect_first("SELECT 1 /* ;", "");
    expect_first("SELECT 1 -- ;", "");
    expect_first("SELECT 1 -", "");
    expect_first("SELECT 1 /", "");
}

static void a_statement_begins_after_blanks_and_comments(void **state)
{
    (void)state;
    assert_string_equal(rt_statement_begin(" ;\t\n-- one\n/* two; */ SELECT 1"), "SELECT 1");
    assert_string_equal(rt_statement_begin("-1"), "-1");
    assert_string_equal(rt_statement_begin("-- one"), "");
    assert_string_equal(rt_statement_begin("/* one"), "");
    assert_string_equal(rt_statement_begin(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_ends_at_its_semicolon),
        cmocka_unit_test(a_semicolon_in_quotes_or_comments_ends_nothing),
        cmocka_unit_test(what_is_not_closed_goes_on),
        cmocka_unit_test(a_statement_begins_after_blanks_and_comments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
