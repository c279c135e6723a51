#include "store/lmdb.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLES_MAX  4
#define READERS_MAX 512
#define FIRST_BYTES ((uint64_t)1 << 30) /* address space only; the file grows as it is written */
#define META_PAGES  2
#define LOCK_BYTES  (READERS_MAX * 64 + 4096) /* a cache line for each reader, and a head */

struct rt_lmdb {
    MDB_env *env;
    MDB_dbi tables[TABLES_MAX];
    unsigned table_count;
    char *folder;
    char *file;
    const struct rt_io *io;
    bool unguarded;
    dev_t device;
    ino_t inode;
    pthread_rwlock_t map; /* transactions share it; growing the map takes it alone */
    struct rt_lmdb *next; /* in the list of all that are open */
};

struct rt_lmdb_txn {
    MDB_txn *txn;
    const struct rt_lmdb *lmdb;
    bool full; /* the map is */
};

static struct rt_lmdb *all;
static pthread_mutex_t all_mutex = PTHREAD_MUTEX_INITIALIZER;

static int fail(struct rt_err *err, int code, const char *doing, const char *path)
{
    if (code > 0) {
        errno = code;
        return rt_fs_write_error(err, doing, path);
    }
    if (code == MDB_READERS_FULL || code == MDB_MAP_FULL || code == MDB_TXN_FULL)
        return rt_err_set(err, RT_EIO, "%s \"%s\": %s", doing, path, mdb_strerror(code));
    return rt_err_set(err, RT_EDAMAGED, "%s \"%s\": %s", doing, path, mdb_strerror(code));
}

/* Opening a file twice in a process, or merely closing it, would drop its locks. */
static int enlist(struct rt_lmdb *lmdb, struct rt_err *err)
{
    struct stat info;
    int rc = 0;

    if (stat(lmdb->file, &info) < 0)
        return rt_err_errno(err, RT_EIO, "looking at \"%s\"", lmdb->file);
    lmdb->device = info.st_dev;
    lmdb->inode = info.st_ino;
    pthread_mutex_lock(&all_mutex);
    for (struct rt_lmdb *other = all; other; other = other->next) {
        if (other->device == lmdb->device && other->inode == lmdb->inode)
            rc =
                rt_err_set(err, RT_EINTERNAL, "\"%s\" is open in this process already", lmdb->file);
    }
    if (rc == 0) {
        lmdb->next = all;
        all = lmdb;
    }
    pthread_mutex_unlock(&all_mutex);
    return rc;
}

static void delist(struct rt_lmdb *lmdb)
{
    struct rt_lmdb **at = &all;

    pthread_mutex_lock(&all_mutex);
    while (*at && *at != lmdb)
        at = &(*at)->next;
    if (*at)
        *at = lmdb->next;
    pthread_mutex_unlock(&all_mutex);
}

/* An empty file would silently become a new environment, so it is looked at first. */
static int check_file(const struct rt_lmdb *lmdb, bool create, uint64_t *size, struct rt_err *err)
{
    struct stat info;

    *size = 0;
    if (stat(lmdb->file, &info) < 0) {
        if (errno == ENOENT && create)
            return 0;
        return rt_err_errno(err, errno == ENOENT ? RT_ENOTFOUND : RT_EIO, "opening \"%s\"",
                            lmdb->file);
    }
    if (create)
        return rt_err_set(err, RT_ECONFLICT, "there is \"%s\" already", lmdb->file);
    if (info.st_size == 0)
        return rt_err_set(err, RT_EDAMAGED, "\"%s\" is empty", lmdb->file);
    *size = (uint64_t)info.st_size;
    return 0;
}

/* A page that the file does not reach would be read as SIGBUS. */
static int check_size(const struct rt_lmdb *lmdb, struct rt_err *err)
{
    MDB_envinfo info;
    MDB_stat stats;
    struct stat file;
    uint64_t needed;
    int fd;

    mdb_env_info(lmdb->env, &info);
    mdb_env_stat(lmdb->env, &stats);
    mdb_env_get_fd(lmdb->env, &fd);
    if (fstat(fd, &file) < 0)
        return rt_err_errno(err, RT_EIO, "looking at \"%s\"", lmdb->file);
    needed = ((uint64_t)info.me_last_pgno + 1) * stats.ms_psize;
    if (needed < META_PAGES * (uint64_t)stats.ms_psize)
        needed = META_PAGES * (uint64_t)stats.ms_psize;
    if ((uint64_t)file.st_size < needed)
        return rt_err_set(err, RT_EDAMAGED,
                          "\"%s\" is cut short: %" PRIu64 " bytes instead of %" PRIu64, lmdb->file,
                          (uint64_t)file.st_size, needed);
    return 0;
}

static int try_open(struct rt_lmdb *lmdb, unsigned flags, uint64_t map_bytes)
{
    int code;

    if ((code = mdb_env_create(&lmdb->env)) != 0) {
        lmdb->env = NULL;
        return code;
    }
    if ((code = mdb_env_set_maxdbs(lmdb->env, TABLES_MAX)) == 0 &&
        (code = mdb_env_set_maxreaders(lmdb->env, READERS_MAX)) == 0 &&
        (code = mdb_env_set_mapsize(lmdb->env, map_bytes)) == 0)
        code = mdb_env_open(lmdb->env, lmdb->folder, flags, 0600);
    if (code == 0)
        return 0;
    mdb_env_close(lmdb->env);
    lmdb->env = NULL;
    return code;
}

/* LMDB maps its lock file and writes to what may be holes in it: on a full disk that is SIGBUS. */
static int fill_lock_file(const struct rt_lmdb *lmdb, struct rt_err *err)
{
    char *path = rt_fs_join(lmdb->folder, "lock.mdb");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int rc = 0;

    if (fd >= 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOCK_BYTES) < 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EIO))
        rc = rt_fs_write_error(err, "making", path);
    if (fd >= 0)
        close(fd); /* no handle of this process is open yet whose locks that would drop */
    free(path);
    return rc;
}

/* The map shrinks when address space is limited, and locks are left out where they must be. */
static int open_env(struct rt_lmdb *lmdb, const struct rt_lmdb_options *options, struct rt_err *err)
{
    unsigned flags =
        MDB_NOTLS | (options->write ? 0 : MDB_RDONLY) | (options->still ? MDB_NOLOCK : 0);
    uint64_t bytes = options->first_bytes ? options->first_bytes : FIRST_BYTES;
    uint64_t size;
    int code;
    int rc;
    int fd;

    if ((rc = check_file(lmdb, options->create, &size, err)) < 0 ||
        (options->write && (rc = fill_lock_file(lmdb, err)) < 0))
        return rc;
    while (bytes < 2 * size)
        bytes *= 2;
    while ((code = try_open(lmdb, flags, bytes)) != 0) {
        if (code == ENOMEM && bytes / 2 > size + (1 << 20))
            bytes /= 2;
        else if ((code == EACCES || code == EROFS) && !options->write && !(flags & MDB_NOLOCK))
            flags |= MDB_NOLOCK;
        else
            return fail(err, code, "opening", lmdb->file);
    }
    lmdb->unguarded = flags & MDB_NOLOCK;
    mdb_env_get_fd(lmdb->env, &fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return check_size(lmdb, err);
}

static int open_tables(struct rt_lmdb *lmdb, const struct rt_lmdb_options *options,
                       struct rt_err *err)
{
    unsigned flags = MDB_INTEGERKEY | (options->create ? MDB_CREATE : 0);
    MDB_txn *txn;
    int code;

    code = mdb_txn_begin(lmdb->env, NULL, options->write ? 0 : MDB_RDONLY, &txn);
    if (code != 0)
        return fail(err, code, "reading", lmdb->file);
    for (unsigned i = 0; i < options->table_count && code == 0; i++)
        code = mdb_dbi_open(txn, options->tables[i], flags, &lmdb->tables[i]);
    if (code == 0)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    lmdb->table_count = options->table_count;
    return code == 0 ? 0 : fail(err, code, "reading the tables of", lmdb->file);
}

int rt_lmdb_open(const struct rt_lmdb_options *options, struct rt_lmdb **out, struct rt_err *err)
{
    struct rt_lmdb *lmdb = rt_calloc(1, sizeof *lmdb);
    int dead;
    int rc;

    *out = NULL;
    lmdb->folder = rt_strdup(options->folder);
    lmdb->file = rt_fs_join(options->folder, "data.mdb");
    lmdb->io = options->io;
    pthread_rwlock_init(&lmdb->map, NULL);
    if ((!options->create && rt_fs_exists(lmdb->file) && (rc = enlist(lmdb, err)) < 0) ||
        (rc = open_env(lmdb, options, err)) < 0 || (rc = open_tables(lmdb, options, err)) < 0 ||
        (options->create && (rc = enlist(lmdb, err)) < 0)) {
        rt_lmdb_close(lmdb);
        return rc;
    }
    if (options->write)
        mdb_reader_check(lmdb->env, &dead);
    *out = lmdb;
    return 0;
}

void rt_lmdb_close(struct rt_lmdb *lmdb)
{
    if (!lmdb)
        return;
    if (lmdb->env)
        mdb_env_close(lmdb->env);
    delist(lmdb);
    pthread_rwlock_destroy(&lmdb->map);
    free(lmdb->folder);
    free(lmdb->file);
    free(lmdb);
}

bool rt_lmdb_unguarded(const struct rt_lmdb *lmdb)
{
    return lmdb->unguarded;
}

/* Doubles the map, or with `follow` takes the size that another process gave it. */
static int resize(struct rt_lmdb *lmdb, bool follow, struct rt_err *err)
{
    MDB_envinfo info;
    int code;

    pthread_rwlock_wrlock(&lmdb->map);
    mdb_env_info(lmdb->env, &info);
    code = mdb_env_set_mapsize(lmdb->env, follow ? 0 : 2 * info.me_mapsize);
    pthread_rwlock_unlock(&lmdb->map);
    return code == 0 ? 0 : fail(err, code, "growing the map of", lmdb->file);
}

static int begin(struct rt_lmdb *lmdb, unsigned flags, struct rt_lmdb_txn *txn, struct rt_err *err)
{
    int code;
    int rc;

    txn->lmdb = lmdb;
    txn->full = false;
    for (;;) {
        pthread_rwlock_rdlock(&lmdb->map);
        code = mdb_txn_begin(lmdb->env, NULL, flags, &txn->txn);
        if (code == 0)
            return 0;
        pthread_rwlock_unlock(&lmdb->map);
        if (code != MDB_MAP_RESIZED)
            return fail(err, code, "reading", lmdb->file);
        if ((rc = resize(lmdb, true, err)) < 0)
            return rc;
    }
}

int rt_lmdb_read(struct rt_lmdb *lmdb, rt_lmdb_work_fn *work, void *context, struct rt_err *err)
{
    struct rt_lmdb_txn txn;
    int rc;

    if ((rc = begin(lmdb, MDB_RDONLY, &txn, err)) < 0)
        return rc;
    rc = work(&txn, context, err);
    mdb_txn_abort(txn.txn);
    pthread_rwlock_unlock(&lmdb->map);
    return rc;
}

static int commit(struct rt_lmdb_txn *txn, struct rt_err *err)
{
    int code;
    int rc;

    if ((rc = rt_io_fault(txn->lmdb->io, "committing", txn->lmdb->file, err)) < 0) {
        mdb_txn_abort(txn->txn);
        return rc;
    }
    code = mdb_txn_commit(txn->txn);
    txn->full = code == MDB_MAP_FULL;
    return code == 0 ? 0 : fail(err, code, "committing", txn->lmdb->file);
}

int rt_lmdb_write(struct rt_lmdb *lmdb, rt_lmdb_work_fn *work, void *context, struct rt_err *err)
{
    struct rt_lmdb_txn txn;
    int rc;

    for (;;) {
        if ((rc = begin(lmdb, 0, &txn, err)) < 0)
            return rc;
        rc = work(&txn, context, err);
        if (rc < 0)
            mdb_txn_abort(txn.txn);
        else
            rc = commit(&txn, err);
        pthread_rwlock_unlock(&lmdb->map);
        if (rc == 0 || !txn.full)
            return rc;
        if ((rc = resize(lmdb, false, err)) < 0)
            return rc;
    }
}

int rt_lmdb_put(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_span value,
                bool append, struct rt_err *err)
{
    MDB_val at = {sizeof key, &key};
    MDB_val data = {value.size, (void *)value.data};
    int code = mdb_put(txn->txn, txn->lmdb->tables[table], &at, &data, append ? MDB_APPEND : 0);

    if (code == 0)
        return 0;
    txn->full = code == MDB_MAP_FULL;
    if (code == MDB_KEYEXIST)
        return rt_err_set(err, RT_ELOCKED, "number %" PRIu64 " was written by somebody else", key);
    return fail(err, code, "writing", txn->lmdb->file);
}

int rt_lmdb_remove(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_err *err)
{
    MDB_val at = {sizeof key, &key};
    int code = mdb_del(txn->txn, txn->lmdb->tables[table], &at, NULL);

    if (code == 0 || code == MDB_NOTFOUND)
        return 0;
    txn->full = code == MDB_MAP_FULL;
    return fail(err, code, "writing", txn->lmdb->file);
}

int rt_lmdb_get(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_span *value,
                struct rt_err *err)
{
    MDB_val at = {sizeof key, &key};
    MDB_val data;
    int code = mdb_get(txn->txn, txn->lmdb->tables[table], &at, &data);

    if (code == MDB_NOTFOUND)
        return 0;
    if (code != 0)
        return fail(err, code, "reading", txn->lmdb->file);
    *value = rt_span(data.mv_data, data.mv_size);
    return 1;
}

int rt_lmdb_count(struct rt_lmdb_txn *txn, unsigned table, uint64_t *count, struct rt_err *err)
{
    MDB_stat stats;
    int code = mdb_stat(txn->txn, txn->lmdb->tables[table], &stats);

    if (code != 0)
        return fail(err, code, "reading", txn->lmdb->file);
    *count = stats.ms_entries;
    return 0;
}

static uint64_t key_of(const MDB_val *at)
{
    uint64_t key = 0;

    if (at->mv_size == sizeof key)
        memcpy(&key, at->mv_data, sizeof key);
    return key;
}

int rt_lmdb_last(struct rt_lmdb_txn *txn, unsigned table, uint64_t *key, struct rt_span *value,
                 struct rt_err *err)
{
    MDB_val at = {sizeof *key, key};
    MDB_val data;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn->txn, txn->lmdb->tables[table], &cursor);

    if (code != 0)
        return fail(err, code, "reading", txn->lmdb->file);
    code = mdb_cursor_get(cursor, &at, &data, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND)
        code = mdb_cursor_get(cursor, &at, &data, MDB_LAST);
    else if (code == 0 && key_of(&at) > *key)
        code = mdb_cursor_get(cursor, &at, &data, MDB_PREV);
    if (code == 0) {
        *key = key_of(&at);
        *value = rt_span(data.mv_data, data.mv_size);
    }
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return 0;
    return code == 0 ? 1 : fail(err, code, "reading", txn->lmdb->file);
}

int rt_lmdb_each(struct rt_lmdb_txn *txn, unsigned table, uint64_t from, rt_lmdb_entry_fn *each,
                 void *context, struct rt_err *err)
{
    MDB_val at = {sizeof from, &from};
    MDB_val data;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn->txn, txn->lmdb->tables[table], &cursor);
    int rc = 0;

    if (code != 0)
        return fail(err, code, "reading", txn->lmdb->file);
    code = mdb_cursor_get(cursor, &at, &data, MDB_SET_RANGE);
    while (code == 0 && rc == 0) {
        rc = each(context, key_of(&at), rt_span(data.mv_data, data.mv_size), err);
        if (rc == 0)
            code = mdb_cursor_get(cursor, &at, &data, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (rc != 0 || code == MDB_NOTFOUND)
        return rc;
    return fail(err, code, "reading", txn->lmdb->file);
}
