#ifndef RT_STORE_IO_H
#define RT_STORE_IO_H
/*
 * Every change that the store makes to the disk goes through here, so that
 * a test can make each of them fail, or end the process at it, in turn.
 * Files are 0600 and folders 0700 whatever the umask.
 */
#include <stdbool.h>
#include "base/err.h"
#include "base/span.h"

struct rt_io {
    /* Asked before each change; what it returns, unless 0, is the errno it fails with. */
    int (*fault)(void *context, const char *doing, const char *path);
    void *context;
};

extern const struct rt_io rt_io_plain; /* nothing fails but by itself */

/* 0, or RT_EIO if a test wants it so. */
int rt_io_fault(const struct rt_io *io, const char *doing, const char *path, struct rt_err *err);

int rt_io_mkdir(const struct rt_io *io, const char *path, struct rt_err *err); /* may exist */

/* Makes a file, writes it and syncs it; *fd stays open if not NULL. Returns 1 and does nothing
 * if there is one. What could not be finished is removed. */
int rt_io_create(const struct rt_io *io, const char *path, struct rt_span data, int *fd,
                 struct rt_err *err);

/* The same without the sync, and without a second file descriptor. */
int rt_io_create_unsynced(const struct rt_io *io, const char *path, struct rt_span data,
                          struct rt_err *err);
/* Syncs all of the file system that a folder is on. */
int rt_io_sync_all(const struct rt_io *io, const char *folder, struct rt_err *err);

/* Replaces what a small file holds, in place, and syncs it. */
int rt_io_rewrite(const struct rt_io *io, int fd, const char *path, struct rt_span data,
                  struct rt_err *err);

int rt_io_rename(const struct rt_io *io, const char *from, const char *to, struct rt_err *err);
int rt_io_remove(const struct rt_io *io, const char *path, struct rt_err *err);
int rt_io_sync_dir(const struct rt_io *io, const char *path, struct rt_err *err);

#endif
