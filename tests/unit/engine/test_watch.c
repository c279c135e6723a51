#include "tests/expect.h"

#include "base/fs.h"
#include "engine/watch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    int fd;
    struct rt_watch *watch;
};

static void open_place(struct place *place)
{
    struct rt_err err;

    strcpy(place->folder, "/tmp/retrial-watch-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    assert_int_equal(chdir(place->folder), 0);
    expect_ok(err, rt_fs_replace("file", rt_span_text("one"), 0644, &err));
    expect_ok(err, rt_fs_mkdirs("out", &err));
    place->fd = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(place->fd >= 0);
    place->watch = rt_watch_new();
    assert_non_null(place->watch);
    assert_true(rt_watch_add(place->watch, place->fd, "."));
    assert_true(rt_watch_add(place->watch, place->fd, "out"));
    assert_true(rt_watch_is_quiet(place->watch));
}

static void close_place(struct place *place)
{
    rt_watch_free(place->watch);
    close(place->fd);
    assert_int_equal(chdir("/"), 0);
    rt_fs_remove(place->folder, NULL);
}

static void expect_told(const struct place *place)
{
    assert_false(rt_watch_is_quiet(place->watch));
    rt_watch_forget(place->watch);
    assert_true(rt_watch_is_quiet(place->watch));
}

static void all_that_changes_a_folder_or_its_files_is_told(void **state)
{
    struct place place;
    int fd;

    (void)state;
    open_place(&place);
    fd = open("file", O_WRONLY);
    assert_int_equal(write(fd, "two", 3), 3);
    expect_told(&place);
    close(fd);
    expect_told(&place);
    assert_int_equal(chmod("file", 0600), 0);
    expect_told(&place);
    close(open("out/new", O_CREAT | O_WRONLY, 0600));
    expect_told(&place);
    assert_int_equal(rename("out/new", "out/newer"), 0);
    expect_told(&place);
    assert_int_equal(symlink("file", "out/link"), 0);
    expect_told(&place);
    assert_int_equal(unlink("file"), 0);
    expect_told(&place);
    assert_int_equal(rename("out", "elsewhere"), 0);
    expect_told(&place);
    close_place(&place);
}

static void reading_is_no_change(void **state)
{
    struct place place;
    char text[8];
    int fd;

    (void)state;
    open_place(&place);
    fd = open("file", O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text), 3);
    close(fd);
    assert_true(rt_watch_is_quiet(place.watch));
    close_place(&place);
}

static void what_is_no_folder_cannot_be_watched(void **state)
{
    struct place place;

    (void)state;
    open_place(&place);
    assert_int_equal(symlink("out", "link"), 0);
    assert_false(rt_watch_add(place.watch, place.fd, "file"));
    assert_false(rt_watch_add(place.watch, place.fd, "link"));
    assert_false(rt_watch_add(place.watch, place.fd, "missing"));
    close_place(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_changes_a_folder_or_its_files_is_told),
        cmocka_unit_test(reading_is_no_change),
        cmocka_unit_test(what_is_no_folder_cannot_be_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
