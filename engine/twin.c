#include "engine/twin.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK_US 20000u /* times of files may be as coarse: as in view.c */

/* What is there has just this content, and no other name through which it is written. */
static bool is_equal(int folder, const char *name, const struct stat *original, struct rt_span want)
{
    char *path = rt_printf("/proc/self/fd/%d/%s", folder, name);
    struct rt_buf found = RT_BUF_INIT;
    struct stat info;
    bool equal = fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
                 info.st_nlink == 1 && info.st_size == original->st_size &&
                 (info.st_mode & 07777) == (original->st_mode & 07777) &&
                 rt_fs_read(path, &found, NULL) == 0 && found.size == want.size &&
                 (want.size == 0 || memcmp(found.data, want.data, want.size) == 0);

    rt_buf_clear(&found);
    free(path);
    return equal;
}

static int make(int folder, const char *name, mode_t mode, struct rt_span content,
                struct rt_err *err)
{
    int fd;
    int rc;

    unlinkat(folder, name, 0);
    fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return rt_fs_write_error(err, "copying", name);
    rc = rt_fs_write_all(fd, content, name, err);
    if (rc == 0 && fchmod(fd, mode & 0777) < 0)
        rc = rt_err_errno(err, RT_EIO, "making \"%s\" what it was", name);
    close(fd);
    return rc;
}

static void remember(struct rt_twin *twin, int folder, const char *name, uint64_t now_us)
{
    struct stat info;
    uint64_t changed_us;

    twin->settled = false;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    changed_us = (uint64_t)info.st_ctim.tv_sec * 1000000u + (uint64_t)info.st_ctim.tv_nsec / 1000u;
    twin->inode = info.st_ino;
    twin->size = info.st_size;
    twin->changed = info.st_ctim;
    twin->settled = now_us > changed_us && now_us - changed_us > TICK_US;
}

int rt_twin_restore(struct rt_twin *twin, int folder, const char *name, const char *original,
                    struct rt_err *err)
{
    struct rt_buf content = RT_BUF_INIT;
    uint64_t now_us = rt_wall_us();
    struct stat info;
    int rc;

    if (rt_twin_untouched(twin, folder, name))
        return 0;
    if (stat(original, &info) < 0)
        return rt_err_errno(err, RT_EIO, "copying \"%s\"", original);
    if ((rc = rt_fs_read(original, &content, err)) == 0 &&
        !is_equal(folder, name, &info, rt_buf_span(&content)))
        rc = make(folder, name, info.st_mode, rt_buf_span(&content), err);
    rt_buf_clear(&content);
    if (rc == 0)
        remember(twin, folder, name, now_us);
    return rc;
}

bool rt_twin_untouched(const struct rt_twin *twin, int folder, const char *path)
{
    struct stat info;

    return twin->settled && fstatat(folder, path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           info.st_ino == twin->inode && info.st_size == twin->size &&
           info.st_ctim.tv_sec == twin->changed.tv_sec &&
           info.st_ctim.tv_nsec == twin->changed.tv_nsec;
}
