/* Packages that originals had, beside those that there are now. */
#include "tests/expect.h"

#include "tests/folder.h"

#include <stdlib.h>

#include "base/fs.h"
#include "replay/then_packages.h"
#include "sql.h"

struct place {
    char *folder;
    struct rt_db *db;
    struct rt_then_packages packages;
};

static void begin(struct place *place)
{
    char *path;
    struct rt_err err;

    memset(place, 0, sizeof *place);
    place->folder = folder_new();
    path = rt_fs_join(place->folder, "x.sqlite");
    expect_ok(err, rt_db_open(path, RT_DB_WRITE, &place->db, &err));
    expect_ok(err, rt_db_exec(place->db, rt_sql_index_create_package, &err));
    expect_ok(err, rt_db_exec(place->db,
                              "INSERT INTO package VALUES ('one', 'numpy', '1.24'), "
                              "('one', 'scipy', '1.10'), ('one', 'torch', '2.1'), "
                              "('two', 'numpy', '1.25'), ('two', 'scipy', '1.10')",
                              &err));
    free(path);
}

static void end(struct place *place)
{
    rt_then_packages_clear(&place->packages);
    rt_db_close(place->db);
    folder_free(place->folder);
}

static void add(struct place *place, const char *hash)
{
    struct rt_err err;

    expect_ok(err, rt_then_packages_add(&place->packages, place->db, hash, &err));
}

static void expect(const struct place *place, const char *now, const char *words)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *json;
    struct rt_err err;

    expect_ok(err, rt_json_parse(rt_span_text(now), &json, &err));
    rt_then_packages_compare(&place->packages, json, &text);
    assert_string_equal(rt_buf_text(&text), words);
    rt_buf_clear(&text);
    rt_json_free(json);
}

static void what_is_gone_comes_before_what_is_another_version(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "one");
    expect(&place, "{\"numpy\":\"1.24\",\"scipy\":\"1.10\",\"torch\":\"2.1\"}", "");
    expect(&place, "{\"numpy\":\"1.26\",\"scipy\":\"1.10\"}",
           "torch 2.1 -> gone, numpy 1.24 -> 1.26");
    expect(&place, "{}", "numpy 1.24 -> gone, scipy 1.10 -> gone, torch 2.1 -> gone");
    end(&place);
}

static void what_is_new_is_no_loss(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "two");
    expect(&place, "{\"numpy\":\"1.25\",\"scipy\":\"1.10\",\"pandas\":\"2\"}", "");
    end(&place);
}

static void lists_are_taken_once_and_equal_versions_told_once(void **state)
{
    struct place place;

    (void)state;
    begin(&place);
    add(&place, "one");
    add(&place, "one");
    add(&place, "two");
    add(&place, "no such list has any rows");
    assert_int_equal(place.packages.count, 3);
    expect(&place, "{\"numpy\":\"1.26\",\"torch\":\"2.1\"}",
           "scipy 1.10 -> gone, numpy 1.24 -> 1.26, numpy 1.25 -> 1.26");
    expect(&place, "{\"numpy\":\"1.25\",\"scipy\":\"1.10\",\"torch\":\"2.1\"}",
           "numpy 1.24 -> 1.25");
    end(&place);
}

static void of_many_five_are_named_and_of_many_lists_eight_are_kept(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    begin(&place);
    expect_ok(err, rt_db_exec(place.db,
                              "INSERT INTO package SELECT 'many', 'p' || value, '1' "
                              "FROM json_each('[1,2,3,4,5,6,7]')",
                              &err));
    expect_ok(err, rt_db_exec(place.db,
                              "INSERT INTO package SELECT 'l' || value, 'q', '1' "
                              "FROM json_each('[1,2,3,4,5,6,7,8,9]')",
                              &err));
    add(&place, "many");
    expect(&place, "{\"q\":\"1\"}",
           "p1 1 -> gone, p2 1 -> gone, p3 1 -> gone, p4 1 -> gone, p5 1 -> gone and 2 more");
    for (char hash[] = "l1"; hash[1] <= '9'; hash[1]++)
        add(&place, hash);
    assert_int_equal(place.packages.count, 8);
    end(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_gone_comes_before_what_is_another_version),
        cmocka_unit_test(what_is_new_is_no_loss),
        cmocka_unit_test(lists_are_taken_once_and_equal_versions_told_once),
        cmocka_unit_test(of_many_five_are_named_and_of_many_lists_eight_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
