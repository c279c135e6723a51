#ifndef RT_REPLAY_CHANGE_H
#define RT_REPLAY_CHANGE_H
/*
 * Changes to recorded params, as they are typed:
 *
 *   lr=0.1             set              lr=0.1,0.2  lr=0:1:0.5   each trial once with each
 *   epochs*=2          times            epochs+=10  plus; also with several values
 *   lr=loguniform(1e-5,1e-1)            one draw for each trial
 *   x~normal(0,0.01)   plus a draw      x~uniform(-1,1)
 *   key, given to rt_changes_unset()    the trial has it not
 *
 * What is drawn for a trial depends on the key, the expression and the
 * original alone, and is recorded as the param that the trial has. Sums and
 * products are those of the decimals that people see: 0.1 + 0.2 is 0.3.
 */
#include "replay/select.h"

struct rt_change;

struct rt_changes {
    struct rt_change *items;
    size_t count;
    size_t capacity;
};

/* RT_EUSAGE names the setting that is wrong. */
int rt_changes_add(struct rt_changes *changes, const char *setting, struct rt_err *err);
int rt_changes_unset(struct rt_changes *changes, const char *key, struct rt_err *err);
void rt_changes_clear(struct rt_changes *changes);

/* How many trials each original becomes. */
uint64_t rt_changes_combinations(const struct rt_changes *changes);

/* Changes params as combination number `combination` (from 0) has them. RT_EUSAGE if the params
 * have not what is to be changed. */
int rt_changes_apply(const struct rt_changes *changes, const struct rt_pick *origin,
                     uint64_t combination, struct rt_json *params, struct rt_err *err);

/* The texts, for the record; yours. */
struct rt_json *rt_changes_texts(const struct rt_changes *changes);
/* What to say of a key that is not among the params seen so far, yours; or NULL. */
void rt_changes_see(struct rt_changes *changes, const struct rt_json *params);
char *rt_changes_unseen(const struct rt_changes *changes);

#endif
