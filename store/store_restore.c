/* State out of a store: checkpoints, and the events behind them. */
#include "store/store_inner.h"

#include <inttypes.h>

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

uint64_t rt_store_attempts(const struct rt_state *state)
{
    uint64_t attempts = 0;

    for (size_t i = 1; i <= rt_state_studies(state); i++)
        attempts += rt_state_study(state, (uint32_t)i)->attempts;
    return attempts;
}

/* What older versions closed says nothing but by its checkpoint. */
static int find_left_open(struct rt_store *store, struct rt_err *err)
{
    uint64_t closed;
    int rc = rt_journal_closed(store->journal, &closed, err);

    store->left_open = (rc > 0 ? closed : store->saved_seq) < store->opened_seq;
    return rc < 0 ? rc : 0;
}

int rt_store_restore(struct rt_store *store, struct rt_err *err)
{
    uint64_t last = rt_journal_durable(store->journal);
    int rc;

    if ((rc = load_checkpoint(store, UINT64_MAX, &store->state, err)) < 0)
        return rc;
    store->opened_seq = last;
    store->saved_seq = rt_state_seq(store->state);
    store->saved_attempts = rt_store_attempts(store->state);
    if ((rc = find_left_open(store, err)) < 0)
        return rc;
    if (store->saved_seq > last)
        return rt_err_set(err, RT_EDAMAGED,
                          "the journal ends at event %" PRIu64
                          ", before its checkpoint at %" PRIu64,
                          last, store->saved_seq);
    return rt_journal_read(store->journal, store->saved_seq + 1, replay_event,
                           &(struct replay){store->state, UINT64_MAX}, err);
}
