#include "tests/sim/oracle.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>

typedef unsigned long long number;

void oracle_init(struct oracle *oracle, struct world *world)
{
    *oracle = (struct oracle){.world = world, .keeper = -1};
}

void oracle_clear(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->count; i++) {
        for (uint32_t n = 0; n < oracle->trials[i].count; n++)
            free(oracle->trials[i].attempts[n].reports);
        free(oracle->trials[i].attempts);
        free(oracle->trials[i].params);
    }
    free(oracle->trials);
    free(oracle->handed);
    free(oracle->reports);
    free(oracle->due);
    rt_pruning_free(oracle->pruning);
}

static struct known_trial *find_trial(struct oracle *oracle, uint64_t ordinal)
{
    return ordinal >= 1 && ordinal <= oracle->count ? &oracle->trials[ordinal - 1] : NULL;
}

struct known_attempt *oracle_attempt(const struct oracle *oracle, uint64_t ordinal,
                                     uint32_t attempt)
{
    const struct known_trial *trial =
        ordinal >= 1 && ordinal <= oracle->count ? &oracle->trials[ordinal - 1] : NULL;

    return trial && attempt >= 1 && attempt <= trial->count ? &trial->attempts[attempt - 1] : NULL;
}

static bool is_success(enum rt_outcome outcome)
{
    return outcome == RT_OUTCOME_OK || outcome == RT_OUTCOME_PRUNED ||
           outcome == RT_OUTCOME_SKIPPED;
}

static uint32_t retries_of(const struct rt_state *state)
{
    return rt_plan_retries(rt_state_study(state, 1)->plan);
}

static struct rt_trial expected(const struct known_trial *trial, uint32_t retries)
{
    const struct known_attempt *last = trial->count ? &trial->attempts[trial->count - 1] : NULL;

    if (trial->success)
        return (struct rt_trial){RT_TRIAL_DONE, trial->success, trial->count};
    if (last && last->end_seq == 0)
        return (struct rt_trial){RT_TRIAL_LEASED, RT_OUTCOME_NONE, trial->count};
    if (trial->last == RT_OUTCOME_LOST && trial->downs >= 2)
        return (struct rt_trial){RT_TRIAL_DONE, RT_OUTCOME_LOST, trial->count};
    if (trial->failures > retries && trial->last != RT_OUTCOME_LOST)
        return (struct rt_trial){RT_TRIAL_DONE, trial->last, trial->count};
    return (struct rt_trial){RT_TRIAL_WAITING, RT_OUTCOME_NONE, trial->count};
}

struct rt_trial oracle_expected(const struct oracle *oracle, uint64_t ordinal)
{
    return expected(&oracle->trials[ordinal - 1], retries_of(oracle->state));
}

static void compare_trial(struct oracle *oracle, const struct rt_state *state, uint64_t ordinal)
{
    const struct rt_study *study = rt_state_study(state, 1);
    struct rt_trial is = rt_state_trial(study, ordinal);
    struct rt_trial want = expected(&oracle->trials[ordinal - 1], retries_of(state));

    if (rt_study_index(study, ordinal) == UINT64_MAX)
        want.status = RT_TRIAL_RETIRED;
    if (is.status != want.status || is.attempts != want.attempts ||
        (is.status == RT_TRIAL_DONE && is.outcome != want.outcome))
        world_fail(oracle->world,
                   "trial %llu is in status %d with outcome %s after %u attempts; it should be in "
                   "%d with %s after %u",
                   (number)ordinal, is.status, rt_outcome_name(is.outcome), is.attempts,
                   want.status, rt_outcome_name(want.outcome), want.attempts);
}

void oracle_compare(struct oracle *oracle, const struct rt_state *state)
{
    const struct rt_study *study = rt_state_study(state, 1);
    uint64_t done[RT_OUTCOMES] = {0};
    uint64_t leased = 0;

    for (uint64_t ordinal = 1; ordinal <= oracle->count; ordinal++) {
        struct rt_trial trial = rt_state_trial(study, ordinal);

        compare_trial(oracle, state, ordinal);
        leased += trial.status == RT_TRIAL_LEASED;
        if (trial.status == RT_TRIAL_DONE)
            done[trial.outcome]++;
    }
    if (leased != study->leased || memcmp(done, study->done, sizeof done) != 0)
        world_fail(oracle->world, "the study's counts are not those of its trials");
}

static void take_plan(struct oracle *oracle, const struct rt_state *state)
{
    uint64_t ordinals = rt_state_study(state, 1)->ordinals;

    oracle->trials =
        rt_grow(oracle->trials, &oracle->capacity, (size_t)ordinals, sizeof *oracle->trials);
    while (oracle->count < ordinals)
        oracle->trials[oracle->count++] = (struct known_trial){0};
    oracle_compare(oracle, state);
}

static bool is_open(const struct known_trial *trial)
{
    return trial->count && trial->attempts[trial->count - 1].end_seq == 0;
}

/* The launch died, and any of its ranks may have been the first one. */
static void suspect_all(struct oracle *oracle)
{
    size_t ran = 0;

    for (size_t i = 0; i < oracle->count; i++)
        ran += oracle->trials[i].suspect && is_open(&oracle->trials[i]);
    for (size_t i = 0; i < oracle->count; i++) {
        struct known_trial *trial = &oracle->trials[i];

        if (is_open(trial) &&
            (ran == 1 ? trial->suspect : ran == 0 && trial->last == RT_OUTCOME_LOST)) {
            trial->downs += ran == 1 || trial->downs == 0;
            trial->suspect = true;
        } else if (ran > 1 && !is_open(trial) && trial->suspect && trial->downs < 2) {
            trial->downs = 0;
            trial->suspect = false;
        }
    }
}

/* What is open when a launch starts or ends is lost. */
static void lose_open(struct oracle *oracle, uint64_t seq, const struct rt_json *body)
{
    bool restarted = rt_json_bool(rt_json_get(body, "restarted"));
    bool all = rt_json_get(body, "suspects") != NULL;

    if (restarted && all)
        suspect_all(oracle);
    for (size_t i = 0; i < oracle->count; i++) {
        for (uint32_t n = 0; n < oracle->trials[i].count; n++) {
            struct known_attempt *attempt = &oracle->trials[i].attempts[n];

            if (attempt->end_seq == 0) {
                attempt->end_seq = seq;
                attempt->outcome = RT_OUTCOME_LOST;
                oracle->trials[i].last = RT_OUTCOME_LOST;
                oracle->trials[i].downs += restarted && !all && attempt->rank == 0;
            }
        }
    }
}

/* Failures of a trial in this launch. */
static uint32_t failures_now(const struct oracle *oracle, const struct known_trial *trial)
{
    uint32_t count = 0;

    for (uint32_t n = 0; n < trial->count; n++) {
        const struct known_attempt *attempt = &trial->attempts[n];

        count += attempt->launch == oracle->launch && attempt->end_seq &&
                 attempt->outcome != RT_OUTCOME_LOST && !is_success(attempt->outcome);
    }
    return count;
}

static void choose_again(struct oracle *oracle)
{
    const struct rt_study *study = rt_state_study(oracle->state, 1);

    for (size_t i = 0; i < oracle->count; i++) {
        struct known_trial *trial = &oracle->trials[i];
        struct rt_trial is = expected(trial, retries_of(oracle->state));

        trial->again = rt_study_index(study, i + 1) != UINT64_MAX && is.status == RT_TRIAL_DONE &&
                       (oracle->retry >> is.outcome & 1u);
    }
}

/* A launch that says it is done has given each trial the attempts that it promised. */
static void check_again(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->count; i++) {
        const struct known_trial *trial = &oracle->trials[i];

        if (trial->again && !trial->success && trial->count < 254 && trial->downs < 2 &&
            failures_now(oracle, trial) != 1 + retries_of(oracle->state))
            world_fail(oracle->world, "trial %llu was to be tried again, and failed %u times of %u",
                       (number)i + 1, failures_now(oracle, trial), 1 + retries_of(oracle->state));
    }
}

static void take_launch(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_json *body = NULL;

    if (rt_json_parse(event->body, &body, NULL) < 0)
        world_fail(oracle->world, "a launch event is not JSON");
    lose_open(oracle, event->seq, body);
    oracle->ended = event->kind == RT_EVENT_LAUNCH_END;
    if (event->kind == RT_EVENT_LAUNCH) {
        oracle->handed_count = 0;
        oracle->report_count = 0;
        oracle->due_count = 0;
        oracle->lost = 0;
        memset(oracle->stale, 0, sizeof oracle->stale);
        memset(oracle->confused, 0, sizeof oracle->confused);
        memset(oracle->stopped, 0, sizeof oracle->stopped);
        oracle->launch = (uint32_t)rt_json_get_int(body, "launch", 0);
        choose_again(oracle);
    } else if (strcmp(rt_json_get_text(body, "reason", ""), "done") == 0) {
        check_again(oracle);
    }
    rt_json_free(body);
}

/* Of the trials that an agent was lost with before, one agent has one at a time; of those that
 * launches died with, a few run at once. */
static void check_suspect(struct oracle *oracle, uint64_t ordinal, uint32_t rank)
{
    size_t running = 1;
    size_t waiting = 0;

    if (find_trial(oracle, ordinal)->downs == 0)
        return;
    for (size_t i = 0; i < oracle->count; i++) {
        const struct known_trial *trial = &oracle->trials[i];
        const struct known_attempt *last = trial->count ? &trial->attempts[trial->count - 1] : NULL;

        running += i + 1 != ordinal && trial->suspect && is_open(trial) && !trial->success;
        waiting += i + 1 != ordinal && trial->suspect && !is_open(trial) &&
                   expected(trial, retries_of(oracle->state)).status == RT_TRIAL_WAITING;
        if (i + 1 != ordinal && trial->downs && last && last->end_seq == 0 && last->rank == rank)
            world_fail(oracle->world, "rank %u has trials %llu and %llu, which may both kill it",
                       rank, (number)i + 1, (number)ordinal);
    }
    if (find_trial(oracle, ordinal)->suspect && running > 1 &&
        4 * running * running > running + waiting)
        world_fail(oracle->world, "%zu suspects run at once, of %zu", running, running + waiting);
}

static void lease_one(struct oracle *oracle, const struct rt_event *event,
                      const struct rt_lease *lease, uint64_t ordinal, uint32_t attempt)
{
    struct known_trial *trial = find_trial(oracle, ordinal);
    struct rt_trial was;
    bool again;

    if (!trial) {
        world_fail(oracle->world, "trial %llu is leased, but was never planned", (number)ordinal);
        return;
    }
    check_suspect(oracle, ordinal, lease->rank);
    was = expected(trial, retries_of(oracle->state));
    again = trial->again && was.status == RT_TRIAL_DONE && !is_success(was.outcome) &&
            failures_now(oracle, trial) <= retries_of(oracle->state);
    if ((was.status != RT_TRIAL_WAITING && !again) || attempt != trial->count + 1 ||
        lease->launch != oracle->launch)
        world_fail(oracle->world, "trial %llu is leased for attempt %u after %u, in status %d",
                   (number)ordinal, attempt, trial->count, was.status);
    trial->attempts =
        rt_grow(trial->attempts, &trial->capacity, trial->count + 1u, sizeof *trial->attempts);
    trial->attempts[trial->count++] = (struct known_attempt){
        .launch = lease->launch, .rank = lease->rank, .lease_seq = event->seq};
}

/* Nobody may have started it, and it was the last that was leased. */
static void return_one(struct oracle *oracle, const struct rt_lease *lease, uint64_t ordinal,
                       uint32_t attempt)
{
    struct known_trial *trial = find_trial(oracle, ordinal);
    struct known_attempt *known = oracle_attempt(oracle, ordinal, attempt);

    if (!known || attempt != trial->count || known->end_seq || known->rank != lease->rank ||
        known->launch != lease->launch) {
        world_fail(oracle->world,
                   "attempt %u of trial %llu is returned by %u, who does not hold it", attempt,
                   (number)ordinal, lease->rank);
        return;
    }
    free(known->reports);
    trial->count--;
}

static void take_lease(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_lease lease;
    struct rt_err err;

    if (rt_lease_get(event->body, &lease, &err) < 0) {
        world_fail(oracle->world, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < lease.count; i++) {
        const struct rt_lease_range *range = &lease.ranges[i];

        for (uint64_t k = 0; k < range->count && !oracle->world->failed; k++) {
            if (event->kind == RT_EVENT_LEASE)
                lease_one(oracle, event, &lease, range->ordinal + k, range->attempt);
            else
                return_one(oracle, &lease, range->ordinal + k, range->attempt);
            if (!oracle->world->failed)
                compare_trial(oracle, oracle->state, range->ordinal + k);
        }
    }
    if (event->kind == RT_EVENT_LEASE && !oracle->world->failed)
        oracle_check_priorities(oracle, &lease);
    free(lease.ranges);
}

static void end_late(struct oracle *oracle, const struct rt_event *event,
                     const struct rt_attempt *row, struct known_attempt *known)
{
    struct known_trial *trial = find_trial(oracle, row->ordinal);
    bool again = known->end_seq && (known->outcome != RT_OUTCOME_LOST || known->late_seq);

    /* What a confused agent says of an attempt that has ended cannot be refuted. */
    if (known->end_seq && known->rank != row->rank)
        return;
    if (again && oracle->confused[row->rank % ORACLE_RANKS])
        return;
    if (known->end_seq == 0 || again)
        world_fail(oracle->world,
                   "attempt %u of trial %llu is recorded as late, but it is %s already",
                   row->attempt, (number)row->ordinal,
                   known->end_seq == 0 ? "not ended" : rt_outcome_name(known->outcome));
    if (row->launch == oracle->launch && trial->downs && --trial->downs == 0)
        trial->suspect = false;
    known->late_seq = event->seq;
    known->late_outcome = row->outcome;
}

static void end_in_time(struct oracle *oracle, const struct rt_event *event,
                        const struct rt_attempt *row, struct known_attempt *known)
{
    struct known_trial *trial = find_trial(oracle, row->ordinal);

    if (known->end_seq || known->launch != row->launch || known->rank != row->rank ||
        row->launch != oracle->launch)
        world_fail(oracle->world, "attempt %u of trial %llu ends twice, or with another agent",
                   row->attempt, (number)row->ordinal);
    /* Agents of a simulation say there how often the trial reported. */
    if (row->start_us && !oracle->confused[row->rank % ORACLE_RANKS] &&
        row->user_us != known->report_count)
        world_fail(oracle->world, "trial %llu reported %llu times, and %zu of them are recorded",
                   (number)row->ordinal, (number)row->user_us, known->report_count);
    known->end_seq = event->seq;
    known->outcome = row->outcome;
    trial->last = row->outcome;
    if (row->flags & RT_ATTEMPT_DOWN)
        trial->downs++;
    if ((row->flags & RT_ATTEMPT_DOWN) && row->outcome != RT_OUTCOME_LOST)
        world_fail(oracle->world, "an attempt that ended otherwise is said to be lost");
    if (row->outcome == RT_OUTCOME_LOST && row->start_us == 0) {
        oracle->lost++; /* the conductor's word; an agent says when it started */
        oracle->stale[row->rank % ORACLE_RANKS] |= known->sent;
    }
    if (row->outcome != RT_OUTCOME_LOST && !is_success(row->outcome))
        trial->failures++;
}

static void take_row(struct oracle *oracle, const struct rt_event *event,
                     const struct rt_attempt *row)
{
    struct known_trial *trial = find_trial(oracle, row->ordinal);
    struct known_attempt *known = oracle_attempt(oracle, row->ordinal, row->attempt);

    if (!known) {
        world_fail(oracle->world, "attempt %u of trial %llu ended, but was never leased",
                   row->attempt, (number)row->ordinal);
        return;
    }
    if (row->flags & RT_ATTEMPT_LATE)
        end_late(oracle, event, row, known);
    else
        end_in_time(oracle, event, row, known);
    if (is_success(row->outcome) && !trial->success)
        trial->success = row->outcome;
}

static void take_attempts(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_attempts_reader reader;
    struct rt_attempt row;
    struct rt_err err;
    int rc;

    if (rt_attempts_open(&reader, event->body, &err) < 0) {
        world_fail(oracle->world, "%s", err.text);
        return;
    }
    while ((rc = rt_attempts_next(&reader, &row, &err)) == 1)
        take_row(oracle, event, &row);
    if (rc < 0)
        world_fail(oracle->world, "%s", err.text);
    rt_attempts_open(&reader, event->body, &err);
    while (!oracle->world->failed && rt_attempts_next(&reader, &row, &err) == 1)
        compare_trial(oracle, oracle->state, row.ordinal);
}

void oracle_event(struct oracle *oracle, const struct rt_state *state, const struct rt_event *event)
{
    oracle->state = state;
    if (oracle->ended && event->kind != RT_EVENT_LAUNCH && event->kind != RT_EVENT_PLAN)
        world_fail(oracle->world, "an event of kind %d follows the end of the launch", event->kind);
    switch (event->kind) {
    case RT_EVENT_PLAN:
        take_plan(oracle, state);
        break;
    case RT_EVENT_LAUNCH:
    case RT_EVENT_LAUNCH_END:
        take_launch(oracle, event);
        break;
    case RT_EVENT_LEASE:
    case RT_EVENT_RETURN:
        take_lease(oracle, event);
        break;
    case RT_EVENT_ATTEMPTS:
        take_attempts(oracle, event);
        break;
    case RT_EVENT_PROPOSE:
        take_plan(oracle, state); /* it has grown */
        break;
    default:
        break;
    }
    oracle_drive(oracle, event);
    oracle_report(oracle, event);
    if (oracle->pruning)
        oracle_feed_pruning(oracle->pruning, rt_state_study(state, 1), event, oracle);
}
