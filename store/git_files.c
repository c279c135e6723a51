#include "store/git_files.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int sync_part(const char *repository, const char *part, struct rt_err *err)
{
    char *path = rt_fs_join(repository, part);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = 0;

    if (fd < 0)
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
    else if (fsync(fd) < 0)
        rc = rt_fs_write_error(err, "syncing", path);
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}

int rt_git_files_name(const char *made, const char *name, struct rt_err *err)
{
    static const char *const parts[] = {"HEAD", "config", "objects", "refs", "."};
    char *parent = rt_fs_parent(name);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof parts / sizeof parts[0]; i++)
        rc = sync_part(made, parts[i], err);
    if (rc == 0 && rename(made, name) < 0)
        rc = rt_fs_write_error(err, "making the repository", name);
    if (rc == 0)
        rc = rt_fs_sync_dir(parent, err);
    free(parent);
    return rc;
}

int rt_git_files_sync_above(const char *repository, const char *name, struct rt_err *err)
{
    char *path = rt_fs_join(repository, name);
    char *slash;
    int rc = 0;

    while (rc == 0 && (slash = strrchr(path, '/')) > path + strlen(repository)) {
        *slash = '\0';
        rc = rt_fs_sync_dir(path, err);
    }
    free(path);
    return rc;
}

static int sweep(const char *repository, const char *folder, const char *pattern,
                 struct rt_err *err)
{
    char *path = rt_fs_join(repository, folder);
    DIR *dir = opendir(path);
    struct dirent *entry;
    int rc = 0;

    if (!dir && errno != ENOENT)
        rc = rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", path);
    while (rc == 0 && dir && (entry = readdir(dir)) != NULL) {
        if (fnmatch(pattern, entry->d_name, 0) == 0 && unlinkat(dirfd(dir), entry->d_name, 0) < 0)
            rc = rt_err_errno(err, RT_EIO, "removing \"%s\" in \"%s\"", entry->d_name, path);
    }
    if (dir)
        closedir(dir);
    free(path);
    return rc;
}

int rt_git_files_sweep(const char *repository, struct rt_err *err)
{
    int rc;

    if ((rc = sweep(repository, "objects/pack", "pack_git2_*", err)) < 0)
        return rc;
    return sweep(repository, "refs/retrial", "*.lock", err);
}
