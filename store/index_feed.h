#ifndef RT_STORE_INDEX_FEED_H
#define RT_STORE_INDEX_FEED_H
/*
 * The table in memory, new_trial, that store/index_bulk.c fills and that is inserted into the table
 * of a study by one statement.
 *
 * A row has the fields below, then the values and states of the study's columns, each in its slot.
 */
#include "store/index_table.h"

#define RT_FEED_ROWS  1024 /* more gain nothing */
#define RT_FEED_WIDTH 272  /* values of a row */
#define RT_FEED_SPAN  4096 /* ordinals that are so close together are sorted by counting */

/* The fields, in the order of the table in memory; trial_row_N has them by the same names. */
enum rt_feed_field {
    RT_FEED_ORDINAL,
    RT_FEED_REPLICATE,
    RT_FEED_MARKS,
    RT_FEED_ATTEMPT,
    RT_FEED_OUTCOME,
    RT_FEED_EXIT_STATUS,
    RT_FEED_PROCESS,
    RT_FEED_POSITION,
    RT_FEED_START,
    RT_FEED_DURATION,
    RT_FEED_USER,
    RT_FEED_SYS,
    RT_FEED_MAX_RSS,
    RT_FEED_SEED,
    RT_FEED_REASON,
    RT_FEED_EVENT,
    RT_FEED_EVENT_ROW,
    RT_FEED_FIELDS,
};

struct rt_index_feed {
    struct rt_db_feed feed;
    struct rt_db_value *values;             /* RT_FEED_ROWS times so many as a row may have */
    size_t width;                           /* values of a row */
    struct rt_db_value *rows[RT_FEED_ROWS]; /* in the order that they are inserted in */
    size_t count;
    struct rt_db_value *places[RT_FEED_SPAN]; /* all NULL but while they are sorted */
    uint32_t varies; /* bits of the fields that are not the same in all rows */
};

int rt_index_feed_init(struct rt_index_feed *feed, struct rt_db *db, struct rt_err *err);
void rt_index_feed_clear(struct rt_index_feed *feed);

/* Begins anew: gives the columns of the table their slots; false if there are too many. */
bool rt_index_feed_start(struct rt_index_feed *feed, struct rt_index_table *table);
/* The next row, all NULL; there must be room. It is one of those once it was added. */
struct rt_db_value *rt_index_feed_row(struct rt_index_feed *feed);
void rt_index_feed_add(struct rt_index_feed *feed);
/* Inserts all rows, by ordinal, and drops them. */
int rt_index_feed_insert(struct rt_index_feed *feed, struct rt_index_table *table,
                         struct rt_err *err);

#endif
