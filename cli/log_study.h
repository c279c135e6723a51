#ifndef RT_CLI_LOG_STUDY_H
#define RT_CLI_LOG_STUDY_H
/* The conversation with a study's driver, as `retrial log STUDY` shows it. */
#include "store/store.h"

/* Lists to stdout, in the order of the journal, what was asked and told, and what running trials
 * were told by rules. RT_ENOTFOUND if there is nothing. */
int rt_log_study(struct rt_store *store, const struct rt_study *study, struct rt_err *err);

#endif
