#include "store/git_leftovers.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

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

int rt_git_leftovers_remove(const char *repository, struct rt_err *err)
{
    int rc;

    if ((rc = sweep(repository, "objects/pack", "pack_git2_*", err)) < 0)
        return rc;
    return sweep(repository, "refs/retrial", "*.lock", err);
}
