#include "engine/view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Times of folders may be as coarse as a clock tick: a change so young may hide another. */
#define TICK_US 20000u

struct rt_view {
    char *folder;
    char *root;
    int fd;
    char **names; /* sorted */
    size_t count;
    size_t capacity;
    struct timespec seen; /* when the folder was last changed by us */
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int list_root(struct rt_view *view, struct rt_err *err)
{
    DIR *dir = opendir(view->root);
    struct dirent *entry;

    if (!dir)
        return rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", view->root);
    while ((entry = readdir(dir)) != NULL) {
        if (is_dots(entry->d_name))
            continue;
        view->names = rt_grow(view->names, &view->capacity, view->count + 1, sizeof(char *));
        view->names[view->count++] = rt_strdup(entry->d_name);
    }
    closedir(dir);
    if (view->count)
        qsort(view->names, view->count, sizeof *view->names, by_name);
    return 0;
}

/* True if the entry of the view is the link that we made. */
static bool is_ours(const struct rt_view *view, const char *name)
{
    char target[PATH_MAX];
    char *wanted;
    ssize_t size;
    bool same;

    if (!bsearch(&name, view->names, view->count, sizeof *view->names, by_name))
        return false;
    size = readlinkat(view->fd, name, target, sizeof target);
    if (size < 0)
        return false;
    wanted = rt_fs_join(view->root, name);
    same = strlen(wanted) == (size_t)size && memcmp(wanted, target, (size_t)size) == 0;
    free(wanted);
    return same;
}

/* Removes what is not ours; what cannot be removed stays, which harms nobody but the trials. */
static void sweep(struct rt_view *view)
{
    DIR *dir = opendir(view->folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *path;

        if (is_dots(entry->d_name) || is_ours(view, entry->d_name))
            continue;
        path = rt_fs_join(view->folder, entry->d_name);
        rt_fs_remove(path, NULL);
        free(path);
    }
    if (dir)
        closedir(dir);
}

static int make_links(struct rt_view *view, struct rt_err *err)
{
    for (size_t i = 0; i < view->count; i++) {
        char *target = rt_fs_join(view->root, view->names[i]);
        int rc = symlinkat(target, view->fd, view->names[i]);

        free(target);
        if (rc < 0 && errno != EEXIST)
            return rt_err_errno(err, RT_EIO, "linking \"%s\" into \"%s\"", view->names[i],
                                view->folder);
    }
    return 0;
}

static void remember_time(struct rt_view *view)
{
    struct stat info;

    if (fstat(view->fd, &info) == 0)
        view->seen = info.st_mtim;
}

int rt_view_new(const char *folder, const char *root, struct rt_view **out, struct rt_err *err)
{
    struct rt_view *view = rt_calloc(1, sizeof *view);
    int rc;

    view->folder = rt_strdup(folder);
    view->root = rt_strdup(root);
    view->fd = -1;
    if ((rc = rt_fs_remove(folder, err)) < 0 || (rc = rt_fs_mkdirs(folder, err)) < 0 ||
        (rc = list_root(view, err)) < 0)
        goto out;
    view->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (view->fd < 0) {
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", folder);
        goto out;
    }
    if ((rc = make_links(view, err)) < 0)
        goto out;
    remember_time(view);
    *out = view;
    view = NULL;
out:
    rt_view_free(view);
    return rc;
}

void rt_view_free(struct rt_view *view)
{
    if (!view)
        return;
    if (view->fd >= 0)
        close(view->fd);
    for (size_t i = 0; i < view->count; i++)
        free(view->names[i]);
    free(view->names);
    free(view->folder);
    free(view->root);
    free(view);
}

static bool is_untouched(const struct rt_view *view)
{
    struct stat info;
    uint64_t changed_us;

    if (fstat(view->fd, &info) < 0 || info.st_nlink == 0 ||
        info.st_mtim.tv_sec != view->seen.tv_sec || info.st_mtim.tv_nsec != view->seen.tv_nsec)
        return false;
    changed_us = (uint64_t)view->seen.tv_sec * 1000000u + (uint64_t)view->seen.tv_nsec / 1000u;
    return rt_wall_us() - changed_us > TICK_US;
}

int rt_view_enter(struct rt_view *view, struct rt_err *err)
{
    int rc;

    if (!is_untouched(view)) {
        sweep(view);
        if ((rc = make_links(view, err)) < 0)
            return rc;
        remember_time(view);
    }
    if (fchdir(view->fd) < 0)
        return rt_err_errno(err, RT_EIO, "entering \"%s\"", view->folder);
    return 0;
}
