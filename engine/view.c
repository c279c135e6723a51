#include "engine/view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "engine/twin.h"
#include "engine/watch.h"
#include "store/beneath.h"
#include "store/code_rules.h"

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
#define TICK_US     20000u
#define FOLDER_MODE 0700
#define LOOKS       8u /* that find nothing, one after the other, before folders are watched */

enum kind {
    LINK,
    FOLDER, /* of the view's own */
    COPY,   /* of a file that could be written through a link */
};

struct entry {
    char *name;
    enum kind kind;
    char *target; /* of a link; original of a copy */
    char *path;   /* of a copy, in the view */
    struct rt_twin twin;
};

/* One folder of the view. */
struct level {
    char *path;            /* in the view: "." or "out" or "out/deep" */
    struct entry *entries; /* sorted by name */
    size_t count;
    size_t capacity;
    size_t copies;        /* among the entries */
    struct timespec seen; /* when it was last changed, as we left it */
    bool settled;         /* any later change has another time than `seen` */
};

struct rt_view {
    char *folder;
    char *root;
    int fd;
    struct level *levels; /* a folder comes after the one that it lies in */
    size_t count;
    size_t capacity;
    size_t entries; /* of all levels */
    size_t copied;  /* bytes */
    unsigned calm;  /* looks that found nothing, the last ones */
    bool unwatched; /* watching did not work */
    struct rt_watch *watch;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static char *below(const char *folder, const char *name)
{
    return strcmp(folder, ".") == 0 ? rt_strdup(name) : rt_fs_join(folder, name);
}

static void add_level(struct rt_view *view, const char *path)
{
    view->levels = rt_grow(view->levels, &view->capacity, view->count + 1, sizeof *view->levels);
    view->levels[view->count++] = (struct level){.path = rt_strdup(path)};
}

/* What the view's link stands for. A link of the code leads to where it would lead in the code, so
 * that one to a folder of the code leads to the view's own folder. */
static char *link_target(const struct rt_view *view, const char *path)
{
    char *original = rt_fs_join(view->root, path);
    char target[PATH_MAX];
    ssize_t size = readlink(original, target, sizeof target - 1);

    if (size <= 0)
        return original;
    target[size] = '\0';
    if (rt_code_link_leaves(path, target))
        return original;
    free(original);
    return rt_strdup(target);
}

static bool is_of_kind(int folder, const char *name, mode_t kind)
{
    struct stat info;

    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           (info.st_mode & S_IFMT) == kind;
}

/* Folders of byte code hold nothing for trials, and beyond the limit a folder is a link. */
static bool becomes_folder(const struct rt_view *view, int folder, const char *name)
{
    return view->count < RT_VIEW_FOLDERS && view->entries < RT_VIEW_ENTRIES &&
           !rt_code_is_made(name) && is_of_kind(folder, name, S_IFDIR);
}

/* Files of the code are read-only; who may write them nevertheless (root) gets copies. */
static bool becomes_copy(struct rt_view *view, int folder, const char *name)
{
    struct stat info;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(info.st_mode) ||
        info.st_size > (off_t)RT_VIEW_COPY || faccessat(folder, name, W_OK, AT_EACCESS) < 0 ||
        view->copied + (size_t)info.st_size > RT_VIEW_COPIES)
        return false;
    view->copied += (size_t)info.st_size;
    return true;
}

static struct entry make_entry(struct rt_view *view, int folder, const char *name, const char *path)
{
    struct entry entry = {.name = rt_strdup(name), .kind = LINK};

    if (becomes_folder(view, folder, name)) {
        entry.kind = FOLDER;
        add_level(view, path);
    } else if (becomes_copy(view, folder, name)) {
        entry.kind = COPY;
        entry.target = rt_fs_join(view->root, path);
        entry.path = rt_strdup(path);
    } else {
        entry.target = link_target(view, path);
    }
    return entry;
}

static void add_entry(struct rt_view *view, size_t at, int folder, const char *name)
{
    char *path = below(view->levels[at].path, name);
    struct entry entry = make_entry(view, folder, name, path);
    struct level *level = &view->levels[at];

    level->entries =
        rt_grow(level->entries, &level->capacity, level->count + 1, sizeof *level->entries);
    level->entries[level->count++] = entry;
    level->copies += entry.kind == COPY;
    view->entries++;
    free(path);
}

/* Notes what the code has in the folder. */
static int list_level(struct rt_view *view, size_t at, struct rt_err *err)
{
    char *path = rt_fs_join(view->root, view->levels[at].path);
    DIR *dir = opendir(path);
    struct dirent *entry;
    struct level *level;
    int rc = 0;

    if (!dir) {
        rc = rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", at ? path : view->root);
        goto out;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (!is_dots(entry->d_name))
            add_entry(view, at, dirfd(dir), entry->d_name);
    }
    closedir(dir);
    level = &view->levels[at];
    if (level->count)
        qsort(level->entries, level->count, sizeof *level->entries, by_name);
out:
    free(path);
    return rc;
}

/* True if the entry of the folder is what we made, but for the content of a copy. */
static bool is_ours(const struct level *level, int folder, const char *name)
{
    struct entry key = {.name = (char *)name};
    const struct entry *entry = NULL;
    char target[PATH_MAX];
    ssize_t size;

    if (level->count)
        entry = bsearch(&key, level->entries, level->count, sizeof *level->entries, by_name);
    if (!entry)
        return false;
    if (entry->kind != LINK)
        return is_of_kind(folder, name, entry->kind == COPY ? S_IFREG : S_IFDIR);
    size = readlinkat(folder, name, target, sizeof target);
    return size >= 0 && strlen(entry->target) == (size_t)size &&
           memcmp(entry->target, target, (size_t)size) == 0;
}

/* Removes what is not ours; what cannot be removed stays, which harms nobody but the trials.
 * By the descriptor: a process left behind may make the folder's name a link to anywhere. */
static void sweep(const struct level *level, int folder)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *path;

        if (is_dots(entry->d_name) || is_ours(level, folder, entry->d_name))
            continue;
        path = rt_printf("/proc/self/fd/%d/%s", folder, entry->d_name);
        rt_fs_remove(path, NULL);
        free(path);
    }
    if (dir)
        closedir(dir);
    else if (again >= 0)
        close(again);
}

static int make_entries(const struct rt_view *view, struct level *level, int folder,
                        struct rt_err *err)
{
    for (size_t i = 0; i < level->count; i++) {
        struct entry *entry = &level->entries[i];
        int rc = 0;

        if (entry->kind == COPY) {
            if ((rc = rt_twin_restore(&entry->twin, folder, entry->name, entry->target, err)) < 0)
                return rc;
        } else if (entry->kind == LINK) {
            rc = symlinkat(entry->target, folder, entry->name);
        } else {
            rc = mkdirat(folder, entry->name, FOLDER_MODE);
        }
        if (rc < 0 && errno != EEXIST)
            return rt_err_errno(err, RT_EIO, "linking \"%s\" into \"%s/%s\"", entry->name,
                                view->folder, level->path);
    }
    return 0;
}

/* A folder whose time is older than a tick cannot change again without another time. */
static void remember_time(struct level *level, const struct stat *info, uint64_t now_us)
{
    uint64_t changed_us =
        (uint64_t)info->st_ctim.tv_sec * 1000000u + (uint64_t)info->st_ctim.tv_nsec / 1000u;

    level->seen = info->st_ctim;
    level->settled = now_us > changed_us && now_us - changed_us > TICK_US;
}

/* Not even its owner could enter what a trial has locked. One that is open stays as it is: a mode
 * that is set again gives the folder another time, by which it would look touched. */
static void unlock(const struct rt_view *view, const struct level *level)
{
    bool top = level == view->levels;
    struct stat info;
    int rc =
        top ? fstat(view->fd, &info) : fstatat(view->fd, level->path, &info, AT_SYMLINK_NOFOLLOW);

    if (rc < 0 || !S_ISDIR(info.st_mode) || (info.st_mode & 07777) == FOLDER_MODE)
        return;
    if (top)
        fchmod(view->fd, FOLDER_MODE);
    else
        fchmodat(view->fd, level->path, FOLDER_MODE, 0);
}

/* Makes the folder what it was at first. */
static int restore(const struct rt_view *view, struct level *level, struct rt_err *err)
{
    uint64_t now_us = rt_wall_us();
    struct stat info;
    int folder;
    int rc;

    unlock(view, level);
    folder = level == view->levels
                 ? openat(view->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                 : rt_beneath_open(view->fd, level->path, O_RDONLY | O_DIRECTORY, 0);
    if (folder < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s/%s\"", view->folder, level->path);
    sweep(level, folder);
    rc = make_entries(view, level, folder, err);
    if (rc == 0 && fstat(folder, &info) == 0)
        remember_time(level, &info, now_us);
    close(folder);
    return rc;
}

static bool are_copies_untouched(const struct rt_view *view, const struct level *level)
{
    for (size_t i = 0; level->copies && i < level->count; i++) {
        const struct entry *entry = &level->entries[i];

        if (entry->kind == COPY && !rt_twin_untouched(&entry->twin, view->fd, entry->path))
            return false;
    }
    return true;
}

static bool is_untouched(const struct rt_view *view, const struct level *level)
{
    struct stat info;

    return level->settled && fstatat(view->fd, level->path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           info.st_nlink != 0 && info.st_ctim.tv_sec == level->seen.tv_sec &&
           info.st_ctim.tv_nsec == level->seen.tv_nsec && are_copies_untouched(view, level);
}

int rt_view_new(const char *folder, const char *root, struct rt_view **out, struct rt_err *err)
{
    struct rt_view *view = rt_calloc(1, sizeof *view);
    int rc;

    view->folder = rt_strdup(folder);
    view->root = rt_strdup(root);
    view->fd = -1;
    add_level(view, ".");
    if ((rc = rt_fs_remove(folder, err)) < 0 || (rc = rt_fs_mkdirs(folder, err)) < 0)
        goto out;
    view->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (view->fd < 0) {
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", folder);
        goto out;
    }
    for (size_t i = 0; i < view->count; i++) {
        if ((rc = list_level(view, i, err)) < 0 || (rc = restore(view, &view->levels[i], err)) < 0)
            goto out;
    }
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
    rt_watch_free(view->watch);
    if (view->fd >= 0)
        close(view->fd);
    for (size_t i = 0; i < view->count; i++) {
        struct level *level = &view->levels[i];

        for (size_t j = 0; j < level->count; j++) {
            free(level->entries[j].name);
            free(level->entries[j].target);
            free(level->entries[j].path);
        }
        free(level->entries);
        free(level->path);
    }
    free(view->levels);
    free(view->folder);
    free(view->root);
    free(view);
}

static void stop_watching(struct rt_view *view)
{
    rt_watch_free(view->watch);
    view->watch = NULL;
    view->unwatched = true;
}

/* Before a look: what is done from now on and is not found by it, will be told. */
static void watch_all(struct rt_view *view)
{
    if (!view->watch && !view->unwatched && view->calm >= LOOKS) {
        view->watch = rt_watch_new();
        view->unwatched = !view->watch;
    }
    if (!view->watch)
        return;
    rt_watch_forget(view->watch);
    for (size_t i = 0; i < view->count && view->watch; i++) {
        if (!rt_watch_add(view->watch, view->fd, view->levels[i].path) &&
            (errno == ENOSPC || errno == EBADF || errno == EINVAL))
            stop_watching(view); /* no more of it, or users' code closed it */
    }
}

/* Looks at all folders, and makes those that were touched what they were. */
static int look(struct rt_view *view, struct rt_err *err)
{
    bool calm = true;
    int rc;

    for (size_t i = 0; i < view->count; i++) {
        struct level *level = &view->levels[i];

        if (is_untouched(view, level))
            continue;
        calm = false;
        if ((rc = restore(view, level, err)) < 0)
            return rc;
    }
    view->calm = calm ? view->calm + 1 : 0;
    return 0;
}

int rt_view_enter(struct rt_view *view, struct rt_err *err)
{
    int rc;

    if (!view->watch || view->calm == 0 || !rt_watch_is_quiet(view->watch)) {
        watch_all(view);
        if ((rc = look(view, err)) < 0)
            return rc;
    }
    if (fchdir(view->fd) < 0)
        return rt_err_errno(err, RT_EIO, "entering \"%s\"", view->folder);
    return 0;
}
