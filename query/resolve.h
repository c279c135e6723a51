#ifndef RT_QUERY_RESOLVE_H
#define RT_QUERY_RESOLVE_H
/*
 * What people call studies and trials: "noise", "k3f9ab", "k3" where only one
 * id starts so; with ".17" behind it, the 17th trial.
 */
#include "store/state.h"

/* As rt_named_study() (store/named_study.h), with the number behind it. */
int rt_resolve_trial(const struct rt_state *state, const char *text, const struct rt_study **study,
                     uint64_t *ordinal, struct rt_err *err);

/* Either: *ordinal is 0 for a study. */
int rt_resolve(const struct rt_state *state, const char *text, const struct rt_study **study,
               uint64_t *ordinal, struct rt_err *err);

#endif
