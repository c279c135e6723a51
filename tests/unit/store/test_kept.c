#include "tests/expect.h"
#include "tests/folder.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/kept.h"

static char *store; /* a folder for all tests */

static struct rt_hash keep(const char *first, const char *second)
{
    struct rt_kept_file file;
    struct rt_hash hash;
    struct rt_err err;

    expect_ok(err, rt_kept_begin(&file, store, 0, &err));
    expect_ok(err, rt_kept_add(&file, rt_span_text(first), &err));
    expect_ok(err, rt_kept_add(&file, rt_span_text(second), &err));
    assert_int_equal(file.size, strlen(first) + strlen(second));
    expect_ok(err, rt_kept_end(&file, store, &hash, &err));
    return hash;
}

static void take(struct rt_kept_table *table, uint64_t ordinal, const struct rt_hash *hash,
                 int replaced)
{
    char hex[RT_HASH_HEX];
    char body[512];
    struct rt_kept_entry before = {0};
    struct rt_err err;

    snprintf(body, sizeof body,
             "{\"study\":1,\"ordinal\":%d,\"attempt\":1,\"bytes\":2,\"folder\":false,"
             "\"name\":\"last.pt\",\"sha256\":\"%s\"}",
             (int)ordinal, rt_hash_hex(hash, hex));
    assert_int_equal(rt_kept_take(table, rt_span_text(body), &before, &err), replaced);
    free(before.name);
}

static void what_came_in_pieces_is_read_in_pieces(void **state)
{
    struct rt_hash hash = keep("abc", "def");
    struct rt_hash want = rt_hash(rt_span_text("abcdef"));
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;

    (void)state;
    assert_true(rt_hash_equal(&hash, &want));
    expect_ok(err, rt_kept_read(store, &hash, 2, 3, &bytes, &err));
    assert_string_equal(rt_buf_text(&bytes), "cde");
    rt_buf_reset(&bytes);
    expect_ok(err, rt_kept_read(store, &hash, 6, 3, &bytes, &err));
    assert_int_equal(bytes.size, 0);
    want.bytes[0]++;
    expect_error(err, RT_ENOTFOUND, "kept", rt_kept_read(store, &want, 0, 3, &bytes, &err));
    rt_buf_clear(&bytes);
}

static bool is_there(const struct rt_hash *hash)
{
    char *path = rt_kept_path(store, hash);
    bool there = rt_fs_exists(path);

    free(path);
    return there;
}

static void of_each_trial_the_last_one_stays(void **state)
{
    struct rt_hash first = keep("1", "");
    struct rt_hash second = keep("2", "");
    struct rt_hash shared = keep("3", "");
    struct rt_kept_table table = {0};
    struct rt_kept_file half;
    struct rt_err err;

    (void)state;
    take(&table, 7, &first, 0);
    take(&table, 3, &shared, 0);
    take(&table, 9, &shared, 0);
    take(&table, 7, &second, 1);
    take(&table, 3, &second, 1);
    assert_true(rt_hash_equal(&rt_kept_find(&table, 1, 7)->hash, &second));
    assert_string_equal(rt_kept_find(&table, 1, 9)->name, "last.pt");
    assert_null(rt_kept_find(&table, 2, 7));
    assert_null(rt_kept_find(&table, 1, 8));
    expect_ok(err, rt_kept_begin(&half, store, 4, &err));
    rt_kept_walk(store, &table, NULL, NULL);
    assert_false(is_there(&first));
    assert_true(is_there(&second));
    assert_true(is_there(&shared));
    assert_false(rt_fs_exists(half.path));
    rt_kept_drop(&half);
    rt_kept_clear(&table);
}

static void damaged_events_are_refused(void **state)
{
    static const char *const bad[] = {"{}", "[", "{\"study\":1,\"ordinal\":1,\"sha256\":\"ab\"}"};
    struct rt_kept_table table = {0};
    struct rt_kept_entry before;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(rt_kept_take(&table, rt_span_text(bad[i]), &before, &err) < 0);
    assert_int_equal(table.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_in_pieces_is_read_in_pieces),
        cmocka_unit_test(of_each_trial_the_last_one_stays),
        cmocka_unit_test(damaged_events_are_refused),
    };
    int failed;

    store = folder_new();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_free(store);
    return failed;
}
