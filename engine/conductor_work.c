#include "engine/conductor_own.h"

#include "base/alloc.h"
#include "engine/suspects.h"
#include "store/moves.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LEASE_MAX  4096        /* trials in one lease event */
#define PARAMS_MAX (16u << 20) /* bytes of params in one message, before the last */
#define SUPPLY_US  20000u      /* of work in hand: twice what a lease takes that nobody waits for */

/* What holds for all members while trials are given out. */
struct round {
    uint64_t slots;
    bool sharing; /* some are on their way up: they keep their share reserved */
};

static struct round begin_round(const struct rt_conductor *conductor)
{
    bool early = conductor->now_us < conductor->start_us + conductor->options.startup_us;

    return (struct round){rt_roster_slots(&conductor->roster),
                          early && !rt_roster_settled(&conductor->roster)};
}

/* How many trials a member may be given now. */
static uint64_t wanted(const struct rt_conductor *conductor, const struct round *round,
                       const struct rt_member *member, uint64_t waiting)
{
    uint64_t allowed = rt_pace_allowed(&conductor->pace, member->slots, round->slots, waiting);
    uint64_t count;

    if (member->recalled)
        allowed = member->slots;
    if (!rt_pace_worthwhile(allowed, member->outstanding, member->slots))
        return 0;
    count = allowed - member->outstanding;
    if (round->sharing) {
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

/* The search for trials to be leased, one member after the other. Ordinals; 0: there are no more.
 */
struct search {
    uint64_t next;    /* trials that wait, from here on */
    uint64_t suspect; /* suspects that wait, from here on */
    uint64_t given;   /* suspects, in this search: the state does not know it yet */
    bool has_suspect; /* the member at hand, after what it was given in this search */
};

/* One that waits, and that no agent was lost with before. */
static uint64_t next_waiting(const struct rt_conductor *conductor, const struct rt_study *of,
                             struct search *search)
{
    uint64_t ordinal = search->next ? rt_study_next_waiting(of, search->next) : 0;

    while (ordinal &&
           (rt_study_downs(of, ordinal) || rt_priorities_has(&conductor->priorities, ordinal)))
        ordinal = rt_study_next_waiting(of, ordinal + 1);
    search->next = ordinal ? ordinal + 1 : 0;
    return ordinal;
}

/* The next trial to be leased to a member: one that waits, or one that is to be tried again. At
 * last the suspects. 0 if there is none. */
static uint64_t next_trial(struct rt_conductor *conductor, int rank, struct search *search)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t ordinal = rt_priorities_next(&conductor->priorities, of, true);
    bool again;

    if (!ordinal)
        ordinal = next_waiting(conductor, of, search);
    if (!ordinal)
        ordinal = rt_priorities_next(&conductor->priorities, of, false);
    if (ordinal)
        return ordinal;
    ordinal = rt_retry_next(&conductor->retry, of);
    again = ordinal != 0;
    if (!again)
        ordinal = rt_suspects_next(of, &search->suspect);
    if (ordinal && rt_study_downs(of, ordinal)) {
        if (search->has_suspect ||
            !rt_suspects_may_run(conductor->state, of, (uint32_t)rank, ordinal, search->given)) {
            search->suspect = again ? search->suspect : ordinal;
            return 0;
        }
        search->has_suspect = true;
        search->given++;
    }
    if (again)
        rt_retry_leased(&conductor->retry);
    return ordinal;
}

/* Agents cannot derive what a driver proposed. The bytes go to a buffer that may move. */
static void add_point(const struct rt_plan *plan, struct rt_wire_work *work, size_t *capacity,
                      uint64_t index, struct rt_buf *params)
{
    struct rt_wire_point *point;
    size_t before = params->size;

    if (!rt_plan_driven(plan))
        return;
    work->points = rt_grow(work->points, capacity, work->point_count + 1, sizeof *work->points);
    point = &work->points[work->point_count++];
    rt_plan_params(plan, index, params);
    *point = (struct rt_wire_point){
        index, rt_plan_replicate(plan, index), {NULL, params->size - before}};
}

static void settle_points(struct rt_wire_work *work, const struct rt_buf *params)
{
    size_t at = 0;

    for (size_t i = 0; i < work->point_count; i++) {
        work->points[i].params.data = params->data + at;
        at += work->points[i].params.size;
    }
}

/* True if workers of a member would stand still for a lease. */
static bool waits_for_lease(const struct rt_conductor *conductor, const struct rt_member *member)
{
    return rt_pace_lasts_us(&conductor->pace, member->outstanding, member->slots) < SUPPLY_US;
}

/* Leases up to `count` trials to a rank; returns how many there were. */
static uint64_t lease_to(struct rt_conductor *conductor, int rank, uint64_t count,
                         struct search *search)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_lease lease = {conductor->options.launch, of->number, (uint32_t)rank, NULL, 0};
    struct rt_wire wire = {.kind = RT_WIRE_WORK, .work = {.study = of->number}};
    struct rt_note *note;
    struct rt_buf params = RT_BUF_INIT;
    size_t capacity = 0;
    size_t points = 0;
    uint64_t leased = 0;
    uint64_t ordinal;

    search->has_suspect = false;
    for (; leased < count && params.size < PARAMS_MAX &&
           (ordinal = next_trial(conductor, rank, search)) != 0;
         leased++) {
        add_to(&lease, &wire.work, &capacity, ordinal, rt_study_index(of, ordinal),
               rt_state_trial(of, ordinal).attempts + 1);
        add_point(of->plan, &wire.work, &points, rt_study_index(of, ordinal), &params);
    }
    settle_points(&wire.work, &params);
    if (leased) {
        conductor->awaited |= waits_for_lease(conductor, &conductor->roster.members[rank]);
        rt_lease_put(rt_conductor_append(conductor, RT_EVENT_LEASE, RT_NOTE_WORK, rank, &note),
                     &lease);
        rt_wire_put(&note->message, &wire);
        conductor->roster.members[rank].outstanding += leased;
        conductor->roster.members[rank].leased_ever += leased;
    }
    free(lease.ranges);
    free(wire.work.ranges);
    free(wire.work.points);
    rt_buf_clear(&params);
    return leased;
}

/* While agents are on their way up, one of them may have results of the launch before in its spool:
 * nothing is run again until they have all spoken. */
static bool waits_for_harvest(const struct rt_conductor *conductor, const struct round *round)
{
    return conductor->lost_before && round->sharing;
}

void rt_conductor_dispatch(struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t waiting = of->planned - rt_conductor_decided(conductor) - of->leased;
    struct search search = {1, 1, 0, false};
    struct round round;

    waiting += rt_retry_waiting(&conductor->retry);
    if (waiting == 0) {
        rt_conductor_recall(conductor);
        return;
    }
    conductor->recall_us = 0;
    rt_priorities_settle(&conductor->priorities);
    round = begin_round(conductor);
    if (waits_for_harvest(conductor, &round))
        return;
    for (size_t rank = 0; rank < conductor->roster.count && waiting; rank++) {
        const struct rt_member *member = &conductor->roster.members[rank];
        uint64_t count;

        if (member->status != RT_MEMBER_READY)
            continue;
        count = wanted(conductor, &round, member, waiting);
        if (count)
            waiting -= lease_to(conductor, (int)rank, count, &search);
    }
}

/* A batch of results in the making: the rows that are recorded. */
struct sorted {
    struct rt_buf rows;
    struct rt_lease_range *ended; /* one for each row */
    size_t count;
    size_t capacity;
    uint64_t leased; /* of them, those that were leased to the sender until now */
};

static bool held_by_any(const struct rt_conductor *conductor, const struct rt_attempt *row)
{
    for (uint32_t rank = 0; rank < conductor->roster.count; rank++) {
        if (rt_state_holds(conductor->state, rank, row->study, row->ordinal, row->attempt))
            return true;
    }
    return false;
}

/* An attempt of an earlier launch, out of a spool: it is late, unless it had been recorded. */
static bool is_harvest(const struct rt_conductor *conductor, const struct rt_attempt *row)
{
    struct rt_trial trial = rt_state_trial(rt_conductor_study(conductor), row->ordinal);

    return row->launch < conductor->options.launch &&
           !(trial.status == RT_TRIAL_DONE && trial.attempts == row->attempt &&
             trial.outcome == row->outcome);
}

/* Decides on one attempt: recorded, recorded as late, or dropped, if it is not the sender's. */
static void sort_row(struct rt_conductor *conductor, int rank, struct rt_attempt *row,
                     struct rt_span packed, struct sorted *sorted)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint32_t said = row->flags;

    if (row->study != of->number || row->ordinal < 1 || row->ordinal > of->ordinals ||
        row->attempt < 1 || row->attempt > rt_state_trial(of, row->ordinal).attempts)
        return;
    if (row->launch != conductor->options.launch ? !is_harvest(conductor, row)
                                                 : row->rank != (uint32_t)rank)
        return;
    if (row->launch == conductor->options.launch &&
        rt_state_holds(conductor->state, row->rank, row->study, row->ordinal, row->attempt)) {
        row->flags = said & RT_ATTEMPT_TRACE;
        sorted->leased++;
        if (!rt_outcome_success(row->outcome) && row->outcome != RT_OUTCOME_LOST)
            rt_retry_failed(&conductor->retry, row->ordinal);
        rt_pace_add(&conductor->pace, row->duration_us);
    } else if (held_by_any(conductor, row)) {
        return;
    } else {
        row->flags = RT_ATTEMPT_LATE | (said & RT_ATTEMPT_TRACE);
    }
    if (conductor->options.pruning) /* late ones, too: the next launch will read of them */
        rt_pruning_ended(conductor->options.pruning, row->ordinal, row->outcome);
    if (!rt_outcome_success(row->outcome))
        rt_priorities_again(&conductor->priorities, row->ordinal);
    if (row->flags == said)
        rt_buf_put(&sorted->rows, packed.data, packed.size);
    else
        rt_attempt_put(&sorted->rows, row);
    sorted->ended =
        rt_grow(sorted->ended, &sorted->capacity, sorted->count + 1, sizeof *sorted->ended);
    sorted->ended[sorted->count++] = (struct rt_lease_range){row->ordinal, 1, row->attempt};
}

static int compare_ranges(const void *a, const void *b)
{
    const struct rt_lease_range *x = a;
    const struct rt_lease_range *y = b;

    if (x->ordinal != y->ordinal)
        return x->ordinal < y->ordinal ? -1 : 1;
    return x->attempt < y->attempt ? -1 : x->attempt > y->attempt;
}

#define SPREAD 64 /* bits for each trial of a batch: batches are of neighbours */

/* True if it is certain without sorting that no trial occurs in two of the ranges. */
static bool differ(const struct rt_lease_range *ranges, size_t count)
{
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;
    uint64_t *seen;
    size_t i;

    for (i = 0; i < count; i++) {
        low = ranges[i].ordinal < low ? ranges[i].ordinal : low;
        high = ranges[i].ordinal > high ? ranges[i].ordinal : high;
        if (ranges[i].count != 1)
            return false;
    }
    if (count == 0 || high - low >= count * SPREAD)
        return false;
    seen = rt_calloc((high - low) / 64 + 1, sizeof *seen);
    for (i = 0; i < count; i++) {
        uint64_t bit = ranges[i].ordinal - low;

        if (seen[bit / 64] >> bit % 64 & 1)
            break;
        seen[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    free(seen);
    return i == count;
}

/* True if the ranges, which may be sorted here, have an attempt twice. */
static bool overlap(struct rt_lease_range *ranges, size_t count)
{
    if (differ(ranges, count))
        return false;
    if (count)
        qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 1; i < count; i++) {
        if (ranges[i].ordinal - ranges[i - 1].ordinal < ranges[i - 1].count &&
            ranges[i].attempt == ranges[i - 1].attempt)
            return true;
    }
    return false;
}

static int sort_rows(struct rt_conductor *conductor, int rank, struct rt_span rows,
                     struct sorted *sorted, struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt row;
    int rc;

    if ((rc = rt_attempts_open(&reader, rows, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &row, err)) > 0)
        sort_row(conductor, rank, &row, reader.row, sorted);
    if (rc == 0 && overlap(sorted->ended, sorted->count))
        return rt_err_set(err, RT_EPEER, "an attempt ends twice");
    return rc;
}

static bool meet(const struct rt_wire_work *work, const struct rt_lease_range *ranges, size_t count)
{
    for (size_t i = 0; i < work->count; i++) {
        for (size_t k = 0; k < count; k++) {
            const struct rt_wire_range *a = &work->ranges[i];
            const struct rt_lease_range *b = &ranges[k];

            if (a->attempt == b->attempt && a->ordinal < b->ordinal + b->count &&
                b->ordinal < a->ordinal + a->count)
                return true;
        }
    }
    return false;
}

/* True if some of it waits here for its lease to be durable, so that nobody can have had it. */
static bool is_unsent(const struct rt_conductor *conductor, int rank,
                      const struct rt_lease_range *ranges, size_t count)
{
    bool unsent = false;

    for (size_t i = 0; i < conductor->outbox.count && !unsent; i++) {
        const struct rt_note *note = &conductor->outbox.notes[conductor->outbox.first + i];
        struct rt_wire wire;

        if (note->kind != RT_NOTE_WORK || note->rank != rank ||
            rt_wire_get(rt_buf_span(&note->message), &wire, NULL) < 0)
            continue;
        unsent = meet(&wire.work, ranges, count);
        rt_wire_clear(&wire);
    }
    return unsent;
}

/* The acknowledgement of a batch of which nothing is recorded follows those before it. */
static void acknowledge_nothing(struct rt_conductor *conductor, int rank, uint64_t number)
{
    if (rt_outbox_empty(&conductor->outbox))
        rt_conductor_acknowledge(conductor, rank, number);
    else
        rt_outbox_put_behind(&conductor->outbox, RT_NOTE_ACK, rank)->number = number;
}

/* An agent that speaks nonsense is given up for good, and its trials are run by others. To go on
 * with it would acknowledge, with its next results, those that were not recorded. */
void rt_conductor_bar(struct rt_conductor *conductor, int rank, struct rt_err *err)
{
    rt_err_while(err, "the agent of rank %d makes no sense", rank);
    rt_conductor_give_up(conductor, rank, err->text, false);
    rt_conductor_say_stop(conductor, rank, 0);
    conductor->roster.members[rank].barred = true;
    if (!conductor->why.code)
        conductor->why = *err;
}

void rt_conductor_take_results(struct rt_conductor *conductor, int rank,
                               const struct rt_wire_results *results)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct sorted sorted = {RT_BUF_INIT, NULL, 0, 0, 0};
    struct rt_note *note;
    struct rt_buf *body;
    struct rt_err err;

    if (results->number <= member->results_seen)
        return;
    if (results->number != member->results_seen + 1) {
        rt_err_set(&err, RT_EPEER, "its results %" PRIu64 " follow results %" PRIu64,
                   results->number, member->results_seen);
        rt_conductor_bar(conductor, rank, &err);
        goto out;
    }
    if (sort_rows(conductor, rank, results->rows, &sorted, &err) < 0) {
        rt_conductor_bar(conductor, rank, &err);
        goto out;
    }
    if (sorted.leased && is_unsent(conductor, rank, sorted.ended, sorted.count)) {
        rt_err_set(&err, RT_EPEER, "a trial has ended that was not sent");
        rt_conductor_bar(conductor, rank, &err);
        goto out;
    }
    member->results_seen = results->number;
    member->recalled = false;
    member->outstanding -=
        sorted.leased < member->outstanding ? sorted.leased : member->outstanding;
    if (sorted.count == 0) {
        acknowledge_nothing(conductor, rank, results->number);
        goto out;
    }
    body = rt_conductor_append(conductor, RT_EVENT_ATTEMPTS, RT_NOTE_ACK, rank, &note);
    note->number = results->number;
    rt_buf_put_varint(body, sorted.count);
    rt_buf_put(body, sorted.rows.data, sorted.rows.size);
out:
    rt_buf_clear(&sorted.rows);
    free(sorted.ended);
}

/* What of a range the rank does hold is added to what it returns. */
static uint64_t take_range(const struct rt_conductor *conductor, struct rt_lease *lease,
                           struct rt_wire_work *work, size_t *capacity,
                           const struct rt_wire_range *range)
{
    uint64_t last = rt_conductor_study(conductor)->ordinals;
    uint64_t count = 0;

    for (uint64_t k = 0; k < range->count && range->ordinal + k <= last; k++) {
        if (!rt_state_holds(conductor->state, lease->rank, lease->study, range->ordinal + k,
                            range->attempt))
            continue;
        add_to(lease, work, capacity, range->ordinal + k, range->index + k, range->attempt);
        count++;
    }
    return count;
}

/* Trials that an agent gives back unstarted are waiting again, as if never leased. */
void rt_conductor_take_returned(struct rt_conductor *conductor, int rank,
                                const struct rt_wire_work *returned)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_member *member = &conductor->roster.members[rank];
    struct rt_lease lease = {conductor->options.launch, of->number, (uint32_t)rank, NULL, 0};
    struct rt_wire_work same = {.study = of->number};
    size_t capacity = 0;
    uint64_t count = 0;
    struct rt_err err;

    for (size_t i = 0; i < returned->count && returned->study == of->number; i++)
        count += take_range(conductor, &lease, &same, &capacity, &returned->ranges[i]);
    if (overlap(lease.ranges, lease.count)) {
        rt_err_set(&err, RT_EPEER, "a trial is given back twice");
        rt_conductor_bar(conductor, rank, &err);
    } else if (count && is_unsent(conductor, rank, lease.ranges, lease.count)) {
        rt_err_set(&err, RT_EPEER, "a trial is given back that was not sent");
        rt_conductor_bar(conductor, rank, &err);
    } else if (count) {
        rt_lease_put(rt_conductor_append(conductor, RT_EVENT_RETURN, RT_NOTE_NOTHING, rank, NULL),
                     &lease);
        for (size_t i = 0; i < lease.count; i++)
            for (uint64_t k = 0; k < lease.ranges[i].count; k++) {
                rt_retry_returned(&conductor->retry, lease.ranges[i].ordinal + k);
                rt_priorities_again(&conductor->priorities, lease.ranges[i].ordinal + k);
            }
        member->outstanding -= count < member->outstanding ? count : member->outstanding;
    }
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
