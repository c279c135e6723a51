#ifndef RT_TESTS_FOLDER_H
#define RT_TESTS_FOLDER_H
/* A folder for one test, and what is in it. */
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"

static inline char *folder_new_in(const char *parent)
{
    char *path = rt_printf("%s/retrial-test-XXXXXX", parent);

    assert_non_null(mkdtemp(path));
    return path;
}

/* A new empty folder; yours. */
static inline char *folder_new(void)
{
    return folder_new_in(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
}

/* The same in memory where that is possible, for tests that sync thousands of times. */
static inline char *folder_new_in_memory(void)
{
    return access("/dev/shm", W_OK) == 0 ? folder_new_in("/dev/shm") : folder_new();
}

/* Removes it and all in it. */
static inline void folder_free(char *path)
{
    struct rt_err err;

    expect_ok(err, rt_fs_remove(path, &err));
    free(path);
}

#endif
