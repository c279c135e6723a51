#ifndef RT_STORE_INDEX_VERDICTS_H
#define RT_STORE_INDEX_VERDICTS_H
/*
 * The verdicts of a replay on their way into table verdict: one statement takes them all from a
 * table that is made of their event (rt_db_feed()).
 */
#include "store/event.h"
#include "store/state.h"

struct rt_db;
struct rt_index_verdicts;

int rt_index_verdicts_new(struct rt_db *db, struct rt_index_verdicts **out, struct rt_err *err);
/* Accepts NULL; after the connection. */
void rt_index_verdicts_free(struct rt_index_verdicts *verdicts);

/* Inserts all that an event of kind VERDICT has. RT_EDAMAGED if it is no JSON, or judges trials
 * that its study does not have, or one twice. */
int rt_index_verdicts_insert(struct rt_index_verdicts *verdicts, const struct rt_state *state,
                             const struct rt_event *event, struct rt_err *err);

#endif
