#include "engine/spool.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC      0x31535452u /* "RTS1", read as a little-endian u32 */
#define CHECK_SIZE 16          /* bytes of the SHA-256 over a batch */
#define ASIDE      ".damaged"  /* how the names of files end that are not harvested */

struct rt_spool {
    char *path;
    int fd;
    uint64_t size;
    bool broken; /* a write failed; nothing more is added before the next clear */
};

static char *spool_folder(void)
{
    const char *named = getenv("RETRIAL_SPOOL");
    const char *base = getenv("TMPDIR");

    if (named && named[0] == '/')
        return rt_strdup(named);
    return rt_printf("%s/retrial-spool-%ld", base && base[0] == '/' ? base : "/tmp",
                     (long)getuid());
}

/* A folder of ours alone: in /tmp anybody may have made one of that name. */
static int make_folder(const char *folder, struct rt_err *err)
{
    struct stat info;
    int rc = rt_fs_mkdirs(folder, err);

    if (rc < 0)
        return rc;
    if (lstat(folder, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != getuid())
        return rt_err_set(err, RT_EIO, "\"%s\" is not a folder of ours", folder);
    return 0;
}

int rt_spool_open(const char *study_id, uint32_t launch, int rank, struct rt_spool **out,
                  struct rt_err *err)
{
    struct rt_spool *spool = rt_calloc(1, sizeof *spool);
    char *folder = spool_folder();
    int rc = make_folder(folder, err);

    spool->fd = -1;
    spool->path =
        rt_printf("%s/%s-%" PRIu32 "-%d-%ld", folder, study_id, launch, rank, (long)getpid());
    if (rc == 0)
        spool->fd =
            open(spool->path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (rc == 0 && (spool->fd < 0 || flock(spool->fd, LOCK_EX | LOCK_NB) < 0))
        rc = rt_fs_write_error(err, "making", spool->path);
    free(folder);
    if (rc < 0) {
        rt_spool_close(spool);
        return rc;
    }
    *out = spool;
    return 0;
}

void rt_spool_close(struct rt_spool *spool)
{
    if (!spool)
        return;
    if (spool->fd >= 0) {
        if (spool->size == 0)
            unlink(spool->path);
        close(spool->fd);
    }
    free(spool->path);
    free(spool);
}

int rt_spool_put(struct rt_spool *spool, struct rt_span rows, struct rt_err *err)
{
    struct rt_buf record = RT_BUF_INIT;
    struct rt_hash hash;
    int rc;

    if (!spool || spool->broken)
        return 0;
    hash = rt_hash(rows);
    rt_buf_put_u32(&record, MAGIC);
    rt_buf_put_u64(&record, rows.size);
    rt_buf_put(&record, rows.data, rows.size);
    rt_buf_put(&record, hash.bytes, CHECK_SIZE);
    if ((rc = rt_fs_write_all(spool->fd, rt_buf_span(&record), spool->path, err)) < 0)
        spool->broken = true;
    else
        spool->size += record.size;
    rt_buf_clear(&record);
    return rc;
}

int rt_spool_clear(struct rt_spool *spool, struct rt_err *err)
{
    if (!spool || (spool->size == 0 && !spool->broken))
        return 0;
    spool->broken = ftruncate(spool->fd, 0) < 0;
    spool->size = 0;
    return spool->broken ? rt_fs_write_error(err, "emptying", spool->path) : 0;
}

uint64_t rt_spool_size(const struct rt_spool *spool)
{
    return spool ? spool->size : 0;
}

/* True if no live agent holds the file. */
static bool is_abandoned(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool abandoned = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return abandoned;
}

void rt_harvest_find(struct rt_harvest *harvest, const char *study_id)
{
    char *folder = spool_folder();
    char *prefix = rt_printf("%s-", study_id);
    DIR *dir = opendir(folder);
    struct dirent *entry;

    memset(harvest, 0, sizeof *harvest);
    while (dir && (entry = readdir(dir)) != NULL) {
        char *path;

        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 || strstr(entry->d_name, ASIDE))
            continue;
        path = rt_fs_join(folder, entry->d_name);
        if (is_abandoned(path)) {
            harvest->paths = rt_grow(harvest->paths, &harvest->capacity, harvest->count + 1,
                                     sizeof *harvest->paths);
            harvest->paths[harvest->count++] = path;
        } else {
            free(path);
        }
    }
    if (dir)
        closedir(dir);
    free(prefix);
    free(folder);
}

void rt_harvest_clear(struct rt_harvest *harvest)
{
    for (size_t i = 0; i < harvest->count; i++)
        free(harvest->paths[i]);
    free(harvest->paths);
    memset(harvest, 0, sizeof *harvest);
}

enum found {
    FOUND_BATCH,
    FOUND_END, /* or the beginning of a batch */
    FOUND_DAMAGE,
};

/* The rest of a file that a kill cut short has no further batch in it. */
static enum found judge_rest(struct rt_reader *reader)
{
    struct rt_span rest = rt_read_bytes(reader, rt_reader_left(reader));
    uint8_t magic[] = {'R', 'T', 'S', '1'};

    return rest.size && memmem(rest.data, rest.size, magic, sizeof magic) ? FOUND_DAMAGE
                                                                          : FOUND_END;
}

static enum found next_batch(struct rt_reader *reader, struct rt_span *rows)
{
    struct rt_span check;
    struct rt_hash hash;
    uint32_t magic = rt_read_u32(reader);
    uint64_t size = rt_read_u64(reader);

    if (!reader->bad && magic != MAGIC)
        return FOUND_DAMAGE;
    if (reader->bad)
        return FOUND_END;
    if (size > rt_reader_left(reader))
        return judge_rest(reader);
    *rows = rt_read_bytes(reader, (size_t)size);
    check = rt_read_bytes(reader, CHECK_SIZE);
    if (reader->bad)
        return FOUND_END;
    hash = rt_hash(*rows);
    return memcmp(hash.bytes, check.data, CHECK_SIZE) == 0 ? FOUND_BATCH : FOUND_DAMAGE;
}

int rt_harvest_read(const char *path, rt_harvest_fn *each, void *context, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_reader reader;
    struct rt_span rows;
    enum found found = FOUND_BATCH;
    int rc = rt_fs_read(path, &text, err);

    reader = rt_reader(rt_buf_span(&text));
    while (rc == 0 && (found = next_batch(&reader, &rows)) == FOUND_BATCH)
        each(context, rows);
    rt_buf_clear(&text);
    return rc < 0 ? rc : found == FOUND_DAMAGE;
}

int rt_harvest_set_aside(const char *path, struct rt_err *err)
{
    char *other = rt_printf("%s" ASIDE, path);
    int rc = rename(path, other) < 0 ? rt_fs_write_error(err, "setting aside", path) : 0;

    free(other);
    return rc;
}
