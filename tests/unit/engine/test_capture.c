#include "tests/expect.h"

#include "engine/capture.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void expect_kept(int fd, uint64_t base, uint64_t limit, const char *want, uint64_t head)
{
    struct rt_buf kept = RT_BUF_INIT;
    uint64_t got;

    rt_capture_read(fd, base, rt_capture_size(fd), limit, &kept, &got);
    assert_string_equal(rt_buf_text(&kept), want);
    assert_int_equal(got, head);
    rt_buf_clear(&kept);
}

static void the_start_and_the_end_are_kept(void **state)
{
    struct rt_err err;
    int fd;

    (void)state;
    expect_ok(err, rt_capture_new(&fd, &err));
    put(fd, "before");
    put(fd, "0123456789");
    expect_kept(fd, 6, 100, "0123456789", 10);
    expect_kept(fd, 6, 10, "0123456789", 10);
    expect_kept(fd, 6, 5, "01789", 2);
    expect_kept(fd, 6, 0, "", 0);
    close(fd);
}

static uint64_t memory_of(int fd)
{
    struct stat info;

    assert_int_equal(fstat(fd, &info), 0);
    return (uint64_t)info.st_blocks * 512;
}

static void what_is_not_kept_takes_no_memory(void **state)
{
    char *block = malloc(1 << 20);
    struct rt_err err;
    uint64_t size;
    int fd;

    (void)state;
    memset(block, 'x', 1 << 20);
    expect_ok(err, rt_capture_new(&fd, &err));
    put(fd, "ab");
    for (int i = 0; i < 8; i++)
        assert_int_equal(write(fd, block, 1 << 20), 1 << 20);
    put(fd, "yz");
    size = rt_capture_size(fd);
    rt_capture_thin(fd, 0, size, 8);
    assert_true(memory_of(fd) <= 4 * 4096);
    expect_kept(fd, 0, 8, "abxxxxyz", 4);
    rt_capture_drop(fd, 0, size);
    put(fd, "next");
    expect_kept(fd, size, 8, "next", 4);
    rt_capture_drop(fd, size, size + 4);
    assert_true(memory_of(fd) <= 4096);
    close(fd);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_and_the_end_are_kept),
        cmocka_unit_test(what_is_not_kept_takes_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
