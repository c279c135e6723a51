#include "store/birth.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/journal.h"
#include "store/uuid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT 1

static int write_format(const char *folder, const uint8_t uuid[16], const struct rt_io *io,
                        struct rt_err *err)
{
    char *path = rt_fs_join(folder, "format");
    struct rt_buf text = RT_BUF_INIT;
    char hex[RT_UUID_TEXT];
    int rc;

    rt_buf_printf(&text, "retrial store %d\nuuid %s\n", FORMAT, rt_uuid_text(uuid, hex));
    rc = rt_io_create(io, path, rt_buf_span(&text), NULL, err);
    if (rc == 1)
        rc = rt_err_set(err, RT_ECONFLICT, "there is \"%s\" already", path);
    rt_buf_clear(&text);
    free(path);
    return rc;
}

/* Everything that belongs into a store from its beginning. */
static int fill(const char *folder, const uint8_t uuid[16], const struct rt_event *first,
                const struct rt_io *io, struct rt_err *err)
{
    char *journal = rt_fs_join(folder, "journal");
    char *objects = rt_fs_join(folder, "objects");
    int rc;

    if ((rc = rt_io_mkdir(io, folder, err)) == 0 && (rc = rt_io_mkdir(io, journal, err)) == 0 &&
        (rc = rt_io_mkdir(io, objects, err)) == 0 &&
        (rc = rt_journal_create_as(journal, uuid, first, io, err)) == 0 &&
        (rc = write_format(folder, uuid, io, err)) == 0 &&
        (rc = rt_io_sync_dir(io, journal, err)) == 0)
        rc = rt_io_sync_dir(io, folder, err);
    free(journal);
    free(objects);
    return rc;
}

/* Puts the finished folder into its place. */
static int put_in_place(const char *folder, const char *path, const struct rt_io *io,
                        struct rt_err *err)
{
    char *parent = rt_fs_parent(path);
    uint8_t uuid[RT_UUID_SIZE];
    int rc = rt_io_rename(io, folder, path, err);
    int number = errno;

    if (rc < 0) {
        if (rt_birth_read(path, uuid, NULL) == 0)
            rc = rt_fs_remove(folder, err); /* somebody else was faster */
        else if (number == ENOTEMPTY || number == EEXIST || number == ENOTDIR)
            rc = rt_err_set(err, RT_EUSAGE, "\"%s\" is there, and is not a store", path);
    }
    if (rc == 0)
        rc = rt_io_sync_dir(io, parent, err);
    free(parent);
    return rc;
}

/* Before anything is made: what is said then is about the store, not about a part of it. */
static int check_parent(const char *path, const char *parent, struct rt_err *err)
{
    if (access(parent, W_OK | X_OK) == 0 || (errno != EACCES && errno != EROFS))
        return 0;
    return rt_err_set(err, RT_EIO,
                      "the store \"%s\" cannot be made: %s; name a folder that you may write to "
                      "with --store",
                      path, strerror(errno));
}

int rt_birth_make(const char *path, const struct rt_io *io, struct rt_err *err)
{
    uint8_t uuid[RT_UUID_SIZE];
    int rc = rt_uuid_new(uuid, err);

    return rc < 0 ? rc : rt_birth_make_as(path, uuid, NULL, io, err);
}

int rt_birth_make_as(const char *path, const uint8_t uuid[16], const struct rt_event *first,
                     const struct rt_io *io, struct rt_err *err)
{
    char *folder = rt_printf("%s.%ld.new", path, (long)getpid());
    char *parent = rt_fs_parent(path);
    int rc;

    if ((rc = rt_fs_mkdirs(parent, err)) == 0 && (rc = check_parent(path, parent, err)) == 0 &&
        (rc = rt_fs_remove(folder, err)) == 0 && (rc = fill(folder, uuid, first, io, err)) == 0)
        rc = put_in_place(folder, path, io, err);
    if (rc < 0)
        rt_fs_remove(folder, NULL);
    free(parent);
    free(folder);
    return rc;
}

int rt_birth_check_access(const char *path, struct rt_err *err)
{
    struct stat info;

    if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode) || access(path, R_OK | X_OK) == 0)
        return 0;
    return rt_err_set(err, RT_EIO,
                      "the store \"%s\" belongs to user %lu: %s; name another one with --store",
                      path, (unsigned long)info.st_uid, strerror(errno));
}

int rt_birth_read(const char *path, uint8_t uuid[16], struct rt_err *err)
{
    char *file = rt_fs_join(path, "format");
    struct rt_buf text = RT_BUF_INIT;
    char hex[RT_UUID_TEXT] = "";
    unsigned version = 0;
    int rc;

    if ((rc = rt_birth_check_access(path, err)) < 0)
        goto out;
    rc = rt_fs_read(file, &text, err);
    if (rc < 0 && rt_fs_exists(path) && !rt_fs_exists(file))
        rc = rt_err_set(err, RT_ENOTFOUND, "\"%s\" is there, and is not a store", path);
    else if (rc == RT_ENOTFOUND)
        rc = rt_err_set(err, RT_ENOTFOUND, "there is no store at \"%s\"", path);
    if (rc < 0)
        goto out;
    if (sscanf(rt_buf_text(&text), "retrial store %u\nuuid %36s\n", &version, hex) >= 1 &&
        version > FORMAT)
        rc = rt_err_set(err, RT_ENEWER,
                        "the store \"%s\" has format %u, and this program knows up to %d: use a "
                        "newer version",
                        path, version, FORMAT);
    else if (version < 1 || rt_uuid_parse(hex, uuid) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" does not say what it should", file);
out:
    rt_buf_clear(&text);
    free(file);
    return rc;
}
