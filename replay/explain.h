#ifndef RT_REPLAY_EXPLAIN_H
#define RT_REPLAY_EXPLAIN_H
/*
 * How much of the difference of two trials each of their differences accounts for, once the trials
 * of replay/swaps.h have run.
 */
#include "replay/swaps.h"

/*
 * `ran` are the trials that the items of rt_swaps_items() became, in their order. *out, yours:
 * {"a", "b": ids, "repeats", "repeats_b": [{"trial", "outcome"}], "components": [{"component",
 * "label", "trial": what ran, "outcome"}], "together": {"trial", "outcome"}, "not_swapped":
 * [texts], "metrics":
 * [{"metric", "a", "b", "difference", "again", "parts": [one for each component, null if its trial
 * has no such metric], "interaction", "rest", "floor", "recorded": what a floor that was
 * measured before is, or null, "repeats": [how many of A, of B have it]}]} docs/explain.md says
 * what the numbers mean.
 */
int rt_explain_make(struct rt_store *store, struct rt_db *index, const struct rt_pick picks[2],
                    const struct rt_swaps *swaps, const struct rt_pick *ran, size_t repeats,
                    struct rt_json **out, struct rt_err *err);

/* One line for each metric that differs: "val_acc 0.871 against 0.902: seed -0.002, ..." */
void rt_explain_words(const struct rt_json *explained, struct rt_buf *out);

#endif
