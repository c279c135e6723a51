#include "store/code_seal.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "store/beneath.h"
#include "store/bundle.h"
#include "store/code_rules.h"
#include "store/git_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sealed {
    char *path;
    mode_t mode;         /* kind and permissions */
    struct rt_hash hash; /* of the content; of a symbolic link, of its target */
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct rt_code_seal {
    int root;
    struct sealed *files;
    size_t count;
    char **links; /* paths of what leads to originals */
    size_t link_count;
};

static bool hash_link(int root, const char *path, struct rt_hash *hash)
{
    char target[PATH_MAX];
    ssize_t size = readlinkat(root, path, target, sizeof target);

    if (size >= 0)
        *hash = rt_hash(rt_span(target, (size_t)size));
    return size >= 0;
}

static bool hash_file(int root, const char *path, struct rt_hash *hash)
{
    int fd = rt_beneath_open(root, path, O_RDONLY | O_NONBLOCK, 0);
    char *name = rt_printf("/proc/self/fd/%d", fd);
    bool read = fd >= 0 && rt_hash_file(name, hash, NULL, NULL) == 0;

    if (fd >= 0)
        close(fd);
    free(name);
    return read;
}

static void note_stamp(struct sealed *sealed, const struct stat *info)
{
    sealed->mode = info->st_mode;
    sealed->inode = info->st_ino;
    sealed->size = info->st_size;
    sealed->changed = info->st_ctim;
}

/* A link to an original may be in the place of a file: what is there now counts. */
static int seal_file(struct rt_code_seal *seal, const struct rt_bundle_file *file,
                     struct rt_err *err)
{
    struct sealed *sealed = &seal->files[seal->count];
    struct stat info;

    if (fstatat(seal->root, file->path, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
        (S_ISLNK(info.st_mode) && !hash_link(seal->root, file->path, &sealed->hash)))
        return rt_err_errno(err, RT_EIO, "looking at \"%s\"", file->path);
    if (!S_ISLNK(info.st_mode))
        sealed->hash = rt_hash(file->content);
    sealed->path = rt_strdup(file->path);
    note_stamp(sealed, &info);
    seal->count++;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct sealed *)a)->path, ((const struct sealed *)b)->path);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void seal_links(struct rt_code_seal *seal, const struct rt_bundle *bundle)
{
    seal->links = rt_calloc(bundle->link_count + 1, sizeof *seal->links);
    for (size_t i = 0; i < bundle->link_count; i++)
        seal->links[seal->link_count++] = rt_strdup(bundle->links[i].path);
    qsort(seal->links, seal->link_count, sizeof *seal->links, by_text);
    qsort(seal->files, seal->count, sizeof *seal->files, by_path);
}

int rt_code_seal_new(struct rt_span bundle, const char *folder, struct rt_code_seal **out,
                     struct rt_err *err)
{
    struct rt_code_seal *seal;
    struct rt_bundle content;
    int rc;

    if ((rc = rt_bundle_read(bundle, &content, err)) < 0)
        return rc;
    seal = rt_calloc(1, sizeof *seal);
    seal->files = rt_calloc(content.file_count + 1, sizeof *seal->files);
    seal->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (seal->root < 0)
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", folder);
    for (size_t i = 0; rc == 0 && i < content.file_count; i++)
        rc = seal_file(seal, &content.files[i], err);
    seal_links(seal, &content);
    rt_bundle_clear(&content);
    if (rc < 0) {
        rt_code_seal_free(seal);
        return rc;
    }
    *out = seal;
    return 0;
}

void rt_code_seal_free(struct rt_code_seal *seal)
{
    if (!seal)
        return;
    for (size_t i = 0; i < seal->count; i++)
        free(seal->files[i].path);
    for (size_t i = 0; i < seal->link_count; i++)
        free(seal->links[i]);
    free(seal->links);
    if (seal->root >= 0)
        close(seal->root);
    free(seal->files);
    free(seal);
}

/* It may have been touched only. Its time is taken before it is read: a later change has another.
 */
static bool is_still_equal(const struct rt_code_seal *seal, struct sealed *sealed,
                           const struct stat *info)
{
    struct rt_hash hash;
    bool read;

    if ((info->st_mode & S_IFMT) != (sealed->mode & S_IFMT) || info->st_size != sealed->size ||
        ((info->st_mode ^ sealed->mode) & S_IXUSR))
        return false;
    read = S_ISLNK(info->st_mode) ? hash_link(seal->root, sealed->path, &hash)
                                  : hash_file(seal->root, sealed->path, &hash);
    if (!read || !rt_hash_equal(&hash, &sealed->hash))
        return false;
    note_stamp(sealed, info);
    return true;
}

static bool is_whole(const struct rt_code_seal *seal, struct sealed *sealed)
{
    struct stat info;

    if (fstatat(seal->root, sealed->path, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    return (info.st_ino == sealed->inode && info.st_size == sealed->size &&
            info.st_mode == sealed->mode && info.st_ctim.tv_sec == sealed->changed.tv_sec &&
            info.st_ctim.tv_nsec == sealed->changed.tv_nsec) ||
           is_still_equal(seal, sealed, &info);
}

const char *rt_code_seal_broken(struct rt_code_seal *seal)
{
    for (size_t i = 0; i < seal->count; i++) {
        if (!is_whole(seal, &seal->files[i]))
            return seal->files[i].path;
    }
    return NULL;
}

static bool was_there(const struct rt_code_seal *seal, const char *path)
{
    const struct sealed key = {.path = (char *)path};

    return bsearch(&key, seal->files, seal->count, sizeof *seal->files, by_path) ||
           bsearch(&path, seal->links, seal->link_count, sizeof *seal->links, by_text);
}

static char *added_below(const struct rt_code_seal *seal, int folder, const char *path);

/* An entry of a folder: itself, or what is below it. */
static char *added_at(const struct rt_code_seal *seal, int folder, const char *name,
                      const char *path)
{
    struct stat info;
    int fd;

    if (rt_code_is_made(name) || was_there(seal, path) ||
        fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return NULL;
    if (!S_ISDIR(info.st_mode))
        return rt_strdup(path);
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? NULL : added_below(seal, fd, path);
}

/* Closes the folder. */
static char *added_below(const struct rt_code_seal *seal, int folder, const char *path)
{
    DIR *dir = fdopendir(folder);
    struct dirent *entry;
    char *found = NULL;

    if (!dir) {
        close(folder);
        return NULL;
    }
    while (!found && (entry = readdir(dir)) != NULL) {
        char *below = rt_printf("%s%s%s", path, *path ? "/" : "", entry->d_name);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            found = added_at(seal, dirfd(dir), entry->d_name, below);
        free(below);
    }
    closedir(dir);
    return found;
}

char *rt_code_seal_added(const struct rt_code_seal *seal)
{
    int folder = openat(seal->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return folder < 0 ? NULL : added_below(seal, folder, "");
}
