#ifndef RT_TESTS_FOLDER_H
#define RT_TESTS_FOLDER_H
/* A folder for one test, and what is in it. */
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"

/* A new empty folder; yours. */
static inline char *folder_new(void)
{
    char *path = rt_printf("%s/retrial-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");

    assert_non_null(mkdtemp(path));
    return path;
}

/* Removes it and all in it. */
static inline void folder_free(char *path)
{
    struct rt_err err;

    expect_ok(err, rt_fs_remove(path, &err));
    free(path);
}

#endif
