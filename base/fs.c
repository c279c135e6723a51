#include "base/fs.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

int rt_fs_read(const char *path, struct rt_buf *out, struct rt_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    int rc = 0;

    if (fd < 0)
        return rt_err_errno(err, errno == ENOENT ? RT_ENOTFOUND : RT_EIO, "opening \"%s\"", path);
    while (got != 0) {
        rt_buf_reserve(out, 1 << 16);
        got = read(fd, out->data + out->size, 1 << 16);
        if (got > 0)
            out->size += (size_t)got;
        if (got < 0 && errno != EINTR) {
            rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
            break;
        }
    }
    close(fd);
    return rc;
}

/* Of the file system that a path is on, or would be. */
static bool look_for_room(const char *path, struct statvfs *room)
{
    char *parent;
    bool found;

    if (statvfs(path, room) == 0)
        return true;
    parent = rt_fs_parent(path);
    found = statvfs(parent, room) == 0;
    free(parent);
    return found;
}

int(rt_fs_write_error)(struct rt_err *err, const char *doing, const char *path)
{
    static const char then[] = "make room, then run the same command again";
    int number = errno;
    struct statvfs room;
    unsigned long long free_kib;

    if (!look_for_room(path, &room)) {
        errno = number;
        return rt_err_errno(err, RT_EIO, "%s \"%s\"", doing, path);
    }
    free_kib = (unsigned long long)room.f_bavail * room.f_frsize / 1024;
    if (number == EDQUOT)
        return rt_err_set(err, RT_EIO,
                          "%s \"%s\": the quota is used up (%llu KiB free on disk); %s", doing,
                          path, free_kib, then);
    if (number == ENOSPC && room.f_bavail != 0 && room.f_files != 0 && room.f_favail == 0)
        return rt_err_set(err, RT_EIO, "%s \"%s\": the disk is full: no more files fit on it; %s",
                          doing, path, then);
    if (number == ENOSPC || room.f_bavail == 0)
        return rt_err_set(err, RT_EIO, "%s \"%s\": the disk is full (%llu KiB free); %s", doing,
                          path, free_kib, then);
    if (number == EIO)
        return rt_err_set(err, RT_EIO, "%s \"%s\": %s (%llu KiB free)", doing, path,
                          strerror(number), free_kib);
    errno = number;
    return rt_err_errno(err, RT_EIO, "%s \"%s\"", doing, path);
}

int rt_fs_write_all(int fd, struct rt_span data, const char *path, struct rt_err *err)
{
    const char *at = data.data;
    size_t left = data.size;

    while (left) {
        ssize_t put = write(fd, at, left);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return rt_fs_write_error(err, "writing", path);
        at += put;
        left -= (size_t)put;
    }
    return 0;
}

int rt_fs_sync_dir(const char *path, struct rt_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = 0;

    if (fd < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
    if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS) {
        int number = errno;
        char *full = rt_fs_absolute(path); /* "." names nothing */

        errno = number;
        rc = rt_fs_write_error(err, "syncing", full);
        free(full);
    }
    close(fd);
    return rc;
}

int rt_fs_write(const char *path, struct rt_span data, struct rt_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    int rc;

    if (fd < 0)
        return rt_fs_write_error(err, "creating", path);
    rc = rt_fs_write_all(fd, data, path, err);
    if (close(fd) < 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", path);
    return rc;
}

int rt_fs_replace(const char *path, struct rt_span data, mode_t mode, struct rt_err *err)
{
    char *other = rt_printf("%s.%ld.new", path, (long)getpid());
    char *folder = rt_fs_parent(path);
    int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    int rc;

    if (fd < 0) {
        rc = rt_fs_write_error(err, "creating", other);
        goto out;
    }
    if ((rc = rt_fs_write_all(fd, data, other, err)) < 0)
        goto out;
    if (fsync(fd) < 0) {
        rc = rt_fs_write_error(err, "syncing", other);
        goto out;
    }
    if (rename(other, path) < 0) {
        rc = rt_fs_write_error(err, "replacing", path);
        goto out;
    }
    rc = rt_fs_sync_dir(folder, err);
out:
    if (fd >= 0)
        close(fd);
    if (rc < 0)
        unlink(other);
    free(other);
    free(folder);
    return rc;
}

int rt_fs_mkdirs(const char *path, struct rt_err *err)
{
    char *copy = rt_strdup(path);
    int rc = 0;

    for (char *at = copy + 1; rc == 0; at++) {
        char saved = *at;
        int number;

        if (saved != '/' && saved != '\0')
            continue;
        *at = '\0';
        if (mkdir(copy, 0700) < 0 && (number = errno) != EEXIST && !rt_fs_exists(copy)) {
            errno = number;
            rc = rt_fs_write_error(err, "making the folder", copy);
        }
        *at = saved;
        if (saved == '\0')
            break;
    }
    free(copy);
    return rc;
}

/* `path` is for messages. */
static int remove_at(int folder, const char *name, const char *path, struct rt_err *err);

static int remove_entries(int fd, const char *path, struct rt_err *err)
{
    DIR *dir = fdopendir(fd);
    struct dirent *entry;
    int rc = 0;

    if (!dir) {
        rc = rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", path);
        close(fd);
        return rc;
    }
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        char *inner;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        inner = rt_fs_join(path, entry->d_name);
        rc = remove_at(dirfd(dir), entry->d_name, inner, err);
        free(inner);
    }
    closedir(dir);
    return rc;
}

static int remove_at(int folder, const char *name, const char *path, struct rt_err *err)
{
    int fd;
    int rc;

    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return rt_fs_write_error(err, "removing", path);
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
    fchmod(fd, 0700);
    if ((rc = remove_entries(fd, path, err)) < 0)
        return rc;
    if (unlinkat(folder, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return rt_fs_write_error(err, "removing", path);
    return 0;
}

int rt_fs_remove(const char *path, struct rt_err *err)
{
    return remove_at(AT_FDCWD, path, path, err);
}

bool rt_fs_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

char *rt_fs_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);

    if (name[0] == '/')
        return rt_strdup(name);
    return rt_printf("%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", name);
}

char *rt_fs_absolute(const char *path)
{
    char *real = realpath(path, NULL);
    char here[PATH_MAX];

    if (real)
        return real;
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return rt_strdup(path);
    return rt_fs_join(here, path);
}

char *rt_fs_parent(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return rt_strdup(".");
    return slash == path ? rt_strdup("/") : rt_strndup(path, (size_t)(slash - path));
}

/* Whether a list of folders, with colons between, names one that the path lies in. */
static bool lies_in(const char *path, const char *list)
{
    size_t size;

    for (; list && *list; list += size + (list[size] == ':')) {
        size = strcspn(list, ":");
        if (size && strncmp(path, list, size) == 0 &&
            (path[size] == '/' || path[size] == '\0' || list[size - 1] == '/'))
            return true;
    }
    return false;
}

static const char *network_of(const struct statfs *info)
{
    static const struct {
        unsigned magic;
        const char *name;
    } known[] = {
        {0x6969u, "NFS"},        {0x0BD00BD0u, "Lustre"}, {0x47504653u, "GPFS"},
        {0x19830326u, "BeeGFS"}, {0xFF534D42u, "CIFS"},   {0xFE534D42u, "SMB2"},
        {0x65735546u, "FUSE"},   {0x00C36400u, "Ceph"},   {0x517Bu, "SMB"},
        {0x5346414Fu, "AFS"},    {0x6B414653u, "AFS"},    {0x20030528u, "OrangeFS"},
        {0xAAD7AAEAu, "PanFS"},  {0x01161970u, "GFS2"},   {0x7461636Fu, "OCFS2"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].magic == (unsigned)info->f_type)
            return known[i].name;
    }
    return NULL;
}

const char *rt_fs_network(const char *path)
{
    char *at = rt_fs_absolute(path);
    const char *name = NULL;
    struct statfs info;

    while (statfs(at, &info) < 0 && errno == ENOENT && strcmp(at, "/") != 0) {
        char *parent = rt_fs_parent(at);
        char *real = rt_fs_absolute(parent);

        free(parent);
        free(at);
        at = real;
    }
    if (lies_in(at, getenv("RETRIAL_NETWORK")))
        name = "named in RETRIAL_NETWORK";
    else if (!lies_in(at, getenv("RETRIAL_LOCAL")) && statfs(at, &info) == 0)
        name = network_of(&info);
    free(at);
    return name;
}
