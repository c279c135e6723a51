#include "tests/expect.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/view.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    char *root;
    char *view;
    struct rt_view *made;
};

static void open_place(struct place *place)
{
    struct rt_err err;
    char *file;

    strcpy(place->folder, "/tmp/retrial-view-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->root = rt_fs_join(place->folder, "root");
    place->view = rt_fs_join(place->folder, "view");
    expect_ok(err, rt_fs_mkdirs(place->root, &err));
    file = rt_fs_join(place->root, "model.py");
    expect_ok(err, rt_fs_replace(file, rt_span_text("x = 1\n"), 0644, &err));
    free(file);
    expect_ok(err, rt_view_new(place->view, place->root, &place->made, &err));
    expect_ok(err, rt_view_enter(place->made, &err));
}

static void close_place(struct place *place)
{
    assert_int_equal(chdir("/"), 0);
    rt_view_free(place->made);
    rt_fs_remove(place->folder, NULL);
    free(place->root);
    free(place->view);
}

static void touch(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    assert_true(fd >= 0);
    close(fd);
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
        cmocka_unit_test(a_view_that_was_removed_cannot_be_entered),
        cmocka_unit_test(a_root_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
