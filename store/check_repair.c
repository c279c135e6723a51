/* Making anew what follows from the journal. Nothing is deleted but checkpoints that are replaced.
 */
#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/lock.h"
#include "store/state.h"
#include "store/store.h"

#include <stdlib.h>

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    return rt_state_apply(context, event, err);
}

/* One checkpoint, of all events, in place of those that are there. */
static int replace_checkpoints(struct rt_journal *journal, struct rt_err *err)
{
    struct rt_state *state = rt_state_new();
    struct rt_buf bytes = RT_BUF_INIT;
    int rc = rt_journal_read(journal, 1, take_event, state, err);

    if (rc == 0) {
        rt_state_save(state, &bytes);
        rc = rt_journal_replace_checkpoints(journal, rt_state_seq(state), rt_buf_span(&bytes), err);
    }
    rt_buf_clear(&bytes);
    rt_state_free(state);
    return rc;
}

/* The index gets a name that says what it is, its WAL with it. */
static int set_aside(const char *path, char **aside, struct rt_err *err)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char *index = rt_fs_join(path, "index.sqlite");
    int rc = 0;

    *aside = NULL;
    for (unsigned i = 1; rt_fs_exists(index) && !*aside; i++) {
        char *name = rt_printf("%s.damaged-%u", index, i);

        if (rt_fs_exists(name))
            free(name);
        else
            *aside = name;
    }
    for (size_t i = 0; *aside && rc == 0 && i < sizeof ends / sizeof ends[0]; i++) {
        char *from = rt_printf("%s%s", index, ends[i]);
        char *to = rt_printf("%s%s", *aside, ends[i]);

        if (rt_fs_exists(from))
            rc = rt_io_rename(&rt_io_plain, from, to, err);
        free(from);
        free(to);
    }
    free(index);
    return rc;
}

static int repair_locked(const char *path, const uint8_t *uuid, char **aside, struct rt_err *err)
{
    char *folder = rt_fs_join(path, "journal");
    struct rt_journal_options options = {
        .folder = folder, .write = true, .uuid = uuid, .io = &rt_io_plain};
    struct rt_journal *journal = NULL;
    struct rt_lock *lock = NULL;
    uint64_t fence;
    int rc;

    if ((rc = rt_lock_take(path, &rt_io_plain, &lock, err)) == 0 &&
        (rc = rt_journal_open(&options, &journal, err)) == 0 &&
        (rc = rt_journal_fence(journal, &fence, err)) == 0 &&
        (rc = replace_checkpoints(journal, err)) == 0 && (rc = set_aside(path, aside, err)) == 0)
        rc = rt_lock_remove(lock, err);
    rt_journal_close(journal);
    rt_lock_release(lock);
    free(folder);
    return rc;
}

int rt_check_repair(const char *path, char **aside, struct rt_err *err)
{
    struct rt_store *store = NULL;
    uint8_t uuid[RT_UUID_SIZE];
    int rc;

    *aside = NULL;
    if ((rc = rt_birth_read(path, uuid, err)) < 0 ||
        (rc = repair_locked(path, uuid, aside, err)) < 0 ||
        (rc = rt_store_open(path, RT_STORE_WRITE, &store, err)) < 0)
        return rc;
    return rt_store_close(store, err);
}
