#ifndef RT_STORE_STATE_INNER_H
#define RT_STORE_STATE_INNER_H
/* What state is made of; for the files of state alone (state*.c, plan_event.c). */
#include "base/json.h"
#include "store/downs.h"
#include "store/leases.h"
#include "store/moves.h"
#include "store/segments.h"
#include "store/state.h"
#include "store/trials.h"
#include "store/uuid.h"

/* A plan that was accepted, and the ordinals of its points. */
struct rt_revision {
    struct rt_plan *plan;
    struct rt_segments map;
    bool reads_known;
    struct rt_reads reads;
};

struct rt_study_inner {
    struct rt_study is; /* first: rt_study_inner() relies on it */
    struct rt_revision *revisions;
    size_t revision_count;
    size_t revision_capacity;
    struct rt_trials trials;
    struct rt_downs downs;
    uint64_t first_waiting; /* no trial before it is WAITING */
};

/* One attempt of a batch, between being checked and being applied. */
struct rt_row {
    struct rt_study_inner *study;
    uint64_t ordinal;
    uint32_t attempt;
    uint32_t rank;
    enum rt_outcome outcome;
    bool open; /* its lease was */
    bool down; /* its agent may have been lost because of it */
    bool back; /* it was not: here is its late result */
};

struct rt_state {
    uint64_t seq;
    uint8_t uuid[RT_UUID_SIZE];
    struct rt_launch *launches;
    size_t launch_count;
    size_t launch_capacity;
    struct rt_study_inner **studies;
    size_t study_count;
    size_t study_capacity;
    struct rt_leases open; /* of the last launch */
    struct rt_leases lost; /* by the last event */
    struct rt_row *rows;   /* room for a batch, kept between batches */
    size_t row_capacity;
    struct rt_attempt *attempts; /* of the last event; they borrow from its body */
    size_t attempt_count;
    size_t attempt_capacity;
};

static inline struct rt_study_inner *rt_study_inner(const struct rt_study *study)
{
    return (struct rt_study_inner *)study;
}

/* NULL before the first plan. */
static inline struct rt_revision *rt_study_current(const struct rt_study_inner *study)
{
    return study->revision_count ? &study->revisions[study->revision_count - 1] : NULL;
}

struct rt_study_inner *rt_state_find(const struct rt_state *state, uint32_t number);
struct rt_study_inner *rt_state_add_study(struct rt_state *state, const char *id, const char *name);
void rt_state_add_launch(struct rt_state *state, uint64_t time_us);

/* Makes a plan the current one; takes plan and map. */
void rt_study_add_revision(struct rt_study_inner *study, struct rt_plan *plan,
                           struct rt_segments *map);
/* What holds for a trial under the current plan. */
struct rt_limits rt_study_limits(const struct rt_study_inner *study, uint64_t ordinal);
/* Counts trials by status and outcome again, after a change of many. */
void rt_study_recount(struct rt_study_inner *study);
/* Changes one trial and the counts. */
void rt_study_set_word(struct rt_study_inner *study, uint64_t ordinal, rt_word word);
/* Moves the mark of the first waiting trial on, after leases. */
void rt_study_advance(struct rt_study_inner *study);

/* The study of an event, which must have a plan; RT_EDAMAGED. */
int rt_state_planned(const struct rt_state *state, uint32_t number, struct rt_study_inner **study,
                     struct rt_err *err);

int rt_state_apply_lease(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_return(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_attempts(struct rt_state *state, const struct rt_event *event,
                            struct rt_err *err);

/* JSON events */
int rt_state_apply_store(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_launch(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_launch_end(struct rt_state *state, const struct rt_event *event,
                              struct rt_err *err);
int rt_state_apply_study(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_plan(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
/* state_driver.c: what drivers do */
int rt_state_apply_propose(struct rt_state *state, const struct rt_event *event,
                           struct rt_err *err);
int rt_state_apply_cancel(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_driver(struct rt_state *state, const struct rt_event *event, struct rt_err *err);
int rt_state_apply_reads(struct rt_state *state, const struct rt_event *event, struct rt_err *err);

/* Reads a body that is a JSON object; RT_EDAMAGED. */
int rt_state_read_object(const struct rt_event *event, struct rt_json **object, struct rt_err *err);

/* The current revision takes over what is known of an earlier one with the same code. */
void rt_study_inherit_reads(struct rt_study_inner *study);

#endif
