#ifndef RT_STORE_MOVES_H
#define RT_STORE_MOVES_H
/*
 * Moves: how what happens to an attempt changes its trial, as a table.
 * Pure; used by state alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include "store/event.h"
#include "store/state.h"

#define RT_ATTEMPTS_MAX 254 /* of one trial; then it is left as it is */

/* A trial as state keeps it: two bytes. All zeros: never leased. Never RETIRED, which follows
 * from the plan. */
typedef uint16_t rt_word;

static inline enum rt_trial_status rt_word_status(rt_word word)
{
    return (enum rt_trial_status)(word & 3u);
}

static inline enum rt_outcome rt_word_outcome(rt_word word)
{
    return (enum rt_outcome)(word >> 2 & 7u);
}

static inline uint32_t rt_word_attempts(rt_word word)
{
    return word >> 8;
}

/* There will be no more attempts. */
static inline bool rt_outcome_success(enum rt_outcome outcome)
{
    return outcome == RT_OUTCOME_OK || outcome == RT_OUTCOME_PRUNED ||
           outcome == RT_OUTCOME_SKIPPED;
}

bool rt_word_valid(rt_word word); /* false for bits that no history leads to */

/* How often a trial is tried. */
struct rt_limits {
    uint32_t retries; /* of the plan */
    bool aside;       /* its agents were lost too often with it: not after one that was lost */
};

/* Each puts the new word in *word, or returns -1 and changes nothing if the old one forbids it. */
int rt_move_lease(rt_word *word, uint32_t attempt);
int rt_move_return(rt_word *word, uint32_t attempt, const struct rt_limits *limits);

/* A trial that waits is not wanted any more. */
int rt_move_cancel(rt_word *word);

/* An attempt ended. `open`: its lease was open; else it comes late. */
void rt_move_end(rt_word *word, enum rt_outcome outcome, bool open, const struct rt_limits *limits);

/* Decides anew whether a trial that is not leased is to be tried again: limits may have changed. */
void rt_move_settle(rt_word *word, const struct rt_limits *limits);

#endif
