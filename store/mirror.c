#include "store/mirror.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED  "new." /* how files begin that are not yet in their place */
#define PIECE_BYTES (1u << 20)

static int mirror_payload(const struct rt_payload *payload, const struct rt_objects *from,
                          struct rt_objects *to, struct rt_err *err)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_hash hash;
    int rc;

    if (!payload->by_hash || rt_objects_have(to, &payload->hash, payload->size))
        return 0;
    if ((rc = rt_objects_get(from, &payload->hash, &bytes, err)) == 0)
        rc = rt_objects_put(to, rt_buf_span(&bytes), &hash, err);
    rt_buf_clear(&bytes);
    return rc == RT_ENOTFOUND ? (err->code = RT_EDAMAGED) : rc;
}

int rt_mirror_objects(const struct rt_event *event, const struct rt_objects *from,
                      struct rt_objects *to, struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if (event->kind != RT_EVENT_ATTEMPTS)
        return 0;
    if ((rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        if ((rc = mirror_payload(&attempt.result, from, to, err)) < 0 ||
            (rc = mirror_payload(&attempt.reason, from, to, err)) < 0 ||
            (rc = mirror_payload(&attempt.out.kept, from, to, err)) < 0 ||
            (rc = mirror_payload(&attempt.err.kept, from, to, err)) < 0)
            break;
    }
    return rc;
}

/* A copy of a repository in the making. */
struct mirror {
    const char *from;
    const char *to;
    char **paths; /* of files, relative */
    size_t count;
    size_t capacity;
    struct rt_buf piece;
};

/* What a writer that lives is making there, or one that died has left. */
static bool is_unfinished(const char *name)
{
    static const char *const patterns[] = {"*.lock", "pack_git2_*", "tmp_*", UNFINISHED "*"};

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (fnmatch(patterns[i], name, 0) == 0)
            return true;
    return false;
}

/* Notes the files below a folder ("" is all), and makes its folders on the other side. */
static int note_files(struct mirror *mirror, const char *folder, const char *but,
                      struct rt_err *err)
{
    char *from = rt_fs_join(mirror->from, folder);
    char *to = rt_fs_join(mirror->to, folder);
    DIR *dir = opendir(from);
    struct dirent *entry;
    struct stat info;
    int rc = 0;

    if (!dir && errno != ENOENT)
        rc = rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", from);
    else if (dir)
        rc = rt_io_mkdir(&rt_io_plain, to, err);
    while (dir && rc == 0 && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        char *path = folder[0] ? rt_fs_join(folder, name) : rt_strdup(name);

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_unfinished(name) ||
            (but && strcmp(path, but) == 0) ||
            fstatat(dirfd(dir), name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
            free(path);
        } else if (S_ISDIR(info.st_mode)) {
            rc = note_files(mirror, path, but, err);
            free(path);
        } else {
            mirror->paths =
                rt_grow(mirror->paths, &mirror->capacity, mirror->count + 1, sizeof *mirror->paths);
            mirror->paths[mirror->count++] = path;
        }
    }
    if (dir)
        closedir(dir);
    free(from);
    free(to);
    return rc;
}

static int copy_bytes(struct mirror *mirror, int in, int out, const char *from, const char *to,
                      struct rt_err *err)
{
    ssize_t got;
    int rc;

    do {
        rt_buf_reset(&mirror->piece);
        rt_buf_reserve(&mirror->piece, PIECE_BYTES);
        got = read(in, mirror->piece.data, PIECE_BYTES);
        if (got < 0 && errno != EINTR)
            return rt_err_errno(err, RT_EIO, "reading \"%s\"", from);
        if (got > 0 &&
            (rc = rt_fs_write_all(out, rt_span(mirror->piece.data, (size_t)got), to, err)) < 0)
            return rc;
    } while (got != 0);
    return fsync(out) < 0 ? rt_fs_write_error(err, "syncing", to) : 0;
}

static int sync_parent(const char *path, struct rt_err *err)
{
    char *folder = rt_fs_parent(path);
    int rc = rt_fs_sync_dir(folder, err);

    free(folder);
    return rc;
}

static int copy_file(struct mirror *mirror, const char *from, const char *to, struct rt_err *err)
{
    char *other = rt_printf("%s/" UNFINISHED "%ld", mirror->to, (long)getpid());
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc;

    if (in < 0)
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", from);
    else if (out < 0)
        rc = rt_fs_write_error(err, "creating", other);
    else
        rc = copy_bytes(mirror, in, out, from, other, err);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) < 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", other); /* where a network tells of a full quota */
    if (rc == 0 && rename(other, to) < 0)
        rc = rt_fs_write_error(err, "renaming", other);
    if (rc < 0)
        unlink(other);
    else
        rc = sync_parent(to, err);
    free(other);
    return rc;
}

static int copy_missing(struct mirror *mirror, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < mirror->count; i++) {
        char *from = rt_fs_join(mirror->from, mirror->paths[i]);
        char *to = rt_fs_join(mirror->to, mirror->paths[i]);
        struct stat here;
        struct stat there;

        if (stat(from, &here) == 0 && (stat(to, &there) < 0 || there.st_size != here.st_size))
            rc = copy_file(mirror, from, to, err);
        free(from);
        free(to);
    }
    return rc;
}

static void forget_files(struct mirror *mirror)
{
    while (mirror->count)
        free(mirror->paths[--mirror->count]);
}

int rt_mirror_code(const char *from, const char *to, struct rt_err *err)
{
    struct mirror references = {.from = from, .to = to};
    struct mirror content = {.from = from, .to = to};
    int rc;

    if (!rt_fs_exists(from))
        return 0;
    /* A reference that is seen before the content is looked for leads to something. */
    if ((rc = note_files(&references, "", "objects", err)) == 0 &&
        (rc = note_files(&content, "objects", NULL, err)) == 0 &&
        (rc = copy_missing(&content, err)) == 0)
        rc = copy_missing(&references, err);
    forget_files(&references);
    forget_files(&content);
    free(references.paths);
    free(content.paths);
    rt_buf_clear(&references.piece);
    rt_buf_clear(&content.piece);
    return rc;
}
