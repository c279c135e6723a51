#include "store/store.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/follower.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/objects.h"
#include "store/store_io.h"
#include "store/uuid.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define CHECKPOINT_ATTEMPTS 1000000u

struct rt_store {
    char *path;
    bool write;
    struct rt_io io;
    uint8_t uuid[RT_UUID_SIZE];
    struct rt_lock *lock;
    struct rt_journal *journal;
    struct rt_objects *objects;
    struct rt_state *state;
    struct rt_follower *follower; /* writers only */
    uint64_t saved_seq;           /* of the newest checkpoint */
    uint64_t saved_attempts;      /* that had ended then */
    struct rt_err latched;        /* the first I/O error */
};

static char *part(const struct rt_store *store, const char *name)
{
    return rt_fs_join(store->path, name);
}

static int latched(const struct rt_store *store, struct rt_err *err)
{
    return store->latched.code ? rt_err_set(err, store->latched.code, "%s", store->latched.text)
                               : 0;
}

/* After a failed write, only a new start knows what is on the disk. */
static int latch(struct rt_store *store, int rc, const struct rt_err *err)
{
    if (rc < 0 && !store->latched.code) {
        if (err)
            store->latched = *err;
        store->latched.code = rc;
    }
    return rc;
}

static int check_disk(const struct rt_store *store, struct rt_err *err)
{
    const char *network = store->write ? rt_fs_network(store->path) : NULL;

    if (!network)
        return 0;
    return rt_err_set(err, RT_EUSAGE,
                      "the store \"%s\" lies on a network file system (%s), where it would be "
                      "damaged sooner or later: name a folder on a local disk with --store",
                      store->path, network);
}

static int open_journal(struct rt_store *store, struct rt_err *err)
{
    char *folder = part(store, "journal");
    struct rt_journal_options options = {
        .folder = folder, .write = store->write, .uuid = store->uuid, .io = &store->io};
    int rc = rt_journal_open(&options, &store->journal, err);

    free(folder);
    if (rc == RT_ENOTFOUND)
        return rt_err_set(err, RT_EDAMAGED, "the store \"%s\" lacks its journal", store->path);
    return rc;
}

static int take_lock(struct rt_store *store, struct rt_err *err)
{
    uint64_t fence;
    int rc;

    if (!store->write)
        return 0;
    if ((rc = rt_lock_take(store->path, &store->io, &store->lock, err)) < 0 ||
        (rc = rt_journal_fence(store->journal, &fence, err)) < 0)
        return rc;
    return rt_lock_set_fence(store->lock, fence, err);
}

static int open_objects(struct rt_store *store, struct rt_err *err)
{
    char *folder = part(store, "objects");
    int rc = rt_objects_open(folder, store->write, &store->io, &store->objects, err);

    free(folder);
    return rc;
}

struct replay {
    struct rt_state *state;
    uint64_t last; /* nothing behind it */
};

static int replay_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct replay *replay = context;

    return event->seq > replay->last ? 1 : rt_state_apply(replay->state, event, err);
}

/* The newest checkpoint at or before event `seq` that can be read; an empty state if none can. */
static int load_checkpoint(struct rt_store *store, uint64_t seq, struct rt_state **out,
                           struct rt_err *err)
{
    struct rt_buf bytes = RT_BUF_INIT;
    int rc;

    *out = NULL;
    while (!*out && (rc = rt_journal_checkpoint(store->journal, &seq, &bytes, err)) == 1) {
        if (rt_state_load(rt_buf_span(&bytes), out, NULL) == 0 &&
            (rt_state_seq(*out) != seq ||
             memcmp(rt_state_uuid(*out), store->uuid, RT_UUID_SIZE) != 0)) {
            rt_state_free(*out);
            *out = NULL;
        }
        rt_buf_reset(&bytes);
        if (!*out && seq-- == 0)
            break;
    }
    rt_buf_clear(&bytes);
    if (*out)
        return 0;
    *out = rt_state_new();
    return rc < 0 ? rc : 0;
}

int rt_store_state_at(struct rt_store *store, uint64_t seq, struct rt_state **out,
                      struct rt_err *err)
{
    struct replay replay = {NULL, seq};
    int rc;

    if ((rc = load_checkpoint(store, seq, &replay.state, err)) == 0)
        rc = rt_journal_read(store->journal, rt_state_seq(replay.state) + 1, replay_event, &replay,
                             err);
    if (rc < 0) {
        rt_state_free(replay.state);
        return rc;
    }
    *out = replay.state;
    return 0;
}

static uint64_t attempts_of(const struct rt_state *state)
{
    uint64_t attempts = 0;

    for (size_t i = 1; i <= rt_state_studies(state); i++)
        attempts += rt_state_study(state, (uint32_t)i)->attempts;
    return attempts;
}

static int load_state(struct rt_store *store, struct rt_err *err)
{
    uint64_t last = rt_journal_durable(store->journal);
    int rc;

    if ((rc = load_checkpoint(store, UINT64_MAX, &store->state, err)) < 0)
        return rc;
    store->saved_seq = rt_state_seq(store->state);
    store->saved_attempts = attempts_of(store->state);
    if (store->saved_seq > last)
        return rt_err_set(err, RT_EDAMAGED,
                          "the journal ends at event %" PRIu64
                          ", before its checkpoint at %" PRIu64,
                          last, store->saved_seq);
    return rt_journal_read(store->journal, store->saved_seq + 1, replay_event,
                           &(struct replay){store->state, UINT64_MAX}, err);
}

static int start_follower(struct rt_store *store, struct rt_err *err)
{
    char *path = part(store, "index.sqlite");
    int rc = store->write ? rt_follower_start(store, path, &store->follower, err) : 0;

    free(path);
    return rc;
}

int rt_store_open_io(const char *path, enum rt_store_mode mode, const struct rt_io *io,
                     struct rt_store **out, struct rt_err *err)
{
    struct rt_store *store = rt_calloc(1, sizeof *store);
    char *format = rt_fs_join(path, "format");
    int rc = 0;

    *out = NULL;
    store->io = *io;
    store->write = mode != RT_STORE_READ;
    if (mode == RT_STORE_CREATE && !rt_fs_exists(format))
        rc = rt_birth_make(path, io, err);
    free(format);
    store->path = rt_fs_absolute(path);
    if (rc < 0 || (rc = rt_birth_read(store->path, store->uuid, err)) < 0 ||
        (rc = check_disk(store, err)) < 0 || (rc = open_journal(store, err)) < 0 ||
        (rc = take_lock(store, err)) < 0 || (rc = open_objects(store, err)) < 0 ||
        (rc = load_state(store, err)) < 0 || (rc = start_follower(store, err)) < 0) {
        latch(store, rc, err);
        rt_store_close(store, NULL);
        return rc;
    }
    *out = store;
    return 0;
}

int rt_store_open(const char *path, enum rt_store_mode mode, struct rt_store **out,
                  struct rt_err *err)
{
    return rt_store_open_io(path, mode, &rt_io_plain, out, err);
}

static int checkpoint(struct rt_store *store, struct rt_err *err)
{
    struct rt_buf bytes = RT_BUF_INIT;
    uint64_t seq = rt_state_seq(store->state);
    int rc;

    if (seq == store->saved_seq)
        return 0;
    rt_state_save(store->state, &bytes);
    rc = rt_journal_put_checkpoint(store->journal, seq, rt_buf_span(&bytes), err);
    rt_buf_clear(&bytes);
    if (rc < 0)
        return rc;
    store->saved_seq = seq;
    store->saved_attempts = attempts_of(store->state);
    return 0;
}

static void free_store(struct rt_store *store)
{
    rt_objects_close(store->objects);
    rt_journal_close(store->journal);
    rt_lock_release(store->lock);
    rt_state_free(store->state);
    free(store->path);
    free(store);
}

int rt_store_close(struct rt_store *store, struct rt_err *err)
{
    int followed;
    int rc;

    if (!store)
        return 0;
    if ((rc = latched(store, err)) == 0 && store->write && (rc = rt_store_commit(store, err)) == 0)
        rc = checkpoint(store, err);
    followed = rt_follower_stop(store->follower, rc == 0, rc == 0 ? err : NULL);
    free_store(store);
    return rc < 0 ? rc : followed;
}

void rt_store_abandon(struct rt_store *store)
{
    if (!store)
        return;
    if (store->write)
        rt_store_commit(store, NULL);
    rt_follower_stop(store->follower, false, NULL);
    free_store(store);
}

char *rt_store_find(const char *start)
{
    char *folder = rt_fs_absolute(start);
    char *found = NULL;

    while (!found) {
        char *parent;

        found = rt_fs_join(folder, ".retrial");
        if (rt_fs_exists(found))
            break;
        free(found);
        found = NULL;
        if (strcmp(folder, "/") == 0)
            break;
        parent = rt_fs_parent(folder);
        free(folder);
        folder = parent;
    }
    free(folder);
    return found;
}

const char *rt_store_path(const struct rt_store *store)
{
    return store->path;
}

const uint8_t *rt_store_uuid(const struct rt_store *store)
{
    return store->uuid;
}

const struct rt_state *rt_store_state(const struct rt_store *store)
{
    return store->state;
}

int rt_store_append(struct rt_store *store, enum rt_event_kind kind, struct rt_span body,
                    uint64_t *seq, struct rt_err *err)
{
    struct rt_event event = {rt_state_seq(store->state) + 1, rt_wall_us(), kind, body};
    int rc;

    assert(store->write);
    if (body.size > RT_EVENT_BODY_MAX)
        return rt_err_set(err, RT_EUSAGE, "an event of %zu bytes is too large (at most %u)",
                          body.size, RT_EVENT_BODY_MAX);
    if ((rc = latched(store, err)) < 0 || (rc = rt_state_apply(store->state, &event, err)) < 0 ||
        (rc = latch(store, rt_journal_append(store->journal, &event, err), err)) < 0)
        return rc;
    if (seq)
        *seq = event.seq;
    return 0;
}

int rt_store_commit(struct rt_store *store, struct rt_err *err)
{
    int rc;

    if ((rc = latched(store, err)) < 0)
        return rc;
    if (rt_journal_durable(store->journal) == rt_state_seq(store->state))
        return 0;
    if ((rc = rt_lock_check(store->lock, err)) < 0 ||
        (rc = rt_journal_commit(store->journal, err)) < 0)
        return latch(store, rc, err);
    rt_lock_beat(store->lock);
    if (store->follower)
        rt_follower_wake(store->follower);
    if (attempts_of(store->state) - store->saved_attempts >= CHECKPOINT_ATTEMPTS)
        return latch(store, checkpoint(store, err), err);
    return 0;
}

void rt_store_beat(struct rt_store *store)
{
    if (store->lock)
        rt_lock_beat(store->lock);
}

uint64_t rt_store_durable(const struct rt_store *store)
{
    return rt_journal_durable(store->journal);
}

int rt_store_read(struct rt_store *store, uint64_t from, rt_store_event_fn *each, void *context,
                  struct rt_err *err)
{
    return rt_journal_read(store->journal, from, each, context, err);
}

int rt_store_put_object(struct rt_store *store, struct rt_span data, struct rt_hash *hash,
                        struct rt_err *err)
{
    int rc = latched(store, err);

    assert(store->write);
    return rc < 0 ? rc : latch(store, rt_objects_put(store->objects, data, hash, err), err);
}

int rt_store_get_object(struct rt_store *store, const struct rt_hash *hash, struct rt_buf *out,
                        struct rt_err *err)
{
    return rt_objects_get(store->objects, hash, out, err);
}

int rt_store_payload(struct rt_store *store, const struct rt_payload *payload, struct rt_buf *out,
                     struct rt_err *err)
{
    if (payload->by_hash)
        return rt_store_get_object(store, &payload->hash, out, err);
    rt_buf_put(out, payload->data.data, payload->data.size);
    return 0;
}

static int externalize(struct rt_store *store, struct rt_payload *payload, struct rt_err *err)
{
    int rc;

    if (payload->by_hash || payload->data.size <= RT_PAYLOAD_INLINE_MAX)
        return 0;
    if ((rc = rt_store_put_object(store, payload->data, &payload->hash, err)) < 0)
        return rc;
    payload->by_hash = true;
    payload->size = payload->data.size;
    payload->data = rt_span(NULL, 0);
    return 0;
}

int rt_store_externalize(struct rt_store *store, struct rt_attempt *attempt, struct rt_err *err)
{
    int rc;

    if ((rc = externalize(store, &attempt->result, err)) < 0 ||
        (rc = externalize(store, &attempt->reason, err)) < 0 ||
        (rc = externalize(store, &attempt->out.kept, err)) < 0)
        return rc;
    return externalize(store, &attempt->err.kept, err);
}

void rt_store_index_status(struct rt_store *store, struct rt_index_status *status)
{
    memset(status, 0, sizeof *status);
    if (store->follower)
        rt_follower_status(store->follower, status);
}
