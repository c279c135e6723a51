#ifndef RT_QUERY_ATTEMPTS_H
#define RT_QUERY_ATTEMPTS_H
/* The attempts of one trial, from the index and the journal. */
#include "query/recorded.h"
#include "store/db.h"

/* One attempt: 0 goes on, a negative code ends. `row` is what the index has, see
 * sql/ask/attempts_of.sql; `recorded` is NULL for an attempt that was lost. */
enum rt_attempts_column {
    RT_ATTEMPTS_ATTEMPT,
    RT_ATTEMPTS_OUTCOME,
    RT_ATTEMPTS_DECIDES,
    RT_ATTEMPTS_LATE,
    RT_ATTEMPTS_EXIT_STATUS,
    RT_ATTEMPTS_LAUNCH,
    RT_ATTEMPTS_RANK,
    RT_ATTEMPTS_HOST,
    RT_ATTEMPTS_WORKER,
    RT_ATTEMPTS_POSITION,
    RT_ATTEMPTS_PID,
    RT_ATTEMPTS_SEED,
    RT_ATTEMPTS_STARTED,
    RT_ATTEMPTS_SECONDS,
    RT_ATTEMPTS_USER_SECONDS,
    RT_ATTEMPTS_SYSTEM_SECONDS,
    RT_ATTEMPTS_MAX_RSS_KIB,
    RT_ATTEMPTS_REASON,
    RT_ATTEMPTS_EVENT,
    RT_ATTEMPTS_EVENT_ROW,
};
typedef int rt_attempts_fn(void *context, struct rt_stmt *row, const struct rt_recorded *recorded,
                           struct rt_err *err);

/* Calls each() for every attempt that ended, the first one first. */
int rt_attempts_each(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                     uint64_t ordinal, rt_attempts_fn *each, void *context, struct rt_err *err);

#endif
