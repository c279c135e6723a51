#include "store/io.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

const struct rt_io rt_io_plain = {NULL, NULL};

int rt_io_fault(const struct rt_io *io, const char *doing, const char *path, struct rt_err *err)
{
    int number = io->fault ? io->fault(io->context, doing, path) : 0;

    if (number == 0)
        return 0;
    errno = number;
    return rt_fs_write_error(err, doing, path);
}

int rt_io_mkdir(const struct rt_io *io, const char *path, struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "making the folder", path, err)) < 0)
        return rc;
    if (mkdir(path, 0700) < 0)
        return errno == EEXIST ? 0 : rt_fs_write_error(err, "making the folder", path);
    if (chmod(path, 0700) < 0)
        return rt_fs_write_error(err, "making private the folder", path);
    return 0;
}

static int write_synced(const struct rt_io *io, int fd, struct rt_span data, const char *path,
                        struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "writing", path, err)) < 0 ||
        (rc = rt_fs_write_all(fd, data, path, err)) < 0 ||
        (rc = rt_io_fault(io, "syncing", path, err)) < 0)
        return rc;
    return fsync(fd) < 0 ? rt_fs_write_error(err, "syncing", path) : 0;
}

/* 1 if there is one. */
static int open_new(const struct rt_io *io, const char *path, int *fd, struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "creating", path, err)) < 0)
        return rc;
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*fd < 0)
        return errno == EEXIST ? 1 : rt_fs_write_error(err, "creating", path);
    if (fchmod(*fd, 0600) == 0)
        return 0;
    rc = rt_fs_write_error(err, "making private", path);
    close(*fd);
    unlink(path);
    return rc;
}

int rt_io_create(const struct rt_io *io, const char *path, struct rt_span data, int *kept,
                 struct rt_err *err)
{
    int fd;
    int rc;

    if ((rc = open_new(io, path, &fd, err)) != 0)
        return rc;
    rc = write_synced(io, fd, data, path, err);
    if (rc < 0)
        unlink(path);
    if (rc == 0 && kept)
        *kept = fd;
    else
        close(fd);
    return rc;
}

int rt_io_create_unsynced(const struct rt_io *io, const char *path, struct rt_span data,
                          struct rt_err *err)
{
    int fd;
    int rc;

    if ((rc = open_new(io, path, &fd, err)) != 0)
        return rc;
    if ((rc = rt_io_fault(io, "writing", path, err)) == 0)
        rc = rt_fs_write_all(fd, data, path, err);
    if (close(fd) < 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", path);
    if (rc < 0)
        unlink(path);
    return rc;
}

int rt_io_sync_all(const struct rt_io *io, const char *folder, struct rt_err *err)
{
    int fd;
    int rc;

    if ((rc = rt_io_fault(io, "syncing", folder, err)) < 0)
        return rc;
    if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", folder);
    if (syncfs(fd) < 0)
        rc = rt_fs_write_error(err, "syncing", folder);
    close(fd);
    return rc;
}

int rt_io_rewrite(const struct rt_io *io, int fd, const char *path, struct rt_span data,
                  struct rt_err *err)
{
    if (lseek(fd, 0, SEEK_SET) < 0 || ftruncate(fd, (off_t)data.size) < 0)
        return rt_fs_write_error(err, "rewriting", path);
    return write_synced(io, fd, data, path, err);
}

int rt_io_rename(const struct rt_io *io, const char *from, const char *to, struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "renaming", from, err)) < 0)
        return rc;
    return rename(from, to) < 0 ? rt_fs_write_error(err, "renaming", from) : 0;
}

int rt_io_remove(const struct rt_io *io, const char *path, struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "removing", path, err)) < 0)
        return rc;
    if (unlink(path) < 0 && errno != ENOENT)
        return rt_fs_write_error(err, "removing", path);
    return 0;
}

int rt_io_sync_dir(const struct rt_io *io, const char *path, struct rt_err *err)
{
    int rc;

    if ((rc = rt_io_fault(io, "syncing", path, err)) < 0)
        return rc;
    return rt_fs_sync_dir(path, err);
}
