/* The index against the journal: it is made anew elsewhere, and the two are compared. */
#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/db.h"
#include "store/index.h"
#include "store/index_ddl.h"
#include "store/objects.h"
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sql.h"

#define COMMIT_EVENTS 1000

struct comparison {
    struct rt_checking *checking;
    char *folder; /* of what is made for this */
    char *path;   /* of the index that is looked at */
    char *made;   /* of the one made anew */
    struct rt_db *db;
    uint64_t position;
    uint64_t last; /* of the journal */
    struct rt_journal *journal;
    struct rt_objects *objects;
    struct rt_index *index;
    struct rt_state *state;
};

/* What is looked at may be a copy, whose name says nothing. */
static void say(struct comparison *comparison, int rc, const char *what, const struct rt_err *err)
{
    const char *path = strstr(err->text, comparison->path);

    if (path && rc != RT_EIO) /* the copy stands for the original, but not where it fails */
        rt_check_say(comparison->checking, rc, RT_CHECK_REPAIR, "%s: %.*sindex.sqlite%s", what,
                     (int)(path - err->text), err->text, path + strlen(comparison->path));
    else
        rt_check_say(comparison->checking, rc, RT_CHECK_REPAIR, "%s: %s", what, err->text);
}

static int copy_file(const char *from, const char *to, struct rt_err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out;
    ssize_t moved = 1;
    int rc = 0;

    if (in < 0)
        return errno == ENOENT ? 0 : rt_err_errno(err, RT_EIO, "reading \"%s\"", from);
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (out >= 0 && moved > 0)
        moved = sendfile(out, in, NULL, 1u << 30);
    if (out < 0 || moved < 0)
        rc = rt_fs_write_error(err, "copying the index to", to);
    if (out >= 0)
        close(out);
    close(in);
    return rc;
}

/* To read a database in WAL mode changes files beside it: what nobody writes is read as a copy. */
static int set_up(struct comparison *comparison, const char *original, struct rt_err *err)
{
    const char *temporary = getenv("TMPDIR");
    char *wal = rt_printf("%s-wal", original);
    char *wal_copy;
    int rc = 0;

    comparison->folder =
        rt_printf("%s/retrial-check.XXXXXX", temporary && temporary[0] ? temporary : "/tmp");
    if (!mkdtemp(comparison->folder)) {
        rc = rt_err_errno(err, RT_EIO, "making a folder \"%s\"", comparison->folder);
        free(comparison->folder);
        comparison->folder = NULL;
        free(wal);
        return rc;
    }
    comparison->made = rt_fs_join(comparison->folder, "made.sqlite");
    comparison->path = comparison->checking->live ? rt_strdup(original)
                                                  : rt_fs_join(comparison->folder, "index.sqlite");
    wal_copy = rt_printf("%s-wal", comparison->path);
    if (!comparison->checking->live && (rc = copy_file(original, comparison->path, err)) == 0)
        rc = copy_file(wal, wal_copy, err);
    free(wal_copy);
    free(wal);
    return rc;
}

static void clear(struct comparison *comparison)
{
    rt_index_close(comparison->index);
    rt_state_free(comparison->state);
    rt_db_close(comparison->db);
    rt_objects_close(comparison->objects);
    rt_journal_close(comparison->journal);
    if (comparison->folder)
        rt_fs_remove(comparison->folder, NULL);
    free(comparison->folder);
    free(comparison->path);
    free(comparison->made);
}

static bool has_integrity(struct comparison *comparison)
{
    struct rt_err err = {0};
    struct rt_stmt *stmt = NULL;
    bool whole = true;
    int rc = rt_db_prepare(comparison->db, "PRAGMA integrity_check(1000000)", &stmt, NULL, &err);

    while (rc >= 0 && (rc = rt_stmt_step(stmt, &err)) > 0) {
        const char *text = rt_stmt_get_text(stmt, 0);

        /* Of tables without rowid, SQLite 3.40.1 takes other columns for these: untrue, and the
         * values are compared below. */
        if (text && (strcmp(text, "ok") == 0 || strncmp(text, "NULL value in ", 14) == 0))
            continue;
        whole = false;
        rt_check_say(comparison->checking, RT_EDAMAGED, RT_CHECK_REPAIR, "SQLite finds: %s",
                     text ? text : "");
    }
    if (rc < 0)
        say(comparison, rc, "SQLite cannot check it", &err);
    rt_stmt_free(stmt);
    return whole && rc == 0;
}

static int get_payload(void *context, const struct rt_payload *payload, struct rt_buf *out,
                       struct rt_err *err)
{
    const struct comparison *comparison = context;

    if (payload->by_hash)
        return rt_objects_get(comparison->objects, &payload->hash, out, err);
    rt_buf_put(out, payload->data.data, payload->data.size);
    return 0;
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct comparison *comparison = context;
    int rc;

    if (event->seq > comparison->position)
        return 1;
    if ((rc = rt_state_apply(comparison->state, event, err)) < 0 ||
        (rc = rt_index_apply(comparison->index, comparison->state, event, err)) < 0)
        return rc;
    if (event->seq % COMMIT_EVENTS != 0)
        return 0;
    rc = rt_index_commit(comparison->index, err);
    return rc < 0 ? rc : rt_index_tidy(comparison->index, err);
}

static int make_anew(struct comparison *comparison, struct rt_err *err)
{
    const struct rt_checking *checking = comparison->checking;
    char *folder = rt_fs_join(checking->path, "objects");
    int rc = rt_objects_open(folder, false, &rt_io_plain, &comparison->objects, err);

    free(folder);
    if (rc < 0 ||
        (rc = rt_index_open(comparison->made, checking->uuid, &comparison->index, err)) < 0)
        return rc;
    comparison->state = rt_state_new();
    rt_index_set_payload(comparison->index, get_payload, comparison);
    if ((rc = rt_journal_read(comparison->journal, 1, take_event, comparison, err)) < 0)
        return rc;
    rc = rt_index_commit(comparison->index, err);
    rt_index_close(comparison->index);
    comparison->index = NULL;
    return rc;
}

static int compare_part(struct comparison *comparison, const char *name, struct rt_err *err)
{
    struct rt_buf quoted = RT_BUF_INIT;
    struct rt_stmt *stmt = NULL;
    char *sql;
    int rc;

    rt_ddl_name(&quoted, name);
    sql = rt_ddl_fill(rt_sql_check_compare_rows,
                      (const struct rt_ddl_slot[]){{"part", rt_buf_text(&quoted)}, {NULL, NULL}});
    if ((rc = rt_db_prepare(comparison->db, sql, &stmt, NULL, err)) == 0 &&
        (rc = rt_stmt_step(stmt, err)) > 0 &&
        (rt_stmt_get_int(stmt, 0) != rt_stmt_get_int(stmt, 1) || rt_stmt_get_int(stmt, 2) != 0))
        rt_check_say(comparison->checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "\"%s\" has %" PRId64 " rows, %" PRId64
                     " of them not as in the journal, which gives %" PRId64,
                     name, rt_stmt_get_int(stmt, 0), rt_stmt_get_int(stmt, 2),
                     rt_stmt_get_int(stmt, 1));
    rt_stmt_free(stmt);
    rt_buf_clear(&quoted);
    free(sql);
    return rc < 0 ? rc : 0;
}

static int attach(struct comparison *comparison, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(comparison->db, rt_sql_check_attach, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_text(stmt, ":path", comparison->made);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

static int compare(struct comparison *comparison, struct rt_err *err)
{
    struct rt_stmt *stmt = NULL;
    int64_t differing;
    int rc;

    if ((rc = attach(comparison, err)) < 0 ||
        (rc = rt_db_number(comparison->db, rt_sql_check_compare_schema, &differing, err)) < 0)
        return rc;
    if (differing) {
        rt_check_say(comparison->checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "%" PRId64
                     " tables or views are missing, or are others than the journal gives",
                     differing);
        return 0;
    }
    rc = rt_db_prepare(comparison->db, rt_sql_check_select_parts, &stmt, NULL, err);
    while (rc >= 0 && (rc = rt_stmt_step(stmt, err)) > 0)
        rc = compare_part(comparison, rt_stmt_get_text(stmt, 0), err);
    rt_stmt_free(stmt);
    return rc;
}

/* Whether the index can be compared with the journal at all. */
static bool recognise(struct comparison *comparison)
{
    struct rt_checking *checking = comparison->checking;
    struct rt_err err = {0};
    int rc;

    if ((rc = rt_db_open(comparison->path, RT_DB_READ, &comparison->db, &err)) < 0 ||
        (rc = rt_db_exec(comparison->db, "BEGIN", &err)) < 0 ||
        (rc = rt_index_recognise(comparison->db, checking->uuid, &comparison->position, &err)) <
            0) {
        say(comparison, rc, "it cannot be used", &err);
        return false;
    }
    if (rc > 0) /* it will be made anew at the next start */
        return false;
    checking->facts.indexed = true;
    if (comparison->position > comparison->last) {
        rt_check_say(checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "it knows of event %" PRIu64 ", and the journal ends at %" PRIu64,
                     comparison->position, comparison->last);
        return false;
    }
    checking->facts.behind = comparison->last - comparison->position;
    return has_integrity(comparison);
}

static uint64_t last_event(struct comparison *comparison)
{
    struct rt_err ignored = {0}; /* the check of the journal has told */

    if (rt_check_open_journal(comparison->checking, &comparison->journal, &ignored) < 0)
        return 0;
    return rt_journal_durable(comparison->journal);
}

/* False too for what a writer left that died before its first transaction was through: an empty
 * file, or a rollback journal, which SQLite makes only then. */
static bool is_begun(const char *path)
{
    char *journal = rt_printf("%s-journal", path);
    struct stat info;
    bool begun = stat(path, &info) == 0 && info.st_size > 0 &&
                 (stat(journal, &info) < 0 || info.st_size == 0);

    free(journal);
    return begun;
}

void rt_check_index(struct rt_checking *checking)
{
    struct comparison comparison = {.checking = checking};
    char *original = rt_fs_join(checking->path, "index.sqlite");
    struct rt_err err = {0};
    int rc = 0;

    if (!is_begun(original)) /* it is made when somebody asks */
        goto out;
    if ((rc = set_up(&comparison, original, &err)) < 0) {
        rt_check_say(checking, rc, "name a folder with room in $TMPDIR", "%s", err.text);
        goto out;
    }
    /* The index first: what it has by now, the journal has. */
    if (!checking->live)
        comparison.last = last_event(&comparison);
    else
        comparison.last = UINT64_MAX;
    if ((!checking->live && !comparison.journal) || !recognise(&comparison))
        goto out;
    if (checking->live && (comparison.last = last_event(&comparison)) == 0)
        goto out;
    checking->facts.behind = comparison.last - comparison.position;
    if ((rc = make_anew(&comparison, &err)) < 0)
        rt_check_say(checking, rc, "see what is wrong with journal and objects first",
                     "it cannot be compared with the journal: %s", err.text);
    else if ((rc = compare(&comparison, &err)) < 0)
        say(&comparison, rc, "comparing it with the journal", &err);
out:
    clear(&comparison);
    free(original);
}
