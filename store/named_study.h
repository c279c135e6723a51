#ifndef RT_STORE_NAMED_STUDY_H
#define RT_STORE_NAMED_STUDY_H
/* What people call studies: "noise", "k3f9ab", or "k3" where only one id starts so. */
#include "store/state.h"

/* RT_ENOTFOUND, which tells a name that is near or what there is, or RT_EUSAGE if several could be
 * meant. The study is borrowed from the state. */
int rt_named_study(const struct rt_state *state, const char *text, const struct rt_study **study,
                   struct rt_err *err);

#endif
