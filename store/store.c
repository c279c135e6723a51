#include "store/store_inner.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/birth.h"

#include <assert.h>
#include <stdlib.h>

#define LEVEL_US            60000000u
#define CHECKPOINT_ATTEMPTS 1000000u

static char *part(const struct rt_store *store, const char *name)
{
    return rt_fs_join(store->path, name);
}

int rt_store_latched(const struct rt_store *store, struct rt_err *err)
{
    return store->latched.code ? rt_err_set(err, store->latched.code, "%s", store->latched.text)
                               : 0;
}

int rt_store_latch(struct rt_store *store, int rc, const struct rt_err *err)
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
    return rt_err_set(
        err, RT_EUSAGE,
        "the store \"%s\" lies on a network file system (%s), where it would be "
        "damaged sooner or later: name a folder on a local disk with --store; \"retrial "
        "export\" copies this one there",
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
    rc = rt_birth_check_access(path, err);
    if (rc == 0 && mode == RT_STORE_CREATE && !rt_fs_exists(format))
        rc = rt_birth_make(path, io, err);
    free(format);
    store->path = rt_fs_absolute(path);
    if (rc < 0 || (rc = rt_birth_read(store->path, store->uuid, err)) < 0 ||
        (rc = check_disk(store, err)) < 0 || (rc = open_journal(store, err)) < 0 ||
        (rc = take_lock(store, err)) < 0 || (rc = open_objects(store, err)) < 0 ||
        (rc = rt_store_restore(store, err)) < 0 || (rc = start_follower(store, err)) < 0) {
        rt_store_latch(store, rc, err);
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

static int checkpoint(struct rt_store *store, bool closed, struct rt_err *err)
{
    struct rt_buf bytes = RT_BUF_INIT;
    uint64_t seq = rt_state_seq(store->state);
    int rc;

    if (seq == store->saved_seq && !closed)
        return 0;
    rt_state_save(store->state, &bytes);
    rc = rt_journal_put_checkpoint(store->journal, seq, rt_buf_span(&bytes), closed, err);
    rt_buf_clear(&bytes);
    if (rc < 0)
        return rc;
    store->saved_seq = seq;
    store->saved_attempts = rt_store_attempts(store->state);
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
    if ((rc = rt_store_latched(store, err)) == 0 && store->write)
        rc = rt_store_commit(store, err);
    followed = rt_follower_stop(store->follower, rc == 0, rc == 0 ? err : NULL);
    if (rc == 0 && followed == 0 && store->write) /* the last change to the disk */
        rc = checkpoint(store, rt_state_seq(store->state) != store->opened_seq, err);
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

bool rt_store_left_open(const struct rt_store *store)
{
    return store->left_open;
}

const uint8_t *rt_store_uuid(const struct rt_store *store)
{
    return store->uuid;
}

const struct rt_state *rt_store_state(const struct rt_store *store)
{
    return store->state;
}

static int append(struct rt_store *store, struct rt_event *event, struct rt_err *err)
{
    int rc;

    assert(store->write);
    if ((rc = rt_store_latched(store, err)) < 0 ||
        (rc = rt_state_apply(store->state, event, err)) < 0)
        return rc;
    return rt_store_latch(store, rt_journal_append(store->journal, event, err), err);
}

int rt_store_append(struct rt_store *store, enum rt_event_kind kind, struct rt_span body,
                    uint64_t *seq, struct rt_err *err)
{
    struct rt_event event = {rt_state_seq(store->state) + 1, rt_wall_us(), kind, body};
    int rc;

    if (body.size > RT_EVENT_BODY_MAX)
        return rt_err_set(err, RT_EUSAGE, "an event of %zu bytes is too large (at most %u)",
                          body.size, RT_EVENT_BODY_MAX);
    if ((rc = append(store, &event, err)) == 0 && seq)
        *seq = event.seq;
    return rc;
}

int rt_store_import(struct rt_store *store, const struct rt_event *event, struct rt_err *err)
{
    struct rt_event copy = *event;

    assert(event->seq == rt_state_seq(store->state) + 1);
    return append(store, &copy, err);
}

int rt_store_commit(struct rt_store *store, struct rt_err *err)
{
    int rc;

    if ((rc = rt_store_latched(store, err)) < 0)
        return rc;
    if (rt_journal_durable(store->journal) == rt_state_seq(store->state))
        return 0;
    if ((rc = rt_lock_check(store->lock, err)) < 0 ||
        (rc = rt_journal_commit(store->journal, err)) < 0)
        return rt_store_latch(store, rc, err);
    rt_lock_beat(store->lock);
    if (store->follower)
        rt_follower_wake(store->follower);
    if (rt_store_attempts(store->state) - store->saved_attempts >= CHECKPOINT_ATTEMPTS)
        return rt_store_latch(store, checkpoint(store, false, err), err);
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

int rt_store_read_kind(struct rt_store *store, enum rt_event_kind kind, rt_store_event_fn *each,
                       void *context, struct rt_err *err)
{
    return rt_journal_read_kinds(store->journal, UINT64_C(1) << kind, 1, each, context, err);
}

void rt_store_index_status(struct rt_store *store, struct rt_index_status *status)
{
    memset(status, 0, sizeof *status);
    if (store->follower)
        rt_follower_status(store->follower, status);
}

void rt_store_axis_checks(struct rt_store *store, rt_axis_check_fn *each, void *context)
{
    if (store->follower)
        rt_follower_checks(store->follower, each, context);
}

bool rt_store_index_wait(struct rt_store *store, uint64_t us)
{
    return store->follower && rt_follower_wait(store->follower, us);
}

int rt_store_index_level(struct rt_store *store, struct rt_err *err)
{
    int rc;

    if (rt_store_index_wait(store, LEVEL_US))
        return 0;
    if (store->follower && (rc = rt_follower_failure(store->follower, err)) < 0)
        return rc;
    return rt_err_set(err, RT_EIO,
                      "the index is not level with the journal; another program may hold it: try "
                      "again");
}
