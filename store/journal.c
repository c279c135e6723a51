#include "store/journal_inner.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const tables[TABLES] = {"events", "checkpoints", "meta"};

#define COMMIT_BYTES (64u << 20) /* one transaction writes about so much at most */

static size_t pending_count(const struct rt_journal *journal)
{
    return (size_t)(journal->last - atomic_load(&journal->durable));
}

int rt_journal_failed(const struct rt_journal *journal, struct rt_err *err)
{
    return journal->latched.code
               ? rt_err_set(err, journal->latched.code, "%s", journal->latched.text)
               : 0;
}

int rt_journal_latch(struct rt_journal *journal, int rc, const struct rt_err *err)
{
    if (rc < 0 && !journal->latched.code) {
        if (err)
            journal->latched = *err;
        journal->latched.code = rc;
    }
    return rc;
}

static int put_first(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    return rt_lmdb_put(txn, EVENTS, 1, *(const struct rt_span *)context, true, err);
}

/* Event 1 of a store that begins now. */
static void put_birth(struct rt_buf *record, const uint8_t uuid[16])
{
    struct rt_json *object = rt_json_new_object();
    struct rt_event birth = {1, rt_wall_us(), RT_EVENT_STORE, {NULL, 0}};
    char text[RT_UUID_TEXT];
    char *body;

    rt_json_set_text(object, "uuid", rt_uuid_text(uuid, text));
    rt_json_set_int(object, "format", 1);
    rt_json_set_text(object, "version", RETRIAL_VERSION);
    body = rt_json_text(object);
    birth.body = rt_span_text(body);
    rt_event_put(record, &birth, uuid);
    rt_json_free(object);
    free(body);
}

int rt_journal_create_as(const char *folder, const uint8_t uuid[16], const struct rt_event *first,
                         const struct rt_io *io, struct rt_err *err)
{
    struct rt_lmdb_options options = {folder, true, true, tables, TABLES, 0, io, false};
    struct rt_buf record = RT_BUF_INIT;
    struct rt_lmdb *lmdb = NULL;
    struct rt_span span;
    int rc;

    if (first)
        rt_event_put(&record, first, uuid);
    else
        put_birth(&record, uuid);
    span = rt_buf_span(&record);
    if ((rc = rt_lmdb_open(&options, &lmdb, err)) == 0)
        rc = rt_lmdb_write(lmdb, put_first, &span, err);
    rt_lmdb_close(lmdb);
    rt_buf_clear(&record);
    return rc;
}

int rt_journal_create(const char *folder, const uint8_t uuid[16], const struct rt_io *io,
                      struct rt_err *err)
{
    return rt_journal_create_as(folder, uuid, NULL, io, err);
}

int rt_journal_check(const struct rt_journal *journal, uint64_t key, struct rt_span record,
                     struct rt_event *event, struct rt_err *err)
{
    uint8_t store[RT_UUID_SIZE];
    int rc;

    if ((rc = rt_event_get(record, event, store, err)) < 0)
        return rc == RT_EDAMAGED ? rt_err_while(err, "event %" PRIu64, key) : rc;
    if (memcmp(store, journal->uuid, RT_UUID_SIZE) != 0)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " belongs to another store", key);
    if (event->seq != key)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " is kept as number %" PRIu64,
                          event->seq, key);
    return 0;
}

static int look(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    struct rt_journal *journal = context;
    uint64_t last = UINT64_MAX;
    uint64_t count;
    struct rt_event event;
    struct rt_span record;
    int rc;

    if ((rc = rt_lmdb_get(txn, EVENTS, 1, &record, err)) < 0)
        return rc;
    if (rc == 0)
        return rt_err_set(err, RT_EDAMAGED, "the journal has no first event");
    if ((rc = rt_journal_check(journal, 1, record, &event, err)) < 0 ||
        (rc = rt_lmdb_last(txn, EVENTS, &last, &record, err)) < 0 ||
        (rc = rt_journal_check(journal, last, record, &event, err)) < 0 ||
        (rc = rt_lmdb_count(txn, EVENTS, &count, err)) < 0)
        return rc;
    if (count != last)
        return rt_err_set(err, RT_EDAMAGED,
                          "it has %" PRIu64 " events, and the last of them is number %" PRIu64,
                          count, last);
    journal->last = last;
    atomic_store(&journal->durable, last);
    return 0;
}

/* A reader that the writer does not know of may see pages that are just being written. */
static int look_at(struct rt_journal *journal, struct rt_err *err)
{
    int tries = rt_lmdb_unguarded(journal->lmdb) ? RT_JOURNAL_UNGUARDED_TRIES : 1;
    int rc;

    do
        rc = rt_lmdb_read(journal->lmdb, look, journal, err);
    while (rc == RT_EDAMAGED && --tries > 0);
    return rc;
}

int rt_journal_open(const struct rt_journal_options *options, struct rt_journal **out,
                    struct rt_err *err)
{
    struct rt_lmdb_options door = {.folder = options->folder,
                                   .write = options->write,
                                   .still = options->still,
                                   .tables = tables,
                                   .table_count = TABLES,
                                   .first_bytes = options->first_map_bytes,
                                   .io = options->io};
    struct rt_journal *journal = rt_calloc(1, sizeof *journal);

    *out = NULL;
    journal->folder = rt_strdup(options->folder);
    journal->write = options->write;
    memcpy(journal->uuid, options->uuid, RT_UUID_SIZE);
    if (rt_lmdb_open(&door, &journal->lmdb, err) < 0 || look_at(journal, err) < 0) {
        rt_journal_close(journal);
        return rt_err_while(err, "the journal \"%s\"", options->folder);
    }
    *out = journal;
    return 0;
}

void rt_journal_close(struct rt_journal *journal)
{
    if (!journal)
        return;
    rt_lmdb_close(journal->lmdb);
    rt_buf_clear(&journal->pending);
    free(journal->ends);
    free(journal->folder);
    free(journal);
}

int rt_journal_get_number(struct rt_lmdb_txn *txn, uint64_t key, uint64_t *number,
                          struct rt_err *err)
{
    struct rt_reader reader;
    struct rt_span value;
    int rc;

    *number = 0;
    if ((rc = rt_lmdb_get(txn, META, key, &value, err)) <= 0)
        return rc;
    reader = rt_reader(value);
    *number = rt_read_u64(&reader);
    rc = rt_reader_done(
        &reader, key == META_FENCE ? "the fencing number" : "what is said of the last close", err);
    return rc < 0 ? rc : 1;
}

int rt_journal_put_number(struct rt_lmdb_txn *txn, uint64_t key, uint64_t number,
                          struct rt_err *err)
{
    struct rt_buf value = RT_BUF_INIT;
    int rc;

    rt_buf_put_u64(&value, number);
    rc = rt_lmdb_put(txn, META, key, rt_buf_span(&value), false, err);
    rt_buf_clear(&value);
    return rc;
}

static int raise_fence(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    struct rt_journal *journal = context;
    uint64_t old;
    int rc;

    if ((rc = rt_journal_get_number(txn, META_FENCE, &old, err)) < 0)
        return rc;
    journal->fence = old + 1;
    return rt_journal_put_number(txn, META_FENCE, journal->fence, err);
}

int rt_journal_fence(struct rt_journal *journal, uint64_t *number, struct rt_err *err)
{
    int rc;

    if ((rc = rt_lmdb_write(journal->lmdb, raise_fence, journal, err)) < 0 ||
        (rc = rt_lmdb_read(journal->lmdb, look, journal, err)) < 0)
        return rt_journal_latch(journal, rc, err);
    *number = journal->fence;
    return 0;
}

int rt_journal_check_fence(struct rt_lmdb_txn *txn, const struct rt_journal *journal,
                           struct rt_err *err)
{
    uint64_t number;
    int rc;

    if ((rc = rt_journal_get_number(txn, META_FENCE, &number, err)) < 0)
        return rc;
    if (number == journal->fence)
        return 0;
    return rt_err_set(err, RT_ELOCKED,
                      "another writer, number %" PRIu64 ", has taken the store over from this one, "
                      "number %" PRIu64,
                      number, journal->fence);
}

int rt_journal_append(struct rt_journal *journal, struct rt_event *event, struct rt_err *err)
{
    size_t count = pending_count(journal);

    assert(event->body.size <= RT_EVENT_BODY_MAX);
    if (journal->latched.code)
        return rt_journal_failed(journal, err);
    event->seq = ++journal->last;
    rt_event_put(&journal->pending, event, journal->uuid);
    journal->ends =
        rt_grow(journal->ends, &journal->end_capacity, count + 1, sizeof *journal->ends);
    journal->ends[count] = journal->pending.size;
    return 0;
}

/* Pending records from `first` up to `end` of a transaction. */
struct portion {
    struct rt_journal *journal;
    size_t first;
    size_t end;
};

static size_t start_of(const struct rt_journal *journal, size_t record)
{
    return record ? journal->ends[record - 1] : 0;
}

static int put_portion(struct rt_lmdb_txn *txn, void *context, struct rt_err *err)
{
    const struct portion *portion = context;
    const struct rt_journal *journal = portion->journal;
    uint64_t durable = atomic_load(&journal->durable);
    int rc;

    if ((rc = rt_journal_check_fence(txn, journal, err)) < 0)
        return rc;
    for (size_t i = portion->first; i < portion->end; i++) {
        size_t start = start_of(journal, i);
        struct rt_span record = rt_span(journal->pending.data + start, journal->ends[i] - start);

        rc = rt_lmdb_put(txn, EVENTS, durable + 1 + (i - portion->first), record, true, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int rt_journal_commit(struct rt_journal *journal, struct rt_err *err)
{
    size_t count = pending_count(journal);
    struct portion portion = {journal, 0, 0};
    int rc;

    if (journal->latched.code)
        return rt_journal_failed(journal, err);
    while (portion.first < count) {
        size_t start = start_of(journal, portion.first);

        portion.end = portion.first + 1;
        while (portion.end < count && journal->ends[portion.end] - start <= COMMIT_BYTES)
            portion.end++;
        if ((rc = rt_lmdb_write(journal->lmdb, put_portion, &portion, err)) < 0)
            return rt_journal_latch(journal, rc, err);
        atomic_fetch_add(&journal->durable, portion.end - portion.first);
        portion.first = portion.end;
    }
    rt_buf_reset(&journal->pending);
    return 0;
}

uint64_t rt_journal_durable(const struct rt_journal *journal)
{
    return atomic_load(&((struct rt_journal *)journal)->durable);
}
