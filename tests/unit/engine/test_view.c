#include "tests/expect.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/view.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool watched; /* folders are watched by now, and not looked at each time */

struct place {
    char folder[64];
    char *root;
    char *view;
    struct rt_view *made;
};

static void touch(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    assert_true(fd >= 0);
    close(fd);
}

/* Code with a file, folders in folders, a link in itself, and one to data outside of it. */
static void make_code(const struct place *place)
{
    struct rt_err err;

    assert_int_equal(chdir(place->folder), 0);
    expect_ok(err, rt_fs_mkdirs("code/out/deep", &err));
    expect_ok(err, rt_fs_mkdirs("data", &err));
    expect_ok(err, rt_fs_replace("code/model.py", rt_span_text("x = 1\n"), 0644, &err));
    touch("code/out/deep/kept");
    touch("data/kept");
    assert_int_equal(symlink("out/deep", "code/short"), 0);
    assert_int_equal(symlink("../data", "code/data"), 0);
}

static void open_place(struct place *place)
{
    struct rt_err err;

    strcpy(place->folder, "/tmp/retrial-view-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->root = rt_fs_join(place->folder, "code");
    place->view = rt_fs_join(place->folder, "view");
    make_code(place);
    expect_ok(err, rt_view_new(place->view, place->root, &place->made, &err));
    expect_ok(err, rt_view_enter(place->made, &err));
    for (int i = 0; watched && i < 30; i++) {
        usleep(3000);
        expect_ok(err, rt_view_enter(place->made, &err));
    }
}

static void close_place(struct place *place)
{
    assert_int_equal(chdir("/"), 0);
    rt_view_free(place->made);
    rt_fs_remove(place->folder, NULL);
    free(place->root);
    free(place->view);
}

static void the_working_directory_shows_the_code(void **state)
{
    struct place place;
    char here[256];

    (void)state;
    open_place(&place);
    assert_string_equal(getcwd(here, sizeof here), place.view);
    assert_true(rt_fs_exists("model.py"));
    close_place(&place);
}

static void what_was_written_is_gone_at_the_next_entry_and_what_was_removed_is_back(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    for (int i = 0; i < 3; i++) {
        touch("left");
        assert_int_equal(mkdir("deep", 0700), 0);
        touch("deep/er");
        assert_int_equal(unlink("model.py"), 0);
        assert_int_equal(symlink("/etc/passwd", "model.py"), 0);
        expect_ok(err, rt_view_enter(place.made, &err));
        assert_false(rt_fs_exists("left"));
        assert_false(rt_fs_exists("deep"));
        assert_true(rt_fs_exists("model.py"));
        usleep(i * 15000); /* soon after a change, and later */
    }
    close_place(&place);
}

static void what_is_written_into_a_folder_of_the_code_does_not_reach_the_code(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    for (int i = 0; i < 3; i++) {
        touch("out/left");
        touch("out/deep/left");
        assert_int_equal(unlink("out/deep/kept"), 0);
        assert_int_equal(chmod("out/deep", 0), 0);
        assert_false(rt_fs_exists("../code/out/left"));
        assert_false(rt_fs_exists("../code/out/deep/left"));
        expect_ok(err, rt_view_enter(place.made, &err));
        assert_false(rt_fs_exists("out/left"));
        assert_false(rt_fs_exists("out/deep/left"));
        assert_true(rt_fs_exists("out/deep/kept"));
        assert_true(rt_fs_exists("../code/out/deep/kept"));
        usleep(i * 15000);
    }
    close_place(&place);
}

/* The time of a folder may not tell a change that came soon after the last one. */
static void what_is_written_at_once_is_gone_long_after(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    touch("out/left");
    usleep(50000);
    expect_ok(err, rt_view_enter(place.made, &err));
    assert_false(rt_fs_exists("out/left"));
    close_place(&place);
}

static void a_folder_that_a_trial_replaced_is_as_it_was_and_what_it_leads_to_stays(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    for (int i = 0; i < 3; i++) {
        expect_ok(err, rt_fs_remove("out", &err));
        assert_int_equal(symlink("../code/out", "out"), 0);
        expect_ok(err, rt_view_enter(place.made, &err));
        touch("out/left");
        assert_true(rt_fs_exists("out/deep/kept"));
        assert_true(rt_fs_exists("../code/out/deep/kept"));
        assert_false(rt_fs_exists("../code/out/left"));
        usleep(i * 15000);
    }
    close_place(&place);
}

static void a_link_to_a_folder_of_the_code_leads_to_the_folder_of_the_view(void **state)
{
    struct place place;

    (void)state;
    open_place(&place);
    touch("short/left");
    assert_true(rt_fs_exists("out/deep/left"));
    assert_false(rt_fs_exists("../code/out/deep/left"));
    close_place(&place);
}

/* As an ignored folder of data does. */
static void a_link_out_of_the_code_leads_to_the_original(void **state)
{
    struct place place;

    (void)state;
    open_place(&place);
    assert_true(rt_fs_exists("data/kept"));
    touch("data/new");
    assert_true(rt_fs_exists("../data/new"));
    close_place(&place);
}

static void folders_beyond_the_limit_are_links(void **state)
{
    struct place place;
    struct rt_err err;
    char name[32];
    unsigned own = 0;

    (void)state;
    open_place(&place);
    for (unsigned i = 0; i < RT_VIEW_FOLDERS + 10; i++) {
        snprintf(name, sizeof name, "../code/many%u", i);
        assert_int_equal(mkdir(name, 0700), 0);
    }
    rt_view_free(place.made);
    place.made = NULL;
    expect_ok(err, rt_view_new(place.view, place.root, &place.made, &err));
    expect_ok(err, rt_view_enter(place.made, &err));
    for (unsigned i = 0; i < RT_VIEW_FOLDERS + 10; i++) {
        struct stat info;

        snprintf(name, sizeof name, "many%u", i);
        assert_int_equal(stat(name, &info), 0);
        assert_true(S_ISDIR(info.st_mode));
        assert_int_equal(lstat(name, &info), 0);
        own += S_ISDIR(info.st_mode);
    }
    assert_in_range(own, RT_VIEW_FOLDERS - 5, RT_VIEW_FOLDERS);
    close_place(&place);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void expect_text(const char *path, const char *text)
{
    struct rt_buf found = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, rt_fs_read(path, &found, &err));
    assert_string_equal(rt_buf_text(&found), text);
    rt_buf_clear(&found);
}

/* As root could write all files of the code; here it is by their modes. */
static void what_is_written_to_a_file_of_the_code_does_not_reach_it(void **state)
{
    static const char *const texts[] = {"x = 2\n", "longer than it was\n", ""};
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    for (int i = 0; i < 3; i++) {
        put("model.py", texts[i]);
        expect_text("model.py", texts[i]);
        expect_text("../code/model.py", "x = 1\n");
        usleep(i * 15000);
        expect_ok(err, rt_view_enter(place.made, &err));
        expect_text("model.py", "x = 1\n");
    }
    assert_int_equal(chmod("model.py", 0), 0);
    put("out/deep/kept", "here");
    usleep(30000);
    expect_ok(err, rt_view_enter(place.made, &err));
    expect_text("model.py", "x = 1\n");
    expect_text("out/deep/kept", "");
    assert_int_equal(unlink("model.py"), 0);
    assert_int_equal(mkdir("model.py", 0700), 0);
    expect_ok(err, rt_view_enter(place.made, &err));
    expect_text("model.py", "x = 1\n");
    close_place(&place);
}

static void a_large_file_is_no_copy_and_neither_is_one_that_cannot_be_written(void **state)
{
    struct place place;
    struct stat info;
    struct rt_err err;

    (void)state;
    open_place(&place);
    touch("../code/large");
    touch("../code/fixed");
    assert_int_equal(truncate("../code/large", RT_VIEW_COPY + 1), 0);
    assert_int_equal(chmod("../code/fixed", 0400), 0);
    rt_view_free(place.made);
    expect_ok(err, rt_view_new(place.view, place.root, &place.made, &err));
    expect_ok(err, rt_view_enter(place.made, &err));
    assert_int_equal(lstat("large", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat("fixed", &info), 0);
    assert_true(geteuid() == 0 ? S_ISREG(info.st_mode) : S_ISLNK(info.st_mode));
    close_place(&place);
}

static void a_view_that_was_removed_cannot_be_entered(void **state)
{
    struct place place;
    struct rt_err err;

    (void)state;
    open_place(&place);
    expect_ok(err, rt_fs_remove(place.view, &err));
    expect_error(err, RT_EIO, place.view, rt_view_enter(place.made, &err));
    close_place(&place);
}

static void a_root_that_is_not_there_is_an_error(void **state)
{
    struct place place;
    struct rt_view *none;
    struct rt_err err;

    (void)state;
    open_place(&place);
    expect_error(err, RT_EIO, "/no/such/root",
                 rt_view_new(place.view, "/no/such/root", &none, &err));
    close_place(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_working_directory_shows_the_code),
        cmocka_unit_test(what_was_written_is_gone_at_the_next_entry_and_what_was_removed_is_back),
        cmocka_unit_test(what_is_written_into_a_folder_of_the_code_does_not_reach_the_code),
        cmocka_unit_test(what_is_written_at_once_is_gone_long_after),
        cmocka_unit_test(a_folder_that_a_trial_replaced_is_as_it_was_and_what_it_leads_to_stays),
        cmocka_unit_test(a_link_to_a_folder_of_the_code_leads_to_the_folder_of_the_view),
        cmocka_unit_test(a_link_out_of_the_code_leads_to_the_original),
        cmocka_unit_test(folders_beyond_the_limit_are_links),
        cmocka_unit_test(what_is_written_to_a_file_of_the_code_does_not_reach_it),
        cmocka_unit_test(a_large_file_is_no_copy_and_neither_is_one_that_cannot_be_written),
        cmocka_unit_test(a_view_that_was_removed_cannot_be_entered),
        cmocka_unit_test(a_root_that_is_not_there_is_an_error),
    };

    int failed = cmocka_run_group_tests_name("looked at", tests, NULL, NULL);

    watched = true;
    return cmocka_run_group_tests_name("watched", tests, NULL, NULL) + failed;
}
