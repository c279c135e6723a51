#ifndef RT_STORE_INDEX_H
#define RT_STORE_INDEX_H
/*
 * The index: the journal's projection into SQLite, made for people. It can
 * be deleted and is then rebuilt. docs/schema.md describes what it holds.
 *
 * Used by one thread. Rows appear together at rt_index_commit(), with the
 * number of the last event that they include.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "store/event.h"
#include "store/state.h"

struct rt_index;

/* Opens or makes the index of the store with this UUID. RT_EDAMAGED if it is another store's or
 * no index of ours; RT_ENEWER. One that is older in format is rebuilt: its position is then 0. */
int rt_index_open(const char *path, const uint8_t uuid[16], struct rt_index **out,
                  struct rt_err *err);
/* Whether an open database is the index of this store, and how far it has come: 0; 1 if it is
 * empty, or 2 if it is of an older format: then it will be made anew; RT_EDAMAGED; RT_ENEWER. */
struct rt_db;
int rt_index_recognise(struct rt_db *db, const uint8_t uuid[16], uint64_t *position,
                       struct rt_err *err);
void rt_index_close(struct rt_index *index); /* what was not committed is dropped */

uint64_t rt_index_position(const struct rt_index *index); /* last event included; 0 if none */
bool rt_index_renewed(const struct rt_index *index);      /* its file was of an older format */

/* How the index gets at payloads that are known by hash: appends the bytes to *out. Without it,
 * metrics that are kept so are left out. */
typedef int rt_index_payload_fn(void *context, const struct rt_payload *payload, struct rt_buf *out,
                                struct rt_err *err);
void rt_index_set_payload(struct rt_index *index, rt_index_payload_fn *payload, void *context);

/* Begins what the next commit ends, unless it has begun. RT_ELOCKED, with nothing changed, if
 * another program has been writing to the index for two seconds. */
int rt_index_begin(struct rt_index *index, struct rt_err *err);

/* Adds the rows of one event, the next after the position. `state` has just had the event
 * applied, and stays until the commit. */
int rt_index_apply(struct rt_index *index, const struct rt_state *state,
                   const struct rt_event *event, struct rt_err *err);
int rt_index_commit(struct rt_index *index, struct rt_err *err);

/* Moves what was committed from the WAL into the database, once it is worth the syncs. Returns 1 if
 * a reader stands in the way and the WAL has grown over RT_INDEX_WAL_MAX: commit no more until it
 * returns 0. */
#define RT_INDEX_WAL_KEPT (8u << 20)  /* bytes */
#define RT_INDEX_WAL_MAX  (64u << 20) /* bytes */
int rt_index_tidy(struct rt_index *index, struct rt_err *err);

/* What is known of a swept parameter, or of several that change together: do trials that differ in
 * it alone, or in these alone, differ in their metrics? */
struct rt_axis_check {
    uint32_t study;
    const char *key;      /* "lr"; "width, lr" */
    size_t members;       /* parameters in it */
    uint64_t pairs;       /* compared so far */
    bool differing;       /* a pair differed; none is compared any more */
    const char *left_out; /* names of metrics that were not compared; or NULL */
};
typedef void rt_axis_check_fn(void *context, const struct rt_axis_check *check);
/* All that were committed; texts are borrowed until each() returns. */
int rt_index_checks(struct rt_index *index, rt_axis_check_fn *each, void *context,
                    struct rt_err *err);
bool rt_index_checks_changed(const struct rt_index *index); /* since they were last asked for */

/* Forgets an index: removes the files at path. */
int rt_index_remove(const char *path, struct rt_err *err);

#endif
