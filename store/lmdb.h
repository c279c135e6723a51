#ifndef RT_STORE_LMDB_H
#define RT_STORE_LMDB_H
/*
 * Door to LMDB: tables of bytes by 64-bit number, in one file, with
 * transactions. Knows nothing of what is kept.
 *
 * Default flags only: all others lose or tear data. The map grows when it is
 * full. A file may be open once in a process; the handle may be used by
 * several threads, of which one writes. It must not be used after fork().
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"
#include "store/io.h"

struct rt_lmdb;
struct rt_lmdb_txn;

struct rt_lmdb_options {
    const char *folder; /* data.mdb and lock.mdb are in it */
    bool write;         /* else only readers, without any write permission if need be */
    bool create;        /* make it: there must be none */
    const char *const *tables;
    unsigned table_count;   /* tables are named by their place in that list */
    uint64_t first_bytes;   /* of the map at first; 0: 1 GiB */
    const struct rt_io *io; /* asked before each commit */
    bool still;             /* to read what nobody writes: not even the lock file is touched */
};

/* RT_ENOTFOUND; RT_EDAMAGED if it is none, or cut short. */
int rt_lmdb_open(const struct rt_lmdb_options *options, struct rt_lmdb **out, struct rt_err *err);
void rt_lmdb_close(struct rt_lmdb *lmdb); /* accepts NULL */

/* True if readers are not protected from a writer (read-only, and no lock file to be had): what
 * they read must be checked, and read again if it is damaged. */
bool rt_lmdb_unguarded(const struct rt_lmdb *lmdb);

/* Calls work() in a transaction and commits it, synced. When the map is full, it is grown and
 * work() is called again: it must not change anything but the transaction. */
typedef int rt_lmdb_work_fn(struct rt_lmdb_txn *txn, void *context, struct rt_err *err);
int rt_lmdb_write(struct rt_lmdb *lmdb, rt_lmdb_work_fn *work, void *context, struct rt_err *err);

/* Calls work() under a snapshot. Spans it gets die with it. */
int rt_lmdb_read(struct rt_lmdb *lmdb, rt_lmdb_work_fn *work, void *context, struct rt_err *err);

/* `append`: the key is beyond all others, which makes it cheap. */
int rt_lmdb_put(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_span value,
                bool append, struct rt_err *err);
int rt_lmdb_remove(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_err *err);

/* Return 1 and *value, or 0 if there is none. */
int rt_lmdb_get(struct rt_lmdb_txn *txn, unsigned table, uint64_t key, struct rt_span *value,
                struct rt_err *err);
/* The last entry at or before *key, which is set to what was found. */
int rt_lmdb_last(struct rt_lmdb_txn *txn, unsigned table, uint64_t *key, struct rt_span *value,
                 struct rt_err *err);

/* How many entries a table has, by its own account. */
int rt_lmdb_count(struct rt_lmdb_txn *txn, unsigned table, uint64_t *count, struct rt_err *err);

/* Entries in order from `from` on, until each() returns non-zero, which is then returned. */
typedef int rt_lmdb_entry_fn(void *context, uint64_t key, struct rt_span value, struct rt_err *err);
int rt_lmdb_each(struct rt_lmdb_txn *txn, unsigned table, uint64_t from, rt_lmdb_entry_fn *each,
                 void *context, struct rt_err *err);

#endif
