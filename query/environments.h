#ifndef RT_QUERY_ENVIRONMENTS_H
#define RT_QUERY_ENVIRONMENTS_H
/* Whether the trials of a study ran in one environment (store/environment.h), or in several. */
#include "base/buf.h"
#include "store/db.h"

/* Appends a sentence if they ran in several, by the attempts that stand for them: how many, and in
 * what the last one differs from the first; else nothing. `id` is the study's. */
int rt_environments_tell(struct rt_db *db, const char *id, struct rt_buf *out, struct rt_err *err);

#endif
