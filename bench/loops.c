/*
 * Bare loops: what one part of a record costs with nothing around it.
 *
 *     loops KIND FOLDER COUNT      prints microseconds on the wall, and of the processor, for each
 *
 * lmdb      200 bytes appended, 1,000 in a transaction, synced
 * journal   114 bytes appended, 64 in a record with its SHA-256, 4,096 in a transaction, synced
 * narrow    a row of four numbers in SQLite, 20,000 in a transaction
 * typed     and one of twelve columns in another table
 * hashed    which has an index on a column that is random
 * clock     a function called between two readings of the clock
 */
#include "base/clock.h"
#include "base/hash.h"
#include "store/db.h"
#include "store/lmdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS 20000

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "loops: %s\n", err->text);
    exit(1);
}

/* Entries that are appended in one transaction, and how they come about. */
struct batch {
    uint64_t first;
    uint64_t count;
    size_t bytes; /* of an entry */
    bool hashed;
};

static int append(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    const struct batch *batch = context;
    static uint8_t bytes[8192];
    int rc = 0;

    for (uint64_t i = 0; rc == 0 && i < batch->count; i++) {
        uint64_t key = batch->first + i;

        memcpy(bytes, &key, sizeof key);
        if (batch->hashed) {
            struct rt_hash hash = rt_hash(rt_span(bytes, batch->bytes - RT_HASH_SIZE));

            memcpy(bytes + batch->bytes - RT_HASH_SIZE, hash.bytes, RT_HASH_SIZE);
        }
        rc = rt_lmdb_put(txn, 0, key, rt_span(bytes, batch->bytes), true, err);
    }
    return rc;
}

static void fill_lmdb(const char *folder, uint64_t entries, struct batch batch)
{
    static const char *const tables[] = {"t"};
    struct rt_lmdb_options options = {.folder = folder,
                                      .write = true,
                                      .create = true,
                                      .tables = tables,
                                      .table_count = 1,
                                      .io = &rt_io_plain};
    uint64_t most = batch.count;
    struct rt_lmdb *lmdb;
    struct rt_err err;

    check(rt_lmdb_open(&options, &lmdb, &err), &err);
    for (batch.first = 1; batch.first <= entries; batch.first += batch.count) {
        batch.count = entries + 1 - batch.first < most ? entries + 1 - batch.first : most;
        check(rt_lmdb_write(lmdb, append, &batch, &err), &err);
    }
    rt_lmdb_close(lmdb);
}

/* Numbers that look random: splitmix64. */
static uint64_t mixed(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static const char tables_sql[] =
    "CREATE TABLE narrow (id INTEGER PRIMARY KEY, study INTEGER, replicate INTEGER, state INTEGER);"
    "CREATE TABLE typed (id INTEGER PRIMARY KEY, hash TEXT, outcome TEXT, start_us INTEGER,"
    " duration_us INTEGER, worker INTEGER, seed INTEGER, a INTEGER, b REAL, c REAL, d INTEGER,"
    " e REAL);";

static void insert_narrow(struct rt_stmt *stmt, int64_t row)
{
    const int64_t cells[] = {row + 1, 1, 1, 2};

    for (int i = 0; i < 4; i++)
        rt_stmt_int_at(stmt, i + 1, cells[i]);
}

static void insert_typed(struct rt_stmt *stmt, int64_t row)
{
    static char hash[33];

    snprintf(hash, sizeof hash, "%016llx%016llx", (unsigned long long)mixed((uint64_t)row),
             (unsigned long long)mixed(~(uint64_t)row));
    rt_stmt_int_at(stmt, 1, row + 1);
    rt_stmt_text_at(stmt, 2, rt_span(hash, 32));
    rt_stmt_text_at(stmt, 3, rt_span("ok", 2));
    for (int i = 4; i <= 8; i++)
        rt_stmt_int_at(stmt, i, row);
    rt_stmt_real_at(stmt, 9, 0.5 * (double)row);
    rt_stmt_real_at(stmt, 10, 0.25 * (double)row);
    rt_stmt_int_at(stmt, 11, row % 20);
    rt_stmt_real_at(stmt, 12, 2.0 * (double)row);
}

static void fill_sqlite(const char *folder, int64_t rows, bool typed, bool hashed)
{
    struct rt_stmt *stmts[2];
    char path[4096];
    struct rt_db *db;
    struct rt_err err;

    snprintf(path, sizeof path, "%s/rows", folder);
    check(rt_db_open(path, RT_DB_WRITE, &db, &err), &err);
    check(rt_db_exec(db, tables_sql, &err), &err);
    if (hashed)
        check(rt_db_exec(db, "CREATE UNIQUE INDEX by_hash ON typed (hash)", &err), &err);
    check(rt_db_prepare(db, "INSERT INTO narrow VALUES (?, ?, ?, ?)", &stmts[0], NULL, &err), &err);
    check(rt_db_prepare(db, "INSERT INTO typed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        &stmts[1], NULL, &err),
          &err);
    for (int64_t row = 0; row < rows; row++) {
        if (row % ROWS == 0)
            check(rt_db_exec(db, "SAVEPOINT batch", &err), &err);
        insert_narrow(stmts[0], row);
        check(rt_stmt_run(stmts[0], &err), &err);
        if (typed) {
            insert_typed(stmts[1], row);
            check(rt_stmt_run(stmts[1], &err), &err);
        }
        if ((row + 1) % ROWS == 0 || row + 1 == rows)
            check(rt_db_exec(db, "RELEASE batch", &err), &err);
    }
    rt_stmt_free(stmts[0]);
    rt_stmt_free(stmts[1]);
    rt_db_close(db);
}

static double doubled(double x)
{
    return 2.0 * x;
}

static void call(uint64_t count)
{
    double (*volatile function)(double) = doubled;
    volatile uint64_t taken_us = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t start = rt_mono_us();

        function((double)i);
        taken_us += rt_mono_us() - start;
    }
}

static bool run(const char *kind, const char *folder, uint64_t count)
{
    if (strcmp(kind, "lmdb") == 0)
        fill_lmdb(folder, count, (struct batch){.count = 1000, .bytes = 200});
    else if (strcmp(kind, "journal") == 0)
        fill_lmdb(folder, (count + 63) / 64,
                  (struct batch){.count = 64, .bytes = 64 * 114, .hashed = true});
    else if (strcmp(kind, "narrow") == 0)
        fill_sqlite(folder, (int64_t)count, false, false);
    else if (strcmp(kind, "typed") == 0)
        fill_sqlite(folder, (int64_t)count, true, false);
    else if (strcmp(kind, "hashed") == 0)
        fill_sqlite(folder, (int64_t)count, true, true);
    else if (strcmp(kind, "clock") == 0)
        call(count);
    else
        return false;
    return true;
}

static double now_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    uint64_t count = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    double wall = now_us(CLOCK_MONOTONIC);
    double processor = now_us(CLOCK_PROCESS_CPUTIME_ID);

    if (!count || !run(argv[1], argv[2], count)) {
        fprintf(stderr, "usage: loops lmdb|journal|narrow|typed|hashed|clock FOLDER COUNT\n");
        return 2;
    }
    printf("%.5f %.5f\n", (now_us(CLOCK_MONOTONIC) - wall) / (double)count,
           (now_us(CLOCK_PROCESS_CPUTIME_ID) - processor) / (double)count);
    return 0;
}
