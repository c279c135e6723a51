/* Reading a journal, and the checkpoints kept in it. */
#include "store/journal_inner.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHECKPOINTS_KEPT 2
#define RECORD_FRAME     56         /* bytes of a record around its body */
#define READ_BYTES       (1u << 19) /* one snapshot is read for so much at most */
#define READ_BYTES_FIRST (1u << 15) /* the first: often one event is wanted */
#define LOOKED_MOST      (1u << 16) /* events that are passed over in one snapshot */

struct copied {
    uint64_t key;
    size_t end; /* of the record, in the bytes */
};

/* Records copied out of a snapshot. */
struct copies {
    struct rt_buf bytes;
    struct copied *items;
    size_t count;
    size_t capacity;
    uint64_t kinds; /* a bit for each that is wanted; 0: all are */
    uint64_t first; /* number of the first event that was looked at */
    uint64_t next;  /* and of the one behind the last */
    size_t most;    /* bytes to be copied */
};

static bool is_wanted(const struct copies *copies, struct rt_span record)
{
    unsigned kind = rt_event_peek(record);

    return !copies->kinds || (kind < 64 && copies->kinds >> kind & 1);
}

static int copy(void *context, uint64_t key, struct rt_span record, struct rt_err *err)
{
    struct copies *copies = context;

    if (key != copies->next)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " is missing from the journal",
                          copies->next);
    if (record.size > RT_EVENT_BODY_MAX + RECORD_FRAME) /* a damaged page may say anything */
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " has %zu bytes", key, record.size);
    copies->next++;
    if (!is_wanted(copies, record))
        return copies->next - copies->first >= LOOKED_MOST;
    rt_buf_put(&copies->bytes, record.data, record.size);
    copies->items =
        rt_grow(copies->items, &copies->capacity, copies->count + 1, sizeof *copies->items);
    copies->items[copies->count++] = (struct copied){key, copies->bytes.size};
    return copies->bytes.size >= copies->most;
}

static int copy_records(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    struct copies *copies = context;
    int rc;

    rt_buf_reset(&copies->bytes);
    copies->count = 0;
    copies->next = copies->first;
    rc = rt_lmdb_each(txn, EVENTS, copies->first, copy, copies, err);
    return rc < 0 ? rc : 0;
}

static int check_copy(struct rt_journal *journal, const struct copies *copies, size_t i,
                      struct rt_event *event, struct rt_err *err)
{
    size_t start = i ? copies->items[i - 1].end : 0;
    struct rt_span record = rt_span(copies->bytes.data + start, copies->items[i].end - start);

    return rt_journal_check(journal, copies->items[i].key, record, event, err);
}

static int check_copies(struct rt_journal *journal, const struct copies *copies, struct rt_err *err)
{
    struct rt_event event;
    int rc = 0;

    for (size_t i = 0; i < copies->count && rc == 0; i++)
        rc = check_copy(journal, copies, i, &event, err);
    return rc;
}

/* A reader that the writer does not know of may see pages that are just being written: it tries
 * again. */
static int next_records(struct rt_journal *journal, struct copies *copies, struct rt_err *err)
{
    int rc = RT_EDAMAGED;

    if (!rt_lmdb_unguarded(journal->lmdb))
        return rt_lmdb_read(journal->lmdb, copy_records, copies, err);
    for (int i = 0; i < RT_JOURNAL_UNGUARDED_TRIES && rc == RT_EDAMAGED; i++) {
        rc = rt_lmdb_read(journal->lmdb, copy_records, copies, err);
        if (rc == 0)
            rc = check_copies(journal, copies, err);
    }
    return rc;
}

static int tell(struct rt_journal *journal, const struct copies *copies, rt_journal_event_fn *each,
                void *context, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; i < copies->count && rc == 0; i++) {
        struct rt_event event;

        rc = check_copy(journal, copies, i, &event, err);
        if (rc == 0)
            rc = each(context, &event, err);
    }
    return rc;
}

int rt_journal_read_kinds(struct rt_journal *journal, uint64_t kinds, uint64_t from,
                          rt_journal_event_fn *each, void *context, struct rt_err *err)
{
    struct copies copies = {.kinds = kinds, .first = from ? from : 1, .most = READ_BYTES_FIRST};
    uint64_t last = rt_journal_durable(journal);
    bool more = true;
    int rc = 0;

    while (rc == 0 && more) {
        if ((rc = next_records(journal, &copies, err)) < 0)
            break;
        if (!journal->write && copies.next > journal->last + 1) {
            journal->last = copies.next - 1;
            atomic_store(&journal->durable, journal->last);
        }
        rc = tell(journal, &copies, each, context, err);
        more = copies.next > copies.first;
        copies.first = copies.next;
        copies.most = READ_BYTES;
    }
    if (rc == 0 && copies.first <= last)
        rc = rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " is missing from the journal",
                        copies.first);
    rt_buf_clear(&copies.bytes);
    free(copies.items);
    return rc;
}

int rt_journal_read(struct rt_journal *journal, uint64_t from, rt_journal_event_fn *each,
                    void *context, struct rt_err *err)
{
    return rt_journal_read_kinds(journal, 0, from, each, context, err);
}

struct checkpoint {
    struct rt_journal *journal;
    uint64_t seq;
    struct rt_span bytes;
    struct rt_buf *out;
    bool closed;
};

static int put_checkpoint(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    const struct checkpoint *checkpoint = context;
    uint64_t key = checkpoint->seq;
    struct rt_span value;
    int rc;

    if ((rc = rt_journal_check_fence(txn, checkpoint->journal, err)) < 0 ||
        (rc = rt_lmdb_put(txn, CHECKPOINTS, key, checkpoint->bytes, false, err)) < 0 ||
        (checkpoint->closed && (rc = rt_journal_put_number(txn, META_CLOSED, key, err)) < 0))
        return rc;
    for (int kept = 1;; kept++) {
        if (key == 0)
            return 0;
        key--;
        if ((rc = rt_lmdb_last(txn, CHECKPOINTS, &key, &value, err)) <= 0)
            return rc;
        if (kept >= CHECKPOINTS_KEPT && (rc = rt_lmdb_remove(txn, CHECKPOINTS, key, err)) < 0)
            return rc;
    }
}

int rt_journal_put_checkpoint(struct rt_journal *journal, uint64_t seq, struct rt_span bytes,
                              bool closed, struct rt_err *err)
{
    struct checkpoint checkpoint = {journal, seq, bytes, NULL, closed};

    if (journal->latched.code)
        return rt_journal_failed(journal, err);
    return rt_journal_latch(journal, rt_lmdb_write(journal->lmdb, put_checkpoint, &checkpoint, err),
                            err);
}

static int replace_checkpoints(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    const struct checkpoint *checkpoint = context;
    int rc;

    if ((rc = rt_journal_check_fence(txn, checkpoint->journal, err)) < 0)
        return rc;
    for (;;) {
        uint64_t key = UINT64_MAX;
        struct rt_span value;

        if ((rc = rt_lmdb_last(txn, CHECKPOINTS, &key, &value, err)) < 0)
            return rc;
        if (rc == 0)
            break;
        if ((rc = rt_lmdb_remove(txn, CHECKPOINTS, key, err)) < 0)
            return rc;
    }
    return rt_lmdb_put(txn, CHECKPOINTS, checkpoint->seq, checkpoint->bytes, false, err);
}

int rt_journal_replace_checkpoints(struct rt_journal *journal, uint64_t seq, struct rt_span bytes,
                                   struct rt_err *err)
{
    struct checkpoint checkpoint = {journal, seq, bytes, NULL, false};

    if (journal->latched.code)
        return rt_journal_failed(journal, err);
    return rt_journal_latch(
        journal, rt_lmdb_write(journal->lmdb, replace_checkpoints, &checkpoint, err), err);
}

static int get_checkpoint(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    struct checkpoint *checkpoint = context;
    struct rt_span value;
    int rc = rt_lmdb_last(txn, CHECKPOINTS, &checkpoint->seq, &value, err);

    if (rc == 1)
        rt_buf_put(checkpoint->out, value.data, value.size);
    return rc;
}

int rt_journal_checkpoint(struct rt_journal *journal, uint64_t *seq, struct rt_buf *out,
                          struct rt_err *err)
{
    struct checkpoint checkpoint = {.journal = journal, .seq = *seq, .out = out};
    int rc = rt_lmdb_read(journal->lmdb, get_checkpoint, &checkpoint, err);

    *seq = checkpoint.seq;
    return rc;
}

static int get_closed(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    return rt_journal_get_number(txn, META_CLOSED, context, err);
}

int rt_journal_closed(struct rt_journal *journal, uint64_t *seq, struct rt_err *err)
{
    return rt_lmdb_read(journal->lmdb, get_closed, seq, err);
}
