#ifndef RT_STORE_STATE_H
#define RT_STORE_STATE_H
/*
 * State: what the events add up to.
 *
 * rt_state_apply() is the only function that changes a state, and it looks
 * at nothing but the state and the event. The engine, the indexer, resume,
 * replay and check all use it, so they cannot disagree. A trial costs two
 * bytes, whatever happened to it.
 */
#include <stdbool.h>
#include <stdint.h>
#include "store/event.h"
#include "store/plan.h"
#include "store/reads.h"

enum rt_trial_status {
    RT_TRIAL_WAITING = 0, /* planned, never leased, or to be tried again */
    RT_TRIAL_LEASED = 1,  /* an agent has it */
    RT_TRIAL_DONE = 2,    /* its last attempt decided it; see outcome */
    RT_TRIAL_RETIRED = 3, /* no longer in the current plan */
};

#define RT_DOWNS_MAX    2         /* agents lost with a trial, after which it is set aside */
#define RT_ORDINALS_MAX (1 << 28) /* trials of one study, over all its plans */

struct rt_trial {
    enum rt_trial_status status;
    enum rt_outcome outcome; /* of the deciding attempt, or of the last one; NONE if none ended */
    uint32_t attempts;       /* leased so far; 254 at most */
};

struct rt_study {
    uint32_t number; /* 1, 2, ... in this store */
    char id[16];     /* random, unique in this store: "k3f9" */
    char *name;
    uint32_t revision;          /* of the current plan, from 1; 0 before the first */
    struct rt_plan *plan;       /* the current one; NULL before the first */
    uint64_t planned;           /* trials of the current plan */
    uint64_t ordinals;          /* highest ordinal ever given; ordinals are 1..ordinals */
    uint64_t done[RT_OUTCOMES]; /* trials of the current plan by outcome, done ones only */
    uint64_t leased;            /* trials of the current plan that are LEASED */
    uint64_t attempts;          /* ended, ever */
    bool finished;              /* its driver has no more to propose to the current plan */
};

struct rt_launch {
    uint32_t number;
    uint64_t time_us;
    int ended; /* a LAUNCH_END was seen */
};

struct rt_state;

struct rt_state *rt_state_new(void);
void rt_state_free(struct rt_state *state);

/*
 * Applies the next event. An event that contradicts the state is RT_EDAMAGED and changes nothing.
 *
 * Attempts move a trial as the table in store/moves.c says. An attempt that did not succeed
 * leaves its trial WAITING while fewer than 1 + retries attempts were made, lost ones not
 * counted. A lost one always does (at most 254 attempts are made), unless the trial may be what
 * took its agents down: one whose agents were lost twice while they had it is DONE, and lost. (An
 * agent that says later how the attempt ended was not taken down.) The end of a launch, or the
 * start of the next, which says that the one before it died, makes all open leases lost.
 */
int rt_state_apply(struct rt_state *state, const struct rt_event *event, struct rt_err *err);

uint64_t rt_state_seq(const struct rt_state *state);        /* of the last event applied */
const uint8_t *rt_state_uuid(const struct rt_state *state); /* 16 bytes; zeros before STORE */

size_t rt_state_studies(const struct rt_state *state);
/* NULL if there is none. Borrowed; the numbers in it stay current. */
const struct rt_study *rt_state_study(const struct rt_state *state, uint32_t number);
const struct rt_study *rt_state_study_by_name(const struct rt_state *state, const char *name);
const struct rt_study *rt_state_study_by_id(const struct rt_state *state, const char *id);

size_t rt_state_launches(const struct rt_state *state);
const struct rt_launch *rt_state_launch(const struct rt_state *state, uint32_t number);

struct rt_trial rt_state_trial(const struct rt_study *study, uint64_t ordinal);
/* The same of a run of trials, alike, that begins at an ordinal and ends at `last` or before;
 * returns how many they are, one at least. */
uint64_t rt_state_run(const struct rt_study *study, uint64_t ordinal, uint64_t last,
                      struct rt_trial *trial);

/* Between ordinals and points of the current plan. Return 0 (ordinals start at 1) or
 * UINT64_MAX when there is no counterpart. */
uint64_t rt_study_ordinal(const struct rt_study *study, uint64_t index);
uint64_t rt_study_index(const struct rt_study *study, uint64_t ordinal);

/* The latest plan that has a trial, and its point there; NULL if none has. Borrowed. */
const struct rt_plan *rt_study_plan_of(const struct rt_study *study, uint64_t ordinal,
                                       uint64_t *index);

/* What trials of the current plan, or of an earlier one with the same code and entry, were seen to
 * read; NULL if nothing is known of it. Borrowed; stays current until the next plan. */
const struct rt_reads *rt_study_reads(const struct rt_study *study);

/* The next ordinal at or after `from` of the current plan that is WAITING; 0 if there is none.
 * What has used up its retries is not WAITING but DONE. */
uint64_t rt_study_next_waiting(const struct rt_study *study, uint64_t from);
/* How many trials of the current plan are not DONE. */
uint64_t rt_study_unfinished(const struct rt_study *study);

/* How many agents were lost while they had a trial, and did not come back. */
uint32_t rt_study_downs(const struct rt_study *study, uint64_t ordinal);
/* Whether one of these was a launch with several ranks, any of which may have gone first. */
bool rt_study_down_by_launch(const struct rt_study *study, uint64_t ordinal);
/* The next trial at or after `from` of which that is one or more; 0 if there is none. */
uint64_t rt_study_next_down(const struct rt_study *study, uint64_t from);

/* The attempts that are leased and have not ended, one call for each. */
typedef void rt_open_lease_fn(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt,
                              uint32_t launch, uint32_t rank);
void rt_state_open_leases(const struct rt_state *state, rt_open_lease_fn *each, void *context);

/* True if an agent of the launch that runs holds this attempt: leased to it and not ended. */
bool rt_state_holds(const struct rt_state *state, uint32_t rank, uint32_t study, uint64_t ordinal,
                    uint32_t attempt);

/* The attempts that the last event, a LAUNCH or a LAUNCH_END, made lost: nothing else in the
 * journal says so. Forgotten at the next event. */
void rt_state_lost_leases(const struct rt_state *state, rt_open_lease_fn *each, void *context);

/* The attempts of the last event, decoded, if it is one of attempts; else none. They borrow from
 * its body, and are forgotten at the next event. */
const struct rt_attempt *rt_state_attempts(const struct rt_state *state, size_t *count);

/* A checkpoint: the whole state as bytes with version and checksum, and back. */
void rt_state_save(const struct rt_state *state, struct rt_buf *out);
int rt_state_load(struct rt_span bytes, struct rt_state **out, struct rt_err *err);

/* Body of a PLAN event that gives `study` a plan. Points equal (params and replicate) to points of
 * an earlier plan with the same entry, code, seeds and threads get their ordinals; new points get
 * new ordinals behind all others; the others are retired. Pass the source file's text and path for
 * the record (may be NULL). What a driver proposed stays if all else is equal. Appends canonical
 * JSON to *body. */
int rt_state_plan_event(const struct rt_study *study, const struct rt_plan *plan,
                        const char *source, const char *source_path, struct rt_buf *body,
                        struct rt_err *err);

#endif
