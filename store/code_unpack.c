#include "store/code.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/beneath.h"
#include "store/bundle.h"
#include "store/git_list.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700

static mode_t file_mode(uint32_t mode)
{
    return mode == RT_GIT_EXECUTABLE ? 0555 : 0444;
}

static int write_link(int folder, const char *name, struct rt_span content)
{
    char target[PATH_MAX];

    memcpy(target, content.data, content.size);
    target[content.size] = '\0';
    return symlinkat(target, folder, name);
}

/* The folder that is being filled. */
struct target {
    const char *path;
    int fd;
};

/* errno is of something that was done to the path in it. */
static int write_failed(const struct target *target, const char *doing, const char *path,
                        struct rt_err *err)
{
    int number = errno;
    char *whole = rt_fs_join(target->path, path);
    int rc;

    errno = number;
    rc = rt_fs_write_error(err, doing, whole);
    free(whole);
    return rc;
}

static int write_file(const struct target *target, int folder, const char *name,
                      const struct rt_bundle_file *file, struct rt_err *err)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    char *whole;
    int rc;

    if (fd < 0)
        return write_failed(target, "creating", file->path, err);
    whole = rt_fs_join(target->path, file->path);
    rc = rt_fs_write_all(fd, file->content, whole, err);
    if (rc == 0 && fchmod(fd, file_mode(file->mode)) < 0)
        rc = rt_fs_write_error(err, "making read-only", whole);
    close(fd);
    free(whole);
    return rc;
}

static int put_file(const struct target *target, const struct rt_bundle_file *file,
                    struct rt_err *err)
{
    const char *name;
    int folder = rt_beneath_parent(target->fd, file->path, FOLDER_MODE, &name);
    int rc = 0;

    if (folder < 0)
        return write_failed(target, "making the folder of", file->path, err);
    if (file->mode != RT_GIT_LINK)
        rc = write_file(target, folder, name, file, err);
    else if (write_link(folder, name, file->content) < 0)
        rc = write_failed(target, "linking", file->path, err);
    close(folder);
    return rc;
}

/* Where a symbolic link of the code led out of its root, the link to the original replaces it. */
static int put_link(const struct target *target, const struct rt_bundle_link *link,
                    struct rt_err *err)
{
    const char *name;
    int folder = rt_beneath_parent(target->fd, link->path, FOLDER_MODE, &name);
    struct stat info;
    int rc = 0;

    if (folder < 0)
        return write_failed(target, "making the folder of", link->path, err);
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode))
        unlinkat(folder, name, 0);
    if (symlinkat(link->target, folder, name) < 0)
        rc = write_failed(target, "linking", link->path, err);
    close(folder);
    return rc;
}

static int write_all(const struct rt_bundle *bundle, const char *folder, struct rt_err *err)
{
    struct target target = {folder, open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    int rc = 0;

    if (target.fd < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", folder);
    for (size_t i = 0; rc == 0 && i < bundle->root_count; i++) {
        if (mkdirat(target.fd, bundle->roots[i], FOLDER_MODE) < 0 && errno != EEXIST)
            rc = write_failed(&target, "making the folder", bundle->roots[i], err);
    }
    for (size_t i = 0; rc == 0 && i < bundle->file_count; i++)
        rc = put_file(&target, &bundle->files[i], err);
    for (size_t i = 0; rc == 0 && i < bundle->link_count; i++)
        rc = put_link(&target, &bundle->links[i], err);
    close(target.fd);
    return rc;
}

/* Whether fd gives just these bytes. */
static bool gives(int fd, struct rt_span content)
{
    const char *expected = content.data;
    size_t left = content.size;
    char piece[1 << 14];
    ssize_t got;

    while ((got = read(fd, piece, sizeof piece)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || (size_t)got > left || memcmp(piece, expected, (size_t)got) != 0)
            return false;
        expected += got;
        left -= (size_t)got;
    }
    return left == 0;
}

static bool file_is_whole(int root, const struct rt_bundle_file *file)
{
    int fd = rt_beneath_open(root, file->path, O_RDONLY | O_NONBLOCK, 0);
    struct stat info;
    bool whole = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
                 (info.st_mode & 0777) == file_mode(file->mode) && gives(fd, file->content);

    if (fd >= 0)
        close(fd);
    return whole;
}

static bool is_link(int root, const char *path)
{
    const char *name;
    int folder = rt_beneath_parent(root, path, 0, &name);
    struct stat info;
    bool link = folder >= 0 && fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISLNK(info.st_mode);

    if (folder >= 0)
        close(folder);
    return link;
}

/* Whether the folder holds all that the bundle does. More may be there: byte code, say. */
static bool is_whole(const struct rt_bundle *bundle, const char *folder)
{
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool whole = root >= 0;

    for (size_t i = 0; whole && i < bundle->file_count; i++) {
        const struct rt_bundle_file *file = &bundle->files[i];

        whole = file->mode == RT_GIT_LINK ? is_link(root, file->path) : file_is_whole(root, file);
    }
    for (size_t i = 0; whole && i < bundle->link_count; i++)
        whole = is_link(root, bundle->links[i].path);
    if (root >= 0)
        close(root);
    return whole;
}

/* Moves a folder that is not whole out of the way, and removes it there. */
static int set_aside(const char *folder, struct rt_err *err)
{
    char *aside = rt_printf("%s.%ld.old", folder, (long)getpid());
    int rc = rt_fs_remove(aside, err);

    if (rc == 0 && rename(folder, aside) < 0 && errno != ENOENT)
        rc = rt_fs_write_error(err, "moving away", folder);
    if (rc == 0)
        rc = rt_fs_remove(aside, err);
    free(aside);
    return rc;
}

/* Gives the new folder its name. That another process was faster is fine. */
static int put_in_place(const struct rt_bundle *bundle, const char *other, const char *folder,
                        struct rt_err *err)
{
    int rc = 0;

    if (rename(other, folder) == 0)
        return 0;
    if ((errno != EEXIST && errno != ENOTEMPTY) || !is_whole(bundle, folder))
        rc = rt_fs_write_error(err, "unpacking the code as", folder);
    rt_fs_remove(other, NULL);
    return rc;
}

static int unpack(const struct rt_bundle *bundle, const char *folder, struct rt_err *err)
{
    char *other = rt_printf("%s.XXXXXX", folder);
    char *parent = rt_fs_parent(folder);
    struct stat info;
    int rc = 0;

    if (lstat(folder, &info) == 0) {
        if (is_whole(bundle, folder))
            goto out;
        if ((rc = set_aside(folder, err)) < 0)
            goto out;
    }
    if ((rc = rt_fs_mkdirs(parent, err)) < 0)
        goto out;
    if (!mkdtemp(other)) {
        rc = rt_fs_write_error(err, "making a folder in", parent);
        goto out;
    }
    if ((rc = write_all(bundle, other, err)) < 0)
        rt_fs_remove(other, NULL);
    else
        rc = put_in_place(bundle, other, folder, err);
out:
    free(parent);
    free(other);
    return rc;
}

int rt_code_unpack(struct rt_span bundle, const struct rt_hash *code, const char *folder,
                   struct rt_err *err)
{
    struct rt_bundle content;
    struct rt_hash found;
    char hex[RT_HASH_HEX];
    int rc;

    if ((rc = rt_bundle_read(bundle, &content, err)) < 0)
        return rc;
    found = rt_bundle_code(&content);
    if (!rt_hash_equal(&found, code))
        rc = rt_err_set(err, RT_EDAMAGED, "the code bundle is not of code state %.12s",
                        rt_hash_hex(code, hex));
    else
        rc = unpack(&content, folder, err);
    rt_bundle_clear(&content);
    return rc < 0 ? rt_err_while(err, "unpacking the code") : 0;
}
