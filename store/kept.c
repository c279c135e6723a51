#include "store/kept.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "kept"

int rt_kept_begin(struct rt_kept_file *file, const char *store, unsigned number, struct rt_err *err)
{
    char *folder = rt_fs_join(store, FOLDER);
    int rc = rt_fs_mkdirs(folder, err);

    *file = (struct rt_kept_file){.fd = -1};
    if (rc == 0) {
        file->path = rt_printf("%s/new.%u", folder, number);
        file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        file->hasher = rt_hasher_new();
        if (file->fd < 0)
            rc = rt_fs_write_error(err, "making", file->path);
    }
    free(folder);
    if (rc < 0)
        rt_kept_drop(file);
    return rc;
}

int rt_kept_add(struct rt_kept_file *file, struct rt_span bytes, struct rt_err *err)
{
    int rc = rt_fs_write_all(file->fd, bytes, file->path, err);

    rt_hasher_add(file->hasher, bytes.data, bytes.size);
    file->size += bytes.size;
    return rc;
}

char *rt_kept_path(const char *store, const struct rt_hash *hash)
{
    char hex[RT_HASH_HEX];

    rt_hash_hex(hash, hex);
    return rt_printf("%s/" FOLDER "/%.2s/%s", store, hex, hex + 2);
}

static int sync_above(const char *folder, struct rt_err *err)
{
    char *above = rt_fs_parent(folder);
    int rc = rt_fs_sync_dir(above, err);

    free(above);
    return rc;
}

int rt_kept_end(struct rt_kept_file *file, const char *store, struct rt_hash *hash,
                struct rt_err *err)
{
    char *path;
    char *folder;
    int rc = 0;

    *hash = rt_hasher_end(file->hasher);
    file->hasher = NULL;
    path = rt_kept_path(store, hash);
    folder = rt_fs_parent(path);
    if (fsync(file->fd) < 0)
        rc = rt_fs_write_error(err, "syncing", file->path);
    if (rc == 0 && (rc = rt_fs_mkdirs(folder, err)) == 0 && rename(file->path, path) < 0)
        rc = rt_fs_write_error(err, "making", path);
    if (rc == 0 && (rc = rt_fs_sync_dir(folder, err)) == 0)
        rc = sync_above(folder, err);
    free(folder);
    free(path);
    rt_kept_drop(file);
    return rc;
}

void rt_kept_drop(struct rt_kept_file *file)
{
    if (!file->path)
        return;
    if (file->fd >= 0)
        close(file->fd);
    unlink(file->path); /* it has another name if it was whole */
    rt_hasher_free(file->hasher);
    free(file->path);
    *file = (struct rt_kept_file){.fd = -1};
}

int rt_kept_read(const char *store, const struct rt_hash *hash, uint64_t offset, size_t size,
                 struct rt_buf *out, struct rt_err *err)
{
    char *path = rt_kept_path(store, hash);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = -1;
    int rc = 0;

    if (fd >= 0) {
        rt_buf_reserve(out, size);
        got = pread(fd, out->data + out->size, size, (off_t)offset);
        close(fd);
    }
    if (got < 0)
        rc = rt_err_errno(err, errno == ENOENT ? RT_ENOTFOUND : RT_EIO, "reading \"%s\"", path);
    else
        out->size += (size_t)got;
    free(path);
    return rc;
}

bool rt_kept_any(const char *store)
{
    char *folder = rt_fs_join(store, FOLDER);
    bool any = rt_fs_exists(folder);

    free(folder);
    return any;
}
