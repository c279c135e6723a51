#ifndef RT_STORE_INDEX_PAIRS_H
#define RT_STORE_INDEX_PAIRS_H
/*
 * The trials of a replay on their way into table pair: one statement takes them all from a table
 * that is made of the plan (rt_db_feed()).
 */
#include "store/state.h"

struct rt_db;
struct rt_index_pairs;

int rt_index_pairs_new(struct rt_db *db, struct rt_index_pairs **out, struct rt_err *err);
void rt_index_pairs_free(struct rt_index_pairs *pairs); /* accepts NULL; after the connection */

/* Inserts all trials of the study's plan, which is that of a replay. `store` is the UUID of the
 * index's own: originals from there need no name of it. */
int rt_index_pairs_insert(struct rt_index_pairs *pairs, const struct rt_study *study,
                          const uint8_t store[16], struct rt_err *err);

#endif
