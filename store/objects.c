#include "store/objects.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED "new." /* how files begin that are not yet under their name */

struct gathered {
    char *other; /* what it is called yet */
    char *path;
    uint8_t folder; /* the first byte of its hash */
};

struct rt_objects {
    char *folder;
    const struct rt_io *io;
    uint64_t made; /* files begun, for their names */
    bool gather;
    struct gathered *gathered; /* put, and not under their names yet */
    size_t count;
    size_t capacity;
    bool synced[256]; /* folders 00..ff whose entries this process has synced */
};

static int remove_unfinished(const struct rt_objects *objects, struct rt_err *err)
{
    DIR *dir = opendir(objects->folder);
    struct dirent *entry;
    int rc = 0;

    if (!dir)
        return rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", objects->folder);
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)) == 0) {
            char *path = rt_fs_join(objects->folder, entry->d_name);

            rc = rt_io_remove(objects->io, path, err);
            free(path);
        }
    }
    closedir(dir);
    return rc;
}

int rt_objects_open(const char *folder, bool write, const struct rt_io *io, struct rt_objects **out,
                    struct rt_err *err)
{
    struct rt_objects *objects = rt_calloc(1, sizeof *objects);
    int rc = 0;

    *out = NULL;
    objects->folder = rt_strdup(folder);
    objects->io = io;
    if (write &&
        ((rc = rt_io_mkdir(io, folder, err)) < 0 || (rc = remove_unfinished(objects, err)) < 0)) {
        rt_objects_close(objects);
        return rc;
    }
    *out = objects;
    return 0;
}

static void forget_gathered(struct rt_objects *objects)
{
    while (objects->count) {
        struct gathered *last = &objects->gathered[--objects->count];

        free(last->other);
        free(last->path);
    }
}

void rt_objects_close(struct rt_objects *objects)
{
    if (!objects)
        return;
    forget_gathered(objects);
    free(objects->gathered);
    free(objects->folder);
    free(objects);
}

static bool has_size(const char *path, size_t size)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && (size_t)info.st_size == size;
}

bool rt_objects_have(const struct rt_objects *objects, const struct rt_hash *hash,
                     uint64_t size_bytes)
{
    char hex[RT_HASH_HEX];
    char *path;
    bool have;

    rt_hash_hex(hash, hex);
    path = rt_printf("%s/%.2s/%s", objects->folder, hex, hex + 2);
    have = has_size(path, (size_t)size_bytes);
    free(path);
    return have;
}

static char *new_name(struct rt_objects *objects)
{
    return rt_printf("%s/" UNFINISHED "%ld.%llu", objects->folder, (long)getpid(),
                     (unsigned long long)objects->made++);
}

static int write_object(struct rt_objects *objects, const char *path, struct rt_span data,
                        struct rt_err *err)
{
    char *other = new_name(objects);
    int rc = rt_io_create(objects->io, other, data, NULL, err);

    if (rc == 1)
        rc = rt_err_set(err, RT_ELOCKED, "somebody else is writing \"%s\"", other);
    else if (rc == 0 && (rc = rt_io_rename(objects->io, other, path, err)) < 0)
        unlink(other);
    free(other);
    return rc;
}

/* Makes sure that the object's entry, and that of its folder, outlive a loss of power. */
static int sync_folder(struct rt_objects *objects, const struct rt_hash *hash, const char *folder,
                       bool fresh, struct rt_err *err)
{
    bool *synced = &objects->synced[hash->bytes[0]];
    int rc = 0;

    if (fresh || !*synced)
        rc = rt_io_sync_dir(objects->io, folder, err);
    if (rc == 0 && !*synced)
        rc = rt_io_sync_dir(objects->io, objects->folder, err);
    *synced = rc == 0;
    return rc;
}

static int gather_object(struct rt_objects *objects, uint8_t folder, const char *path,
                         struct rt_span data, struct rt_err *err)
{
    char *other = new_name(objects);
    int rc = rt_io_create_unsynced(objects->io, other, data, err);

    if (rc == 1)
        rc = rt_err_set(err, RT_ELOCKED, "somebody else is writing \"%s\"", other);
    if (rc < 0) {
        free(other);
        return rc;
    }
    objects->gathered = rt_grow(objects->gathered, &objects->capacity, objects->count + 1,
                                sizeof *objects->gathered);
    objects->gathered[objects->count++] = (struct gathered){other, rt_strdup(path), folder};
    return 0;
}

void rt_objects_gather(struct rt_objects *objects)
{
    objects->gather = true;
}

int rt_objects_settle(struct rt_objects *objects, struct rt_err *err)
{
    int rc;

    if (objects->count == 0)
        return 0;
    if ((rc = rt_io_sync_all(objects->io, objects->folder, err)) < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < objects->count; i++) {
        struct gathered *one = &objects->gathered[i];

        objects->synced[one->folder] = false;
        if (!one->other || (rc = rt_io_rename(objects->io, one->other, one->path, err)) < 0)
            continue;
        free(one->other);
        one->other = NULL; /* a second try goes on behind it */
    }
    if (rc == 0 && (rc = rt_io_sync_all(objects->io, objects->folder, err)) == 0)
        forget_gathered(objects);
    return rc;
}

int rt_objects_put(struct rt_objects *objects, struct rt_span data, struct rt_hash *hash,
                   struct rt_err *err)
{
    char hex[RT_HASH_HEX];
    char *folder;
    char *path;
    bool fresh;
    int rc = 0;

    *hash = rt_hash(data);
    rt_hash_hex(hash, hex);
    folder = rt_printf("%s/%.2s", objects->folder, hex);
    path = rt_printf("%s/%s", folder, hex + 2);
    fresh = !has_size(path, data.size);
    if (fresh && objects->gather) {
        if ((rc = rt_io_mkdir(objects->io, folder, err)) == 0)
            rc = gather_object(objects, hash->bytes[0], path, data, err);
        goto out;
    }
    if (fresh && ((rc = rt_io_mkdir(objects->io, folder, err)) < 0 ||
                  (rc = write_object(objects, path, data, err)) < 0))
        goto out;
    rc = sync_folder(objects, hash, folder, fresh, err);
out:
    free(folder);
    free(path);
    return rc;
}

int rt_objects_get(const struct rt_objects *objects, const struct rt_hash *hash, struct rt_buf *out,
                   struct rt_err *err)
{
    size_t start = out->size;
    char hex[RT_HASH_HEX];
    struct rt_hash found;
    char *path;
    int rc;

    rt_hash_hex(hash, hex);
    path = rt_printf("%s/%.2s/%s", objects->folder, hex, hex + 2);
    rc = rt_fs_read(path, out, err);
    free(path);
    if (rc == RT_ENOTFOUND)
        return rt_err_set(err, RT_ENOTFOUND, "the object %s is not in the store", hex);
    if (rc < 0)
        return rc;
    found = rt_hash(rt_span(out->data + start, out->size - start));
    if (rt_hash_equal(&found, hash))
        return 0;
    out->size = start;
    return rt_err_set(err, RT_EDAMAGED, "the object %s does not match its hash", hex);
}
