/*
 * Applying the hot events: leases, attempts, returns. Each is checked whole
 * before anything changes; then it cannot fail any more.
 */
#include "store/state_inner.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>

int rt_state_planned(const struct rt_state *state, uint32_t number, struct rt_study_inner **study,
                     struct rt_err *err)
{
    *study = rt_state_find(state, number);
    if (!*study || !(*study)->is.plan)
        return rt_err_set(err, RT_EDAMAGED, "study %u has no plan", number);
    return 0;
}

static int check_launch(const struct rt_state *state, const struct rt_lease *lease,
                        struct rt_err *err)
{
    if (lease->launch != state->open.launch)
        return rt_err_set(err, RT_EDAMAGED, "launch %u does not run", lease->launch);
    if (lease->rank >= RT_RANKS_MAX)
        return rt_err_set(err, RT_EDAMAGED, "rank %u is out of range", lease->rank);
    return 0;
}

static int compare_ranges(const void *a, const void *b)
{
    uint64_t x = ((const struct rt_lease_range *)a)->ordinal;
    uint64_t y = ((const struct rt_lease_range *)b)->ordinal;

    return (x > y) - (x < y);
}

/* Sorts the ranges; they must not overlap, and be of trials that may be leased. */
static int check_lease(const struct rt_study_inner *study, struct rt_lease *lease,
                       struct rt_err *err)
{
    uint64_t next = 1;

    qsort(lease->ranges, lease->count, sizeof *lease->ranges, compare_ranges);
    for (size_t i = 0; i < lease->count; i++) {
        const struct rt_lease_range *range = &lease->ranges[i];

        if (range->ordinal < next || range->ordinal + range->count - 1 > study->is.ordinals)
            return rt_err_set(err, RT_EDAMAGED,
                              "trials %" PRIu64 " to %" PRIu64 " are leased twice or do not exist",
                              range->ordinal, range->ordinal + range->count - 1);
        next = range->ordinal + range->count;
        for (uint64_t ordinal = range->ordinal; ordinal < next; ordinal++) {
            rt_word word = rt_trials_get(&study->trials, ordinal);

            if (rt_move_lease(&word, range->attempt) < 0 ||
                rt_study_index(&study->is, ordinal) == UINT64_MAX)
                return rt_err_set(err, RT_EDAMAGED,
                                  "trial %s.%" PRIu64 " cannot be leased for attempt %u",
                                  study->is.id, ordinal, range->attempt);
        }
    }
    return 0;
}

static void do_lease(struct rt_state *state, struct rt_study_inner *study,
                     const struct rt_lease *lease)
{
    for (size_t i = 0; i < lease->count; i++) {
        const struct rt_lease_range *range = &lease->ranges[i];

        for (uint64_t k = 0; k < range->count; k++) {
            rt_word word = rt_trials_get(&study->trials, range->ordinal + k);

            rt_move_lease(&word, range->attempt);
            rt_study_set_word(study, range->ordinal + k, word);
        }
        rt_leases_add(
            &state->open, lease->rank,
            (struct rt_open_range){study->is.number, range->attempt, range->ordinal, range->count});
    }
    rt_study_advance(study);
}

int rt_state_apply_lease(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_study_inner *study;
    struct rt_lease lease;
    int rc;

    if ((rc = rt_lease_get(event->body, &lease, err)) < 0)
        return rc;
    if ((rc = check_launch(state, &lease, err)) == 0 &&
        (rc = rt_state_planned(state, lease.study, &study, err)) == 0 &&
        (rc = check_lease(study, &lease, err)) == 0)
        do_lease(state, study, &lease);
    free(lease.ranges);
    return rc;
}

static void add_row(struct rt_state *state, size_t count, struct rt_row row)
{
    state->rows = rt_grow(state->rows, &state->row_capacity, count + 1, sizeof row);
    state->rows[count] = row;
}

/* Opens again the leases that the first rows closed: their event is refused. */
static void reopen(struct rt_state *state, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rt_row *row = &state->rows[i];

        if (row->open)
            rt_leases_add(
                &state->open, row->rank,
                (struct rt_open_range){row->study->is.number, row->attempt, row->ordinal, 1});
    }
}

static int take_returned(struct rt_state *state, struct rt_study_inner *study,
                         const struct rt_lease *lease, size_t *count, struct rt_err *err)
{
    for (size_t i = 0; i < lease->count; i++) {
        const struct rt_lease_range *range = &lease->ranges[i];

        for (uint64_t k = 0; k < range->count; k++) {
            uint64_t ordinal = range->ordinal + k;

            if (!rt_leases_take(&state->open, lease->rank, study->is.number, ordinal,
                                range->attempt))
                return rt_err_set(err, RT_EDAMAGED,
                                  "trial %s.%" PRIu64 " is returned, but rank %u does not have it",
                                  study->is.id, ordinal, lease->rank);
            add_row(state, (*count)++,
                    (struct rt_row){study, ordinal, range->attempt, lease->rank, RT_OUTCOME_NONE,
                                    true, false, false});
        }
    }
    return 0;
}

int rt_state_apply_return(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_study_inner *study;
    struct rt_lease lease;
    size_t count = 0;
    int rc;

    if ((rc = rt_lease_get(event->body, &lease, err)) < 0)
        return rc;
    if ((rc = check_launch(state, &lease, err)) < 0 ||
        (rc = rt_state_planned(state, lease.study, &study, err)) < 0)
        goto out;
    if ((rc = take_returned(state, study, &lease, &count, err)) < 0) {
        reopen(state, count);
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        rt_word word = rt_trials_get(&study->trials, state->rows[i].ordinal);
        struct rt_limits limits;

        limits = rt_study_limits(study, state->rows[i].ordinal);
        rt_move_return(&word, state->rows[i].attempt, &limits);
        rt_study_set_word(study, state->rows[i].ordinal, word);
    }
out:
    free(lease.ranges);
    return rc;
}

/* Closes the lease of an attempt that ended. One without an open lease must say that it is late. */
static int take_row(struct rt_state *state, const struct rt_attempt *attempt, struct rt_row *row,
                    struct rt_err *err)
{
    struct rt_study_inner *study;
    uint32_t made;
    int rc;

    if ((rc = rt_state_planned(state, attempt->study, &study, err)) < 0)
        return rc;
    if (attempt->launch < 1 || attempt->launch > state->launch_count)
        return rt_err_set(err, RT_EDAMAGED, "there was no launch %u", attempt->launch);
    made = attempt->ordinal > study->is.ordinals
               ? 0
               : rt_word_attempts(rt_trials_get(&study->trials, attempt->ordinal));
    if (attempt->attempt > made)
        return rt_err_set(err, RT_EDAMAGED,
                          "attempt %u of trial %s.%" PRIu64 " ended, but was never leased",
                          attempt->attempt, study->is.id, attempt->ordinal);
    *row = (struct rt_row){.study = study,
                           .ordinal = attempt->ordinal,
                           .attempt = attempt->attempt,
                           .rank = attempt->rank,
                           .outcome = attempt->outcome};
    if (attempt->launch == state->open.launch)
        row->open = rt_leases_take(&state->open, attempt->rank, attempt->study, attempt->ordinal,
                                   attempt->attempt);
    row->down = row->open && attempt->flags & RT_ATTEMPT_DOWN;
    row->back = !row->open && attempt->launch == state->open.launch;
    if (!row->open && !(attempt->flags & RT_ATTEMPT_LATE))
        return rt_err_set(
            err, RT_EDAMAGED,
            "attempt %u of trial %s.%" PRIu64 " ended, but rank %u of launch %u does not have it",
            attempt->attempt, study->is.id, attempt->ordinal, attempt->rank, attempt->launch);
    return 0;
}

/* Decodes them once, for all who look at this event. */
static int take_rows(struct rt_state *state, struct rt_span body, size_t *count, struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_row row = {0};
    int rc;

    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    state->attempts = rt_grow(state->attempts, &state->attempt_capacity, (size_t)reader.left + 1,
                              sizeof *state->attempts);
    while ((rc = rt_attempts_next(&reader, &state->attempts[*count], err)) > 0) {
        if ((rc = take_row(state, &state->attempts[*count], &row, err)) < 0)
            return rc;
        add_row(state, (*count)++, row);
    }
    return rc;
}

static void end_attempt(const struct rt_row *row)
{
    struct rt_study_inner *study = row->study;
    rt_word word = rt_trials_get(&study->trials, row->ordinal);
    struct rt_limits limits;

    if (row->down)
        rt_downs_add(&study->downs, row->ordinal);
    if (row->back)
        rt_downs_take_back(&study->downs, row->ordinal);
    limits = rt_study_limits(study, row->ordinal);
    rt_move_end(&word, row->outcome, row->open, &limits);
    if (row->back)
        rt_move_settle(&word, &limits);
    rt_study_set_word(study, row->ordinal, word);
    study->is.attempts++;
}

int rt_state_apply_attempts(struct rt_state *state, const struct rt_event *event,
                            struct rt_err *err)
{
    size_t count = 0;
    int rc;

    if ((rc = take_rows(state, event->body, &count, err)) < 0) {
        reopen(state, count);
        return rc;
    }
    for (size_t i = 0; i < count; i++)
        end_attempt(&state->rows[i]);
    state->attempt_count = count;
    return 0;
}
