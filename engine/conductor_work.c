#include "engine/conductor_own.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define LEASE_MAX 4096 /* trials in one lease event */

/* How many trials a member may be given now. */
static uint64_t wanted(const struct rt_conductor *conductor, const struct rt_member *member,
                       uint64_t waiting)
{
    uint64_t allowed = rt_pace_allowed(&conductor->pace, member->slots,
                                       rt_roster_slots(&conductor->roster), waiting);
    uint64_t count;

    if (!rt_pace_worthwhile(allowed, member->outstanding, member->slots))
        return 0;
    count = allowed - member->outstanding;
    if (!rt_roster_settled(&conductor->roster) &&
        conductor->now_us < conductor->start_us + conductor->options.startup_us) {
        if (member->leased_ever >= conductor->share)
            return 0;
        if (count > conductor->share - member->leased_ever)
            count = conductor->share - member->leased_ever;
    }
    return count < LEASE_MAX ? count : LEASE_MAX;
}

/* Adds a trial to the last range if it continues it, else to a new one. */
static void add_to(struct rt_lease *lease, struct rt_wire_work *work, size_t *capacity,
                   uint64_t ordinal, uint64_t index, uint32_t attempt)
{
    struct rt_wire_range *last = lease->count ? &work->ranges[lease->count - 1] : NULL;
    size_t same = *capacity;

    if (last && last->attempt == attempt && last->ordinal + last->count == ordinal &&
        last->index + last->count == index) {
        last->count++;
        lease->ranges[lease->count - 1].count++;
        return;
    }
    work->ranges = rt_grow(work->ranges, capacity, work->count + 1, sizeof *work->ranges);
    lease->ranges = rt_grow(lease->ranges, &same, lease->count + 1, sizeof *lease->ranges);
    work->ranges[work->count++] = (struct rt_wire_range){ordinal, index, 1, attempt};
    lease->ranges[lease->count++] = (struct rt_lease_range){ordinal, 1, attempt};
}

/* Leases up to `count` trials from *next on to a rank; returns how many there were. */
static uint64_t lease_to(struct rt_conductor *conductor, int rank, uint64_t count, uint64_t *next)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_lease lease = {conductor->options.launch, of->number, (uint32_t)rank, NULL, 0};
    struct rt_wire wire = {.kind = RT_WIRE_WORK, .work = {of->number, NULL, 0}};
    struct rt_note *note;
    size_t capacity = 0;
    uint64_t leased = 0;

    while (leased < count && (*next = rt_study_next_waiting(of, *next)) != 0) {
        add_to(&lease, &wire.work, &capacity, *next, rt_study_index(of, *next),
               rt_state_trial(of, *next).attempts + 1);
        leased++;
        ++*next;
    }
    if (leased) {
        rt_lease_put(rt_conductor_append(conductor, RT_EVENT_LEASE, RT_NOTE_WORK, rank, &note),
                     &lease);
        rt_wire_put(&note->message, &wire);
        conductor->roster.members[rank].outstanding += leased;
        conductor->roster.members[rank].leased_ever += leased;
    }
    free(lease.ranges);
    free(wire.work.ranges);
    return leased;
}

void rt_conductor_dispatch(struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t waiting = of->planned - rt_conductor_decided(conductor) - of->leased;
    uint64_t next = 1;

    for (size_t rank = 0; rank < conductor->roster.count && waiting && next; rank++) {
        const struct rt_member *member = &conductor->roster.members[rank];
        uint64_t count;

        if (member->status != RT_MEMBER_READY)
            continue;
        count = wanted(conductor, member, waiting);
        if (count)
            waiting -= lease_to(conductor, (int)rank, count, &next);
    }
}

/* Counts of a batch by what became of its rows. */
struct sorted {
    struct rt_buf rows;
    size_t kept;
    uint64_t leased; /* of kept ones, those that were still leased */
};

/* Decides on one attempt: recorded, recorded as late, or dropped. */
static void sort_row(struct rt_conductor *conductor, struct rt_attempt *row, struct sorted *sorted)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_trial trial;

    if (row->study != of->number || row->ordinal < 1 || row->ordinal > of->ordinals ||
        row->launch != conductor->options.launch)
        return;
    trial = rt_state_trial(of, row->ordinal);
    if (row->attempt < 1 || row->attempt > trial.attempts)
        return;
    if (trial.status == RT_TRIAL_LEASED && trial.attempts == row->attempt) {
        sorted->leased++;
        rt_pace_add(&conductor->pace, row->duration_us);
    } else {
        row->flags |= RT_ATTEMPT_LATE;
    }
    rt_attempt_put(&sorted->rows, row);
    sorted->kept++;
}

int rt_conductor_take_results(struct rt_conductor *conductor, int rank,
                              const struct rt_wire_results *results, struct rt_err *err)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct sorted sorted = {RT_BUF_INIT, 0, 0};
    struct rt_attempts_reader reader;
    struct rt_attempt row;
    struct rt_note *note;
    struct rt_buf *body;
    int rc;

    if (results->number <= member->results_seen)
        return 0;
    if ((rc = rt_attempts_open(&reader, results->rows, err)) < 0)
        goto out;
    while ((rc = rt_attempts_next(&reader, &row, err)) > 0)
        sort_row(conductor, &row, &sorted);
    if (rc < 0)
        goto out;
    member->results_seen = results->number;
    member->outstanding -=
        sorted.leased < member->outstanding ? sorted.leased : member->outstanding;
    if (sorted.kept == 0)
        goto out;
    body = rt_conductor_append(conductor, RT_EVENT_ATTEMPTS, RT_NOTE_ACK, rank, &note);
    note->number = results->number;
    rt_buf_put_varint(body, sorted.kept);
    rt_buf_put(body, sorted.rows.data, sorted.rows.size);
out:
    rt_buf_clear(&sorted.rows);
    return rc < 0 ? rt_err_while(err, "results %llu of rank %d",
                                 (unsigned long long)results->number, rank)
                  : 0;
}

/* Trials that an agent gives back unstarted are waiting again, as if never leased. */
void rt_conductor_take_returned(struct rt_conductor *conductor, int rank,
                                const struct rt_wire_work *returned)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_member *member = &conductor->roster.members[rank];
    struct rt_lease lease = {conductor->options.launch, of->number, (uint32_t)rank, NULL, 0};
    struct rt_wire_work same = {of->number, NULL, 0};
    size_t capacity = 0;
    uint64_t count = 0;

    for (size_t i = 0; i < returned->count && returned->study == of->number; i++) {
        const struct rt_wire_range *range = &returned->ranges[i];

        for (uint64_t k = 0; k < range->count && range->ordinal + k <= of->ordinals; k++) {
            struct rt_trial trial = rt_state_trial(of, range->ordinal + k);

            if (trial.status != RT_TRIAL_LEASED || trial.attempts != range->attempt)
                continue;
            add_to(&lease, &same, &capacity, range->ordinal + k, range->index + k, range->attempt);
            count++;
        }
    }
    if (count)
        rt_lease_put(rt_conductor_append(conductor, RT_EVENT_RETURN, RT_NOTE_NOTHING, rank, NULL),
                     &lease);
    member->outstanding -= count < member->outstanding ? count : member->outstanding;
    free(lease.ranges);
    free(same.ranges);
}

void rt_conductor_return_unsent(struct rt_conductor *conductor)
{
    struct rt_wire wire;

    for (size_t i = 0; i < conductor->outbox.count; i++) {
        struct rt_note *note = &conductor->outbox.notes[conductor->outbox.first + i];
        int rank = note->rank;

        if (note->kind != RT_NOTE_WORK)
            continue;
        note->kind = RT_NOTE_NOTHING;
        if (rt_wire_get(rt_buf_span(&note->message), &wire, NULL) < 0)
            continue;
        rt_conductor_take_returned(conductor, rank, &wire.work);
        rt_wire_clear(&wire);
    }
}
