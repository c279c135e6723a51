/*
 * Bugs for the torture to find: put between the parts of the product when a
 * second program, tests/planted/retrial, is linked from the same objects
 * (ld's --wrap). $RETRIAL_PLANT says which; without it there is none.
 */
#include "base/clock.h"
#include "engine/record.h"
#include "store/db.h"
#include "store/io.h"
#include "store/journal.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

static MDB_env *journal;
static bool holds_leases;   /* what is not committed yet does */
static bool holds_attempts; /* likewise */
static bool owes;           /* a commit that was told to be done was not */

static bool planted(const char *name)
{
    const char *plant = getenv("RETRIAL_PLANT");

    return plant && strcmp(plant, name) == 0;
}

int __real_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __real_rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
                     uint64_t *seq, struct rt_err *err);
int __wrap_rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
                     uint64_t *seq, struct rt_err *err);
int __real_rt_record_commit(struct rt_recorder *recorder, struct rt_err *err);
int __wrap_rt_record_commit(struct rt_recorder *recorder, struct rt_err *err);
int __real_rt_db_exec(struct rt_db *db, const char *sql, struct rt_err *err);
int __wrap_rt_db_exec(struct rt_db *db, const char *sql, struct rt_err *err);
int __real_rt_io_sync_dir(const struct rt_io *io, const char *path, struct rt_err *err);
int __wrap_rt_io_sync_dir(const struct rt_io *io, const char *path, struct rt_err *err);
int __real_rt_git_files_sync_above(const char *repository, const char *name, struct rt_err *err);
int __wrap_rt_git_files_sync_above(const char *repository, const char *name, struct rt_err *err);
int __real_rt_io_create(const struct rt_io *io, const char *path, struct rt_span data, int *kept,
                        struct rt_err *err);
int __wrap_rt_io_create(const struct rt_io *io, const char *path, struct rt_span data, int *kept,
                        struct rt_err *err);

int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
    if (planted("nosync"))
        flags |= MDB_NOSYNC;
    if (planted("nometasync"))
        flags |= MDB_NOMETASYNC;
    journal = env;
    return __real_mdb_env_open(env, path, flags, mode);
}

int __wrap_rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
                     uint64_t *seq, struct rt_err *err)
{
    holds_leases |= kind == RT_EVENT_LEASE;
    holds_attempts |= kind == RT_EVENT_ATTEMPTS;
    return __real_rt_record(recorder, kind, body, seq, err);
}

/* Each second commit with the kind in it is put off until the next one, and said to be done. */
int __wrap_rt_record_commit(struct rt_recorder *recorder, struct rt_err *err)
{
    bool lies = (planted("ack-first") && holds_attempts) ||
                (planted("lease-late") && holds_leases && !holds_attempts);

    /* The journal comes to the disk some time, the index when it is committed. */
    if (planted("index-first"))
        mdb_env_set_flags(journal, MDB_NOSYNC, 1);
    holds_leases = holds_attempts = false;
    owes = lies && !owes;
    if (!owes)
        return __real_rt_record_commit(recorder, err);
    recorder->durable = recorder->last;
    recorder->best = recorder->pending;
    recorder->commit_us = rt_mono_us();
    return 0;
}

int __wrap_rt_db_exec(struct rt_db *db, const char *sql, struct rt_err *err)
{
    if (planted("index-first") && strcmp(sql, "PRAGMA synchronous = NORMAL") == 0)
        sql = "PRAGMA synchronous = FULL";
    return __real_rt_db_exec(db, sql, err);
}

int __wrap_rt_io_sync_dir(const struct rt_io *io, const char *path, struct rt_err *err)
{
    return planted("folders") ? 0 : __real_rt_io_sync_dir(io, path, err);
}

int __wrap_rt_git_files_sync_above(const char *repository, const char *name, struct rt_err *err)
{
    return planted("code") ? 0 : __real_rt_git_files_sync_above(repository, name, err);
}

int __wrap_rt_io_create(const struct rt_io *io, const char *path, struct rt_span data, int *kept,
                        struct rt_err *err)
{
    if (planted("objects") && !kept)
        return rt_io_create_unsynced(io, path, data, err);
    return __real_rt_io_create(io, path, data, kept, err);
}
