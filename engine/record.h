#ifndef RT_ENGINE_RECORD_H
#define RT_ENGINE_RECORD_H
/*
 * The recorder: carries the conductor's appends out, and commits in groups.
 *
 * A commit costs two syncs, and more of the processor than a thousand trials
 * that go along, so events gather while the one before is on its way to the
 * disk, and for some milliseconds: few if somebody waits for what is to be
 * durable, more if nobody does.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "engine/run.h"
#include "store/store.h"

#define RT_RECORD_GROUP_US 2000u /* if workers may wait: for leases, or for answers */
#define RT_RECORD_LATE_US  8000u /* if nobody does: from the end of a trial, or else an event's */
#define RT_RECORD_SLACK_US                                                                         \
    1000u /* what is due so soon is done at once, rather than to wake again */
/* Between commits if a driver waits for them, to propose more: for what else may come, and no
 * longer. Who commits at once leaves what was just sent out behind, and syncs twice as often. */
#define RT_RECORD_TOLD_US 1000u

struct rt_recorder {
    struct rt_store *store;
    const char *metric; /* of the objective, or NULL */
    bool maximize;
    bool driven;
    uint32_t study;      /* that is driven */
    uint64_t running;    /* its attempts that were leased at the last commit and have not ended */
    bool answered;       /* its driver has proposed what it may for now */
    bool succeeded;      /* some attempt was ok */
    bool measured;       /* and some had a metric */
    struct rt_best best; /* of what is durable */
    struct rt_best pending; /* including what is not */
    uint64_t last;          /* number of the last event appended */
    uint64_t durable;
    bool urgent;        /* somebody waits for what is not durable yet; commits reset it */
    uint64_t since_us;  /* the first of what is not durable yet ended (monotonic) */
    uint64_t commit_us; /* the last commit ended */
};

/* Appends an event; large payloads of attempts become objects first. */
int rt_record(struct rt_recorder *recorder, enum rt_event_kind kind, struct rt_span body,
              uint64_t *seq, struct rt_err *err);

/* True if there is something to commit and its time has come. */
bool rt_record_due(const struct rt_recorder *recorder, uint64_t mono_us);
int rt_record_commit(struct rt_recorder *recorder, struct rt_err *err);
/* Microseconds until a commit is due; UINT64_MAX if there is nothing to commit. */
uint64_t rt_record_wait_us(const struct rt_recorder *recorder, uint64_t mono_us);

#endif
