#ifndef RT_STORE_INDEX_BULK_H
#define RT_STORE_INDEX_BULK_H
/*
 * Rows on their way into the table of a study, many at once.
 *
 * Nearly all attempts are the first of their trial, and their metrics fit the columns that there
 * are. Their rows gather here and are inserted by one statement, sorted, from a table that is made
 * of this memory (store/index_feed.h): in two thirds of the time that binding and stepping for each
 * takes. Whoever is about to look at rows of the table, or to change them, flushes first.
 */
#include "store/index_table.h"
#include "store/state.h"

struct rt_index_bulk;

int rt_index_bulk_new(struct rt_db *db, struct rt_index_bulk **out, struct rt_err *err);
void rt_index_bulk_free(struct rt_index_bulk *bulk); /* accepts NULL; rows in it are dropped */

/* An attempt, and what the index makes of it. All is borrowed for the call, but the table. */
struct rt_index_new {
    const struct rt_study *study;
    struct rt_index_table *table;
    const struct rt_attempt *attempt;
    uint64_t point; /* of the trial in the current plan; UINT64_MAX: it is retired */
    const struct rt_metrics *metrics;
    const struct rt_metrics *proposed; /* the params, if a driver proposes them; else NULL */
    struct rt_span reason;             /* one line */
    int64_t process;
    uint64_t event;
    uint64_t event_row;
};

/* Takes it if it is the first of its trial and fits; 1 if so, 0 if not: then all is flushed. */
int rt_index_bulk_add(struct rt_index_bulk *bulk, const struct rt_index_new *row,
                      struct rt_err *err);
int rt_index_bulk_flush(struct rt_index_bulk *bulk, struct rt_err *err);

#endif
