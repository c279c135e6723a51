/* Folders as one file, and back; and files that pretend to be one. */
#include "tests/expect.h"
#include "tests/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/parcel.h"

static char *root; /* a folder for all tests */

static char *in(const char *name)
{
    return rt_fs_join(root, name);
}

static void write_to(const char *name, struct rt_span bytes, mode_t mode)
{
    char *path = in(name);
    struct rt_err err;

    expect_ok(err, rt_fs_replace(path, bytes, mode, &err));
    free(path);
}

static void expect_text(const char *name, const char *want)
{
    struct rt_buf text = RT_BUF_INIT;
    char *path = in(name);
    struct rt_err err;

    expect_ok(err, rt_fs_read(path, &text, &err));
    assert_string_equal(rt_buf_text(&text), want);
    rt_buf_clear(&text);
    free(path);
}

static void a_folder_comes_back_as_it_was(void **state)
{
    char *folder = in("a");
    char *below = in("a/b/c");
    char *link = in("a/b/link");
    char *script = in("out/run.sh");
    struct stat info;
    struct rt_err err;
    bool is_folder;
    char *parcel = in("parcel");
    char *out = in("out");

    (void)state;
    expect_ok(err, rt_fs_mkdirs(below, &err));
    write_to("a/b/c/deep", rt_span_text("deep"), 0600);
    write_to("a/run.sh", rt_span_text("#!"), 0700);
    write_to("a/empty", rt_span_text(""), 0600);
    assert_int_equal(symlink("c/deep", link), 0);
    expect_ok(err, rt_parcel_make(folder, parcel, NULL, &is_folder, &err));
    assert_true(is_folder);
    expect_ok(err, rt_parcel_unpack(parcel, out, &err));
    expect_text("out/b/c/deep", "deep");
    expect_text("out/b/link", "deep");
    expect_text("out/empty", "");
    assert_int_equal(stat(script, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    free(folder);
    free(below);
    free(link);
    free(script);
    free(parcel);
    free(out);
}

static void a_file_is_copied_and_moved_only_where_it_may_be(void **state)
{
    char *inside = in("inside");
    char *outside = in("outside");
    char *parcel = in("file");
    char *folder = in("folder");
    char *mine = in("folder/mine");
    struct rt_err err;
    bool is_folder;

    (void)state;
    write_to("inside", rt_span_text("1"), 0600);
    expect_ok(err, rt_parcel_make(inside, parcel, NULL, &is_folder, &err));
    assert_false(is_folder);
    expect_text("inside", "1");
    expect_text("file", "1");
    write_to("outside", rt_span_text("2"), 0600);
    expect_ok(err, rt_fs_mkdirs(folder, &err));
    write_to("folder/mine", rt_span_text("3"), 0600);
    expect_ok(err, rt_parcel_make(outside, parcel, folder, &is_folder, &err));
    expect_text("outside", "2");
    expect_ok(err, rt_parcel_make(mine, parcel, folder, &is_folder, &err));
    assert_false(rt_fs_exists(mine));
    expect_text("file", "3");
    expect_error(err, RT_EUSAGE, "No such file",
                 rt_parcel_make(mine, parcel, NULL, &is_folder, &err));
    expect_error(err, RT_EUSAGE, "neither a file nor a folder",
                 rt_parcel_make("/dev/null", parcel, NULL, &is_folder, &err));
    free(inside);
    free(outside);
    free(parcel);
    free(folder);
    free(mine);
}

/* An entry of a parcel: its kind, and its path. */
static void put(struct rt_buf *bytes, char kind, const char *path)
{
    rt_buf_put_u8(bytes, (uint8_t)kind);
    rt_buf_put_u32(bytes, 0600);
    rt_buf_put_u32(bytes, (uint32_t)strlen(path));
    rt_buf_add(bytes, path);
}

static void refuse(struct rt_buf *bytes)
{
    char *parcel = in("bad");
    char *out = in("refused");
    struct rt_err err;

    write_to("bad", rt_buf_span(bytes), 0600);
    expect_ok(err, rt_fs_remove(out, &err));
    expect_error(err, RT_EDAMAGED, "no whole folder", rt_parcel_unpack(parcel, out, &err));
    assert_false(rt_fs_exists("/tmp/retrial-test-parcel-escaped"));
    rt_buf_reset(bytes);
    rt_buf_add(bytes, "retrial parcel 1\n");
    free(parcel);
    free(out);
}

static void what_leads_out_of_the_folder_or_ends_early_is_refused(void **state)
{
    static const char *const bad[] = {"../x", "/x", "a/../../x", "", ".", "a//b", "a/"};
    struct rt_buf bytes = RT_BUF_INIT;

    (void)state;
    rt_buf_add(&bytes, "retrial parcel 2\n");
    refuse(&bytes);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put(&bytes, 'd', bad[i]);
        refuse(&bytes);
    }
    put(&bytes, 'l', "out"); /* a file through a link that leads out */
    rt_buf_put_u32(&bytes, 4);
    rt_buf_add(&bytes, "/tmp");
    put(&bytes, 'f', "out/retrial-test-parcel-escaped");
    rt_buf_put_u64(&bytes, 0);
    refuse(&bytes);
    put(&bytes, 'f', "short");
    rt_buf_put_u64(&bytes, 100);
    refuse(&bytes);
    put(&bytes, 'x', "kind");
    refuse(&bytes);
    refuse(&bytes); /* no end */
    rt_buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_comes_back_as_it_was),
        cmocka_unit_test(a_file_is_copied_and_moved_only_where_it_may_be),
        cmocka_unit_test(what_leads_out_of_the_folder_or_ends_early_is_refused),
    };
    int failed;

    root = folder_new();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    folder_free(root);
    return failed;
}
