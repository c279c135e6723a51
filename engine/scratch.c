#include "engine/scratch.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define YOUNG_S 60 /* so old a folder must be before its lock counts */

struct rt_scratch {
    char *path;
    int lock;
};

static const char *base_folder(void)
{
    const char *base = getenv("TMPDIR");

    return base && base[0] == '/' ? base : "/tmp";
}

/* A folder of ours that is not held: its agent is gone. Between its making and its locking a
 * folder looks the same, so young ones are left alone. */
static bool is_abandoned(const char *path)
{
    char *name = rt_fs_join(path, "lock");
    struct stat info;
    bool abandoned = false;
    int fd = -1;

    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == getuid() &&
        info.st_mtime + YOUNG_S < time(NULL))
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        abandoned = flock(fd, LOCK_EX | LOCK_NB) == 0;
        close(fd);
    }
    free(name);
    return abandoned;
}

static void remove_abandoned(const char *base, const char *prefix)
{
    DIR *dir = opendir(base);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *path;

        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        path = rt_fs_join(base, entry->d_name);
        if (is_abandoned(path))
            rt_fs_remove(path, NULL);
        free(path);
    }
    if (dir)
        closedir(dir);
}

static int hold(struct rt_scratch *scratch, struct rt_err *err)
{
    char *name = rt_fs_join(scratch->path, "lock");
    int rc = 0;

    scratch->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (scratch->lock < 0 || flock(scratch->lock, LOCK_EX | LOCK_NB) < 0)
        rc = rt_fs_write_error(err, "making", name);
    free(name);
    return rc;
}

int rt_scratch_make(int rank, struct rt_scratch **out, struct rt_err *err)
{
    struct rt_scratch *scratch = rt_calloc(1, sizeof *scratch);
    char *prefix = rt_printf("retrial-%ld-", (long)getuid());
    int rc = 0;

    remove_abandoned(base_folder(), prefix);
    scratch->lock = -1;
    scratch->path = rt_printf("%s/%s%d-XXXXXX", base_folder(), prefix, rank);
    if (!mkdtemp(scratch->path)) {
        rc = rt_fs_write_error(err, "making a scratch folder in", base_folder());
        free(scratch->path);
        scratch->path = NULL;
    } else {
        rc = hold(scratch, err);
    }
    free(prefix);
    if (rc < 0) {
        rt_scratch_remove(scratch);
        return rc;
    }
    *out = scratch;
    return 0;
}

const char *rt_scratch_path(const struct rt_scratch *scratch)
{
    return scratch->path;
}

void rt_scratch_remove(struct rt_scratch *scratch)
{
    if (!scratch)
        return;
    if (scratch->path)
        rt_fs_remove(scratch->path, NULL);
    if (scratch->lock >= 0)
        close(scratch->lock);
    free(scratch->path);
    free(scratch);
}
