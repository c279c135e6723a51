#ifndef RT_TESTS_HOST_ROOT_H
#define RT_TESTS_HOST_ROOT_H
/* A stand-in for / of a host: files below it are read instead of those of the machine. */
#include <stdlib.h>

#include "tests/expect.h"
#include "tests/folder.h"

static char *host_root;

static inline void host_root_begin(void)
{
    host_root = folder_new();
    setenv("RETRIAL_HOST_ROOT", host_root, 1);
}

static inline void host_root_end(void)
{
    folder_free(host_root);
}

static inline void host_root_put(const char *path, const char *text)
{
    char *full = rt_printf("%s%s", host_root, path);
    char *folder = rt_fs_parent(full);
    struct rt_err err;

    expect_ok(err, rt_fs_mkdirs(folder, &err));
    expect_ok(err, rt_fs_replace(full, rt_span_text(text), 0600, &err));
    free(folder);
    free(full);
}

#endif
