/* What was done to the disk, in order: all that tests/torture/power_cut.py knows of it. */
#include "tests/disk/record.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Followed by the path, the other path, and the data. */
struct head {
    uint32_t kind;
    uint32_t pid;
    uint64_t inode;
    uint64_t at;
    uint64_t data_size;
    uint32_t path_size;
    uint32_t other_size;
};

static const char *trace(void)
{
    static const char *path;

    if (!path)
        path = getenv("DISK_TRACE");
    return path;
}

static uint64_t inode_of(int fd, const char *path)
{
    struct stat info;

    if (fd >= 0 ? fstat(fd, &info) < 0 : lstat(path, &info) < 0)
        return 0;
    return info.st_ino;
}

/* In one call, at the end: what several processes record never mixes. */
static void put(struct head *head, const char *path, const char *other, const void *data)
{
    struct iovec parts[] = {{head, sizeof *head},
                            {(void *)path, head->path_size = (uint32_t)strlen(path)},
                            {(void *)other, head->other_size = (uint32_t)strlen(other)},
                            {(void *)data, head->data_size}};
    size_t size = 0;
    int fd;

    /* Opened each time: some of the processes close all that they do not know. */
    fd = (int)syscall(SYS_openat, AT_FDCWD, trace(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                      0600);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        size += parts[i].iov_len;
    if (syscall(SYS_writev, fd, parts, 4) != (long)size)
        _exit(99); /* a trace with gaps proves nothing */
    syscall(SYS_close, fd);
}

static void record(enum disk_record kind, int fd, const char *path, const char *other, uint64_t at,
                   const void *data, size_t size)
{
    struct head head = {.kind = (uint32_t)kind, .pid = (uint32_t)getpid(), .at = at};

    if (!trace())
        return;
    head.inode = inode_of(fd, path);
    head.data_size = size;
    put(&head, path, other, data);
}

void disk_wrote(int fd, const char *path, const void *data, ssize_t size, off_t at)
{
    if (!trace() || size <= 0)
        return;
    if (at < 0) /* where the descriptor is, which is behind what was written */
        at = lseek(fd, 0, SEEK_CUR) - size;
    record(DISK_WROTE, fd, path, "", (uint64_t)at, data, (size_t)size);
    if (fcntl(fd, F_GETFL) & O_DSYNC)
        record(DISK_WROTE_THROUGH, fd, path, "", (uint64_t)at, NULL, 0);
}

void disk_resized(int fd, const char *path)
{
    struct stat info;

    if (trace() && fstat(fd, &info) == 0)
        record(DISK_RESIZED, fd, path, "", (uint64_t)info.st_size, NULL, 0);
}

void disk_syncs(int fd, const char *path, bool all)
{
    record(all ? DISK_SYNCS_ALL : DISK_SYNCS, fd, path, "", (uint64_t)syscall(SYS_gettid), NULL, 0);
}

void disk_synced(int fd, const char *path)
{
    record(DISK_SYNCED, fd, path, "", (uint64_t)syscall(SYS_gettid), NULL, 0);
}

void disk_made(const char *path, const char *other)
{
    struct stat info;

    if (trace() && lstat(path, &info) == 0)
        record(S_ISDIR(info.st_mode)   ? DISK_MADE_FOLDER
               : S_ISLNK(info.st_mode) ? DISK_MADE_LINK
                                       : DISK_MADE,
               -1, path, other, info.st_mode & 07777, NULL, 0);
}

void disk_renamed(const char *from, const char *path)
{
    record(DISK_RENAMED, -1, path, from, 0, NULL, 0);
}

void disk_removed(const char *path)
{
    record(DISK_REMOVED, -1, path, "", 0, NULL, 0);
}
