#include "store/moves.h"

/* Bits of a word, from the lowest: 2 status, 3 outcome, 3 failures (7: or more), 8 attempts. A
 * failure is an attempt that ended in time, neither well nor lost. */
struct entry {
    unsigned status;
    unsigned outcome;
    unsigned failures;
    unsigned attempts;
};

#define FAILURES_MAX 7

static struct entry unpack(rt_word word)
{
    return (struct entry){word & 3u, word >> 2 & 7u, word >> 5 & 7u, word >> 8};
}

static rt_word pack(struct entry entry)
{
    return (rt_word)(entry.status | entry.outcome << 2 | entry.failures << 5 | entry.attempts << 8);
}

bool rt_word_valid(rt_word word)
{
    struct entry entry = unpack(word);

    return entry.status != RT_TRIAL_RETIRED && entry.attempts <= RT_ATTEMPTS_MAX &&
           entry.failures <= entry.attempts &&
           (entry.status == RT_TRIAL_WAITING || entry.attempts ||
            (entry.status == RT_TRIAL_DONE && entry.outcome == RT_OUTCOME_SKIPPED));
}

/* What can happen to an attempt. */
enum cause {
    LEASED,
    RETURNED,
    CANCELLED,
    SUCCEEDED,
    FAILED, /* raised, crashed, timed out */
    LOST,
    LATE_SUCCESS, /* its lease had been declared lost before */
    LATE_FAILURE,
    CAUSES,
};

enum move {
    NEVER = 0, /* the event contradicts the state */
    STAY,      /* nothing changes; it is only recorded */
    LEASE,
    FINISH, /* done, with this outcome */
    SETTLE, /* done or waiting, as its outcome and retries have it */
};

/* A trial that is done may still have a lease open, if a late success overtook it. */
static const enum move moves[3][CAUSES] = {
    [RT_TRIAL_WAITING] =
        {[LEASED] = LEASE, [CANCELLED] = FINISH, [LATE_SUCCESS] = FINISH, [LATE_FAILURE] = STAY},
    [RT_TRIAL_LEASED] = {[RETURNED] = SETTLE,
                         [SUCCEEDED] = FINISH,
                         [FAILED] = SETTLE,
                         [LOST] = SETTLE,
                         [LATE_SUCCESS] = FINISH,
                         [LATE_FAILURE] = STAY},
    [RT_TRIAL_DONE] = {[LEASED] = LEASE, /* somebody wants to have it tried again */
                       [RETURNED] = STAY,
                       [SUCCEEDED] = STAY,
                       [FAILED] = STAY,
                       [LOST] = STAY,
                       [LATE_SUCCESS] = FINISH,
                       [LATE_FAILURE] = STAY},
};

static unsigned settled(const struct entry *entry, const struct rt_limits *limits)
{
    uint32_t retries = limits->retries;

    if (rt_outcome_success((enum rt_outcome)entry->outcome))
        return RT_TRIAL_DONE;
    if (entry->attempts >= RT_ATTEMPTS_MAX)
        return RT_TRIAL_DONE;
    if (entry->outcome == RT_OUTCOME_NONE || entry->outcome == RT_OUTCOME_LOST)
        return entry->outcome && limits->aside ? RT_TRIAL_DONE : RT_TRIAL_WAITING;
    /* Past what is counted, lost attempts use up retries, too. */
    if (entry->failures == FAILURES_MAX && retries >= FAILURES_MAX)
        return entry->attempts <= retries ? RT_TRIAL_WAITING : RT_TRIAL_DONE;
    return entry->failures <= retries ? RT_TRIAL_WAITING : RT_TRIAL_DONE;
}

static enum cause cause_of(enum rt_outcome outcome, bool open)
{
    if (rt_outcome_success(outcome))
        return open ? SUCCEEDED : LATE_SUCCESS;
    if (!open)
        return LATE_FAILURE;
    return outcome == RT_OUTCOME_LOST ? LOST : FAILED;
}

int rt_move_lease(rt_word *word, uint32_t attempt)
{
    struct entry entry = unpack(*word);

    if (moves[entry.status][LEASED] != LEASE || attempt != entry.attempts + 1 ||
        attempt > RT_ATTEMPTS_MAX || rt_outcome_success((enum rt_outcome)entry.outcome))
        return -1;
    entry.status = RT_TRIAL_LEASED;
    entry.attempts = attempt;
    *word = pack(entry);
    return 0;
}

int rt_move_return(rt_word *word, uint32_t attempt, const struct rt_limits *limits)
{
    struct entry entry = unpack(*word);
    enum move move = moves[entry.status][RETURNED];

    if (move == NEVER || attempt != entry.attempts || entry.failures >= entry.attempts)
        return -1;
    entry.attempts--;
    if (move == SETTLE)
        entry.status = settled(&entry, limits);
    *word = pack(entry);
    return 0;
}

int rt_move_cancel(rt_word *word)
{
    struct entry entry = unpack(*word);

    if (moves[entry.status][CANCELLED] != FINISH)
        return -1;
    entry.status = RT_TRIAL_DONE;
    entry.outcome = RT_OUTCOME_SKIPPED;
    *word = pack(entry);
    return 0;
}

void rt_move_end(rt_word *word, enum rt_outcome outcome, bool open, const struct rt_limits *limits)
{
    struct entry entry = unpack(*word);
    enum cause cause = cause_of(outcome, open);
    enum move move = moves[entry.status][cause];

    if (cause == FAILED && entry.failures < FAILURES_MAX)
        entry.failures++;
    if (move == SETTLE || (move == FINISH && !rt_outcome_success((enum rt_outcome)entry.outcome)))
        entry.outcome = outcome;
    if (move == FINISH)
        entry.status = RT_TRIAL_DONE;
    if (move == SETTLE)
        entry.status = settled(&entry, limits);
    *word = pack(entry);
}

void rt_move_settle(rt_word *word, const struct rt_limits *limits)
{
    struct entry entry = unpack(*word);

    if (entry.status == RT_TRIAL_LEASED)
        return;
    entry.status = settled(&entry, limits);
    *word = pack(entry);
}
