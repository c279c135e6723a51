#include "store/db_own.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS  2000 /* readers of the index come and go; its writer is one */
#define LEAVE_MS 20   /* for readers to leave the WAL */

static int code_of(int sqlite_code)
{
    switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
        return RT_EDAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RT_ELOCKED;
    case SQLITE_INTERRUPT:
        return RT_EINTERRUPTED;
    case SQLITE_ERROR:
    case SQLITE_AUTH:
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
        return RT_EUSAGE;
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
        return RT_EINTERNAL;
    default:
        return RT_EIO;
    }
}

int rt_db_fail(struct rt_db *db, int sqlite_code, const char *doing, struct rt_err *err)
{
    int code = code_of(sqlite_code);

    if (sqlite_code == SQLITE_FULL || (sqlite_code & 0xff) == SQLITE_IOERR) {
        errno = sqlite_code == SQLITE_FULL ? ENOSPC : sqlite3_system_errno(db->handle);
        /* It forgets what a failed commit met with, and why it has no descriptor. */
        if (errno == 0 || errno == EBADF)
            errno = EIO;
        return rt_fs_write_error(err, doing, db->path);
    }
    if (code == RT_EUSAGE)
        return rt_err_set(err, code, "%s",
                          sqlite_code == SQLITE_NOMEM ? "more memory needed than a query may have"
                                                      : sqlite3_errmsg(db->handle));
    return rt_err_set(err, code, "%s \"%s\": %s", doing, db->path, sqlite3_errmsg(db->handle));
}

/* SQLite makes files with mode 0644 less the umask; this one is the owner's alone, and its WAL
 * takes the mode of the database. */
static int create_private(const char *path, struct rt_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST)
        return rt_fs_write_error(err, "creating", path);
    if (fd >= 0)
        close(fd);
    return 0;
}

static int connect_to(struct rt_db *db, const char *name, int flags)
{
    int rc = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db->handle, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    return rc;
}

/* A database in WAL mode on a read-only file system opens only as one that never changes. */
static int connect_immutable(struct rt_db *db)
{
    char *name = sqlite3_mprintf("file:%s?immutable=1", db->path);
    int rc;

    if (!name || strpbrk(db->path, "?#%")) {
        sqlite3_free(name);
        return SQLITE_CANTOPEN;
    }
    sqlite3_close_v2(db->handle);
    rc = connect_to(db, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    sqlite3_free(name);
    return rc;
}

static int open_to_read(struct rt_db *db, struct rt_err *err)
{
    char *wal = rt_printf("%s-wal", db->path);
    int rc = connect_to(db, db->path, SQLITE_OPEN_READONLY);

    if (((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY) && !rt_fs_exists(wal))
        rc = connect_immutable(db);
    free(wal);
    return rc == SQLITE_OK ? 0 : rt_db_fail(db, rc, "opening", err);
}

static int note_wal(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct rt_db *db = context;

    (void)handle;
    (void)name;
    db->wal_pages = pages;
    return SQLITE_OK;
}

static int open_to_write(struct rt_db *db, struct rt_err *err)
{
    int rc;

    if ((rc = create_private(db->path, err)) < 0)
        return rc;
    rc = connect_to(db, db->path, SQLITE_OPEN_READWRITE);
    if (rc != SQLITE_OK)
        return rt_db_fail(db, rc, "opening", err);
    if ((rc = rt_db_exec(db, "PRAGMA page_size = 16384", err)) < 0 ||
        (rc = rt_db_exec(db, "PRAGMA journal_mode = WAL", err)) < 0 ||
        (rc = rt_db_exec(db, "PRAGMA synchronous = NORMAL", err)) < 0 ||
        (rc = rt_db_exec(db, "PRAGMA wal_autocheckpoint = 0", err)) < 0)
        return rc;
    sqlite3_wal_hook(db->handle, note_wal, db);
    return rt_db_exec(db, "PRAGMA cache_size = -16384", err);
}

int rt_db_open(const char *path, enum rt_db_mode mode, struct rt_db **out, struct rt_err *err)
{
    struct rt_db *db;
    int rc;

    *out = NULL;
    if (mode == RT_DB_READ && !rt_fs_exists(path))
        return rt_err_set(err, RT_ENOTFOUND, "there is no \"%s\"", path);
    db = rt_calloc(1, sizeof *db);
    db->path = rt_strdup(path);
    rc = mode == RT_DB_READ ? open_to_read(db, err) : open_to_write(db, err);
    if (rc < 0) {
        rt_db_close(db);
        return rc;
    }
    *out = db;
    return 0;
}

void rt_db_close(struct rt_db *db)
{
    if (!db)
        return;
    sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

const char *rt_db_path(const struct rt_db *db)
{
    return db->path;
}

int rt_db_exec(struct rt_db *db, const char *sql, struct rt_err *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : rt_db_fail(db, rc, "writing", err);
}

int rt_db_number(struct rt_db *db, const char *sql, int64_t *value, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(db, sql, &stmt, NULL, err)) < 0)
        return rc;
    rc = rt_stmt_step(stmt, err);
    if (rc == 1)
        *value = rt_stmt_get_int(stmt, 0);
    else if (rc == 0)
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\": no row where one must be", db->path);
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

int64_t rt_db_changes(struct rt_db *db)
{
    return sqlite3_changes64(db->handle);
}

int64_t rt_db_wal_pages(const struct rt_db *db)
{
    return db->wal_pages;
}

int rt_db_checkpoint(struct rt_db *db, bool restart, int64_t *wal_pages, struct rt_err *err)
{
    int mode = restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    int held = 0;
    int moved = 0;
    int rc;

    sqlite3_busy_timeout(db->handle, LEAVE_MS);
    rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, &held, &moved);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    *wal_pages = held > 0 ? held : 0;
    if (rc == SQLITE_BUSY || (rc == SQLITE_OK && moved < held))
        return 1;
    return rc == SQLITE_OK ? 0 : rt_db_fail(db, rc, "writing", err);
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    struct rt_db *db = context;
    enum rt_db_action asked = RT_DB_OTHER;
    const char *name = first;

    (void)database;
    (void)trigger;
    if (action == SQLITE_SELECT || action == SQLITE_RECURSIVE)
        asked = RT_DB_SELECT;
    else if (action == SQLITE_READ)
        asked = RT_DB_COLUMN;
    else if (action == SQLITE_FUNCTION) {
        asked = RT_DB_FUNCTION;
        name = second;
    }
    return db->allow(db->context, asked, name ? name : "") ? SQLITE_OK : SQLITE_DENY;
}

void rt_db_restrict(struct rt_db *db, const struct rt_db_limits *limits)
{
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, limits->text_bytes);
    sqlite3_limit(db->handle, SQLITE_LIMIT_SQL_LENGTH, limits->sql_bytes);
    sqlite3_limit(db->handle, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_hard_heap_limit64(limits->heap_bytes);
    /* Table functions declare their columns by a CREATE TABLE when they are first used. */
    sqlite3_exec(db->handle, "SELECT 1 FROM json_each('[]'), json_tree('[]')", NULL, NULL, NULL);
    db->allow = limits->allow;
    db->context = limits->context;
    sqlite3_set_authorizer(db->handle, authorize, db);
}

int rt_db_error_offset(struct rt_db *db)
{
    return sqlite3_error_offset(db->handle);
}
