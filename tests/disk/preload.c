/* The calls that change a disk, each put before that of the C library. */
#include "tests/disk/disk.h"
#include "tests/disk/record.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))real(#name))

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static const char *only_counted(char *path)
{
    if (!disk_counts(path))
        path[0] = '\0';
    return path;
}

/* The absolute path of an open file; "" if it is none that counts. */
static const char *path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    int before = errno;
    ssize_t size;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, PATH_MAX - 1);
    errno = before;
    path[size > 0 ? size : 0] = '\0';
    return only_counted(path);
}

static const char *path_at(int folder, const char *name, char path[PATH_MAX])
{
    char base[PATH_MAX] = "";
    char link[64];
    int before = errno;

    if (name[0] != '/') {
        snprintf(link, sizeof link, "/proc/self/%s", "cwd");
        if (folder != AT_FDCWD)
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        if (readlink(link, base, sizeof base - 2) > 0)
            base[strlen(base)] = '/';
    }
    errno = before;
    if (snprintf(path, PATH_MAX, "%s%s", base, name) >= PATH_MAX)
        path[0] = '\0';
    return only_counted(path);
}

static enum disk_verdict ask_fd(const char *call, int fd, char path[PATH_MAX])
{
    return *path_of(fd, path) ? disk_ask(call, path) : DISK_GO_ON;
}

static enum disk_verdict ask_at(const char *call, int folder, const char *name, char path[PATH_MAX])
{
    return *path_at(folder, name, path) ? disk_ask(call, path) : DISK_GO_ON;
}

/* How much of a write is let through; -1 if nothing. */
static ssize_t share(enum disk_verdict verdict, size_t size)
{
    if (verdict == DISK_FAIL || (verdict == DISK_HALF && size < 2))
        return -1;
    return (ssize_t)(verdict != DISK_GO_ON && size > 1 ? size / 2 : size);
}

ssize_t write(int fd, const void *data, size_t size)
{
    char path[PATH_MAX];
    ssize_t part = share(ask_fd("write", fd, path), size);

    if (part < 0)
        return -1;
    part = REAL(write)(fd, data, (size_t)part);
    if (*path)
        disk_wrote(fd, path, data, part, -1);
    return part;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    char path[PATH_MAX];
    ssize_t part = share(ask_fd("pwrite", fd, path), size);

    if (part < 0)
        return -1;
    part = REAL(pwrite)(fd, data, (size_t)part, at);
    if (*path)
        disk_wrote(fd, path, data, part, at);
    return part;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return pwrite(fd, data, size, at);
}

/* Piece by piece: a short write in between is what a disk does, too. */
static ssize_t put_pieces(int fd, const struct iovec *pieces, int count, off_t at)
{
    ssize_t sum = 0;

    for (int i = 0; i < count; i++) {
        ssize_t put = at < 0 ? write(fd, pieces[i].iov_base, pieces[i].iov_len)
                             : pwrite(fd, pieces[i].iov_base, pieces[i].iov_len, at + sum);

        if (put < 0)
            return sum ? sum : put;
        sum += put;
        if ((size_t)put < pieces[i].iov_len)
            break;
    }
    return sum;
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    char path[PATH_MAX];

    return *path_of(fd, path) ? put_pieces(fd, pieces, count, -1) : REAL(writev)(fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at)
{
    char path[PATH_MAX];

    return *path_of(fd, path) ? put_pieces(fd, pieces, count, at)
                              : REAL(pwritev)(fd, pieces, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at)
{
    return pwritev(fd, pieces, count, at);
}

ssize_t sendfile(int to, int from, off_t *at, size_t size)
{
    char path[PATH_MAX];
    char piece[65536];
    ssize_t got;

    ssize_t part = share(ask_fd("sendfile", to, path), size);

    if (part < 0)
        return -1;
    size = (size_t)part;
    if (!*path)
        return REAL(sendfile)(to, from, at, size);
    /* By the piece, so that what was copied is known; callers go on until nothing is left. */
    size = size < sizeof piece ? size : sizeof piece;
    got = at ? pread(from, piece, size, *at) : read(from, piece, size);
    if (got > 0 && (got = REAL(write)(to, piece, (size_t)got)) > 0) {
        disk_wrote(to, path, piece, got, -1);
        if (at)
            *at += got;
    }
    return got;
}

static int sync_by(int (*sync)(int), const char *call, int fd)
{
    char path[PATH_MAX];
    int rc;

    if (ask_fd(call, fd, path) != DISK_GO_ON)
        return -1;
    if (*path)
        disk_syncs(fd, path, strcmp(call, "syncfs") == 0);
    rc = sync(fd);
    if (rc == 0 && *path)
        disk_synced(fd, path);
    return rc;
}

int fsync(int fd)
{
    return sync_by(REAL(fsync), "fsync", fd);
}

int fdatasync(int fd)
{
    return sync_by(REAL(fdatasync), "fdatasync", fd);
}

int syncfs(int fd)
{
    return sync_by(REAL(syncfs), "syncfs", fd);
}

int ftruncate(int fd, off_t size)
{
    char path[PATH_MAX];

    int rc;

    if (ask_fd("ftruncate", fd, path) != DISK_GO_ON)
        return -1;
    rc = REAL(ftruncate)(fd, size);
    if (rc == 0 && *path)
        disk_resized(fd, path);
    return rc;
}

int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

int posix_fallocate(int fd, off_t at, off_t size)
{
    char path[PATH_MAX];
    int before = errno;
    int number = ask_fd("fallocate", fd, path) == DISK_GO_ON ? 0 : errno;

    errno = before; /* this call returns its error instead */
    if (number == 0 && (number = REAL(posix_fallocate)(fd, at, size)) == 0 && *path)
        disk_resized(fd, path);
    return number;
}

int posix_fallocate64(int fd, off64_t at, off64_t size)
{
    return posix_fallocate(fd, at, size);
}

int fallocate(int fd, int mode, off_t at, off_t size)
{
    char path[PATH_MAX];

    int rc = -1;

    if (ask_fd("fallocate", fd, path) == DISK_GO_ON)
        rc = REAL(fallocate)(fd, mode, at, size);
    if (rc == 0 && *path)
        disk_resized(fd, path);
    return rc;
}

int openat(int folder, const char *name, int flags, ...)
{
    char path[PATH_MAX] = "";
    struct stat info;
    va_list args;
    mode_t mode;
    bool makes;
    int fd;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    makes = (flags & O_CREAT) && *path_at(folder, name, path) && lstat(path, &info) != 0;
    if (makes && disk_ask("open", path) != DISK_GO_ON)
        return -1;
    fd = REAL(openat)(folder, name, flags, mode);
    if (fd >= 0 && makes)
        disk_made(path, "");
    else if (fd >= 0 && (flags & O_TRUNC) && *path_at(folder, name, path))
        disk_resized(fd, path);
    return fd;
}

int open(const char *name, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return openat(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return openat(AT_FDCWD, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return openat(folder, name, flags, mode);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    struct stat info;
    bool makes = *path_at(folder, name, path) && lstat(path, &info) != 0;
    int rc;

    if (makes && disk_ask("mkdir", path) != DISK_GO_ON)
        return -1;
    rc = REAL(mkdirat)(folder, name, mode);
    if (rc == 0 && makes)
        disk_made(path, "");
    return rc;
}

int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

char *mkdtemp(char *name)
{
    char path[PATH_MAX];
    char *made = REAL(mkdtemp)(name);

    if (made && *path_at(AT_FDCWD, made, path))
        disk_made(path, "");
    return made;
}

int symlinkat(const char *text, int folder, const char *name)
{
    char path[PATH_MAX];
    int rc = -1;

    if (ask_at("symlink", folder, name, path) == DISK_GO_ON)
        rc = REAL(symlinkat)(text, folder, name);
    if (rc == 0 && *path)
        disk_made(path, text);
    return rc;
}

int symlink(const char *text, const char *name)
{
    return symlinkat(text, AT_FDCWD, name);
}

int linkat(int from_folder, const char *from, int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    int rc = -1;

    if (ask_at("link", folder, name, path) == DISK_GO_ON)
        rc = REAL(linkat)(from_folder, from, folder, name, flags);
    if (rc == 0 && *path)
        disk_made(path, "");
    return rc;
}

int link(const char *from, const char *name)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, name, 0);
}

int renameat2(int from_folder, const char *from, int folder, const char *name, unsigned flags)
{
    char path[PATH_MAX];
    char old[PATH_MAX];
    int rc;

    path_at(from_folder, from, old);
    if (ask_at("rename", folder, name, path) != DISK_GO_ON)
        return -1;
    rc = REAL(renameat2)(from_folder, from, folder, name, flags);
    if (rc == 0 && (*path || *old))
        disk_renamed(old, path);
    return rc;
}

int renameat(int from_folder, const char *from, int folder, const char *name)
{
    return renameat2(from_folder, from, folder, name, 0);
}

int rename(const char *from, const char *name)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, name, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    struct stat info;
    bool there = *path_at(folder, name, path) && lstat(path, &info) == 0;
    int rc;

    if (there && disk_ask("unlink", path) != DISK_GO_ON)
        return -1;
    rc = REAL(unlinkat)(folder, name, flags);
    if (rc == 0 && there)
        disk_removed(path);
    return rc;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}
