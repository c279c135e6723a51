/* The journal: events without gaps, that add up; checkpoints that agree with them. */
#include "store/check_inner.h"

#include "store/state.h"

#include <inttypes.h>
#include <stdlib.h>

#define CHECKPOINTS_MAX 8

struct checkpoint {
    uint64_t seq;
    struct rt_buf bytes; /* of its state, written anew by this program */
};

struct walk {
    struct rt_checking *checking;
    struct rt_state *state; /* NULL once an event was damaged or contradicted it */
    uint64_t seen;          /* number of the last event read */
    struct checkpoint checkpoints[CHECKPOINTS_MAX];
    size_t count;
};

static void note_lease(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt,
                       uint32_t launch, uint32_t rank)
{
    (void)study;
    (void)ordinal;
    (void)attempt;
    (void)launch;
    (void)rank;
    *(bool *)context = true;
}

/* How open leases are grouped is no fact, so that such states are not compared byte by byte. */
static bool has_open_leases(const struct rt_state *state)
{
    bool open = false;

    rt_state_open_leases(state, note_lease, &open);
    return open;
}

static void compare(struct walk *walk, const struct checkpoint *checkpoint)
{
    struct rt_buf bytes = RT_BUF_INIT;

    rt_state_save(walk->state, &bytes);
    if (!has_open_leases(walk->state) &&
        (bytes.size != checkpoint->bytes.size ||
         memcmp(bytes.data, checkpoint->bytes.data, bytes.size) != 0))
        rt_check_say(walk->checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "the checkpoint at event %" PRIu64 " is not what the events add up to",
                     checkpoint->seq);
    rt_buf_clear(&bytes);
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct walk *walk = context;

    walk->seen = event->seq;
    walk->checking->facts.events++;
    if (!walk->state)
        return 0;
    if (rt_state_apply(walk->state, event, err) < 0) {
        rt_check_say(walk->checking, err->code, RT_CHECK_RESTORE,
                     "event %" PRIu64 " contradicts those before it: %s", event->seq, err->text);
        rt_state_free(walk->state);
        walk->state = NULL;
        return 0;
    }
    for (size_t i = 0; i < walk->count; i++)
        if (walk->checkpoints[i].seq == event->seq)
            compare(walk, &walk->checkpoints[i]);
    return 0;
}

static void take_checkpoint(struct walk *walk, uint64_t seq, struct rt_span bytes)
{
    struct rt_state *state = NULL;
    struct rt_err err = {0};
    struct rt_checking *checking = walk->checking;
    struct checkpoint *kept;

    if (rt_state_load(bytes, &state, &err) < 0) {
        rt_check_say(checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "the checkpoint at event %" PRIu64 " cannot be read: %s", seq, err.text);
        return;
    }
    if (memcmp(rt_state_uuid(state), checking->uuid, RT_UUID_SIZE) != 0) {
        rt_check_say(checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "the checkpoint at event %" PRIu64 " belongs to another store", seq);
    } else if (rt_state_seq(state) != seq) {
        rt_check_say(checking, RT_EDAMAGED, RT_CHECK_REPAIR,
                     "the checkpoint at event %" PRIu64 " is of event %" PRIu64, seq,
                     rt_state_seq(state));
    } else if (walk->count < CHECKPOINTS_MAX) {
        kept = &walk->checkpoints[walk->count++];
        kept->seq = seq;
        rt_state_save(state, &kept->bytes);
    }
    rt_state_free(state);
}

static void read_checkpoints(struct walk *walk, struct rt_journal *journal)
{
    struct rt_buf bytes = RT_BUF_INIT;
    uint64_t seq = UINT64_MAX;
    struct rt_err err = {0};
    int rc;

    while ((rc = rt_journal_checkpoint(journal, &seq, &bytes, &err)) == 1) {
        take_checkpoint(walk, seq, rt_buf_span(&bytes));
        rt_buf_reset(&bytes);
        if (seq-- == 0)
            break;
    }
    if (rc < 0)
        rt_check_say(walk->checking, rc, RT_CHECK_RESTORE, "checkpoints cannot be read: %s",
                     err.text);
    rt_buf_clear(&bytes);
}

/* Goes on behind an event that is damaged, so that all of them are known. */
static void read_events(struct walk *walk, struct rt_journal *journal)
{
    uint64_t from = 1;
    struct rt_err err = {0};
    int rc;

    while ((rc = rt_journal_read(journal, from, take_event, walk, &err)) < 0) {
        rt_check_say(walk->checking, rc, RT_CHECK_RESTORE, "%s", err.text);
        rt_state_free(walk->state);
        walk->state = NULL;
        if (rc != RT_EDAMAGED || walk->checking->said >= RT_CHECK_SAID_MAX)
            return;
        walk->seen = (walk->seen < from ? from - 1 : walk->seen) + 1;
        if ((from = walk->seen + 1) > rt_journal_durable(journal))
            return;
    }
}

void rt_check_journal(struct rt_checking *checking)
{
    struct walk walk = {.checking = checking, .state = rt_state_new()};
    struct rt_journal *journal = NULL;
    struct rt_err err = {0};
    int rc = rt_check_open_journal(checking, &journal, &err);

    if (rc < 0) {
        rt_check_say(checking, rc, RT_CHECK_RESTORE, "%s", err.text);
        goto out;
    }
    read_checkpoints(&walk, journal);
    read_events(&walk, journal);
    for (size_t i = 0; walk.state && i < walk.count; i++)
        if (walk.checkpoints[i].seq > walk.seen)
            rt_check_say(checking, RT_EDAMAGED, RT_CHECK_RESTORE,
                         "the journal ends at event %" PRIu64 ", before its checkpoint at %" PRIu64,
                         walk.seen, walk.checkpoints[i].seq);
    if (walk.state)
        for (uint32_t i = 1; i <= rt_state_studies(walk.state); i++)
            checking->facts.attempts += rt_state_study(walk.state, i)->attempts;
out:
    for (size_t i = 0; i < walk.count; i++)
        rt_buf_clear(&walk.checkpoints[i].bytes);
    rt_state_free(walk.state);
    rt_journal_close(journal);
}
