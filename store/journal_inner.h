#ifndef RT_STORE_JOURNAL_INNER_H
#define RT_STORE_JOURNAL_INNER_H
/* What a journal is made of; for the files of journal alone. */
#include <stdatomic.h>
#include "store/journal.h"
#include "store/lmdb.h"
#include "store/uuid.h"

enum { EVENTS, CHECKPOINTS, META, TABLES };

/* Keys in META, of numbers: of the last writer; of the last event when one closed the store. */
enum { META_FENCE = 1, META_CLOSED = 2 };

#define RT_JOURNAL_UNGUARDED_TRIES 5 /* of a read that a writer may have disturbed */

struct rt_journal {
    struct rt_lmdb *lmdb;
    char *folder;
    bool write;
    uint8_t uuid[RT_UUID_SIZE];
    uint64_t fence;
    uint64_t last;            /* number of the last event appended */
    _Atomic uint64_t durable; /* ... and committed */
    struct rt_buf pending;    /* records of the events behind `durable` */
    size_t *ends;             /* where each of them ends */
    size_t end_capacity;
    struct rt_err latched;
};

/* Reads a record and checks it against its key and the store that it must come from. */
int rt_journal_check(const struct rt_journal *journal, uint64_t key, struct rt_span record,
                     struct rt_event *event, struct rt_err *err);

/* Latches rc if it is an error, and returns it. */
int rt_journal_latch(struct rt_journal *journal, int rc, const struct rt_err *err);

/* 1; 0 with *number 0 if there is none by this key of META. */
int rt_journal_get_number(struct rt_lmdb_txn *txn, uint64_t key, uint64_t *number,
                          struct rt_err *err);
int rt_journal_put_number(struct rt_lmdb_txn *txn, uint64_t key, uint64_t number,
                          struct rt_err *err);

/* As the transaction sees it: RT_ELOCKED if somebody has taken the journal over. */
int rt_journal_check_fence(struct rt_lmdb_txn *txn, const struct rt_journal *journal,
                           struct rt_err *err);

#endif
